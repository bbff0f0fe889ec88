/* SPDX-License-Identifier: MIT */
/* Two clocks in microseconds, both of which a test can put in their place. */
#include "unit.h"

#include <time.h>

#include "clock.h"

static int64_t fake_mono(void *arg)
{
	return *(int64_t *)arg;
}

static int64_t fake_real(void *arg)
{
	return *(int64_t *)arg + 1000000;
}

static void a_clock_of_ones_own_is_asked_with_its_argument(void **fixture)
{
	int64_t now = 42;
	struct clock clock = { fake_mono, fake_real, &now };

	(void)fixture;
	assert_int_equal(clock_mono(&clock), 42);
	assert_int_equal(clock_real(&clock), 1000042);
	now = 43;
	assert_int_equal(clock_mono(&clock), 43);
	assert_int_equal(clock_real(&clock), 1000043);
}

static void the_calendar_is_that_of_the_system(void **fixture)
{
	int64_t before = (int64_t)time(NULL) * USEC_PER_SEC;
	int64_t now = clock_real(clock_system());

	(void)fixture;
	/* time() may be a tick behind the finer clock, never ahead of it. */
	assert_true(now >= before);
	assert_true(now < before + 60 * USEC_PER_SEC);
}

static void intervals_are_of_the_clock_that_runs_through_sleep(void **fixture)
{
	struct timespec before, after;
	int64_t now;

	(void)fixture;
	clock_gettime(CLOCK_BOOTTIME, &before);
	now = clock_mono(clock_system());
	clock_gettime(CLOCK_BOOTTIME, &after);
	assert_true(now >= before.tv_sec * USEC_PER_SEC + before.tv_nsec / 1000);
	assert_true(now <= after.tv_sec * USEC_PER_SEC + after.tv_nsec / 1000);
}

static void it_never_goes_back(void **fixture)
{
	int64_t last = clock_mono(clock_system());

	(void)fixture;
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono(clock_system());

		assert_true(now >= last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_of_ones_own_is_asked_with_its_argument),
		cmocka_unit_test(the_calendar_is_that_of_the_system),
		cmocka_unit_test(intervals_are_of_the_clock_that_runs_through_sleep),
		cmocka_unit_test(it_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
