/* SPDX-License-Identifier: MIT */
/* Options as people type them, rightly and wrongly. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "opt.h"

#define MOST_WORDS 16

/* What a command line was read into. */
struct typed {
	bool full, verbose, quiet;
	const char *config, *from;
	const char *operands[3];
	struct opt_args args;
	char text[256];
	char *argv[MOST_WORDS + 2];
};

static char program[] = "sahut-etl";

/* Cuts LINE at its blanks; "''" is an empty word. */
static void type(struct typed *t, const char *line)
{
	char *save = NULL;

	memset(t, 0, sizeof(*t));
	snprintf(t->text, sizeof(t->text), "%s", line);
	t->argv[0] = program;
	t->args = (struct opt_args){ .argc = 1, .argv = t->argv, .next = 1 };
	for (char *w = strtok_r(t->text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (strcmp(w, "''") == 0)
			*w = '\0';
		t->argv[t->args.argc++] = w;
	}
}

#define TABLE(t) \
	{ \
		{ "config", 'c', "FILE", "the configuration", NULL, &(t)->config }, \
			{ "from", 0, "DAY", "the first day", NULL, &(t)->from }, \
			{ "full", 0, NULL, "read everything", &(t)->full, NULL }, \
			{ "verbose", 'v', NULL, "say more", &(t)->verbose, NULL }, \
			{ "quiet", 'q', NULL, "say less", &(t)->quiet, NULL }, OPT_END \
	}

static bool parse(struct typed *t, const char *line, int most, struct err *err)
{
	struct opt table[] = TABLE(t);

	type(t, line);
	return opt_parse(table, &t->args, t->operands, most, err);
}

static void check_parse(const struct unit_row *row)
{
	struct typed t;
	struct err err = ERR_INIT;
	char got[1024];

	if (parse(&t, row->field[0], 2, &err)) {
		snprintf(got, sizeof(got), "%s%s%s c=%s f=%s [%s %s]", t.full ? "F" : "",
			 t.verbose ? "V" : "", t.quiet ? "Q" : "", t.config ? t.config : "-",
			 t.from ? t.from : "-", t.operands[0] ? t.operands[0] : "-",
			 t.operands[0] && t.operands[1] ? t.operands[1] : "-");
	} else {
		assert_int_equal(err.kind, ERR_USAGE);
		snprintf(got, sizeof(got), "! %s", err.text);
	}
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void command_lines_are_read_as_wanted(void **fixture)
{
	(void)fixture;
	unit_table("opt/lines.txt", check_parse);
}

static void operands_end_in_a_null(void **fixture)
{
	struct typed t;
	struct err err;

	(void)fixture;
	assert_true(parse(&t, "one two", 2, &err));
	assert_null(t.operands[2]);
	t.operands[0] = "stale";
	assert_true(parse(&t, "--full", 0, &err));
	assert_null(t.operands[0]);
}

static void leading_options_end_at_the_first_operand(void **fixture)
{
	struct typed t;
	struct opt table[] = TABLE(&t);
	struct err err;

	(void)fixture;
	type(&t, "-v --config=x run --full");
	assert_true(opt_parse_leading(table, &t.args, &err));
	assert_true(t.verbose);
	assert_false(t.full);
	assert_string_equal(t.argv[t.args.next], "run");
	type(&t, "-v -- --full");
	assert_true(opt_parse_leading(table, &t.args, &err));
	assert_string_equal(t.argv[t.args.next], "--full");
	type(&t, "-v");
	assert_true(opt_parse_leading(table, &t.args, &err));
	assert_int_equal(t.args.next, t.args.argc);
	type(&t, "--ful run");
	assert_false(opt_parse_leading(table, &t.args, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void values_point_into_the_arguments(void **fixture)
{
	struct typed t;
	struct err err;

	(void)fixture;
	assert_true(parse(&t, "--config=abc", 0, &err));
	assert_ptr_equal(t.config, t.argv[1] + strlen("--config="));
}

static void the_help_is_aligned(void **fixture)
{
	struct typed t;
	struct opt table[] = TABLE(&t);
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	opt_help(table, &out);
	assert_string_equal(buf_text(&out), "  -c, --config FILE  the configuration\n"
					    "      --from DAY     the first day\n"
					    "      --full         read everything\n"
					    "  -v, --verbose      say more\n"
					    "  -q, --quiet        say less\n");
	buf_free(&out);
}

static void a_very_long_option_is_named_in_the_complaint_all_the_same(void **fixture)
{
	struct typed t;
	struct opt table[] = TABLE(&t);
	static char word[5000] = "--";
	struct err err;

	(void)fixture;
	memset(word + 2, 'x', sizeof(word) - 3);
	type(&t, "");
	t.argv[1] = word;
	t.args.argc = 2;
	assert_false(opt_parse(table, &t.args, t.operands, 0, &err));
	assert_memory_equal(err.text, "there is no option --xxxx", 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines_are_read_as_wanted),
		cmocka_unit_test(operands_end_in_a_null),
		cmocka_unit_test(leading_options_end_at_the_first_operand),
		cmocka_unit_test(values_point_into_the_arguments),
		cmocka_unit_test(the_help_is_aligned),
		cmocka_unit_test(a_very_long_option_is_named_in_the_complaint_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
