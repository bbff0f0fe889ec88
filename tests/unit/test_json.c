/* SPDX-License-Identifier: MIT */
/* Typed reads that name the spot, of texts that are JSON and of nothing else. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static struct json_reader *reader;

static int open_reader(void **fixture)
{
	(void)fixture;
	reader = json_reader_new();
	return 0;
}

static int close_reader(void **fixture)
{
	(void)fixture;
	json_reader_free(&reader);
	return reader ? 1 : 0;
}

/* Parses N bytes with nothing readable behind them. */
static struct json *parse_bytes(const char *text, size_t n, struct err *err)
{
	char *exact = unit_exact(text, n);
	struct json *json = json_parse(reader, exact, n, err);

	free(exact);
	return json;
}

static struct json *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct json *json = parse_bytes(text, strlen(text), &err);

	if (!json)
		fail_msg("%s: %s", text, err.text);
	return json;
}

/* ---- what is JSON ------------------------------------------------------ */

static void check_text(const struct unit_row *row)
{
	struct err err = ERR_INIT;
	struct json *json = parse_bytes(row->field[0], row->len[0], &err);
	struct buf out = BUF_MAX(1000);
	struct json_at root;

	if (json) {
		root = json_root(json);
		json_write(&root, &out);
		json_free(&json);
	} else {
		assert_int_equal(err.kind, ERR_DATA);
		buf_printf(&out, "! %s", err.text);
	}
	if (strcmp(buf_text(&out), row->field[1]) != 0)
		unit_differs(row, buf_text(&out));
	buf_free(&out);
}

static void texts_are_read_and_written_as_wanted(void **fixture)
{
	(void)fixture;
	unit_table("json/texts.txt", check_text);
}

static void a_text_cut_anywhere_is_no_text(void **fixture)
{
	static const char whole[] =
		"{\"data\":[{\"id\":\"conv_1\",\"n\":[1.5,true,null]}],\"m\":{}}";
	struct err err;

	(void)fixture;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		struct json *json = parse_bytes(whole, n, &err);

		assert_null(json);
		assert_int_equal(err.kind, ERR_DATA);
		if (n > 0)
			assert_non_null(strstr(err.text, "ends in the middle"));
	}
}

static void the_reader_forgets_the_text_before(void **fixture)
{
	struct err err;
	struct json *json;

	(void)fixture;
	assert_null(parse_bytes("{\"a\":[1,", 8, &err));
	assert_null(parse_bytes("]", 1, &err));
	json = parse("[2]");
	json_free(&json);
	assert_null(json);
	json_free(&json);
}

static struct json *nested(int depth, const char *inside, struct err *err)
{
	struct buf text = BUF_MAX(10000000);
	struct json *json;

	for (int i = 0; i < depth; i++)
		buf_char(&text, '[');
	buf_str(&text, inside);
	for (int i = 0; i < depth; i++)
		buf_char(&text, ']');
	json = parse_bytes(buf_text(&text), text.len, err);
	buf_free(&text);
	return json;
}

static void nesting_ends_at_64(void **fixture)
{
	struct err err = ERR_INIT;
	struct json *json = nested(64, "", &err);

	(void)fixture;
	assert_non_null(json);
	json_free(&json);
	assert_null(nested(65, "", &err));
	assert_non_null(strstr(err.text, "deep"));
	assert_null(nested(1000000, "", &err));
	assert_int_equal(err.kind, ERR_DATA);
	json = nested(64, "{}", &err);
	assert_null(json);
	json = nested(64, "\"\\u00e9\"", &err);
	assert_non_null(json);
	json_free(&json);
}

/* ---- reading ----------------------------------------------------------- */

static void each_value_has_its_kind(void **fixture)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} cases[] = {
		{ "null", JSON_NULL },	{ "true", JSON_BOOL },	 { "0", JSON_NUMBER },
		{ "1.5", JSON_NUMBER }, { "\"\"", JSON_STRING }, { "[]", JSON_ARRAY },
		{ "{}", JSON_OBJECT },
	};
	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json *json = parse(cases[i].text);
		struct json_at at = json_root(json);

		assert_int_equal(json_kind(&at), cases[i].kind);
		assert_int_equal(json_is_nothing(&at), cases[i].kind == JSON_NULL);
		json_free(&json);
	}
}

