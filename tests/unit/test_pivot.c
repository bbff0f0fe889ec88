/* SPDX-License-Identifier: MIT */
/* A long table made wide: every number at its place, 0 where none was given, and none where NULL was. */
#include "unit.h"

#include <string.h>

#include "pivot.h"

static void add(struct table *table, const char *row, const char *column, const char *value)
{
	int r = table_add(table);

	table_set_text(table, r, 0, row);
	table_set_text(table, r, 1, column);
	table_set_text(table, r, 2, value);
}

static struct table *longer(void)
{
	struct table *table = table_new(3);

	table_name(table, 0, "day", false);
	table_name(table, 1, "channel", false);
	table_name(table, 2, "n", true);
	return table;
}

static void test_rows_and_columns_come_in_the_order_of_their_first_place(void **fixture)
{
	struct table *table = longer(), *wide;

	(void)fixture;
	add(table, "1", "wa", "5");
	add(table, "1", "ig", "2");
	add(table, "2", "mail", "7");
	add(table, "2", "wa", "1");
	wide = pivot_wide(table);
	assert_int_equal(table_columns(wide), 4);
	assert_int_equal(table_rows(wide), 2);
	assert_string_equal(table_column_name(wide, 0), "day");
	assert_string_equal(table_column_name(wide, 1), "wa");
	assert_string_equal(table_column_name(wide, 3), "mail");
	assert_true(table_is_number(wide, 1));
	assert_string_equal(table_text(wide, 0, 1), "5");
	assert_string_equal(table_text(wide, 0, 3), "0");
	assert_string_equal(table_text(wide, 1, 1), "1");
	assert_string_equal(table_text(wide, 1, 2), "0");
	assert_string_equal(table_text(wide, 1, 3), "7");
	table_free(&wide);
	table_free(&table);
}

static void test_nothing_gives_nothing(void **fixture)
{
	struct table *table = longer(), *wide = pivot_wide(table);

	(void)fixture;
	assert_int_equal(table_columns(wide), 1);
	assert_int_equal(table_rows(wide), 0);
	table_free(&wide);
	table_free(&table);
}

static void test_nulls_are_an_empty_name_and_no_number(void **fixture)
{
	struct table *table = longer(), *wide;

	(void)fixture;
	add(table, NULL, NULL, NULL);
	add(table, NULL, "wa", "3");
	wide = pivot_wide(table);
	assert_int_equal(table_rows(wide), 1);
	assert_string_equal(table_column_name(wide, 1), "");
	assert_null(table_text(wide, 0, 1));
	assert_string_equal(table_text(wide, 0, 2), "3");
	table_free(&wide);
	table_free(&table);
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
