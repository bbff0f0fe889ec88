/* SPDX-License-Identifier: MIT */
/* The minute slides: what is sixty seconds old is gone, however much had piled up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "window.h"

#define SECOND USEC_PER_SEC

static void forgets_after_a_minute(void **fixture)
{
	struct window window = { 0 };

	(void)fixture;
	assert_int_equal(window_count(&window, 5 * SECOND), 0);
	assert_int_equal(window_relief(&window, 5 * SECOND), 0);
	window_add(&window, 10 * SECOND);
	window_add(&window, 30 * SECOND);
	assert_int_equal(window_count(&window, 70 * SECOND - 1), 2);
	assert_int_equal(window_relief(&window, 70 * SECOND - 1), 1);
	assert_int_equal(window_count(&window, 70 * SECOND), 1);
	assert_int_equal(window_relief(&window, 70 * SECOND), 20 * SECOND);
	assert_int_equal(window_count(&window, 1000 * SECOND), 0);
	window_done(&window);
}

/* The ring grows while its beginning is not at its beginning; at every step it knows what it must. */
static void keeps_count_while_it_grows(void **fixture)
{
	static int64_t times[30000];
	struct window window = { 0 };
	size_t first = 0, n = 0;
	int64_t now = 0;

	(void)fixture;
	for (int64_t gap = SECOND; gap >= SECOND / 32; gap /= 2) {
		for (int i = 0; i < 5000; i++) {
			now += gap;
			window_add(&window, now);
			times[n++] = now;
			while (times[first] <= now - WINDOW_LENGTH)
				first++;
			assert_int_equal(window_count(&window, now), n - first);
			assert_int_equal(window_relief(&window, now),
					 times[first] + WINDOW_LENGTH - now);
		}
	}
	window_done(&window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgets_after_a_minute),
		cmocka_unit_test(keeps_count_while_it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
