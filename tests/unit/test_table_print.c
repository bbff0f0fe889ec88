/* SPDX-License-Identifier: MIT */
/* A table for a terminal: aligned, harmless, the same in every locale, and there without the library. */
#include "unit.h"

#include <dlfcn.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table_print.h"

/* Linked with --wrap: the library is not installed. */
static bool not_installed;

void *__real_dlopen(const char *name, int how);
void *__wrap_dlopen(const char *name, int how);

void *__wrap_dlopen(const char *name, int how)
{
	return not_installed ? NULL : __real_dlopen(name, how);
}

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

static void check(struct table **table, const char *want)
{
	struct buf out = BUF_MAX(1 << 20);

	table_print(*table, &out, NULL);
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
	table_free(table);
}

static void columns_are_aligned_and_numbers_stand_to_the_right(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	add(table, "a", "1");
	add(table, "longer", "12345");
	add(table, NULL, NULL);
	check(&table, "name        n\n"
		      "a           1\n"
		      "longer  12345\n"
		      "\n");
}

static void numbers_in_the_middle_leave_two_blanks_behind(void **fixture)
{
	struct table *table = table_new(3);

	(void)fixture;
	table_name(table, 0, "n", true);
	table_name(table, 1, "m", true);
	table_name(table, 2, "text", false);
	table_add(table);
	table_set(table, 0, 0, "100", 3);
	table_set(table, 0, 1, "7", 1);
	table_set(table, 0, 2, "x", 1);
	check(&table, "  n  m  text\n"
		      "100  7  x\n");
}

static void wide_characters_count_as_two(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	add(table, "\xe6\xbc\xa2\xe5\xad\x97", "1");
	add(table, "abcde", "2");
	check(&table, "name   n\n"
		      "\xe6\xbc\xa2\xe5\xad\x97   1\n"
		      "abcde  2\n");
}

static void what_disturbs_a_terminal_is_made_visible(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	add(table, "\x1b[2J\n\xff", "1");
	check(&table, "name             n\n"
		      "\\x1b[2J\\x0a\\xff  1\n");
}

static void a_cell_that_is_too_long_is_cut(void **fixture)
{
	struct table *table = table_new(1);
	struct buf out = BUF_MAX(1 << 20);
	char text[5000];

	(void)fixture;
	memset(text, 'x', sizeof(text));
	table_name(table, 0, "name", false);
	table_add(table);
	table_set(table, 0, 0, text, sizeof(text));
	table_print(table, &out, NULL);
	assert_true(out.len < 300);
	assert_string_equal(buf_text(&out) + out.len - 4, "...\n");
	buf_free(&out);
	table_free(&table);
}

static void a_table_without_rows_is_its_heading(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	check(&table, "name  n\n");
}

static void without_names_there_is_no_line_of_names(void **fixture)
{
	struct table *table = table_new(2);

	(void)fixture;
	add(table, "open", "1");
	add(table, "\xc3\xa9", "2");
	check(&table, "open  1\n"
		      "\xc3\xa9     2\n");
}

static void widths_are_told(void **fixture)
{
	struct buf out = BUF_MAX(1 << 20);
	struct table *table = two_columns();
	size_t widths[2];

	(void)fixture;
	add(table, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", "12");
	table_print(table, &out, widths);
	assert_int_equal(widths[0], 6);
	assert_int_equal(widths[1], 2);
	buf_free(&out);
	table_free(&table);
}

static void the_locale_does_not_matter(void **fixture)
{
	static const char *const locales[] = { "C", "C.UTF-8", "POSIX" };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		struct table *table = two_columns();

		assert_non_null(setlocale(LC_ALL, locales[i]));
		add(table, "\xf0\x9f\x98\x80 Andr\xc3\xa9", "1");
		check(&table, "name      n\n"
			      "\xf0\x9f\x98\x80 Andr\xc3\xa9  1\n");
	}
}

static void without_the_library_columns_stand_between_tabs(void **fixture)
{
	struct table *table = two_columns();

	(void)fixture;
	add(table, "a\x1b", "1");
	add(table, NULL, NULL);
	not_installed = true;
	check(&table, "name\tn\n"
		      "a\\x1b\t1\n"
		      "\t\n");
	not_installed = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_and_numbers_stand_to_the_right),
		cmocka_unit_test(numbers_in_the_middle_leave_two_blanks_behind),
		cmocka_unit_test(wide_characters_count_as_two),
		cmocka_unit_test(what_disturbs_a_terminal_is_made_visible),
		cmocka_unit_test(a_cell_that_is_too_long_is_cut),
		cmocka_unit_test(a_table_without_rows_is_its_heading),
		cmocka_unit_test(without_names_there_is_no_line_of_names),
		cmocka_unit_test(widths_are_told),
		cmocka_unit_test(the_locale_does_not_matter),
		cmocka_unit_test(without_the_library_columns_stand_between_tabs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
