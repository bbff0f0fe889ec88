/* SPDX-License-Identifier: MIT */
/* A SQLSTATE decides what is done about a failure; its message never does. */
#include "unit.h"

#include <string.h>

#include "pg_error.h"

static void check_code(const struct unit_row *row)
{
	const char *got = err_kind_name(pg_error_kind(row->field[0]));

	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void every_code_has_the_kind_that_is_true_of_it(void **fixture)
{
	(void)fixture;
	unit_table("pg_error/codes.txt", check_code);
}

/* Whatever an extension makes up. */
static void no_code_is_without_a_kind(void **fixture)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char code[6] = "00000";

	(void)fixture;
	for (const char *a = letters; *a; a++) {
		for (const char *b = letters; *b; b++) {
			enum err_kind kind;

			code[0] = *a;
			code[1] = *b;
			kind = pg_error_kind(code);
			assert_true(kind > ERR_NONE && kind <= ERR_BUG);
			assert_true(kind != ERR_STOPPED && kind != ERR_UNCERTAIN);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_the_kind_that_is_true_of_it),
		cmocka_unit_test(no_code_is_without_a_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
