/* SPDX-License-Identifier: MIT */
/* Rows for the staging tables, read back as PostgreSQL would read them. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "stage.h"

#define NOON INT64_C(1710504000000000) /* 2024-03-15T12:00:00Z */
#define EPOCH_2000 INT64_C(946684800000000)

static struct stage *stage;

static int begin(void **fixture)
{
	(void)fixture;
	stage = stage_new();
	stage_reset(stage, NOON);
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	stage_free(&stage);
	stage_free(&stage);
	return stage ? 1 : 0;
}

/* ---- reading a COPY stream ------------------------------------------------- */

#define MOST_COLUMNS 16

struct stream {
	const char *p, *end;
	int columns;
	struct {
		const char *p; /* NULL for a NULL */
		int n;
	} cells[MOST_COLUMNS];
};

static uint32_t take(struct stream *s, int bytes)
{
	uint32_t n = 0;

	assert_true(s->end - s->p >= bytes);
	for (int i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)*s->p++;
	return n;
}

static struct stream open_stream(enum stage_table table)
{
	const struct buf *rows = &stage->rows[table];
	struct stream s = { .p = rows->data, .end = rows->data + rows->len };

	assert_true(rows->len > 19);
	assert_memory_equal(s.p, "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);
	s.p += 19;
	return s;
}

/* The next row; false at the end, behind which nothing may stand. */
static bool next_row(struct stream *s)
{
	int16_t columns = (int16_t)take(s, 2);

	if (columns < 0) {
		assert_int_equal(columns, -1);
		assert_ptr_equal(s->p, s->end);
		return false;
	}
	assert_in_range(columns, 1, MOST_COLUMNS);
	s->columns = columns;
	for (int i = 0; i < columns; i++) {
		s->cells[i].n = (int32_t)take(s, 4);
		s->cells[i].p = s->cells[i].n < 0 ? NULL : s->p;
		if (s->cells[i].n > 0) {
			assert_true(s->end - s->p >= s->cells[i].n);
			s->p += s->cells[i].n;
		}
	}
	return true;
}

/* How many columns the COPY statement names. */
static int columns_of(enum stage_table table)
{
	int n = 1;

	for (const char *p = stage_copy(stage, table); *p; p++)
		n += *p == ',';
	return n;
}

static int rows_in(enum stage_table table)
{
	struct stream s;
	int n = 0;

	if (stage->rows[table].len == 0)
		return 0;
	s = open_stream(table);
	while (next_row(&s))
		n++;
	return n;
}

static void check_text(const struct stream *s, int column, const char *want)
{
	assert_in_range(column, 0, s->columns - 1);
	if (!want) {
		assert_null(s->cells[column].p);
		return;
	}
	assert_non_null(s->cells[column].p);
	assert_int_equal(s->cells[column].n, strlen(want));
	assert_memory_equal(s->cells[column].p, want, strlen(want));
}

static int64_t number_at(const struct stream *s, int column)
{
	int64_t n = 0;

	assert_in_range(s->cells[column].n, 1, 8);
	for (int i = 0; i < s->cells[column].n; i++)
		n = (int64_t)((uint64_t)n << 8 | (unsigned char)s->cells[column].p[i]);
	return s->cells[column].n == 4 ? (int32_t)n : n;
}

/* ---- items ------------------------------------------------------------------ */

static const char *const labels[] = { "refund", "urgent" };

static struct item an_item(const char *id)
{
	return (struct item){
		.id = id,
		.status = "open",
		.channel_id = "ch_1",
		.channel_type = "whatsapp",
		.contact_id = "ct_1",
		.contact_name = "Bu Siti",
		.contact_extra = "{\"x\":1}",
		.assignee_id = "usr_1",
		.assignee_name = "Andi",
		.team_id = "team_1",
		.labels = labels,
		.n_labels = 2,
		.created_at = NOON - 1,
		.updated_at = TIME_NONE,
		.extra = "{}",
	};
}

static const struct origin page_7 = { .page = 7, .observed_at = NOON + 5 };

static void add(const char *id)
{
	struct item item = an_item(id);

	stage_item(stage, &item, &page_7);
}

static void a_new_stage_is_empty(void **fixture)
{
	(void)fixture;
	assert_int_equal(stage_bytes(stage), 0);
	assert_int_equal(stage_rows(stage), 0);
	stage_close(stage);
	for (int t = 0; t < STAGE_TABLES; t++)
		assert_int_equal(stage->rows[t].len, 0);
}

static void a_conversation_is_a_row_of_its_columns(void **fixture)
{
	struct stream s;

	(void)fixture;
	add("conv_1");
	stage_close(stage);
	s = open_stream(STAGE_CONVERSATION);
	assert_true(next_row(&s));
	assert_int_equal(s.columns, columns_of(STAGE_CONVERSATION));
	assert_int_equal(number_at(&s, 0), 1);
	assert_int_equal(number_at(&s, 1), 7);
	assert_int_equal(number_at(&s, 2), NOON + 5 - EPOCH_2000);
	check_text(&s, 3, "conv_1");
	check_text(&s, 4, "open");
	check_text(&s, 5, "ch_1");
	check_text(&s, 6, "ct_1");
	check_text(&s, 7, "usr_1");
	check_text(&s, 8, "team_1");
	assert_int_equal(number_at(&s, 9), NOON - 1 - EPOCH_2000);
	check_text(&s, 10, NULL);
	assert_int_equal(s.cells[11].n, 20 + 4 + 6 + 4 + 6);
	check_text(&s, 12, "\x01{}");
	assert_false(next_row(&s));
}

static void what_a_conversation_mentions_is_staged_beside_it(void **fixture)
{
	struct stream s;

	(void)fixture;
	add("conv_1");
	stage_close(stage);
	s = open_stream(STAGE_CHANNEL);
	assert_true(next_row(&s));
	assert_int_equal(s.columns, 4);
	check_text(&s, 1, "ch_1");
	check_text(&s, 2, "whatsapp");
	check_text(&s, 3, NULL);
	s = open_stream(STAGE_AGENT);
	assert_true(next_row(&s));
	assert_int_equal(s.columns, 3);
	check_text(&s, 1, "usr_1");
	check_text(&s, 2, "Andi");
	s = open_stream(STAGE_TEAM);
	assert_true(next_row(&s));
	assert_int_equal(s.columns, 3);
	check_text(&s, 1, "team_1");
	check_text(&s, 2, NULL);
	s = open_stream(STAGE_CONTACT);
	assert_true(next_row(&s));
	assert_int_equal(s.columns, 6);
	check_text(&s, 1, "ct_1");
	check_text(&s, 2, "Bu Siti");
	check_text(&s, 3, NULL);
	check_text(&s, 4, NULL);
	check_text(&s, 5, "\x01{\"x\":1}");
}

static void what_is_mentioned_often_is_staged_once(void **fixture)
{
	char id[32];

	(void)fixture;
	for (int i = 0; i < 50; i++) {
		snprintf(id, sizeof(id), "conv_%d", i);
		add(id);
	}
	stage_close(stage);
	assert_int_equal(rows_in(STAGE_CONVERSATION), 50);
	assert_int_equal(rows_in(STAGE_CHANNEL), 1);
	assert_int_equal(rows_in(STAGE_AGENT), 1);
	assert_int_equal(rows_in(STAGE_TEAM), 1);
	assert_int_equal(rows_in(STAGE_CONTACT), 1);
	assert_int_equal(stage_rows(stage), 50);
}

static void what_differs_in_content_is_staged_again(void **fixture)
{
	struct item item = an_item("conv_1");

	(void)fixture;
	stage_item(stage, &item, &page_7);
	item.contact_name = "Siti";
	item.channel_name = "Sales";
	stage_item(stage, &item, &page_7);
	item.contact_extra = NULL;
	item.assignee_name = NULL;
	stage_item(stage, &item, &page_7);
	/* One text less here and one more there is not the same. */
	item.channel_type = "Sales";
	item.channel_name = NULL;
	stage_item(stage, &item, &page_7);
	stage_close(stage);
	assert_int_equal(rows_in(STAGE_CONTACT), 3);
	assert_int_equal(rows_in(STAGE_CHANNEL), 3);
	assert_int_equal(rows_in(STAGE_AGENT), 2);
	assert_int_equal(rows_in(STAGE_TEAM), 1);
}

static void what_is_not_there_is_not_staged(void **fixture)
{
	struct item item = { .id = "c", .status = "open", .created_at = NOON };

	(void)fixture;
	stage_item(stage, &item, &page_7);
	stage_close(stage);
	assert_int_equal(rows_in(STAGE_CONVERSATION), 1);
	for (enum stage_table t = STAGE_CHANNEL; t < STAGE_TABLES; t++)
		assert_int_equal(stage->rows[t].len, 0);
}

/* Many more contacts than there is room to remember: none is left out. */
static void no_contact_is_forgotten_however_many_there_are(void **fixture)
{
	static unsigned char seen[3 * STAGE_KNOWN];
	char id[32], conv[32];
	struct stream s;
	int missing = 3 * STAGE_KNOWN;

	(void)fixture;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3 * STAGE_KNOWN; i++) {
			struct item item = { .status = "open", .created_at = NOON };

			snprintf(id, sizeof(id), "%d", i);
			snprintf(conv, sizeof(conv), "conv_%d", i);
			item.id = conv;
			item.contact_id = id;
			stage_item(stage, &item, &page_7);
		}
	}
	stage_close(stage);
	s = open_stream(STAGE_CONTACT);
	while (next_row(&s)) {
		int n = 0;

		for (int i = 0; i < s.cells[1].n; i++)
			n = n * 10 + (s.cells[1].p[i] - '0');
		missing -= !seen[n];
		seen[n] = 1;
	}
	assert_int_equal(missing, 0);
	assert_int_equal(rows_in(STAGE_CONVERSATION), 6 * STAGE_KNOWN);
}

