/* SPDX-License-Identifier: MIT */
/* How many columns of a terminal a text takes. */
#include "unit.h"

#include <string.h>

#include "width.h"

static size_t width(const char *s)
{
	return width_of(s, strlen(s));
}

static void wide_characters_take_two_columns_and_marks_none(void **fixture)
{
	(void)fixture;
	assert_int_equal(width(""), 0);
	assert_int_equal(width("Jakarta"), 7);
	assert_int_equal(width("\xc3\xa9"), 1);
	assert_int_equal(width("e\xcc\x81"), 1);
	assert_int_equal(width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
	assert_int_equal(width("\xed\x95\x9c"), 2);
	assert_int_equal(width("\xef\xbc\xa1"), 2);
	assert_int_equal(width("\xf0\x9f\x98\x80"), 2);
	assert_int_equal(width("\xe2\x80\x8d"), 0);
	assert_int_equal(width("\xe2\x9d\xa4\xef\xb8\x8f"), 1);
	assert_int_equal(width("\xd8\xb9"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_characters_take_two_columns_and_marks_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
