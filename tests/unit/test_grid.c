/* SPDX-License-Identifier: MIT */
/* A table of texts, some of them missing, that outlive what they were copied from. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"

static void no_grid_has_no_rows_and_no_columns(void **fixture)
{
	struct grid *none = NULL;

	(void)fixture;
	assert_int_equal(grid_rows(NULL), 0);
	assert_int_equal(grid_columns(NULL), 0);
	grid_free(&none);
	assert_null(none);
}

static void a_new_one_has_columns_without_names(void **fixture)
{
	struct grid *grid = grid_new(3);

	(void)fixture;
	assert_int_equal(grid_rows(grid), 0);
	assert_int_equal(grid_columns(grid), 3);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(grid_column_name(grid, i), "");
		assert_false(grid_is_number(grid, i));
	}
	grid_free(&grid);
	assert_null(grid);
}

static void filter_ids_and_cells_are_copies(void **fixture)
{
	struct grid *grid = grid_new(1);
	char text[] = "before";

	(void)fixture;
	grid_name(grid, 0, text, true);
	grid_add(grid);
	grid_set(grid, 0, 0, text, 6);
	memcpy(text, "after!", 6);
	assert_string_equal(grid_column_name(grid, 0), "before");
	assert_string_equal(grid_text(grid, 0, 0), "before");
	assert_true(grid_is_number(grid, 0));
	grid_free(&grid);
}

static void a_row_is_added_full_of_nulls(void **fixture)
{
	struct grid *grid = grid_new(2);

	(void)fixture;
	assert_int_equal(grid_add(grid), 0);
	assert_int_equal(grid_add(grid), 1);
	assert_int_equal(grid_rows(grid), 2);
	for (int i = 0; i < 4; i++)
		assert_null(grid_text(grid, i / 2, i % 2));
	grid_free(&grid);
}

static void an_empty_text_is_not_a_null(void **fixture)
{
	struct grid *grid = grid_new(1);

	(void)fixture;
	grid_add(grid);
	grid_set(grid, 0, 0, "", 0);
	assert_string_equal(grid_text(grid, 0, 0), "");
	grid_free(&grid);
}

static void only_so_many_bytes_of_a_text_are_taken(void **fixture)
{
	struct grid *grid = grid_new(1);
	char *given = unit_exact("abc", 3);

	(void)fixture;
	grid_add(grid);
	grid_set(grid, 0, 0, given, 3);
	assert_string_equal(grid_text(grid, 0, 0), "abc");
	free(given);
	grid_free(&grid);
}

static void thousands_of_rows_keep_their_places(void **fixture)
{
	struct grid *grid = grid_new(3);
	char text[32];

	(void)fixture;
	for (int r = 0; r < 3000; r++) {
		assert_int_equal(grid_add(grid), r);
		for (int c = 0; c < 3; c++) {
			if ((r + c) % 4 == 0)
				continue;
			snprintf(text, sizeof(text), "%d/%d", r, c);
			grid_set(grid, r, c, text, strlen(text));
		}
	}
	for (int r = 0; r < 3000; r++) {
		for (int c = 0; c < 3; c++) {
			snprintf(text, sizeof(text), "%d/%d", r, c);
			if ((r + c) % 4 == 0)
				assert_null(grid_text(grid, r, c));
			else
				assert_string_equal(grid_text(grid, r, c), text);
		}
	}
	grid_free(&grid);
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
	struct grid *grid = grid_new(1);

	(void)fixture;
	for (int i = 0; i < (int)ARRAY_SIZE(cells); i++) {
		grid_add(grid);
		grid_set(grid, i, 0, cells[i].text, strlen(cells[i].text));
		assert_int_equal(grid_int(grid, i, 0), cells[i].n);
	}
	grid_add(grid);
	assert_int_equal(grid_int(grid, (int)ARRAY_SIZE(cells), 0), TIME_NONE);
	grid_free(&grid);
}

static void a_cell_is_read_as_postgresql_writes_booleans(void **fixture)
{
	struct grid *grid = grid_new(3);

	(void)fixture;
	grid_add(grid);
	grid_set(grid, 0, 0, "t", 1);
	grid_set(grid, 0, 1, "f", 1);
	assert_true(grid_bool(grid, 0, 0));
	assert_false(grid_bool(grid, 0, 1));
	assert_false(grid_bool(grid, 0, 2));
	grid_free(&grid);
}

static void a_grid_without_columns_still_counts_rows(void **fixture)
{
	struct grid *grid = grid_new(0);

	(void)fixture;
	for (int i = 0; i < 20; i++)
		grid_add(grid);
	assert_int_equal(grid_rows(grid), 20);
	assert_int_equal(grid_columns(grid), 0);
	grid_free(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_grid_has_no_rows_and_no_columns),
		cmocka_unit_test(a_new_one_has_columns_without_names),
		cmocka_unit_test(filter_ids_and_cells_are_copies),
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
