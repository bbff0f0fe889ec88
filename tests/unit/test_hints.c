/* SPDX-License-Identifier: MIT */
/* Hints are gathered, taken once, and come back when a cycle fails; there are never more than fit. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "hints.h"

#define SECOND USEC_PER_SEC

static struct hints hints;

static int empty(void **fixture)
{
	(void)fixture;
	hints = (struct hints){ .n = 0 };
	return 0;
}

static void add(int number, int64_t now)
{
	char id[32];

	snprintf(id, sizeof(id), "conv_%d", number);
	hints_add(&hints, id, false, now);
}

static void without_a_hint_nothing_is_due(void **fixture)
{
	(void)fixture;
	assert_true(hints_due(&hints) == TIME_NEVER);
	hints_take(&hints);
	hints_end(&hints, true);
	assert_true(hints_due(&hints) == TIME_NEVER);
}

static void they_are_gathered_from_the_first_on(void **fixture)
{
	(void)fixture;
	add(1, 10 * SECOND);
	add(2, 11 * SECOND);
	add(3, 13 * SECOND);
	assert_true(hints_due(&hints) == 12 * SECOND);
}

static void what_is_said_twice_is_one(void **fixture)
{
	(void)fixture;
	assert_true(hints_add(&hints, "conv_1", false, 0));
	assert_false(hints_add(&hints, "conv_1", true, SECOND));
	assert_int_equal(hints.n, 1);
	assert_true(hints.list[0].message);
	assert_true(hints_due(&hints) == 2 * SECOND);
}

static void what_is_said_during_the_cycle_waits_for_the_next(void **fixture)
{
	(void)fixture;
	add(1, 0);
	add(2, 0);
	hints_take(&hints);
	assert_int_equal(hints.taken, 2);
	assert_true(hints_due(&hints) == TIME_NEVER);
	/* Its conversation may have changed after it was read. */
	add(1, 5 * SECOND);
	assert_true(hints_due(&hints) == 7 * SECOND);
	hints_end(&hints, true);
	assert_int_equal(hints.n, 1);
	assert_string_equal(hints.list[0].id, "conv_1");
	assert_true(hints_due(&hints) == 7 * SECOND);
}

static void after_a_failure_all_wait_again(void **fixture)
{
	(void)fixture;
	add(1, 0);
	add(2, 0);
	hints_take(&hints);
	hints_add(&hints, "conv_2", true, 5 * SECOND);
	add(3, 5 * SECOND);
	hints_end(&hints, false);
	assert_int_equal(hints.n, 3);
	assert_int_equal(hints.taken, 0);
	assert_string_equal(hints.list[1].id, "conv_2");
	assert_true(hints.list[1].message);
	assert_string_equal(hints.list[2].id, "conv_3");
	assert_true(hints_due(&hints) == 2 * SECOND);
}

static void of_what_does_not_fit_a_mark_is_left(void **fixture)
{
	(void)fixture;
	for (int i = 0; i < HINTS_MOST; i++)
		add(i, 10 * SECOND);
	assert_false(hints.more);
	add(0, 20 * SECOND);
	assert_false(hints.more);
	add(HINTS_MOST, 20 * SECOND);
	assert_true(hints.more);
	assert_int_equal(hints.n, HINTS_MOST);
	hints_take(&hints);
	assert_true(hints.more_taken);
	assert_false(hints.more);
	/* As long as the cycle has them all, there is no room: */
	add(HINTS_MOST + 1, 30 * SECOND);
	assert_true(hints.more);
	assert_true(hints_due(&hints) == 32 * SECOND);
	hints_end(&hints, true);
	assert_true(hints.more && !hints.more_taken);
	assert_int_equal(hints.n, 0);
}

static void a_mark_comes_back_after_a_failure(void **fixture)
{
	(void)fixture;
	hints_add_more(&hints, SECOND);
	assert_true(hints_due(&hints) == 3 * SECOND);
	hints_take(&hints);
	assert_true(hints_due(&hints) == TIME_NEVER);
	hints_end(&hints, false);
	assert_true(hints_due(&hints) == 3 * SECOND);
}

static void an_id_that_is_too_long_is_a_mark(void **fixture)
{
	char id[HINTS_ID_SIZE + 1];

	(void)fixture;
	memset(id, 'x', sizeof(id));
	id[HINTS_ID_SIZE] = '\0';
	assert_true(hints_add(&hints, id, false, 0));
	assert_int_equal(hints.n, 0);
	assert_true(hints.more);
	id[HINTS_ID_SIZE - 1] = '\0';
	assert_true(hints_add(&hints, id, false, 0));
	assert_string_equal(hints.list[0].id, id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_hint_nothing_is_due, empty),
		cmocka_unit_test_setup(they_are_gathered_from_the_first_on, empty),
		cmocka_unit_test_setup(what_is_said_twice_is_one, empty),
		cmocka_unit_test_setup(what_is_said_during_the_cycle_waits_for_the_next, empty),
		cmocka_unit_test_setup(after_a_failure_all_wait_again, empty),
		cmocka_unit_test_setup(of_what_does_not_fit_a_mark_is_left, empty),
		cmocka_unit_test_setup(a_mark_comes_back_after_a_failure, empty),
		cmocka_unit_test_setup(an_id_that_is_too_long_is_a_mark, empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
