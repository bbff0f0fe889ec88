/* SPDX-License-Identifier: MIT */
/* Pages and single conversations: what is good is staged, what is not is kept, nothing is dropped. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "hash.h"
#include "time_format.h"

#define NOON INT64_C(1710504000000000) /* 2024-03-15T12:00:00Z */

static struct decode *decode;
static struct stage *stage;
static struct page page;

static int begin(void **fixture)
{
	struct item_privacy everything = { .drop_name = false };

	(void)fixture;
	decode = decode_new(&everything);
	stage = stage_new();
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	decode_free(&decode);
	stage_free(&stage);
	return decode || stage ? 1 : 0;
}

/* Decodes what came in answer to page 3 of 100 rows each. */
static bool decode_text(const char *text, size_t n)
{
	char *exact = unit_exact(text, n);
	bool ok;

	page = (struct page){ .date = NOON, .page = 3, .per_page = 100 };
	stage_reset(stage, NOON);
	ok = decode_page(decode, exact, n, stage, &page);
	free(exact);
	return ok;
}

static bool decode_string(const char *text)
{
	return decode_text(text, strlen(text));
}

/* ---- cases in files --------------------------------------------------------- */

/* The next N bytes of a COPY stream as a big-endian number. */
static int take(const char **p, int n)
{
	uint32_t value = 0;

	for (int i = 0; i < n; i++)
		value = value << 8 | (unsigned char)*(*p)++;
	return n == 2 ? (int16_t)value : (int32_t)value;
}

/* What was rejected: what stands for it, why, and its text. */
static void show_rejected(struct buf *out)
{
	const struct buf *rows = &stage->rows[STAGE_REJECTED];
	const char *p = rows->len > 0 ? rows->data + 19 : NULL;

	while (p && take(&p, 2) > 0) {
		for (int column = 0; column < 9; column++) {
			int n = take(&p, 4);

			if (column == 2)
				buf_printf(out, "rejected %.*s", n, p);
			if (column == 3 || column == 4)
				buf_printf(out, " | %.*s", n > 0 ? n : 1, n > 0 ? p : "-");
			if (column == 6)
				buf_printf(out, "\n  because %.*s\n", n, p);
			if (column == 7)
				buf_printf(out, "  %.*s\n", n, p);
			p += n > 0 ? n : 0;
		}
	}
}

static void show_page(struct buf *out)
{
	char created[TIME_FORMAT_SIZE], updated[TIME_FORMAT_SIZE];

	buf_printf(out, "page %d of %d, %d each, total %" PRId64 "\n", page.page, page.total_pages,
		   page.per_page, page.total);
	for (int i = 0; i < page.n; i++) {
		const char *id = decode_id(decode, i);

		assert_true(page.rows[i].id == hash_string(HASH_START, id));
		buf_printf(out, "row %s %s %s\n", id, time_format(page.rows[i].created_at, created),
			   time_format(page.rows[i].updated_at, updated));
	}
	buf_printf(out,
		   "staged %d rows, %d rejected; %d channels, %d agents, %d teams, %d contacts\n",
		   stage_rows(stage), stage->n[STAGE_REJECTED], stage->n[STAGE_CHANNEL],
		   stage->n[STAGE_AGENT], stage->n[STAGE_TEAM], stage->n[STAGE_CONTACT]);
	assert_int_equal(stage_rows(stage), page.n);
	assert_null(decode_id(decode, page.n));
	stage_close(stage);
	show_rejected(out);
}

static void check_case(const char *path, const char *text, size_t n)
{
	struct buf out = BUF_MAX(1 << 20);

	if (decode_text(text, n)) {
		show_page(&out);
	} else {
		assert_int_equal(decode_error(decode)->kind, ERR_DATA);
		assert_int_equal(stage_rows(stage), 0);
		assert_int_equal(stage_bytes(stage), 0);
		assert_null(decode_id(decode, 0));
		assert_int_equal(stage->n[STAGE_REJECTED], 0);
		/* What was asked for is not touched. */
		assert_int_equal(page.page, 3);
		assert_int_equal(page.per_page, 100);
		buf_printf(&out, "refused: %s\n", decode_error(decode)->text);
	}
	unit_want(path, buf_text(&out));
	buf_free(&out);
}

