/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "curve.h"

#define SECOND USEC_PER_SEC
#define START (1700000000 * SECOND)
#define LOOKBACK (120 * SECOND)

static struct curve curve;
static struct curve_seen seen;

/* So many old conversations, and none young; all seen by a pass that begins at PASS. */
static void begin(int64_t old, int64_t pass)
{
	curve.n = 0;
	seen = (struct curve_seen){ .groups = 1 };
	seen.group[0].since = pass;
	seen.group[0].n = old;
}

static void born(int64_t created, int64_t since)
{
	seen.birth[seen.births].created = created;
	seen.birth[seen.births++].since = since;
}

static void tell(int64_t at, int64_t total)
{
	curve_note(&curve, at, total, CURVE_MOST);
}

static void the_same_total_is_one_step(void **fixture)
{
	(void)fixture;
	begin(0, 0);
	for (int i = 0; i < 10; i++)
		tell(START + i * SECOND, 7);
	assert_int_equal(curve.n, 1);
	assert_true(curve.steps[0].to == START + 9 * SECOND);
	for (int i = 0; i < 1000; i++)
		curve_note(&curve, START + (20 + i) * SECOND, i, CURVE_FEW);
	assert_int_equal(curve.n, CURVE_FEW);
	assert_true(curve.steps[CURVE_FEW - 1].total == 999);
	/* A clock that was set back begins anew. */
	tell(START, 3);
	tell(START, 3);
	assert_int_equal(curve.n, 1);
}

/* Nothing young when the total was told: as many as it counts were seen, or one fewer. */
static void a_total_of_a_quiet_moment_proves(void **fixture)
{
	int64_t pass = START + 600 * SECOND, as_of;

	(void)fixture;
	begin(1000, pass);
	tell(START, 1000);
	born(START + 300 * SECOND, pass);
	tell(START + 310 * SECOND, 1001);
	assert_true(curve_proves(&curve, &seen, pass, LOOKBACK, &as_of));
	assert_true(as_of == START);
	seen.group[0].n = 999;
	assert_false(curve_proves(&curve, &seen, pass, LOOKBACK, &as_of));
}

/* What was told less than a lookback before the pass may count one that is shown and gone. */
static void a_total_that_was_told_just_before_proves_nothing(void **fixture)
{
	int64_t pass = START + 60 * SECOND, as_of;

	(void)fixture;
	begin(1000, pass);
	tell(START, 1000);
	assert_false(curve_proves(&curve, &seen, pass, LOOKBACK, &as_of));
}

/* A creation at about each tenth second; totals follow, with MISSING more than were seen. */
static bool busy(int64_t missing, int64_t lag, int beat)
{
	int64_t pass = START + 900 * SECOND, t = START - 300 * SECOND, as_of;
	int n = 0, told = 0;
	uint32_t chance = 5;

	begin(1000, pass);
	for (; t < pass; n++) {
		born(t, pass);
		chance = chance * 1664525u + 1013904223u;
		t += (beat > 0 ? beat : 1 + (int)(chance >> 8) % 20) * SECOND;
	}
	for (t = START; t < pass; t += 3 * SECOND) {
		while (told < n && seen.birth[told].created <= t - lag)
			told++;
		tell(t, 1000 + told + missing);
	}
	return curve_proves(&curve, &seen, pass, LOOKBACK, &as_of);
}

static void totals_that_follow_the_creations_prove(void **fixture)
{
	(void)fixture;
	assert_true(busy(0, 0, 0));
	assert_true(busy(0, 2 * SECOND, 0));
	for (int missing = 1; missing < 30; missing++)
		for (int lag = 0; lag < 120; lag += 7)
			assert_false(busy(missing, lag * SECOND, 0));
}

/* One each three seconds, and a clock three seconds off, look like one that is missing. */
static void what_another_number_of_missing_ones_fits_as_well_is_not_claimed(void **fixture)
{
	(void)fixture;
	assert_false(busy(0, 0, 3));
	assert_false(busy(1, 3 * SECOND, 3));
	assert_false(busy(2, 20 * SECOND, 10));
}

static void machines_that_are_behind_are_not_certified(void **fixture)
{
	int64_t pass = START + 900 * SECOND, as_of;

	(void)fixture;
	for (int lag = 20; lag <= 80; lag += 20) {
		begin(1000, pass);
		for (int i = -20; i < 90; i++)
			born(START + i * 10 * SECOND, pass);
		for (int i = 0; i < 300; i++)
			tell(START + i * 3 * SECOND, 1000 + 21 + (i * 3 - (i % 2) * lag) / 10);
		assert_false(curve_proves(&curve, &seen, pass, LOOKBACK, &as_of));
	}
}

/* An estimate is now and then what was seen. */
static void totals_that_rise_and_fall_are_no_counts(void **fixture)
{
	int64_t pass = START + 900 * SECOND, as_of;

	(void)fixture;
	begin(1000, pass);
	for (int i = 0; i < 10; i++)
		tell(START + i * 60 * SECOND, 990 + i * 7 % 20);
	tell(START + 700 * SECOND, 1000);
	assert_false(curve_proves(&curve, &seen, pass, LOOKBACK, &as_of));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_total_is_one_step),
		cmocka_unit_test(a_total_of_a_quiet_moment_proves),
		cmocka_unit_test(a_total_that_was_told_just_before_proves_nothing),
		cmocka_unit_test(totals_that_follow_the_creations_prove),
		cmocka_unit_test(what_another_number_of_missing_ones_fits_as_well_is_not_claimed),
		cmocka_unit_test(machines_that_are_behind_are_not_certified),
		cmocka_unit_test(totals_that_rise_and_fall_are_no_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
