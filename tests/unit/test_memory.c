/* SPDX-License-Identifier: MIT */
/* What was published rises, and is taken back when it may be untrue. */
#include "unit.h"

#include "memory.h"

#define SECOND USEC_PER_SEC

static const struct memory nothing_known = {
	.watermark = TIME_NONE,
	.complete_as_of = TIME_NONE,
	.active_as_of = TIME_NONE,
	.certified_at = TIME_NONE,
	.lookback = 120 * SECOND,
};

static void what_a_cycle_saw_is_published_less_the_lookback(void **state)
{
	struct memory memory = nothing_known;

	(void)state;
	memory_publish_complete(&memory, 1000 * SECOND);
	assert_int_equal(memory.complete_as_of, 880 * SECOND);
	assert_int_equal(memory.active_as_of, 880 * SECOND);
}

static void the_active_ones_are_published_alone(void **state)
{
	struct memory memory = nothing_known;

	(void)state;
	memory_publish_active(&memory, 1000 * SECOND);
	assert_int_equal(memory.active_as_of, 880 * SECOND);
	assert_int_equal(memory.complete_as_of, TIME_NONE);
}

static void instants_never_fall(void **state)
{
	struct memory memory = nothing_known;

	(void)state;
	memory_publish_complete(&memory, 1000 * SECOND);
	memory_publish_complete(&memory, 900 * SECOND);
	assert_int_equal(memory.complete_as_of, 880 * SECOND);
	memory_publish_active(&memory, 2000 * SECOND);
	memory_publish_complete(&memory, 1500 * SECOND);
	assert_int_equal(memory.complete_as_of, 1380 * SECOND);
	assert_int_equal(memory.active_as_of, 1880 * SECOND);
}

static void a_cycle_whose_beginning_is_unknown_publishes_nothing(void **state)
{
	struct memory memory = nothing_known;

	(void)state;
	memory_publish_complete(&memory, TIME_NONE);
	memory_publish_active(&memory, TIME_NONE);
	assert_int_equal(memory.complete_as_of, TIME_NONE);
	assert_int_equal(memory.active_as_of, TIME_NONE);
}

static void demotion_takes_back_what_came_after_the_last_certificate(void **state)
{
	struct memory memory = nothing_known;

	(void)state;
	memory.order = ORDER_UPDATED_DESC;
	memory.certified_at = 500 * SECOND;
	memory.complete_as_of = 900 * SECOND;
	memory.watermark = 950 * SECOND;
	memory_demote(&memory);
	assert_int_equal(memory.order, ORDER_UNKNOWN);
	assert_int_equal(memory.needs_full, FULL_DEMOTED);
	assert_int_equal(memory.complete_as_of, 500 * SECOND);
	assert_int_equal(memory.watermark, 500 * SECOND);
}

static void demotion_leaves_what_was_certified(void **state)
{
	struct memory memory = nothing_known;

	(void)state;
	memory.certified_at = 500 * SECOND;
	memory.complete_as_of = 380 * SECOND;
	memory.watermark = 400 * SECOND;
	memory_demote(&memory);
	assert_int_equal(memory.complete_as_of, 380 * SECOND);
	assert_int_equal(memory.watermark, 400 * SECOND);
	assert_int_equal(memory.certified_at, 500 * SECOND);
}

static void without_a_certificate_demotion_takes_everything_back(void **state)
{
	struct memory memory = nothing_known;

	(void)state;
	memory.complete_as_of = 380 * SECOND;
	memory.watermark = 400 * SECOND;
	memory_demote(&memory);
	assert_int_equal(memory.complete_as_of, TIME_NONE);
	assert_int_equal(memory.watermark, TIME_NONE);
}

static void reasons_have_names_that_lead_back(void **state)
{
	(void)state;
	for (enum full_reason r = FULL_NOT_NEEDED; r < FULL_REASONS; r++)
		assert_int_equal(memory_reason_parse(memory_reason_name(r)), r);
	assert_string_equal(memory_reason_name(FULL_NOT_NEEDED), "");
	assert_string_equal(memory_reason_name(FULL_FIRST_LOAD), "first_load");
	assert_int_equal(memory_reason_parse("because"), FULL_NOT_NEEDED);
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
		cmocka_unit_test(reasons_have_names_that_lead_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
