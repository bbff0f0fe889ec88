/* SPDX-License-Identifier: MIT */
/* The rules of the kinds of cycles fit together. */
#include "unit.h"

#include "cycle_kind.h"

static void every_kind_takes_the_place_of_a_scheduled_one(void **state)
{
	(void)state;
	for (int k = 0; k < CYCLE_KINDS; k++) {
		const struct cycle_rules *rules = cycle_kind((enum cycle_kind)k);

		assert_non_null(rules->name);
		assert_true(rules->scheduled < CYCLE_SCHEDULED);
		assert_true(k >= CYCLE_SCHEDULED || (int)rules->scheduled == k);
	}
}

static void a_kind_either_reads_or_counts(void **state)
{
	(void)state;
	for (int k = 0; k < CYCLE_KINDS; k++) {
		const struct cycle_rules *rules = cycle_kind((enum cycle_kind)k);

		assert_false(rules->everything && rules->counts);
		assert_true(rules->counts || (!rules->look && !rules->settle_first &&
					      !rules->repair && !rules->recall));
	}
}

/* Nobody asked for these: deletions are accepted within the fuse only. */
static void the_schedule_accepts_no_deletions_beyond_the_fuse(void **state)
{
	(void)state;
	for (int k = 0; k < CYCLE_SCHEDULED; k++)
		assert_false(cycle_kind((enum cycle_kind)k)->accept_deletions);
}

static void a_request_names_one_kind(void **state)
{
	static const char *const names[] = { "incremental", "full", "verify", "repair",
					     "full_repair" };
	enum cycle_kind kind;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_true(cycle_kind_of_request(names[i], &kind));
		assert_string_equal(cycle_kind(kind)->request, names[i]);
	}
	assert_true(cycle_kind_of_request("verify", &kind));
	assert_int_equal(kind, CYCLE_SETTLE);
	assert_false(cycle_kind_of_request("look", &kind));
	assert_false(cycle_kind_of_request("first_load", &kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_takes_the_place_of_a_scheduled_one),
		cmocka_unit_test(a_kind_either_reads_or_counts),
		cmocka_unit_test(the_schedule_accepts_no_deletions_beyond_the_fuse),
		cmocka_unit_test(a_request_names_one_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
