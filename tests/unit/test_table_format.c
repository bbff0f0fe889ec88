/* SPDX-License-Identifier: MIT */
/* A table as a table, as CSV, as JSON: harmless to the terminal, the spreadsheet and the parser. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "table_format.h"

/* A table of two columns, the first of texts, the second of numbers. */
static struct table *two_columns(void)
{
	struct table *table = table_new(2);

	table_name(table, 0, "name", false);
	table_name(table, 1, "n", true);
	return table;
}

static void add(struct table *table, const char *text, const char *number)
{
	int row = table_add(table);

	table_set_text(table, row, 0, text);
	table_set_text(table, row, 1, number);
}

static void csv(const struct table *table, struct buf *out)
{
	const struct table_format format = TABLE_FORMAT_CSV;

	table_format_head(&format, table, out);
	table_format_rows(&format, table, out);
}

static void check(struct table **table, void (*write)(const struct table *table, struct buf *out),
		  const char *want)
{
	struct buf out = BUF_MAX(1 << 20);

	write(*table, &out);
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
	table_free(table);
}

/* ---- CSV ------------------------------------------------------------------------- */

static void csv_has_a_heading_and_quotes_texts(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	add(table, "plain", "1");
	add(table, "with, comma", "-2.50");
	add(table, "with \"quotes\"", NULL);
	add(table, NULL, "3");
	add(table, "two\r\nlines", "4");
	add(table, "", "5");
	check(&table, csv,
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
	struct table *table = table_new(1);
	struct buf out = BUF_MAX(10000);
	const char *cell;
	char got[200];

	table_name(table, 0, "a", false);
	table_add(table);
	table_set(table, 0, 0, row->field[0], row->len[0]);
	csv(table, &out);
	cell = strstr(buf_text(&out), "\r\n") + 2;
	snprintf(got, sizeof(got), "%.*s", (int)strlen(cell) - 2, cell);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	buf_free(&out);
	table_free(&table);
}

static void a_spreadsheet_finds_no_formula(void **fixture)
{
	(void)fixture;
	unit_table("table_format/formulas.txt", check_formula);
}

static void a_spreadsheet_finds_no_formula_behind_a_line_end(void **fixture)
{
	(void)fixture;
	unit_table("table_format/formulas_behind.txt", check_formula);
}

/* ---- JSON ------------------------------------------------------------------------- */

static void json_is_an_array_of_objects(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	add(table, "a\"b\n\xff", "-12.50");
	add(table, NULL, NULL);
	check(&table, table_format_json,
	      "[{\"name\":\"a\\\"b\\n\xef\xbf\xbd\",\"n\":-12.50},"
	      "{\"name\":null,\"n\":null}]");
}

static void json_without_rows_is_an_empty_array(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	check(&table, table_format_json, "[]");
}

/* PostgreSQL's numbers are not all JSON's. */
static void a_number_that_json_does_not_have_is_still_json(void **fixture)
{
	static const char *const stats[] = { "NaN", "Infinity", "-Infinity" };
	struct json_reader *reader = json_reader_new();

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
		struct table *table = two_columns();
		struct buf out = BUF_MAX(1000);
		struct json_at root, object, n;
		struct json *json;
		struct err err;

		add(table, "x", stats[i]);
		table_format_json(table, &out);
		json = json_parse(reader, buf_text(&out), out.len, &err);
		assert_non_null(json);
		root = json_root(json);
		object = json_element(&root, 0);
		n = json_member(&object, "n");
		assert_int_not_equal(json_kind(&n), JSON_NUMBER);
		json_free(&json);
		buf_free(&out);
		table_free(&table);
	}
	json_reader_free(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_has_a_heading_and_quotes_texts),
		cmocka_unit_test(a_spreadsheet_finds_no_formula),
		cmocka_unit_test(a_spreadsheet_finds_no_formula_behind_a_line_end),
		cmocka_unit_test(json_is_an_array_of_objects),
		cmocka_unit_test(json_without_rows_is_an_empty_array),
		cmocka_unit_test(a_number_that_json_does_not_have_is_still_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