static void every_page_is_decoded_as_wanted(void **fixture)
{
	(void)fixture;
	unit_each("decode", ".json", check_case);
}

/* ---- hostile pages ------------------------------------------------------------ */

static const char two[] =
	"{\"data\":[{\"id\":\"conv_1\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\"}"
	","
	"{\"id\":\"conv_2\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\","
	"\"updated_at\":\"2024-03-16T08:30:00Z\",\"x\":[1,\"\\u0000\"]}],"
	"\"meta\":{\"total\":2,\"page\":3,\"per_page\":100,\"total_pages\":1}}";

static void a_page_cut_anywhere_stages_nothing(void **fixture)
{
	(void)fixture;
	for (size_t n = 0; n < sizeof(two) - 1; n++) {
		assert_false(decode_text(two, n));
		assert_int_equal(stage_rows(stage), 0);
	}
	assert_true(decode_text(two, sizeof(two) - 1));
	assert_int_equal(page.n, 2);
}

/* Any one byte may be anything: either the page is refused, or all of its rows are accounted for. */
static void any_byte_of_a_page_may_be_anything(void **fixture)
{
	static const unsigned char bytes[] = { 0x00, 0x01, '"', '\\', '{', '}', '[',  ']',  ',',
					       ':',  '0',  'e', '-',  '.', 'n', 0x7f, 0x80, 0xff };
	char text[sizeof(two)];

	(void)fixture;
	for (size_t at = 0; at < sizeof(two) - 1; at++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			memcpy(text, two, sizeof(two));
			text[at] = (char)bytes[i];
			if (decode_text(text, sizeof(two) - 1))
				assert_int_equal(stage_rows(stage), page.n);
			else
				assert_int_equal(stage_rows(stage), 0);
		}
	}
}

static void a_page_may_have_a_thousand_rows_and_no_more(void **fixture)
{
	struct buf text = BUF_MAX(1 << 20);

	(void)fixture;
	for (int n = PAGE_ROWS_MOST; n <= PAGE_ROWS_MOST + 1; n++) {
		buf_reset(&text);
		buf_str(&text, "{\"data\":[");
		for (int i = 0; i < n; i++)
			buf_printf(&text,
				   "%s{\"id\":\"c%d\",\"status\":\"open\","
				   "\"created_at\":\"2024-03-15T08:30:00Z\"}",
				   i ? "," : "", i);
		buf_str(&text, "],\"meta\":{\"total\":5}}");
		assert_int_equal(decode_text(buf_text(&text), text.len), n == PAGE_ROWS_MOST);
		assert_int_equal(stage_rows(stage), n == PAGE_ROWS_MOST ? n : 0);
	}
	buf_free(&text);
}

static void a_total_beyond_reason_is_no_more_than_pages_can_be_counted_for(void **fixture)
{
	(void)fixture;
	assert_true(decode_string("{\"data\":[],\"meta\":{\"total\":2147483647}}"));
	assert_int_equal(page.total, INT32_MAX);
	assert_true(decode_string("{\"data\":[],\"meta\":{\"total\":2147483648}}"));
	assert_int_equal(page.total, INT32_MAX);
	assert_true(decode_string("{\"data\":[],\"meta\":{\"total\":999999999999999999}}"));
	assert_int_equal(page.total, INT32_MAX);
}

/* A page of N rows; the one at BAD has twenty thousand objects in it. Ends with END. */
static void heavy_page(struct buf *text, int n, int bad, const char *end)
{
	buf_str(text, "{\"data\":[");
	for (int i = 0; i < n; i++) {
		buf_printf(text,
			   "%s{\"id\":\"c_%d\",\"status\":\"open\",\"created_at\":"
			   "\"2024-03-15T08:30:00Z\",\"x\":[",
			   i ? "," : "", i);
		for (int k = 0; k < (i == bad ? 20000 : 100); k++)
			buf_str(text, k ? ",{}" : "{}");
		buf_str(text, "]}");
	}
	buf_str(text, end);
}

