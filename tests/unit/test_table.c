/* SPDX-License-Identifier: MIT */
/* A table of texts, some of them missing, that outlive what they were copied from. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static void no_grid_has_no_rows_and_no_columns(void **fixture)
{
	struct table *none = NULL;

	(void)fixture;
	assert_int_equal(table_rows(NULL), 0);
	assert_int_equal(table_columns(NULL), 0);
	table_free(&none);
	assert_null(none);
}

static void a_new_one_has_columns_without_names(void **fixture)
{
	struct table *table = table_new(3);

	(void)fixture;
	assert_int_equal(table_rows(table), 0);
	assert_int_equal(table_columns(table), 3);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(table_column_name(table, i), "");
		assert_false(table_is_number(table, i));
	}
	table_free(&table);
	assert_null(table);
}

static void names_and_cells_are_copies(void **fixture)
{
	struct table *table = table_new(1);
	char text[] = "before";

	(void)fixture;
	table_name(table, 0, text, true);
	table_add(table);
	table_set(table, 0, 0, text, 6);
	memcpy(text, "after!", 6);
	assert_string_equal(table_column_name(table, 0), "before");
	assert_string_equal(table_text(table, 0, 0), "before");
	assert_true(table_is_number(table, 0));
	table_free(&table);
}

static void a_row_is_added_full_of_nulls(void **fixture)
{
	struct table *table = table_new(2);

	(void)fixture;
	assert_int_equal(table_add(table), 0);
	assert_int_equal(table_add(table), 1);
	assert_int_equal(table_rows(table), 2);
	for (int i = 0; i < 4; i++)
		assert_null(table_text(table, i / 2, i % 2));
	table_free(&table);
}

static void an_empty_text_is_not_a_null(void **fixture)
{
	struct table *table = table_new(1);

	(void)fixture;
	table_add(table);
	table_set(table, 0, 0, "", 0);
	assert_string_equal(table_text(table, 0, 0), "");
	table_free(&table);
}

static void only_so_many_bytes_of_a_text_are_taken(void **fixture)
{
	struct table *table = table_new(1);
	char *given = unit_exact("abc", 3);

	(void)fixture;
	table_add(table);
	table_set(table, 0, 0, given, 3);
	assert_string_equal(table_text(table, 0, 0), "abc");
	free(given);
	table_free(&table);
}

static void thousands_of_rows_keep_their_places(void **fixture)
{
	struct table *table = table_new(3);
	char text[32];

	(void)fixture;
	for (int r = 0; r < 3000; r++) {
		assert_int_equal(table_add(table), r);
		for (int c = 0; c < 3; c++) {
			if ((r + c) % 4 == 0)
				continue;
			snprintf(text, sizeof(text), "%d/%d", r, c);
			table_set_text(table, r, c, text);
		}
	}
	for (int r = 0; r < 3000; r++) {
		for (int c = 0; c < 3; c++) {
			snprintf(text, sizeof(text), "%d/%d", r, c);
			if ((r + c) % 4 == 0)
				assert_null(table_text(table, r, c));
			else
				assert_string_equal(table_text(table, r, c), text);
		}
	}
	table_free(&table);
}

static void a_cell_is_read_as_a_whole_number(void **fixture)
{
	static const struct {
		const char *text;
		int64_t n;
	} cells[] = {
		{ "0", 0 },
		{ "-7", -7 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775807", -INT64_MAX },
		{ "12.9", 12 },
		{ "", TIME_NONE },
		{ "x1", TIME_NONE },
		{ "-", TIME_NONE },
	};
	struct table *table = table_new(1);

	(void)fixture;
	for (int i = 0; i < (int)ARRAY_SIZE(cells); i++) {
		table_add(table);
		table_set_text(table, i, 0, cells[i].text);
		assert_int_equal(table_int(table, i, 0), cells[i].n);
	}
	table_add(table);
	assert_int_equal(table_int(table, (int)ARRAY_SIZE(cells), 0), TIME_NONE);
	table_free(&table);
}

static void a_cell_is_read_as_postgresql_writes_booleans(void **fixture)
{
	struct table *table = table_new(3);

	(void)fixture;
	table_add(table);
	table_set(table, 0, 0, "t", 1);
	table_set(table, 0, 1, "f", 1);
	assert_true(table_bool(table, 0, 0));
	assert_false(table_bool(table, 0, 1));
	assert_false(table_bool(table, 0, 2));
	table_free(&table);
}

static void a_grid_without_columns_still_counts_rows(void **fixture)
{
	struct table *table = table_new(0);

	(void)fixture;
	for (int i = 0; i < 20; i++)
		table_add(table);
	assert_int_equal(table_rows(table), 20);
	assert_int_equal(table_columns(table), 0);
	table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_grid_has_no_rows_and_no_columns),
		cmocka_unit_test(a_new_one_has_columns_without_names),
		cmocka_unit_test(names_and_cells_are_copies),
		cmocka_unit_test(a_row_is_added_full_of_nulls),
		cmocka_unit_test(an_empty_text_is_not_a_null),
		cmocka_unit_test(only_so_many_bytes_of_a_text_are_taken),
		cmocka_unit_test(thousands_of_rows_keep_their_places),
		cmocka_unit_test(a_cell_is_read_as_a_whole_number),
		cmocka_unit_test(a_cell_is_read_as_postgresql_writes_booleans),
		cmocka_unit_test(a_grid_without_columns_still_counts_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
