/* SPDX-License-Identifier: MIT */
/* What PostgreSQL says becomes one line, whatever it holds. */
#include "unit.h"

#include <string.h>

#include "pg_error.h"

static void it_ends_without_the_line_end_of_libpq(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	pg_error_set(&err, ERR_UNAVAILABLE, "could not connect\n");
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
	assert_string_equal(err.text, "database: could not connect");
}

static void several_lines_become_one(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	pg_error_set(&err, ERR_DENIED, "first\n\tsecond\nthird \r\n");
	assert_string_equal(err.text, "database: first  second third");
	assert_null(strchr(err.text, '\n'));
}

static void nothing_is_a_message_too(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	pg_error_set(&err, ERR_UNCERTAIN, "");
	assert_string_equal(err.text, "database: failed, and gave no reason");
}

static void what_is_too_long_is_cut(void **fixture)
{
	struct err err = ERR_INIT;
	char text[4000];

	(void)fixture;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	pg_error_set(&err, ERR_DATA, text);
	assert_true(strlen(err.text) < sizeof(err.text));
	assert_int_equal(strncmp(err.text, "database: xxx", 13), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_ends_without_the_line_end_of_libpq),
		cmocka_unit_test(several_lines_become_one),
		cmocka_unit_test(nothing_is_a_message_too),
		cmocka_unit_test(what_is_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