static void rows_are_numbered_in_the_order_of_their_coming(void **fixture)
{
	struct rejection rejection = { .fingerprint = "f", .reason = "r", .text = "{}" };
	struct stream s;

	(void)fixture;
	add("a");
	stage_gone(stage, "b", NULL, NOON);
	stage_reject(stage, &rejection, &page_7);
	add("d");
	stage_close(stage);
	s = open_stream(STAGE_CONVERSATION);
	assert_true(next_row(&s));
	assert_int_equal(number_at(&s, 0), 1);
	assert_true(next_row(&s));
	assert_int_equal(number_at(&s, 0), 4);
	s = open_stream(STAGE_GONE);
	assert_true(next_row(&s));
	assert_int_equal(number_at(&s, 0), 2);
	s = open_stream(STAGE_REJECTED);
	assert_true(next_row(&s));
	assert_int_equal(number_at(&s, 0), 3);
	assert_int_equal(stage_rows(stage), 4);
}

/* ---- what is gone, and what could not be read ------------------------------- */

static void what_is_gone_says_into_what_it_was_merged(void **fixture)
{
	struct stream s;

	(void)fixture;
	stage_gone(stage, "conv_1", "conv_2", NOON + 9);
	stage_gone(stage, "conv_3", NULL, TIME_NONE);
	stage_close(stage);
	s = open_stream(STAGE_GONE);
	assert_true(next_row(&s));
	assert_int_equal(s.columns, 4);
	check_text(&s, 1, "conv_1");
	check_text(&s, 2, "conv_2");
	assert_int_equal(number_at(&s, 3), NOON + 9 - EPOCH_2000);
	assert_true(next_row(&s));
	check_text(&s, 1, "conv_3");
	check_text(&s, 2, NULL);
	assert_int_equal(number_at(&s, 3), NOON - EPOCH_2000);
	assert_false(next_row(&s));
}

