/* SPDX-License-Identifier: MIT */
/* Which times are believed that a response tells. */
#include "unit.h"

#include "api_time.h"

#define NOON (INT64_C(1700000000) * USEC_PER_SEC)
#define MINUTE (60 * USEC_PER_SEC)
#define YEAR_9999 (INT64_C(253402300799) * USEC_PER_SEC)

static const struct api_time plain = { .date = NOON, .host = NOON, .database = NOON };

static void a_date_is_believed_up_to_five_minutes_ahead(void **fixture)
{
	struct api_time told = plain;

	(void)fixture;
	assert_int_equal(api_time_believed(&told), NOON);
	told.date = NOON + 5 * MINUTE;
	assert_int_equal(api_time_believed(&told), told.date);
	assert_int_equal(api_time_ahead(&told), 0);
	told.date += USEC_PER_SEC;
	assert_int_equal(api_time_believed(&told), TIME_NONE);
	assert_int_equal(api_time_ahead(&told), 5 * MINUTE + USEC_PER_SEC);
	told.date = YEAR_9999;
	assert_int_equal(api_time_believed(&told), TIME_NONE);
}

static void one_that_is_behind_does_no_harm(void **fixture)
{
	struct api_time told = plain;

	(void)fixture;
	told.date = NOON - 366 * 24 * 60 * MINUTE;
	assert_int_equal(api_time_believed(&told), told.date);
	assert_int_equal(api_time_ahead(&told), 0);
}

/* It takes two clocks that are behind to doubt one that is right. */
static void the_later_of_our_clocks_counts(void **fixture)
{
	struct api_time told = plain;

	(void)fixture;
	told.date = NOON + 60 * MINUTE;
	told.host = told.date;
	assert_int_equal(api_time_believed(&told), told.date);
	told.host = NOON;
	told.database = told.date;
	assert_int_equal(api_time_believed(&told), told.date);
	told.database = TIME_NONE;
	assert_int_equal(api_time_believed(&told), TIME_NONE);
	told.date = NOON;
	assert_int_equal(api_time_believed(&told), NOON);
}

static void an_age_is_subtracted_and_one_of_more_than_a_day_is_none(void **fixture)
{
	struct api_time told = plain;

	(void)fixture;
	told.age = 30 * USEC_PER_SEC;
	assert_int_equal(api_time_believed(&told), NOON - 30 * USEC_PER_SEC);
	told.age = 24 * 60 * MINUTE + 1;
	assert_int_equal(api_time_believed(&told), TIME_NONE);
	/* A Date that cannot be true is not made true by its age. */
	told.date = NOON + 10 * MINUTE;
	told.age = 8 * MINUTE;
	assert_int_equal(api_time_believed(&told), TIME_NONE);
	told.date = TIME_NONE;
	assert_int_equal(api_time_believed(&told), TIME_NONE);
	assert_int_equal(api_time_ahead(&told), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_believed_up_to_five_minutes_ahead),
		cmocka_unit_test(one_that_is_behind_does_no_harm),
		cmocka_unit_test(the_later_of_our_clocks_counts),
		cmocka_unit_test(an_age_is_subtracted_and_one_of_more_than_a_day_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
