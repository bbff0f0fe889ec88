/* SPDX-License-Identifier: MIT */
/* Which word was meant: the one with the fewest slips, and none that is far. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "nearest.h"

/* The slips between two words; "far" where there are too many. */
static void write_distance(const char *a, const char *b, char *text, size_t size)
{
	struct nearest nearest = nearest_to(a);

	nearest_try(&nearest, b);
	if (nearest.found)
		snprintf(text, size, "%u", nearest.distance);
	else
		snprintf(text, size, "far");
}

static void check_distance(const struct unit_row *row)
{
	char got[16], back[16];

	write_distance(row->field[0], row->field[1], got, sizeof(got));
	if (strcmp(got, row->field[2]) != 0)
		unit_differs(row, got);
	write_distance(row->field[1], row->field[0], back, sizeof(back));
	assert_string_equal(got, back);
}

static void words_are_as_far_as_the_slips_between_them(void **fixture)
{
	(void)fixture;
	unit_table("nearest/distances.txt", check_distance);
}

static void the_nearest_is_found_and_of_equals_the_first(void **fixture)
{
	struct nearest nearest = nearest_to("sink");

	(void)fixture;
	nearest_try(&nearest, "status");
	assert_null(nearest.found);
	nearest_try(&nearest, "wink");
	nearest_try(&nearest, "sync");
	nearest_try(&nearest, "link");
	assert_string_equal(nearest.found, "wink");
	nearest_try(&nearest, "sink");
	assert_string_equal(nearest.found, "sink");
}

static void words_over_63_letters_are_near_to_none(void **fixture)
{
	char a[65], b[65], got[16];

	(void)fixture;
	memset(a, 'a', 64);
	memset(b, 'a', 64);
	a[63] = b[63] = a[64] = '\0';
	b[0] = 'b';
	write_distance(a, b, got, sizeof(got));
	assert_string_equal(got, "1");
	a[63] = 'a';
	write_distance(a, a, got, sizeof(got));
	assert_string_equal(got, "far");
	write_distance(a, "", got, sizeof(got));
	assert_string_equal(got, "far");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_as_far_as_the_slips_between_them),
		cmocka_unit_test(the_nearest_is_found_and_of_equals_the_first),
		cmocka_unit_test(words_over_63_letters_are_near_to_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
