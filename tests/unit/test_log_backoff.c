/* SPDX-License-Identifier: MIT */
/* Said once, then seldom, then once more when it is over. */
#include "unit.h"

#include "log_backoff.h"

#define MINUTE (60 * USEC_PER_SEC)

static void the_first_time_is_said(void **fixture)
{
	struct complaint c = { 0 };

	(void)fixture;
	assert_true(log_backoff(&c, 5 * MINUTE));
	assert_int_equal(c.since, 5 * MINUTE);
	assert_int_equal(c.times, 1);
}

static void it_is_said_after_a_minute_two_four_and_in_the_end_every_hour(void **fixture)
{
	static const int gaps[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	struct complaint c = { 0 };
	int64_t now = 7 * MINUTE;

	(void)fixture;
	assert_true(log_backoff(&c, now));
	for (size_t i = 0; i < ARRAY_SIZE(gaps); i++) {
		assert_false(log_backoff(&c, now));
		assert_false(log_backoff(&c, now + gaps[i] * MINUTE - 1));
		now += gaps[i] * MINUTE;
		assert_true(log_backoff(&c, now));
	}
}

static void times_counts_also_what_was_not_said(void **fixture)
{
	struct complaint c = { 0 };

	(void)fixture;
	for (int i = 0; i < 10; i++)
		(void)!log_backoff(&c, MINUTE + i);
	assert_int_equal(c.times, 10);
	assert_int_equal(c.since, MINUTE);
}

static void its_end_is_said_with_how_long(void **fixture)
{
	struct complaint c = { 0 };
	int64_t lasted = -1;

	(void)fixture;
	assert_true(log_backoff(&c, 3 * MINUTE));
	assert_false(log_backoff(&c, 3 * MINUTE + 1));
	assert_true(log_backoff_over(&c, 5 * MINUTE, &lasted));
	assert_int_equal(lasted, 2 * MINUTE);
}

static void what_never_began_does_not_end(void **fixture)
{
	struct complaint c = { 0 };
	int64_t lasted = -1;

	(void)fixture;
	assert_false(log_backoff_over(&c, MINUTE, &lasted));
	assert_int_equal(lasted, -1);
}

static void the_end_may_be_asked_without_wanting_a_number(void **fixture)
{
	struct complaint c = { 0 };

	(void)fixture;
	assert_true(log_backoff(&c, MINUTE));
	assert_true(log_backoff_over(&c, MINUTE, NULL));
	assert_false(log_backoff_over(&c, MINUTE, NULL));
}

static void after_its_end_it_begins_anew(void **fixture)
{
	struct complaint c = { 0 };

	(void)fixture;
	assert_true(log_backoff(&c, MINUTE));
	assert_true(log_backoff(&c, 2 * MINUTE));
	assert_true(log_backoff_over(&c, 2 * MINUTE, NULL));
	assert_true(log_backoff(&c, 2 * MINUTE + 1));
	assert_false(log_backoff(&c, 3 * MINUTE));
	assert_true(log_backoff(&c, 3 * MINUTE + 1));
}

/* A machine whose clock begins with it. */
static void it_works_at_the_moment_zero(void **fixture)
{
	struct complaint c = { 0 };
	int64_t lasted;

	(void)fixture;
	assert_true(log_backoff(&c, 0));
	assert_false(log_backoff(&c, 1));
	assert_true(log_backoff_over(&c, 2, &lasted));
	assert_int_equal(lasted, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_time_is_said),
		cmocka_unit_test(it_is_said_after_a_minute_two_four_and_in_the_end_every_hour),
		cmocka_unit_test(times_counts_also_what_was_not_said),
		cmocka_unit_test(its_end_is_said_with_how_long),
		cmocka_unit_test(what_never_began_does_not_end),
		cmocka_unit_test(the_end_may_be_asked_without_wanting_a_number),
		cmocka_unit_test(after_its_end_it_begins_anew),
		cmocka_unit_test(it_works_at_the_moment_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