static void a_heavy_page_is_read_row_by_row(void **fixture)
{
	struct buf text = BUF_MAX(16 << 20);

	(void)fixture;
	heavy_page(&text, 200, 7, "],\"meta\":{\"total\":200}}");
	assert_true(decode_text(buf_text(&text), text.len));
	assert_int_equal(page.n, 200);
	assert_int_equal(page.total, 200);
	assert_int_equal(stage->n[STAGE_CONVERSATION], 199);
	assert_int_equal(stage->n[STAGE_REJECTED], 1);
	assert_string_equal(decode_id(decode, 7), "c_7");
	assert_string_equal(decode_id(decode, 8), "c_8");
	buf_free(&text);
}

static void count(void *arg)
{
	(*(int *)arg)++;
}

static void others_have_their_turn_while_a_heavy_page_is_read(void **fixture)
{
	struct buf text = BUF_MAX(16 << 20);
	int turns = 0;

	(void)fixture;
	decode_relieve(decode, count, &turns);
	assert_true(decode_string("{\"data\":[],\"meta\":{\"total\":0}}"));
	assert_int_equal(turns, 0);
	/* 800 KB, twice: as JSON, and then to be staged. */
	heavy_page(&text, 1000, 7, "],\"meta\":{\"total\":1000}}");
	assert_true(decode_text(buf_text(&text), text.len));
	assert_int_equal(turns, 2 * (text.len / (256 << 10)));
	assert_int_equal(page.n, 1000);
	decode_relieve(decode, NULL, NULL);
	buf_free(&text);
}

static void a_heavy_page_that_is_not_json_stages_nothing(void **fixture)
{
	static const char *const ends[] = { "],\"meta\":{\"total\":200}", ",]}",
					    ",{\"id\":}],\"meta\":{}}", "" };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct buf text = BUF_MAX(16 << 20);

		heavy_page(&text, 200, 7, ends[i]);
		assert_false(decode_text(buf_text(&text), text.len));
		assert_int_equal(stage_rows(stage), 0);
		buf_free(&text);
	}
}

static void a_megabyte_in_one_field_goes_through(void **fixture)
{
	struct buf text = BUF_MAX(4 << 20);

	(void)fixture;
	buf_str(&text, "{\"data\":[{\"id\":\"c\",\"status\":\"open\",\"created_at\":"
		       "\"2024-03-15T08:30:00Z\",\"note\":\"");
	memset(buf_extend(&text, 1 << 20), 'x', 1 << 20);
	buf_str(&text, "\"}],\"meta\":{\"total\":1}}");
	assert_true(decode_text(buf_text(&text), text.len));
	assert_int_equal(stage->n[STAGE_REJECTED], 0);
	assert_true(stage_bytes(stage) > 1 << 20);
	buf_free(&text);
}

static void a_bomb_of_brackets_is_refused(void **fixture)
{
	struct buf text = BUF_MAX(4 << 20);

	(void)fixture;
	buf_str(&text, "{\"data\":[");
	for (int i = 0; i < 1000000; i++)
		buf_char(&text, '[');
	assert_false(decode_text(buf_text(&text), text.len));
	assert_non_null(strstr(decode_error(decode)->text, "deep"));
	buf_free(&text);
}

/* ---- what stands for an item without an id -------------------------------------- */

static void the_same_broken_item_has_the_same_name_and_another_another(void **fixture)
{
	char first[100], second[100], third[100];

	(void)fixture;
	assert_true(decode_string("{\"data\":[{\"a\":1}],\"meta\":{\"total\":1}}"));
	snprintf(first, sizeof(first), "%s", decode_id(decode, 0));
	assert_true(decode_string("{\"data\":[7,{ \"a\" : 1 }],\"meta\":{\"total\":1}}"));
	snprintf(second, sizeof(second), "%s", decode_id(decode, 1));
	assert_true(decode_string("{\"data\":[{\"a\":2}],\"meta\":{\"total\":1}}"));
	snprintf(third, sizeof(third), "%s", decode_id(decode, 0));
	assert_memory_equal(first, "item:", 5);
	assert_string_equal(first, second);
	assert_string_not_equal(first, third);
}

static void a_broken_item_with_an_id_goes_by_it(void **fixture)
{
	(void)fixture;
	assert_true(decode_string("{\"data\":[{\"id\":\"conv_9\",\"status\":7}],"
				  "\"meta\":{\"total\":1}}"));
	assert_string_equal(decode_id(decode, 0), "conv_9");
	assert_true(page.rows[0].id == hash_string(HASH_START, "conv_9"));
	assert_int_equal(page.rows[0].created_at, TIME_NONE);
}

