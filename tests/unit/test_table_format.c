/* SPDX-License-Identifier: MIT */
/* A grid as a table, as CSV, as JSON: harmless to the terminal, the spreadsheet and the parser. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "table_format.h"

/* A grid of two columns, the first of texts, the second of numbers. */
static struct grid *two_columns(void)
{
	struct grid *grid = grid_new(2);

	grid_name(grid, 0, "name", false);
	grid_name(grid, 1, "n", true);
	return grid;
}

static void add(struct grid *grid, const char *text, const char *number)
{
	int row = grid_add(grid);

	if (text)
		grid_set(grid, row, 0, text, strlen(text));
	if (number)
		grid_set(grid, row, 1, number, strlen(number));
}

static void check(struct grid **grid, void (*write)(const struct grid *grid, struct buf *out),
		  const char *want)
{
	struct buf out = BUF_MAX(1 << 20);

	write(*grid, &out);
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
	grid_free(grid);
}

/* ---- tables ------------------------------------------------------------------- */

static void columns_are_aligned_and_numbers_stand_to_the_right(void **fixture)
{
	struct grid *grid = two_columns();

	(void)fixture;
	add(grid, "a", "1");
	add(grid, "longer", "12345");
	add(grid, NULL, NULL);
	check(&grid, table_format_table,
	      "name        n\n"
	      "a           1\n"
	      "longer  12345\n"
	      "\n");
}

static void stats_in_the_middle_leave_two_blanks_behind(void **fixture)
{
	struct grid *grid = grid_new(3);

	(void)fixture;
	grid_name(grid, 0, "n", true);
	grid_name(grid, 1, "m", true);
	grid_name(grid, 2, "text", false);
	grid_add(grid);
	grid_set(grid, 0, 0, "100", 3);
	grid_set(grid, 0, 1, "7", 1);
	grid_set(grid, 0, 2, "x", 1);
	check(&grid, table_format_table,
	      "  n  m  text\n"
	      "100  7  x\n");
}

static void wide_characters_count_as_two(void **fixture)
{
	struct grid *grid = two_columns();

	(void)fixture;
	add(grid, "\xe6\xbc\xa2\xe5\xad\x97", "1");
	add(grid, "abcde", "2");
	check(&grid, table_format_table,
	      "name   n\n"
	      "\xe6\xbc\xa2\xe5\xad\x97   1\n"
	      "abcde  2\n");
}

static void what_disturbs_a_terminal_is_made_visible(void **fixture)
{
	struct grid *grid = two_columns();

	(void)fixture;
	add(grid, "\x1b[2J\n\xff", "1");
	check(&grid, table_format_table,
	      "name             n\n"
	      "\\x1b[2J\\x0a\\xff  1\n");
}

static void a_cell_that_is_too_long_is_cut(void **fixture)
{
	struct grid *grid = grid_new(1);
	struct buf out = BUF_MAX(1 << 20);
	char text[5000];

	(void)fixture;
	memset(text, 'x', sizeof(text));
	grid_name(grid, 0, "name", false);
	grid_add(grid);
	grid_set(grid, 0, 0, text, sizeof(text));
	table_format_table(grid, &out);
	assert_true(out.len < 300);
	assert_string_equal(buf_text(&out) + out.len - 4, "...\n");
	buf_free(&out);
	grid_free(&grid);
}

static void a_table_without_rows_is_its_heading(void **fixture)
{
	struct grid *grid = two_columns();

	(void)fixture;
	check(&grid, table_format_table, "name  n\n");
}

/* ---- CSV ------------------------------------------------------------------------- */

static void csv_has_a_heading_and_quotes_texts(void **fixture)
{
	struct grid *grid = two_columns();

	(void)fixture;
	add(grid, "plain", "1");
	add(grid, "with, comma", "-2.50");
	add(grid, "with \"quotes\"", NULL);
	add(grid, NULL, "3");
	add(grid, "two\r\nlines", "4");
	add(grid, "", "5");
	check(&grid, table_format_csv,
	      "name,n\r\n"
	      "\"plain\",1\r\n"
	      "\"with, comma\",-2.50\r\n"
	      "\"with \"\"quotes\"\"\",\r\n"
	      ",3\r\n"
	      "\"two\r\nlines\",4\r\n"
	      "\"\",5\r\n");
}

static void check_formula(const struct unit_row *row)
{
	struct grid *grid = grid_new(1);
	struct buf out = BUF_MAX(10000);
	const char *cell;
	char got[200];

	grid_name(grid, 0, "a", false);
	grid_add(grid);
	grid_set(grid, 0, 0, row->field[0], row->len[0]);
	table_format_csv(grid, &out);
	cell = strstr(buf_text(&out), "\r\n") + 2;
	snprintf(got, sizeof(got), "%.*s", (int)strlen(cell) - 2, cell);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	buf_free(&out);
	grid_free(&grid);
}

static void a_spreadsheet_finds_no_formula(void **fixture)
{
	(void)fixture;
	unit_table("gridout/formulas.txt", check_formula);
}

static void a_spreadsheet_finds_no_formula_behind_a_line_end(void **fixture)
{
	(void)fixture;
	unit_table("gridout/formulas_behind.txt", check_formula);
}

/* ---- JSON ------------------------------------------------------------------------- */

static void json_is_an_array_of_objects(void **fixture)
{
	struct grid *grid = two_columns();

	(void)fixture;
	add(grid, "a\"b\n\xff", "-12.50");
	add(grid, NULL, NULL);
	check(&grid, table_format_json,
	      "[{\"name\":\"a\\\"b\\n\xef\xbf\xbd\",\"n\":-12.50},"
	      "{\"name\":null,\"n\":null}]");
}

static void json_without_rows_is_an_empty_array(void **fixture)
{
	struct grid *grid = two_columns();

	(void)fixture;
	check(&grid, table_format_json, "[]");
}

/* PostgreSQL's numbers are not all JSON's. */
static void a_number_that_json_does_not_have_is_still_json(void **fixture)
{
	static const char *const stats[] = { "NaN", "Infinity", "-Infinity" };
	struct json_reader *reader = json_reader_new();

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
		struct grid *grid = two_columns();
		struct buf out = BUF_MAX(1000);
		struct json_at root, object, n;
		struct json *json;
		struct err err;

		add(grid, "x", stats[i]);
		table_format_json(grid, &out);
		json = json_parse(reader, buf_text(&out), out.len, &err);
		assert_non_null(json);
		root = json_root(json);
		object = json_element(&root, 0);
		n = json_member(&object, "n");
		assert_int_not_equal(json_kind(&n), JSON_NUMBER);
		json_free(&json);
		buf_free(&out);
		grid_free(&grid);
	}
	json_reader_free(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_and_numbers_stand_to_the_right),
		cmocka_unit_test(stats_in_the_middle_leave_two_blanks_behind),
		cmocka_unit_test(wide_characters_count_as_two),
		cmocka_unit_test(what_disturbs_a_terminal_is_made_visible),
		cmocka_unit_test(a_cell_that_is_too_long_is_cut),
		cmocka_unit_test(a_table_without_rows_is_its_heading),
		cmocka_unit_test(csv_has_a_heading_and_quotes_texts),
		cmocka_unit_test(a_spreadsheet_finds_no_formula),
		cmocka_unit_test(a_spreadsheet_finds_no_formula_behind_a_line_end),
		cmocka_unit_test(json_is_an_array_of_objects),
		cmocka_unit_test(json_without_rows_is_an_empty_array),
		cmocka_unit_test(a_number_that_json_does_not_have_is_still_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
