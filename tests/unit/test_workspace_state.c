/* SPDX-License-Identifier: MIT */
/* What was published rises, and is taken back when it may be untrue. */
#include "unit.h"

#include "workspace_state.h"

#define SECOND USEC_PER_SEC

static const struct workspace_state nothing_known = {
	.watermark = TIME_NONE,
	.complete_as_of = TIME_NONE,
	.active_as_of = TIME_NONE,
	.certified_at = TIME_NONE,
	.lookback = 120 * SECOND,
};

static void what_a_cycle_saw_is_published_less_the_lookback(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	workspace_state_publish_complete(&state, 1000 * SECOND);
	assert_int_equal(state.complete_as_of, 880 * SECOND);
	assert_int_equal(state.active_as_of, 880 * SECOND);
}

static void the_active_ones_are_published_alone(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	workspace_state_publish_active(&state, 1000 * SECOND);
	assert_int_equal(state.active_as_of, 880 * SECOND);
	assert_int_equal(state.complete_as_of, TIME_NONE);
}

static void instants_never_fall(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	workspace_state_publish_complete(&state, 1000 * SECOND);
	workspace_state_publish_complete(&state, 900 * SECOND);
	assert_int_equal(state.complete_as_of, 880 * SECOND);
	workspace_state_publish_active(&state, 2000 * SECOND);
	workspace_state_publish_complete(&state, 1500 * SECOND);
	assert_int_equal(state.complete_as_of, 1380 * SECOND);
	assert_int_equal(state.active_as_of, 1880 * SECOND);
}

static void a_cycle_whose_beginning_is_unknown_publishes_nothing(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	workspace_state_publish_complete(&state, TIME_NONE);
	workspace_state_publish_active(&state, TIME_NONE);
	assert_int_equal(state.complete_as_of, TIME_NONE);
	assert_int_equal(state.active_as_of, TIME_NONE);
}

static void demotion_takes_back_what_came_after_the_last_certificate(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	state.order = ORDER_UPDATED_DESC;
	state.certified_at = 500 * SECOND;
	state.complete_as_of = 900 * SECOND;
	state.watermark = 950 * SECOND;
	workspace_state_demote(&state);
	assert_int_equal(state.order, ORDER_UNKNOWN);
	assert_int_equal(state.needs_full, FULL_DEMOTED);
	assert_int_equal(state.complete_as_of, 500 * SECOND);
	assert_int_equal(state.watermark, 500 * SECOND);
}

static void demotion_leaves_what_was_certified(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	state.certified_at = 500 * SECOND;
	state.complete_as_of = 380 * SECOND;
	state.watermark = 400 * SECOND;
	workspace_state_demote(&state);
	assert_int_equal(state.complete_as_of, 380 * SECOND);
	assert_int_equal(state.watermark, 400 * SECOND);
	assert_int_equal(state.certified_at, 500 * SECOND);
}

static void without_a_certificate_demotion_takes_everything_back(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	state.complete_as_of = 380 * SECOND;
	state.watermark = 400 * SECOND;
	workspace_state_demote(&state);
	assert_int_equal(state.complete_as_of, TIME_NONE);
	assert_int_equal(state.watermark, TIME_NONE);
}

#define LATER (INT64_C(8) * 24 * 3600 * SECOND)

/* What has come too late lets the lookback grow; each week without that halves it again. */
static void a_lookback_that_was_learned_is_forgotten_again(void **fixture)
{
	struct workspace_state state = nothing_known;
	int64_t now = 100000 * SECOND;

	(void)fixture;
	state.lookback_configured = state.lookback;
	state.complete_as_of = now;
	workspace_state_learn_lateness(&state, 700 * SECOND, 3600 * SECOND);
	assert_int_equal(state.lookback, 820 * SECOND);
	workspace_state_forget_lateness(&state, now + LATER / 2);
	assert_int_equal(state.lookback, 820 * SECOND);
	workspace_state_forget_lateness(&state, now + LATER);
	assert_int_equal(state.lookback, 410 * SECOND);
	/* The next step comes after as long again, and the last one ends at the configured one. */
	workspace_state_forget_lateness(&state, now + LATER + LATER / 2);
	assert_int_equal(state.lookback, 410 * SECOND);
	workspace_state_forget_lateness(&state, now + 2 * LATER);
	workspace_state_forget_lateness(&state, now + 3 * LATER);
	workspace_state_forget_lateness(&state, now + 4 * LATER);
	assert_int_equal(state.lookback, 120 * SECOND);
}

/* One that comes too late meanwhile begins the week anew. */
static void what_comes_too_late_again_keeps_the_lookback(void **fixture)
{
	struct workspace_state state = nothing_known;
	int64_t now = 100000 * SECOND;

	(void)fixture;
	state.lookback_configured = state.lookback;
	state.complete_as_of = now;
	workspace_state_learn_lateness(&state, 700 * SECOND, 3600 * SECOND);
	state.complete_as_of = now + LATER / 2;
	workspace_state_learn_lateness(&state, SECOND, 3600 * SECOND);
	workspace_state_forget_lateness(&state, now + LATER);
	assert_int_equal(state.lookback, 1640 * SECOND);
}

/* An import of old conversations is later than any lookback may reach. */
static void what_is_later_than_any_lookback_teaches_nothing(void **fixture)
{
	struct workspace_state state = nothing_known;

	(void)fixture;
	workspace_state_learn_lateness(&state, 3601 * SECOND, 3600 * SECOND);
	assert_int_equal(state.lookback, 120 * SECOND);
}

static void reasons_have_names_that_lead_back(void **fixture)
{
	(void)fixture;
	for (enum full_reason r = FULL_NOT_NEEDED; r < FULL_REASONS; r++)
		assert_int_equal(workspace_state_reason_parse(workspace_state_reason_name(r)), r);
	assert_string_equal(workspace_state_reason_name(FULL_NOT_NEEDED), "");
	assert_string_equal(workspace_state_reason_name(FULL_FIRST_LOAD), "first_load");
	assert_int_equal(workspace_state_reason_parse("because"), FULL_NOT_NEEDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_cycle_saw_is_published_less_the_lookback),
		cmocka_unit_test(the_active_ones_are_published_alone),
		cmocka_unit_test(instants_never_fall),
		cmocka_unit_test(a_cycle_whose_beginning_is_unknown_publishes_nothing),
		cmocka_unit_test(demotion_takes_back_what_came_after_the_last_certificate),
		cmocka_unit_test(demotion_leaves_what_was_certified),
		cmocka_unit_test(without_a_certificate_demotion_takes_everything_back),
		cmocka_unit_test(a_lookback_that_was_learned_is_forgotten_again),
		cmocka_unit_test(what_comes_too_late_again_keeps_the_lookback),
		cmocka_unit_test(what_is_later_than_any_lookback_teaches_nothing),
		cmocka_unit_test(reasons_have_names_that_lead_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