/* ---- privacy ------------------------------------------------------------------------ */

static bool stages(enum stage_table table, const char *what)
{
	const struct buf *rows = &stage->rows[table];

	return rows->len > 0 && memmem(rows->data, rows->len, what, strlen(what));
}

/* Decodes a page whose one item is CONTACT and no good, as somebody who drops names and phones. */
static void decode_privately(const char *contact)
{
	struct item_privacy nothing = { .drop_name = true, .drop_phone = true };
	struct decode *strict = decode_new(&nothing);
	struct buf text = BUF_MAX(10000);

	buf_printf(&text, "{\"data\":[{\"id\":\"conv_1\",\"contact\":%s}],\"meta\":{\"total\":1}}",
		   contact);
	page = (struct page){ .date = NOON, .page = 3, .per_page = 100 };
	stage_reset(stage, NOON);
	assert_true(decode_page(strict, buf_text(&text), text.len, stage, &page));
	assert_int_equal(stage->n[STAGE_REJECTED], 1);
	buf_free(&text);
	decode_free(&strict);
}

static void what_is_to_be_dropped_is_not_kept_with_what_was_rejected(void **fixture)
{
	static const char *const contacts[] = {
		"{\"id\":\"ct_1\",\"name\":\"Bu Siti\",\"phone\":\"+628123\"}",
		"{\"id\":7,\"name\":\"Bu Siti\",\"nick\":\"Siti\",\"phone\":\"+628123\"}",
		"{\"id\":\"ct_1\",\"name\":[\"Bu Siti\"],\"phone\":{\"no\":\"+628123\"}}",
		"\"Bu Siti +628123\"",
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(contacts); i++) {
		decode_privately(contacts[i]);
		assert_true(stages(STAGE_REJECTED, "conv_1"));
		assert_false(stages(STAGE_REJECTED, "Siti"));
		assert_false(stages(STAGE_REJECTED, "628123"));
	}
}

/* The reason quotes what was wrong, but not where it is somebody's name. */
static void what_is_to_be_dropped_is_not_kept_in_the_reason(void **fixture)
{
	static const char *const contacts[] = { "\"Bu Siti\"", "{\"id\":\"\",\"name\":\"Bu Siti\"}",
						"{\"id\":\"ct_1\",\"name\":[\"Bu Siti\"]}" };
	struct item_privacy nothing = { .drop_name = true, .drop_phone = true };
	struct decode *strict = decode_new(&nothing);
	struct buf text = BUF_MAX(10000);

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(contacts); i++) {
		buf_reset(&text);
		buf_printf(&text,
			   "{\"data\":[{\"id\":\"conv_1\",\"status\":\"open\",\"created_at\":"
			   "\"2024-03-15T08:30:00Z\",\"contact\":%s}],\"meta\":{\"total\":1}}",
			   contacts[i]);
		stage_reset(stage, NOON);
		assert_true(decode_page(strict, buf_text(&text), text.len, stage, &page));
		assert_int_equal(stage->n[STAGE_REJECTED], 1);
		assert_true(stages(STAGE_REJECTED, "$.data[0].contact: a value of another type"));
		assert_false(stages(STAGE_REJECTED, "Siti"));
	}
	buf_free(&text);
	decode_free(&strict);
}

static void what_is_no_contacts_is_kept_with_what_was_rejected(void **fixture)
{
	struct item_privacy nothing = { .drop_name = true, .drop_phone = true };
	struct decode *strict = decode_new(&nothing);
	static const char text[] = "{\"data\":[{\"id\":\"conv_1\",\"status\":\"open\","
				   "\"created_at\":\"yesterday\",\"labels\":[\"urgent\"]}],"
				   "\"meta\":{\"total\":1}}";

	(void)fixture;
	page = (struct page){ .date = NOON, .page = 3, .per_page = 100 };
	stage_reset(stage, NOON);
	assert_true(decode_page(strict, text, strlen(text), stage, &page));
	assert_true(stages(STAGE_REJECTED, "not \"yesterday\""));
	assert_true(stages(STAGE_REJECTED, "\"labels\":[\"urgent\"]"));
	decode_free(&strict);
}

