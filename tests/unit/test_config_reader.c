/* SPDX-License-Identifier: MIT */
/* A tree of YAML into structs by a table, whatever the keys are called. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_reader.h"
#include "log.h"

struct leaf {
	int64_t n;
	const char *text;
	const char *file;
	char *secret;
};

struct tree {
	const char *text, *fallback;
	int64_t n, share, span;
	int clock, level;
	bool keep;
	struct leaf one, maybe;
	struct leaf *many;
	size_t n_many;
	const char *own;
	const char *file;
	char *secret;
};

/* Notes where it was called and with what. */
static void read_own(struct config_reader *in, const struct yaml *node, const char *where, void *to)
{
	*(const char **)to = node ? arena_printf(in->arena, "%s=%s", where, node->text) : "(none)";
}

static const struct key leaf_keys[] = {
	{ "n", KEY_INT, offsetof(struct leaf, n), .fallback = "7", .min = 1, .max = 9 },
	{ "text", KEY_TEXT, offsetof(struct leaf, text), .fallback = NULL },
	{ "file", KEY_SECRET_FILE, offsetof(struct leaf, file),
	  .also = offsetof(struct leaf, secret) },
	KEY_END,
};

static const struct key keys[] = {
	{ "text", KEY_TEXT, offsetof(struct tree, text), .required = true },
	{ "fallback", KEY_TEXT, offsetof(struct tree, fallback), .fallback = "as it was" },
	{ "n", KEY_INT, offsetof(struct tree, n), .min = INT64_MIN, .max = INT64_MAX },
	{ "share", KEY_PERCENT, offsetof(struct tree, share), .min = 0, .max = 100 },
	{ "span", KEY_DURATION, offsetof(struct tree, span), .max = INT64_MAX },
	{ "clock", KEY_CLOCK, offsetof(struct tree, clock), .fallback = NULL },
	{ "level", KEY_LEVEL, offsetof(struct tree, level), .fallback = "info" },
	{ "keep", KEY_KEEP, offsetof(struct tree, keep), .fallback = "keep" },
	{ "one", KEY_SECTION, offsetof(struct tree, one), .keys = leaf_keys },
	{ "maybe", KEY_SECTION, offsetof(struct tree, maybe), .keys = leaf_keys, .optional = true },
	{ "many", KEY_LIST, offsetof(struct tree, many), .also = offsetof(struct tree, n_many),
	  .keys = leaf_keys, .size = sizeof(struct leaf), .optional = true },
	{ "own", KEY_OWN, offsetof(struct tree, own), .read = read_own },
	{ "file", KEY_SECRET_FILE, offsetof(struct tree, file),
	  .also = offsetof(struct tree, secret) },
	KEY_END,
};

static struct config_reader in;
static struct tree tree;

static int begin(void **fixture)
{
	(void)fixture;
	in = (struct config_reader){ .arena = arena_new(),
				     .path = "/nonexistent/FILE",
				     .complaints = BUF_MAX(1 << 20) };
	tree = (struct tree){ .n = -1 };
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	arena_free(&in.arena);
	buf_free(&in.complaints);
	return 0;
}

static void read_text(const char *text)
{
	struct err err = ERR_INIT;
	const struct yaml *root = yaml_read(in.arena, in.path, text, strlen(text), &err);

	if (!root)
		fail_msg("%s", err.text);
	config_reader_section(&in, keys, root, "", &tree);
}

static void check_complaints(const char *want)
{
	assert_string_equal(buf_text(&in.complaints), want);
}

/* ---- values ------------------------------------------------------------------- */

static void each_type_goes_where_its_key_says(void **fixture)
{
	(void)fixture;
	read_text("text: hello\nn: -9223372036854775808\nshare: 100%\nspan: 2h\nclock: \"24:00\"\n"
		  "level: debug\nkeep: drop\none: {n: 9, text: inner}\nmaybe: {}\n"
		  "many: [{n: 1}, {}, {n: 3, text: third}]\nown: x\n");
	check_complaints("");
	assert_int_equal(in.n_complaints, 0);
	assert_string_equal(tree.text, "hello");
	assert_int_equal(tree.n, INT64_MIN);
	assert_int_equal(tree.share, 100);
	assert_int_equal(tree.span, 7200 * USEC_PER_SEC);
	assert_int_equal(tree.clock, 1440);
	assert_int_equal(tree.level, LEVEL_DEBUG);
	assert_false(tree.keep);
	assert_int_equal(tree.one.n, 9);
	assert_string_equal(tree.one.text, "inner");
	assert_int_equal(tree.maybe.n, 7);
	assert_int_equal(tree.n_many, 3);
	assert_int_equal(tree.many[0].n, 1);
	assert_int_equal(tree.many[1].n, 7);
	assert_int_equal(tree.many[2].n, 3);
	assert_string_equal(tree.many[2].text, "third");
	assert_string_equal(tree.own, "own=x");
}

static void what_the_file_does_not_say_has_its_fallback_or_stays(void **fixture)
{
	(void)fixture;
	read_text("text: hello\n");
	check_complaints("");
	assert_string_equal(tree.fallback, "as it was");
	assert_int_equal(tree.n, -1);
	assert_int_equal(tree.level, LEVEL_INFO);
	assert_true(tree.keep);
	assert_int_equal(tree.one.n, 7);
	assert_null(tree.one.text);
	assert_int_equal(tree.maybe.n, 0);
	assert_null(tree.many);
	assert_int_equal(tree.n_many, 0);
	assert_string_equal(tree.own, "(none)");
}