static void a_conversation_that_no_list_shows_says_whether_it_is_gone(void **fixture)
{
	struct stream s;

	(void)fixture;
	stage_absent(stage, "conv_1", true, NOON + 9);
	stage_absent(stage, "conv_2", false, TIME_NONE);
	stage_close(stage);
	s = open_stream(STAGE_ABSENT);
	assert_true(next_row(&s));
	check_text(&s, 1, "conv_1");
	assert_int_equal(number_at(&s, 2), true);
	assert_int_equal(number_at(&s, 3), NOON + 9 - EPOCH_2000);
	assert_true(next_row(&s));
	check_text(&s, 1, "conv_2");
	assert_int_equal(number_at(&s, 2), false);
	assert_int_equal(number_at(&s, 3), NOON - EPOCH_2000);
	assert_false(next_row(&s));
}

static void what_could_not_be_read_is_kept_whole(void **fixture)
{
	struct rejection rejection = { .fingerprint = "item:1",
				       .contact_id = "ct_1",
				       .created_at = TIME_NONE,
				       .reason = "$.id: missing",
				       .text = "{\"a\":\"\\\\N\\t\"}" };
	struct stream s;

	(void)fixture;
	stage_reject(stage, &rejection, &page_7);
	stage_close(stage);
	s = open_stream(STAGE_REJECTED);
	assert_true(next_row(&s));
	assert_int_equal(s.columns, 9);
	assert_int_equal(number_at(&s, 1), 7);
	check_text(&s, 2, "item:1");
	check_text(&s, 3, NULL);
	check_text(&s, 4, "ct_1");
	check_text(&s, 5, NULL);
	check_text(&s, 6, "$.id: missing");
	check_text(&s, 7, "{\"a\":\"\\\\N\\t\"}");
	assert_int_equal(number_at(&s, 8), NOON + 5 - EPOCH_2000);
}

/* ---- where and when ----------------------------------------------------------- */

static void an_item_fetched_alone_has_no_page(void **fixture)
{
	struct origin alone = { .page = 0, .observed_at = NOON };
	struct item item = an_item("c");
	struct stream s;

	(void)fixture;
	stage_item(stage, &item, &alone);
	stage_close(stage);
	s = open_stream(STAGE_CONVERSATION);
	assert_true(next_row(&s));
	check_text(&s, 1, NULL);
}

static void the_first_page_is_one(void **fixture)
{
	struct origin first = { .page = 1, .observed_at = NOON };
	struct item item = an_item("c");
	struct stream s;

	(void)fixture;
	stage_item(stage, &item, &first);
	stage_close(stage);
	s = open_stream(STAGE_CONVERSATION);
	assert_true(next_row(&s));
	assert_int_equal(number_at(&s, 1), 1);
}