static void a_page_has_so_many_labels_and_no_more(void **fixture)
{
	struct buf text = BUF_MAX(8 << 20);

	(void)fixture;
	buf_str(&text, "{\"data\":[");
	for (int i = 0; i < 102; i++) {
		buf_printf(&text,
			   "%s{\"id\":\"conv_%d\",\"status\":\"open\",\"created_at\":"
			   "\"2024-03-15T08:30:00Z\",\"labels\":[",
			   i ? "," : "", i);
		/* The last one has none, and is as good as ever. */
		for (int k = 0; k < 1000 && i < 101; k++)
			buf_printf(&text, "%s\"%d\"", k ? "," : "", k);
		buf_str(&text, "]}");
	}
	buf_str(&text, "],\"meta\":{\"total\":102}}");
	assert_false(text.full);
	assert_true(decode_text(buf_text(&text), text.len));
	assert_int_equal(stage->n[STAGE_CONVERSATION], 101);
	assert_int_equal(stage->n[STAGE_REJECTED], 1);
	assert_true(stages(STAGE_REJECTED, "$.data[100].labels: fewer labels on one page"));
	/* The next page has room for as many. */
	assert_true(decode_text(buf_text(&text), text.len));
	assert_int_equal(stage->n[STAGE_CONVERSATION], 101);
	buf_free(&text);
}

/* A page of ROWS rows, each with EACH numbers that nobody knows. */
static void numbers_of(struct buf *text, int rows, int each)
{
	buf_reset(text);
	buf_str(text, "{\"data\":[");
	for (int i = 0; i < rows; i++) {
		buf_printf(text,
			   "%s{\"id\":\"conv_%d\",\"status\":\"open\",\"created_at\":"
			   "\"2024-03-15T08:30:00Z\",\"x\":[",
			   i ? "," : "", i);
		for (int k = 0; k < each; k++)
			buf_str(text, k ? ",1" : "1");
		buf_str(text, "]}");
	}
	buf_printf(text, "],\"meta\":{\"total\":%d}}", rows);
	assert_false(text->full);
}

static void a_page_has_so_many_values_and_no_more(void **fixture)
{
	struct buf text = BUF_MAX(8 << 20);

	(void)fixture;
	numbers_of(&text, 100, 1980);
	assert_true(decode_text(buf_text(&text), text.len));
	assert_int_equal(stage->n[STAGE_CONVERSATION], 100);
	assert_in_range(stage->values, 198000, DECODE_MOST_VALUES);
	numbers_of(&text, 101, 2020);
	assert_true(decode_text(buf_text(&text), text.len));
	assert_int_equal(stage->n[STAGE_CONVERSATION], 98);
	assert_int_equal(stage->n[STAGE_REJECTED], 3);
	assert_true(stages(STAGE_REJECTED, "fewer values on one page were expected, 200000 at "
					   "most, not an item of 2029 beside those before it"));
	assert_in_range(stage->values, 0, DECODE_MOST_VALUES);
	/* Those of small pages are counted, too. */
	numbers_of(&text, 10, 100);
	assert_true(decode_text(buf_text(&text), text.len));
	assert_in_range(stage->values, 1000, 1200);
	buf_free(&text);
}

/* ---- one conversation -------------------------------------------------------------- */

static bool one(const char *text, struct decode_one *ask)
{
	*ask = (struct decode_one){ .id = "conv_1", .date = NOON };
	stage_reset(stage, NOON);
	return decode_item(decode, text, strlen(text), stage, ask);
}

static void the_conversation_that_was_asked_for_is_staged(void **fixture)
{
	struct decode_one ask;

	(void)fixture;
	assert_true(one("{\"data\":{\"id\":\"conv_1\",\"status\":\"open\","
			"\"created_at\":\"2024-03-15T08:30:00Z\"}}",
			&ask));
	assert_true(ask.same);
	assert_null(ask.other);
	assert_int_equal(stage->n[STAGE_CONVERSATION], 1);
	assert_int_equal(stage->n[STAGE_REJECTED], 0);
}