static void no_file_at_all_is_one_that_says_nothing(void **fixture)
{
	(void)fixture;
	config_reader_section(&in, keys, NULL, "", &tree);
	check_complaints("/nonexistent/FILE:1:1: text: this key is missing\n");
	assert_string_equal(tree.fallback, "as it was");
}

/* ---- complaints ------------------------------------------------------------------ */

static void it_goes_on_after_an_error(void **fixture)
{
	(void)fixture;
	read_text("n: x\nshare: 101%\nlevel: loud\nkeep: maybe\nspan: 5\nclock: x\n"
		  "one: {n: 10}\nmany: [{n: 0}, 5, {m: 1}]\n");
	assert_int_equal(in.n_complaints, 11);
	check_complaints(
		"/nonexistent/FILE:1:1: text: this key is missing\n"
		"/nonexistent/FILE:1:4: n: a whole number from -9223372036854775808 to "
		"9223372036854775807 was expected, not \"x\"\n"
		"/nonexistent/FILE:2:8: share: a share from 0% to 100% was expected, not \"101%\"\n"
		"/nonexistent/FILE:5:7: span: a duration such as 30s, 5m, 2h or 1d was expected, "
		"not \"5\"\n"
		"/nonexistent/FILE:6:8: clock: a time of day such as \"02:30\" was expected, not "
		"\"x\"\n"
		"/nonexistent/FILE:3:8: level: error, warning, notice, info or debug was expected, "
		"not \"loud\"\n"
		"/nonexistent/FILE:4:7: keep: keep or drop was expected, not \"maybe\"\n"
		"/nonexistent/FILE:7:10: one.n: a whole number from 1 to 9 was expected, not "
		"\"10\"\n"
		"/nonexistent/FILE:8:12: many[0].n: a whole number from 1 to 9 was expected, not "
		"\"0\"\n"
		"/nonexistent/FILE:8:16: many[1]: keys and values were expected, such as \"n: "
		"...\"\n"
		"/nonexistent/FILE:8:20: many[2].m: there is no such key; did you mean n?\n");
}

static void check_unknown(const struct unit_row *row)
{
	struct buf text = BUF_MAX(1000);
	const char *hint;
	char got[100] = "-";

	buf_reset(&in.complaints);
	buf_printf(&text, "text: x\n\"%s\": 1\n", row->field[0]);
	read_text(buf_text(&text));
	hint = strstr(buf_text(&in.complaints), "did you mean ");
	if (hint)
		snprintf(got, sizeof(got), "%.*s", (int)strcspn(hint + 13, "?"), hint + 13);
	else
		assert_non_null(strstr(buf_text(&in.complaints), "there is no such key\n"));
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	buf_free(&text);
}

static void the_nearest_key_is_suggested_if_it_is_near(void **fixture)
{
	(void)fixture;
	unit_table("config_reader/unknown.txt", check_unknown);
}

static void a_complaint_says_where(void **fixture)
{
	struct yaml node = { .file = in.path, .line = 12, .column = 34 };

	(void)fixture;
	config_reader_complain(&in, &node, "a.b[3]", "%d is %s", 7, "odd");
	config_reader_complain(&in, NULL, "c", "gone");
	check_complaints("/nonexistent/FILE:12:34: a.b[3]: 7 is odd\n"
			 "/nonexistent/FILE:1:1: c: gone\n");
	assert_int_equal(in.n_complaints, 2);
}

/* ---- secrets ----------------------------------------------------------------------- */

static void secrets_are_read_and_wiped_wherever_they_stand(void **fixture)
{
	char home[] = "/tmp/sahut-unit-XXXXXX", key[64];
	FILE *file;

	(void)fixture;
	assert_non_null(mkdtemp(home));
	snprintf(key, sizeof(key), "%s/key", home);
	file = fopen(key, "we");
	assert_non_null(file);
	fputs("sesame\n", file);
	fclose(file);
	assert_int_equal(chmod(key, 0600), 0);
	in.path = arena_printf(in.arena, "%s/FILE", home);
	read_text("text: x\nfile: key\none: {file: key}\nmany: [{}, {file: key}]\n");
	check_complaints("");
	assert_string_equal(tree.secret, "sesame");
	assert_string_equal(tree.file, "key");
	assert_string_equal(tree.one.secret, "sesame");
	assert_null(tree.many[0].secret);
	assert_string_equal(tree.many[1].secret, "sesame");
	assert_null(tree.maybe.secret);
	config_reader_wipe(keys, &tree);
	assert_null(tree.secret);
	assert_null(tree.one.secret);
	assert_null(tree.many[1].secret);
	config_reader_wipe(keys, &tree);
	unlink(key);
	rmdir(home);
}

static void a_secret_that_cannot_be_read_leaves_none(void **fixture)
{
	(void)fixture;
	read_text("text: x\nfile: key\n");
	assert_null(tree.secret);
	assert_int_equal(in.n_complaints, 1);
	config_reader_wipe(keys, &tree);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_type_goes_where_its_key_says),
		TEST(what_the_file_does_not_say_has_its_fallback_or_stays),
		TEST(no_file_at_all_is_one_that_says_nothing),
		TEST(it_goes_on_after_an_error),
		TEST(the_nearest_key_is_suggested_if_it_is_near),
		TEST(a_complaint_says_where),
		TEST(secrets_are_read_and_wiped_wherever_they_stand),
		TEST(a_secret_that_cannot_be_read_leaves_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