static void a_response_without_a_date_gets_that_of_the_batch(void **fixture)
{
	struct origin undated = { .page = 1, .observed_at = TIME_NONE };
	struct item item = an_item("c");
	struct stream s;

	(void)fixture;
	stage_item(stage, &item, &undated);
	stage_close(stage);
	s = open_stream(STAGE_CONVERSATION);
	assert_true(next_row(&s));
	assert_int_equal(number_at(&s, 2), NOON - EPOCH_2000);
}

/* ---- life ----------------------------------------------------------------------- */

static void closing_twice_ends_the_streams_once(void **fixture)
{
	size_t bytes;

	(void)fixture;
	add("a");
	stage_close(stage);
	bytes = stage_bytes(stage);
	stage_close(stage);
	assert_int_equal(stage_bytes(stage), bytes);
	assert_int_equal(rows_in(STAGE_CONVERSATION), 1);
}

static void a_reset_forgets_everything(void **fixture)
{
	struct stream s;

	(void)fixture;
	add("a");
	stage_close(stage);
	stage_reset(stage, NOON + 1000);
	assert_int_equal(stage_bytes(stage), 0);
	assert_int_equal(stage_rows(stage), 0);
	add("b");
	stage_close(stage);
	assert_int_equal(rows_in(STAGE_CONVERSATION), 1);
	assert_int_equal(rows_in(STAGE_CHANNEL), 1);
	s = open_stream(STAGE_CONVERSATION);
	assert_true(next_row(&s));
	assert_int_equal(number_at(&s, 0), 1);
}

static void bytes_are_those_of_all_tables(void **fixture)
{
	size_t bytes = 0;

	(void)fixture;
	add("a");
	stage_gone(stage, "b", NULL, NOON);
	for (int t = 0; t < STAGE_TABLES; t++)
		bytes += stage->rows[t].len;
	assert_int_equal(stage_bytes(stage), bytes);
}

static void each_row_has_the_columns_that_its_copy_statement_names(void **fixture)
{
	(void)fixture;
	add("a");
	stage_gone(stage, "b", NULL, NOON);
	stage_absent(stage, "b", true, NOON);
	stage_reject(stage, &(struct rejection){ .fingerprint = "c" }, &(struct origin){ 0 });
	stage_message(stage, &(struct stage_place){ .conversation = "c", .place = 1 },
		      &(struct message){ .id = "m", .type = "t", .text_length = -1, .kinds = 3 });
	stage_reject_message(stage, &(struct stage_place){ .conversation = "c", .place = 2 },
			     &(struct stage_bad_message){ .reason = "r" });
	stage_reading(stage, &(struct stage_reading){ .conversation = "c",
						      .step = { .end = MESSAGES_WHOLE } });
	stage_close(stage);
	for (enum stage_table t = STAGE_CONVERSATION; t < STAGE_TABLES; t++) {
		struct stream s = open_stream(t);

		assert_true(next_row(&s));
		assert_int_equal(s.columns, columns_of(t));
	}
}

static void each_table_has_its_own_copy_statement(void **fixture)
{
	(void)fixture;
	for (enum stage_table a = STAGE_CONVERSATION; a < STAGE_TABLES; a++) {
		assert_memory_equal(stage_copy(stage, a), "copy pg_temp.stage_", 19);
		assert_non_null(strstr(stage_copy(stage, a), " from stdin (format binary)"));
		for (enum stage_table b = STAGE_CONVERSATION; b < a; b++)
			assert_string_not_equal(stage_copy(stage, a), stage_copy(stage, b));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_stage_is_empty),
		TEST(a_conversation_is_a_row_of_its_columns),
		TEST(what_a_conversation_mentions_is_staged_beside_it),
		TEST(what_is_mentioned_often_is_staged_once),
		TEST(what_differs_in_content_is_staged_again),
		TEST(what_is_not_there_is_not_staged),
		TEST(no_contact_is_forgotten_however_many_there_are),
		TEST(rows_are_numbered_in_the_order_of_their_coming),
		TEST(what_is_gone_says_into_what_it_was_merged),
		TEST(a_conversation_that_no_list_shows_says_whether_it_is_gone),
		TEST(what_could_not_be_read_is_kept_whole),
		TEST(an_item_fetched_alone_has_no_page),
		TEST(the_first_page_is_one),
		TEST(a_response_without_a_date_gets_that_of_the_batch),
		TEST(closing_twice_ends_the_streams_once),
		TEST(a_reset_forgets_everything),
		TEST(bytes_are_those_of_all_tables),
		TEST(each_row_has_the_columns_that_its_copy_statement_names),
		TEST(each_table_has_its_own_copy_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