static void a_broken_copy_of_it_is_staged_as_rejected(void **fixture)
{
	static const char *const texts[] = {
		"{\"data\":{\"id\":\"conv_1\",\"status\":7}}",
		"{\"data\":{\"id\":17}}",
		"{\"data\":{}}",
		"{\"data\":{\"id\":null,\"status\":\"open\"}}",
	};
	struct decode_one ask;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_true(one(texts[i], &ask));
		assert_true(ask.same);
		assert_int_equal(stage->n[STAGE_CONVERSATION], 0);
		assert_int_equal(stage->n[STAGE_REJECTED], 1);
	}
}

static void another_conversation_is_not_staged_but_named(void **fixture)
{
	struct decode_one ask;

	(void)fixture;
	assert_true(one("{\"data\":{\"id\":\"conv_2\",\"status\":\"open\","
			"\"created_at\":\"2024-03-15T08:30:00Z\"}}",
			&ask));
	assert_false(ask.same);
	assert_string_equal(ask.other, "conv_2");
	assert_int_equal(stage_rows(stage), 0);
}

static void what_is_no_conversation_is_an_error(void **fixture)
{
	static const char *const texts[] = { "",
					     "{}",
					     "[]",
					     "{\"data\":[]}",
					     "{\"data\":null}",
					     "{\"data\":\"conv_1\"}",
					     "{\"data\":{\"id\":\"conv_1\"}",
					     "<html>",
					     "{\"error\":{\"code\":\"x\"}}" };
	struct decode_one ask;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_false(one(texts[i], &ask));
		assert_int_equal(decode_error(decode)->kind, ERR_DATA);
		assert_int_equal(stage_rows(stage), 0);
	}
}

static void its_last_change_is_told_where_it_can_be_read(void **fixture)
{
	struct decode_one ask;

	(void)fixture;
	assert_true(one("{\"data\":{\"id\":\"conv_1\",\"status\":\"open\",\"created_at\":"
			"\"2024-03-15T08:30:00Z\",\"updated_at\":\"2024-03-15T12:00:00Z\"}}",
			&ask));
	assert_int_equal(ask.updated_at, NOON);
	assert_true(one("{\"data\":{\"id\":\"conv_1\",\"status\":\"open\",\"created_at\":"
			"\"2024-03-15T08:30:00Z\"}}",
			&ask));
	assert_int_equal(ask.updated_at, TIME_NONE);
	assert_true(one("{\"data\":{\"id\":\"conv_1\",\"status\":7,\"updated_at\":"
			"\"2024-03-15T12:00:00Z\"}}",
			&ask));
	assert_int_equal(ask.updated_at, TIME_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_is_decoded_as_wanted),
		cmocka_unit_test(a_page_cut_anywhere_stages_nothing),
		cmocka_unit_test(any_byte_of_a_page_may_be_anything),
		cmocka_unit_test(a_page_may_have_a_thousand_rows_and_no_more),
		cmocka_unit_test(a_total_beyond_reason_is_no_more_than_pages_can_be_counted_for),
		cmocka_unit_test(a_heavy_page_is_read_row_by_row),
		cmocka_unit_test(others_have_their_turn_while_a_heavy_page_is_read),
		cmocka_unit_test(a_heavy_page_that_is_not_json_stages_nothing),
		cmocka_unit_test(a_megabyte_in_one_field_goes_through),
		cmocka_unit_test(a_bomb_of_brackets_is_refused),
		cmocka_unit_test(the_same_broken_item_has_the_same_name_and_another_another),
		cmocka_unit_test(a_broken_item_with_an_id_goes_by_it),
		cmocka_unit_test(what_is_to_be_dropped_is_not_kept_with_what_was_rejected),
		cmocka_unit_test(what_is_to_be_dropped_is_not_kept_in_the_reason),
		cmocka_unit_test(what_is_no_contacts_is_kept_with_what_was_rejected),
		cmocka_unit_test(a_page_has_so_many_labels_and_no_more),
		cmocka_unit_test(a_page_has_so_many_values_and_no_more),
		cmocka_unit_test(the_conversation_that_was_asked_for_is_staged),
		cmocka_unit_test(a_broken_copy_of_it_is_staged_as_rejected),
		cmocka_unit_test(another_conversation_is_not_staged_but_named),
		cmocka_unit_test(what_is_no_conversation_is_an_error),
		cmocka_unit_test(its_last_change_is_told_where_it_can_be_read),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
