/* SPDX-License-Identifier: MIT */
/* One conversation: strict about types, generous about novelty, and nothing that arrives is lost. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "item.h"
#include "time_format.h"

static struct json_reader *parser;
static struct item_reader reader;

static int begin(void **fixture)
{
	(void)fixture;
	parser = json_reader_new();
	reader.arena = arena_new();
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	json_reader_free(&parser);
	arena_free(&reader.arena);
	item_reader_free(&reader);
	return 0;
}

static struct json *parse(const char *text, size_t n)
{
	struct err err = ERR_INIT;
	struct json *json = json_parse(parser, text, n, &err);

	if (!json)
		fail_msg("%.60s: %s", text, err.text);
	return json;
}

/* ---- cases in files --------------------------------------------------- */

static const char *or_none(const char *text)
{
	return text ? text : "(none)";
}

static void show_contact(struct buf *out, const struct item *item, const char *how)
{
	buf_printf(out, "contact%s: %s | %s | %s | %s\n", how, or_none(item->contact_id),
		   or_none(item->contact_name), or_none(item->contact_phone),
		   or_none(item->contact_extra));
}

static void show_item(struct buf *out, const struct item *item)
{
	char created[TIME_FORMAT_SIZE], updated[TIME_FORMAT_SIZE];

	buf_printf(out, "id: %s\nstatus: %s\n", or_none(item->id), or_none(item->status));
	buf_printf(out, "created: %s\nupdated: %s\n", time_format(item->created_at, created),
		   time_format(item->updated_at, updated));
	buf_printf(out, "channel: %s | %s | %s\n", or_none(item->channel_id),
		   or_none(item->channel_type), or_none(item->channel_name));
	show_contact(out, item, "");
	buf_printf(out, "assignee: %s | %s\n", or_none(item->assignee_id),
		   or_none(item->assignee_name));
	buf_printf(out, "team: %s | %s\n", or_none(item->team_id), or_none(item->team_name));
	buf_printf(out, "labels: %zu", item->n_labels);
	for (size_t i = 0; i < item->n_labels; i++)
		buf_printf(out, " [%s]", item->labels[i]);
	buf_printf(out, "\nextra: %s\n", or_none(item->extra));
}

/* The same item, read by somebody who does not want to know everything. */
static void show_privately(struct buf *out, const struct json_at *at)
{
	static const struct {
		struct item_privacy privacy;
		const char *how;
	} ways[] = {
		{ { .drop_name = true }, " without names" },
		{ { .drop_phone = true }, " without phones" },
		{ { .drop_name = true, .drop_phone = true }, " without either" },
	};
	struct item item;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		reader.privacy = ways[i].privacy;
		assert_true(item_read(&reader, at, &item, &err));
		show_contact(out, &item, ways[i].how);
	}
	reader.privacy = (struct item_privacy){ .drop_name = false };
}

static void check_case(const char *path, const char *text, size_t n)
{
	struct json *json = parse(text, n);
	struct json_at root = json_root(json);
	struct buf out = BUF_MAX(1 << 20);
	char created[TIME_FORMAT_SIZE];
	struct item item;
	struct err err = ERR_INIT;

	if (item_read(&reader, &root, &item, &err)) {
		show_item(&out, &item);
		show_privately(&out, &root);
	} else {
		assert_int_equal(err.kind, ERR_DATA);
		item_salvage(&reader, &root, &item);
		buf_printf(&out, "refused: %s\nsalvaged: %s | %s | %s\n", err.text,
			   or_none(item.id), or_none(item.contact_id),
			   time_format(item.created_at, created));
	}
	unit_want(path, buf_text(&out));
	buf_free(&out);
	json_free(&json);
	arena_reset(reader.arena);
}

static void every_item_is_read_as_wanted(void **fixture)
{
	(void)fixture;
	unit_each("item", ".json", check_case);
}

/* ---- limits ------------------------------------------------------------- */

/* Whether an item with FIELD set to a text of N letters can be read. */
static bool reads_with(const char *before, size_t n, const char *after)
{
	struct buf text = BUF_MAX(8 << 20);
	struct json *json;
	struct json_at root;
	struct item item;
	struct err err;
	bool ok;

	buf_str(&text, before);
	memset(buf_extend(&text, n), 'x', n);
	buf_str(&text, after);
	json = parse(buf_text(&text), text.len);
	root = json_root(json);
	ok = item_read(&reader, &root, &item, &err);
	json_free(&json);
	buf_free(&text);
	arena_reset(reader.arena);
	return ok;
}