static void what_is_not_there_is_absent_all_the_way_down(void **fixture)
{
	struct json *json = parse("{\"a\":null,\"b\":[1],\"\":2}");
	struct json_at root = json_root(json), a = json_member(&root, "a");
	struct json_at none = json_member(&root, "x"), deeper = json_member(&none, "y");
	struct json_at b = json_member(&root, "b"), beyond = json_element(&b, 1);
	struct json_at wrong = json_element(&root, 0), inside = json_member(&b, "c");
	struct json_at empty = json_member(&root, "");

	(void)fixture;
	assert_int_equal(json_kind(&a), JSON_NULL);
	assert_int_equal(json_kind(&none), JSON_ABSENT);
	assert_int_equal(json_kind(&deeper), JSON_ABSENT);
	assert_int_equal(json_kind(&beyond), JSON_ABSENT);
	assert_int_equal(json_kind(&wrong), JSON_ABSENT);
	assert_int_equal(json_kind(&inside), JSON_ABSENT);
	assert_int_equal(json_kind(&empty), JSON_NUMBER);
	assert_true(json_is_nothing(&none));
	json_free(&json);
}

static void lengths_are_of_arrays_and_objects(void **fixture)
{
	struct json *json = parse("{\"list\":[1,2,3],\"text\":\"abc\"}");
	struct json_at root = json_root(json), list = json_member(&root, "list");
	struct json_at text = json_member(&root, "text"), none = json_member(&root, "none");

	(void)fixture;
	assert_int_equal(json_length(&root), 2);
	assert_int_equal(json_length(&list), 3);
	assert_int_equal(json_length(&text), 0);
	assert_int_equal(json_length(&none), 0);
	json_free(&json);
}

static void members_come_in_the_order_of_the_text(void **fixture)
{
	struct json *json = parse("{\"z\":1,\"a\":null,\"m\":[3]}");
	struct json_at root = json_root(json), member, list;
	struct json_each each = json_members(&root);
	struct buf seen = BUF_MAX(100);

	(void)fixture;
	while (json_next(&each, &member)) {
		buf_str(&seen, member.key);
		json_write(&member, &seen);
		assert_ptr_equal(member.up, &root);
	}
	assert_false(json_next(&each, &member));
	assert_string_equal(buf_text(&seen), "z1anullm[3]");
	list = json_member(&root, "m");
	each = json_members(&list);
	assert_false(json_next(&each, &member));
	buf_free(&seen);
	json_free(&json);
}

static void strings_and_nothing_else_are_strings(void **fixture)
{
	struct json *json = parse("{\"s\":\"x\",\"n\":1,\"o\":{},\"z\":null}");
	struct json_at root = json_root(json), at = json_member(&root, "s");
	const char *text = "untouched";
	struct err err;

	(void)fixture;
	assert_true(json_string(&at, &text, &err));
	assert_string_equal(text, "x");
	text = "untouched";
	for (const char *key = "nozx"; *key; key++) {
		char name[2] = { *key, '\0' };

		at = json_member(&root, name);
		assert_false(json_string(&at, &text, &err));
		assert_int_equal(err.kind, ERR_DATA);
	}
	assert_string_equal(text, "untouched");
	json_free(&json);
}

static void check_int(const struct unit_row *row)
{
	struct err err;
	struct json *json = parse(row->field[0]);
	struct json_at root = json_root(json);
	int64_t n = -42;
	char got[32] = "!";

	if (json_int(&root, &n, &err))
		snprintf(got, sizeof(got), "%" PRId64, n);
	else
		assert_int_equal(n, -42);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	json_free(&json);
}

static void whole_numbers_are_read_and_never_bent(void **fixture)
{
	(void)fixture;
	unit_table("json/ints.txt", check_int);
}

/* ---- complaints -------------------------------------------------------- */

static void a_complaint_names_the_spot_and_what_stood_there(void **fixture)
{
	struct json *json = parse("{\"data\":[0,{\"at\":\"a\\nb\",\"n\":7}],\"odd \\u0001\":[]}");
	struct json_at root = json_root(json), data = json_member(&root, "data");
	struct json_at item = json_element(&data, 1), at = json_member(&item, "at");
	struct json_at n = json_member(&item, "n"), odd = json_member(&root, "odd \x01");
	struct json_at none = json_element(&odd, 3);
	struct err err;

	(void)fixture;
	assert_false(json_expected(&at, "a time", &err));
	assert_string_equal(err.text, "$.data[1].at: a time was expected, not \"a\\x0ab\"");
	assert_false(json_expected(&n, "a string", &err));
	assert_string_equal(err.text, "$.data[1].n: a string was expected, not a number");
	assert_false(json_expected(&none, "a value", &err));
	assert_string_equal(err.text, "$.odd \\x01[3]: a value was expected, not nothing");
	assert_false(json_expected(&root, "an array", &err));
	assert_string_equal(err.text, "$: an array was expected, not an object");
	json_free(&json);
}

