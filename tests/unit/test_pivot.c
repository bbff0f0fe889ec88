/* SPDX-License-Identifier: MIT */
/* A long grid made wide: every number at its place, 0 where none was given. */
#include "unit.h"

#include <string.h>

#include "pivot.h"

static void add(struct grid *grid, const char *row, const char *column, const char *value)
{
	int r = grid_add(grid);

	if (row)
		grid_set(grid, r, 0, row, strlen(row));
	if (column)
		grid_set(grid, r, 1, column, strlen(column));
	if (value)
		grid_set(grid, r, 2, value, strlen(value));
}

static struct grid *longer(void)
{
	struct grid *grid = grid_new(3);

	grid_name(grid, 0, "day", false);
	grid_name(grid, 1, "channel", false);
	grid_name(grid, 2, "n", true);
	return grid;
}

static void test_rows_and_columns_come_in_the_order_of_their_first_place(void **fixture)
{
	struct grid *grid = longer(), *wide;

	(void)fixture;
	add(grid, "1", "wa", "5");
	add(grid, "1", "ig", "2");
	add(grid, "2", "mail", "7");
	add(grid, "2", "wa", "1");
	wide = pivot_wide(grid);
	assert_int_equal(grid_columns(wide), 4);
	assert_int_equal(grid_rows(wide), 2);
	assert_string_equal(grid_column_name(wide, 0), "day");
	assert_string_equal(grid_column_name(wide, 1), "wa");
	assert_string_equal(grid_column_name(wide, 3), "mail");
	assert_true(grid_is_number(wide, 1));
	assert_string_equal(grid_text(wide, 0, 1), "5");
	assert_string_equal(grid_text(wide, 0, 3), "0");
	assert_string_equal(grid_text(wide, 1, 1), "1");
	assert_string_equal(grid_text(wide, 1, 2), "0");
	assert_string_equal(grid_text(wide, 1, 3), "7");
	grid_free(&wide);
	grid_free(&grid);
}

static void test_nothing_gives_nothing(void **fixture)
{
	struct grid *grid = longer(), *wide = pivot_wide(grid);

	(void)fixture;
	assert_int_equal(grid_columns(wide), 1);
	assert_int_equal(grid_rows(wide), 0);
	grid_free(&wide);
	grid_free(&grid);
}

static void test_nulls_are_an_empty_name_and_no_number(void **fixture)
{
	struct grid *grid = longer(), *wide;

	(void)fixture;
	add(grid, NULL, NULL, NULL);
	add(grid, NULL, "wa", "3");
	wide = pivot_wide(grid);
	assert_int_equal(grid_rows(wide), 1);
	assert_string_equal(grid_column_name(wide, 1), "");
	assert_string_equal(grid_text(wide, 0, 1), "0");
	assert_string_equal(grid_text(wide, 0, 2), "3");
	grid_free(&wide);
	grid_free(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_and_columns_come_in_the_order_of_their_first_place),
		cmocka_unit_test(test_nothing_gives_nothing),
		cmocka_unit_test(test_nulls_are_an_empty_name_and_no_number),
	};

	return cmocka_run_group_tests_name("pivot", tests, NULL, NULL);
}