#define REST "\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\"}"

static void ids_have_the_length_that_an_index_holds(void **fixture)
{
	(void)fixture;
	assert_true(reads_with("{\"id\":\"", 512, REST));
	assert_false(reads_with("{\"id\":\"", 513, REST));
	assert_false(reads_with("{\"id\":\"", 1 << 20, REST));
	assert_false(reads_with("{\"id\":\"", 0, REST));
	assert_true(reads_with("{\"assignee\":{\"id\":\"", 512, "\"},\"id\":\"c" REST));
	assert_false(reads_with("{\"assignee\":{\"id\":\"", 513, "\"},\"id\":\"c" REST));
	assert_false(reads_with("{\"contact\":{\"id\":\"", 513, "\"},\"id\":\"c" REST));
	assert_false(reads_with("{\"channel\":{\"id\":\"", 513, "\"},\"id\":\"c" REST));
	assert_false(reads_with("{\"team\":{\"id\":\"", 513, "\"},\"id\":\"c" REST));
	assert_false(reads_with("{\"team_id\":\"", 513, "\",\"id\":\"c" REST));
}

static void labels_have_theirs(void **fixture)
{
	(void)fixture;
	assert_true(reads_with("{\"labels\":[\"", 1000, "\"],\"id\":\"c" REST));
	assert_false(reads_with("{\"labels\":[\"", 1001, "\"],\"id\":\"c" REST));
}

static void texts_that_no_index_holds_may_be_a_megabyte(void **fixture)
{
	(void)fixture;
	assert_true(reads_with("{\"contact\":{\"id\":\"a\",\"name\":\"", 1 << 20,
			       "\"},\"id\":\"c" REST));
	assert_true(reads_with("{\"custom\":{\"note\":\"", 1 << 20, "\"},\"id\":\"c" REST));
}

static bool reads_labels(int n)
{
	struct buf text = BUF_MAX(1 << 20);
	struct json *json;
	struct json_at root;
	struct item item;
	struct err err;
	bool ok;

	buf_str(&text, "{\"labels\":[");
	for (int i = 0; i < n; i++)
		buf_printf(&text, "%s\"l%d\"", i ? "," : "", i);
	buf_str(&text, "],\"id\":\"c" REST);
	json = parse(buf_text(&text), text.len);
	root = json_root(json);
	ok = item_read(&reader, &root, &item, &err);
	assert_true(!ok || item.n_labels == (size_t)n);
	json_free(&json);
	buf_free(&text);
	arena_reset(reader.arena);
	return ok;
}

static void there_may_be_a_thousand_labels(void **fixture)
{
	(void)fixture;
	assert_true(reads_labels(0));
	assert_true(reads_labels(1000));
	assert_false(reads_labels(1001));
}

/* ---- one reader, many items ---------------------------------------------- */

static void nothing_of_one_item_shows_in_the_next(void **fixture)
{
	static const char full[] =
		"{\"id\":\"a\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\","
		"\"channel\":{\"id\":\"ch\",\"x\":1},\"contact\":{\"id\":\"ct\",\"y\":2},"
		"\"assignee\":{\"id\":\"u\"},\"labels\":[\"l\"],\"z\":3}";
	static const char bare[] =
		"{\"id\":\"b\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\"}";
	struct json *first = parse(full, strlen(full)), *second = parse(bare, strlen(bare));
	struct json_at a = json_root(first), b = json_root(second);
	struct item item;
	struct err err;

	(void)fixture;
	assert_true(item_read(&reader, &a, &item, &err));
	assert_non_null(item.extra);
	assert_true(item_read(&reader, &b, &item, &err));
	assert_null(item.extra);
	assert_null(item.contact_extra);
	assert_null(item.channel_id);
	assert_null(item.assignee_id);
	assert_int_equal(item.n_labels, 0);
	assert_int_equal(item.updated_at, TIME_NONE);
	json_free(&first);
	json_free(&second);
	arena_reset(reader.arena);
}

/* A refusal in the middle of an object leaves nothing of it for the next item. */
static void nothing_of_a_refused_item_shows_in_the_next(void **fixture)
{
	static const char bad[] =
		"{\"id\":\"a\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\","
		"\"channel\":{\"x\":1},\"assignee\":{\"id\":\"u\",\"q\":1,\"name\":7}}";
	static const char good[] =
		"{\"id\":\"b\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\","
		"\"team\":{\"id\":\"t\"}}";
	struct json *first = parse(bad, strlen(bad)), *second = parse(good, strlen(good));
	struct json_at a = json_root(first), b = json_root(second);
	struct item item;
	struct err err;

	(void)fixture;
	assert_false(item_read(&reader, &a, &item, &err));
	assert_true(item_read(&reader, &b, &item, &err));
	assert_null(item.extra);
	json_free(&first);
	json_free(&second);
	arena_reset(reader.arena);
}

