/* SPDX-License-Identifier: MIT */
/* A workspace is called bad when it has been for longer than a few intervals explain, and not before. */
#include "unit.h"

#include "health.h"

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define NOW (20000 * 86400 * SECOND)

/* A workspace that is followed every minute, and was a moment ago. */
static struct stats well(void)
{
	struct stats n;

	stats_begin(&n, "utama");
	n.held = 1;
	n.interval[CYCLE_INCREMENTAL] = MINUTE;
	n.complete_as_of = NOW - 3 * MINUTE;
	n.proof = PROOF_PROVEN;
	n.success[CYCLE_INCREMENTAL] = NOW - 30 * SECOND;
	return n;
}

static void what_nobody_works_on_is_bad_after_a_minute(void **fixture)
{
	struct stats n = well();

	(void)fixture;
	n.held = 0;
	n.unattended = NOW - MINUTE;
	assert_int_equal(health_of(&n, NOW), HEALTH_STANDBY);
	n.unattended = NOW - MINUTE - SECOND;
	assert_int_equal(health_of(&n, NOW), HEALTH_UNATTENDED);
	assert_true(health_is_bad(HEALTH_UNATTENDED));
	n.held = 1;
	assert_int_equal(health_of(&n, NOW), HEALTH_WELL);
}

static void a_pause_is_no_illness_whatever_else_is_the_case(void **fixture)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(1000);
	struct stats n = well();

	(void)fixture;
	n.paused = 20000 * 86400 * SECOND;
	n.failures = 9;
	n.troubled = NOW - 20 * MINUTE;
	n.success[CYCLE_INCREMENTAL] = NOW - 30 * 60 * MINUTE;
	assert_int_equal(health_of(&n, NOW), HEALTH_PAUSED);
	assert_false(health_is_bad(HEALTH_PAUSED));
	health_describe(&n, NOW, &out);
	assert_string_equal(buf_text(&out), "utama: paused since 2024-10-04T00:00:00Z; sahut-etl "
					    "resume lets it go on\n");
}

static void each_state_has_its_bounds(void **fixture)
{
	static const struct {
		int64_t held, running, failures, troubled, success, complete;
		enum health health;
	} cases[] = {
		/* since when, in seconds ago; -1: never */
		{ 1, 0, 0, -1, 30, 180, HEALTH_WELL },
		{ 1, 0, 0, -1, 480, 180, HEALTH_WELL },
		{ 1, 0, 0, -1, 481, 180, HEALTH_LATE },
		{ 1, 1, 0, -1, 86400, 86400, HEALTH_WELL },
		{ 1, 0, 1, 10, 60, 180, HEALTH_WELL },
		{ 1, 0, 5, 480, 400, 600, HEALTH_WELL },
		{ 1, 0, 5, 481, 600, 600, HEALTH_FAILING },
		{ 1, 1, 5, 481, 600, 600, HEALTH_FAILING },
		{ 1, 0, 0, -1, -1, -1, HEALTH_LOADING },
		{ 1, 1, 0, -1, -1, -1, HEALTH_LOADING },
		{ 1, 0, 9, 481, -1, -1, HEALTH_FAILING },
		{ 0, 0, 9, 9999, 9999, 9999, HEALTH_STANDBY },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stats n = well();

		n.held = cases[i].held;
		n.running = cases[i].running;
		n.failures = cases[i].failures;
		n.troubled = cases[i].troubled < 0 ? TIME_NONE : NOW - cases[i].troubled * SECOND;
		n.success[CYCLE_INCREMENTAL] =
			cases[i].success < 0 ? TIME_NONE : NOW - cases[i].success * SECOND;
		n.complete_as_of =
			cases[i].complete < 0 ? TIME_NONE : NOW - cases[i].complete * SECOND;
		n.proof = cases[i].complete < 0 ? PROOF_LOADING : PROOF_PROVEN;
		if (health_of(&n, NOW) != cases[i].health)
			fail_msg("case %zu: %s, not %s", i, health_name(health_of(&n, NOW)),
				 health_name(cases[i].health));
	}
}

static void what_is_not_proven_is_not_called_well(void **fixture)
{
	static const enum health healths[] = {
		[PROOF_NONE] = HEALTH_LOADING,	    [PROOF_LOADING] = HEALTH_LOADING,
		[PROOF_UNPROVEN] = HEALTH_UNPROVEN, [PROOF_DEMOTED] = HEALTH_DEMOTED,
		[PROOF_REJECTED] = HEALTH_REJECTED, [PROOF_DIFFERS] = HEALTH_DIFFERS,
		[PROOF_EXCEPTED] = HEALTH_EXCEPTED, [PROOF_PROVEN] = HEALTH_WELL,
	};
	struct stats n = well();

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(healths); i++) {
		n.proof = (enum proof)i;
		n.interval[CYCLE_INCREMENTAL] = MINUTE;
		assert_int_equal(health_of(&n, NOW), healths[i]);
		n.interval[CYCLE_INCREMENTAL] = TIME_NONE;
		assert_int_equal(health_of(&n, NOW), healths[i]);
		assert_false(health_is_bad(healths[i]));
	}
}

static void any_kind_of_cycle_shows_that_it_lives(void **fixture)
{
	struct stats n = well();

	(void)fixture;
	n.success[CYCLE_INCREMENTAL] = NOW - 3600 * SECOND;
	n.success[CYCLE_FULL] = NOW - 60 * SECOND;
	assert_int_equal(health_of(&n, NOW), HEALTH_WELL);
}

static void without_an_interval_only_the_last_cycle_counts(void **fixture)
{
	struct stats n = well();

	(void)fixture;
	n.interval[CYCLE_INCREMENTAL] = TIME_NONE;
	n.success[CYCLE_INCREMENTAL] = NOW - 86400 * SECOND;
	assert_int_equal(health_of(&n, NOW), HEALTH_WELL);
	n.failures = 1;
	assert_int_equal(health_of(&n, NOW), HEALTH_FAILING);
}

static void the_bad_ones_are_late_and_failing(void **fixture)
{
	(void)fixture;
	assert_true(health_is_bad(HEALTH_LATE) && health_is_bad(HEALTH_FAILING));
	assert_false(health_is_bad(HEALTH_WELL) || health_is_bad(HEALTH_LOADING) ||
		     health_is_bad(HEALTH_STANDBY));
}

static void the_sentence_says_why(void **fixture)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(4096);
	struct stats n = well();

	(void)fixture;
	health_describe(&n, NOW, &out);
	n.success[CYCLE_INCREMENTAL] = NOW - 20 * MINUTE;
	health_describe(&n, NOW, &out);
	n.failures = 4;
	n.troubled = NOW - 12 * MINUTE;
	n.trouble = "utama: 401";
	health_describe(&n, NOW, &out);
	assert_string_equal(buf_text(&out), "utama: well\n"
					    "utama: late: no cycle has ended well for 20m 00s\n"
					    "utama: failing for 12m 00s: utama: 401\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pause_is_no_illness_whatever_else_is_the_case),
		cmocka_unit_test(each_state_has_its_bounds),
		cmocka_unit_test(what_nobody_works_on_is_bad_after_a_minute),
		cmocka_unit_test(what_is_not_proven_is_not_called_well),
		cmocka_unit_test(any_kind_of_cycle_shows_that_it_lives),
		cmocka_unit_test(without_an_interval_only_the_last_cycle_counts),
		cmocka_unit_test(the_bad_ones_are_late_and_failing),
		cmocka_unit_test(the_sentence_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