/* Of a path that is too long, what is nearest to the value is kept, and no buffer is passed. */
static void a_long_path_keeps_its_end(void **fixture)
{
	struct buf text = BUF_MAX(10000);
	struct json *json;
	struct json_at at[31];
	char path[256], small[8];

	(void)fixture;
	for (int i = 0; i < 30; i++)
		buf_printf(&text, "{\"a_rather_long_key_%02d\":", i);
	buf_str(&text, "0");
	for (int i = 0; i < 30; i++)
		buf_char(&text, '}');
	json = parse(buf_text(&text));
	at[0] = json_root(json);
	for (int i = 0; i < 30; i++) {
		struct json_each each = json_members(&at[i]);

		assert_true(json_next(&each, &at[i + 1]));
	}
	json_path(&at[30], path, sizeof(path));
	assert_true(strlen(path) > 200);
	assert_string_equal(path + strlen(path) - 21, ".a_rather_long_key_29");
	json_path(&at[30], small, sizeof(small));
	assert_int_equal(strlen(small), sizeof(small) - 1);
	buf_free(&text);
	json_free(&json);
}

static void a_key_of_a_megabyte_is_cut_in_the_path(void **fixture)
{
	struct buf text = BUF_MAX(2 << 20);
	struct json *json;
	struct json_at root, member;
	struct json_each each;
	struct err err;

	(void)fixture;
	buf_str(&text, "{\"");
	memset(buf_extend(&text, 1 << 20), 'k', 1 << 20);
	buf_str(&text, "\":1}");
	json = parse(buf_text(&text));
	root = json_root(json);
	each = json_members(&root);
	assert_true(json_next(&each, &member));
	assert_false(json_expected(&member, "a string", &err));
	assert_true(strlen(err.text) < 300);
	assert_non_null(strstr(err.text, "a string was expected, not a number"));
	buf_free(&text);
	json_free(&json);
}

/* ---- writing ----------------------------------------------------------- */

static void what_is_absent_is_written_as_null(void **fixture)
{
	struct json *json = parse("{}");
	struct json_at root = json_root(json), none = json_member(&root, "x");
	struct buf out = BUF_MAX(100);

	(void)fixture;
	json_write(&none, &out);
	assert_string_equal(buf_text(&out), "null");
	buf_free(&out);
	json_free(&json);
}

static void it_is_written_for_people_with_lines(void **fixture)
{
	struct json *json = parse("{\"a\":[1,{\"b\":\"x/y\"}],\"c\":{}}");
	struct json_at root = json_root(json);
	struct buf out = BUF_MAX(1000), compact = BUF_MAX(1000);
	struct err err;

	(void)fixture;
	json_write_pretty(&root, &out);
	assert_non_null(strchr(buf_text(&out), '\n'));
	json_free(&json);
	json = parse_bytes(buf_text(&out), out.len, &err);
	assert_non_null(json);
	root = json_root(json);
	json_write(&root, &compact);
	assert_string_equal(buf_text(&compact), "{\"a\":[1,{\"b\":\"x/y\"}],\"c\":{}}");
	buf_free(&out);
	buf_free(&compact);
	json_free(&json);
}

/* json-c 0.16 would keep a high surrogate beyond its reset, if it saw one. */
static void a_text_that_breaks_off_leaves_nothing_to_the_next(void **fixture)
{
	static const char *const broken[] = { "[\"\\ud83d\\u", "[\"\\ud83d\\u1", "[\"\\ud83d\\uzz",
					      "[\"\\ud83d", "[\"\\ud83d\\" };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct err err = ERR_INIT;
		struct json *json = parse_bytes(broken[i], strlen(broken[i]), &err);
		struct json_at root;
		const char *text;

		assert_null(json);
		json = parse("\"\\u0041\"");
		root = json_root(json);
		assert_true(json_string(&root, &text, &err));
		assert_string_equal(text, "A");
		json_free(&json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read_and_written_as_wanted),
		cmocka_unit_test(a_text_cut_anywhere_is_no_text),
		cmocka_unit_test(the_reader_forgets_the_text_before),
		cmocka_unit_test(nesting_ends_at_64),
		cmocka_unit_test(each_value_has_its_kind),
		cmocka_unit_test(what_is_not_there_is_absent_all_the_way_down),
		cmocka_unit_test(lengths_are_of_arrays_and_objects),
		cmocka_unit_test(members_come_in_the_order_of_the_text),
		cmocka_unit_test(strings_and_nothing_else_are_strings),
		cmocka_unit_test(whole_numbers_are_read_and_never_bent),
		cmocka_unit_test(a_complaint_names_the_spot_and_what_stood_there),
		cmocka_unit_test(a_long_path_keeps_its_end),
		cmocka_unit_test(a_key_of_a_megabyte_is_cut_in_the_path),
		cmocka_unit_test(a_text_that_breaks_off_leaves_nothing_to_the_next),
		cmocka_unit_test(what_is_absent_is_written_as_null),
		cmocka_unit_test(it_is_written_for_people_with_lines),
	};

	return cmocka_run_group_tests(tests, open_reader, close_reader);
}