/* ---- nothing is lost ------------------------------------------------------ */

/* What goes to `extra` of an item that has FIELDS besides those it must have; the caller frees it. */
static char *extra_of(const char *fields)
{
	struct buf text = BUF_MAX(10000);
	struct json *json;
	struct json_at root;
	struct item item;
	struct err err;
	char *extra;

	buf_printf(&text, "{%s,\"id\":\"c" REST, fields);
	json = parse(buf_text(&text), text.len);
	root = json_root(json);
	assert_true(item_read(&reader, &root, &item, &err));
	extra = strdup(item.extra ? item.extra : "");
	json_free(&json);
	buf_free(&text);
	arena_reset(reader.arena);
	return extra;
}

static void check_extra(const char *fields, const char *want)
{
	char *got = extra_of(fields);

	if (strcmp(got, want) != 0)
		fail_msg("%s: got %s, wanted %s", fields, got, want);
	free(got);
}

/* The item that has FIELDS keeps ROW, NULL for none, with EXTRA, and nothing in its own extra. */
static void check_contact(const char *fields, const char *row, const char *extra)
{
	struct buf text = BUF_MAX(10000);
	struct json *json;
	struct json_at root;
	struct item item;
	struct err err;

	buf_printf(&text, "{%s,\"id\":\"c" REST, fields);
	json = parse(buf_text(&text), text.len);
	root = json_root(json);
	assert_true(item_read(&reader, &root, &item, &err));
	assert_null(item.extra);
	assert_null(item.contact_id);
	assert_string_equal(or_none(item.contact_row), or_none(row));
	assert_string_equal(or_none(item.contact_extra), or_none(extra));
	json_free(&json);
	buf_free(&text);
	arena_reset(reader.arena);
}

/* The conversation's extra is read by everybody; what is personal has one place. */
static void a_contact_without_an_id_is_kept_where_contacts_are(void **fixture)
{
	(void)fixture;
	check_contact("\"contact\":{\"name\":\"Bu Siti\",\"email\":\"s@example.com\"}",
		      "conversation:c", "{\"name\":\"Bu Siti\",\"email\":\"s@example.com\"}");
	check_contact("\"contact\":{\"id\":null,\"phone\":\"+62\"}", "conversation:c",
		      "{\"id\":null,\"phone\":\"+62\"}");
	check_contact("\"contact\":{\"id\":null,\"phone\":null}", NULL, NULL);
	check_contact("\"contact\":{}", NULL, NULL);
}

static void a_contact_without_an_id_is_dropped_where_names_or_phones_are(void **fixture)
{
	(void)fixture;
	reader.privacy.drop_name = true;
	check_contact("\"contact\":{\"name\":\"Bu Siti\",\"x\":1}", NULL, NULL);
	check_extra("\"contact\":{\"name\":\"Bu Siti\",\"x\":1}", "");
	reader.privacy = (struct item_privacy){ .drop_phone = true };
	check_extra("\"contact\":{\"name\":\"Bu Siti\",\"x\":1}", "");
	reader.privacy.drop_phone = false;
}

static void a_team_id_that_is_not_the_teams_is_kept_with_what_is_left_over(void **fixture)
{
	(void)fixture;
	check_extra("\"team\":{\"id\":\"a\"},\"team_id\":\"b\"", "{\"team_id\":\"b\"}");
	check_extra("\"team\":{\"id\":\"a\"},\"team_id\":\"a\"", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_is_read_as_wanted),
		cmocka_unit_test(ids_have_the_length_that_an_index_holds),
		cmocka_unit_test(labels_have_theirs),
		cmocka_unit_test(texts_that_no_index_holds_may_be_a_megabyte),
		cmocka_unit_test(there_may_be_a_thousand_labels),
		cmocka_unit_test(nothing_of_one_item_shows_in_the_next),
		cmocka_unit_test(nothing_of_a_refused_item_shows_in_the_next),
		cmocka_unit_test(a_contact_without_an_id_is_kept_where_contacts_are),
		cmocka_unit_test(a_contact_without_an_id_is_dropped_where_names_or_phones_are),
		cmocka_unit_test(a_team_id_that_is_not_the_teams_is_kept_with_what_is_left_over),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
