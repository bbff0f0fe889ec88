/* SPDX-License-Identifier: MIT */
/* What a cycle costs, and how often the quota bears one: the figures that the documents promise. */
#include "unit.h"

#include "plan.h"

#define MINUTE (60 * USEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW (INT64_C(1000000) * USEC_PER_SEC)

/* A workspace of so many conversations whose order is proven. */
static struct workspace_state workspace(int64_t total, enum order order)
{
	return (struct workspace_state){ .watermark = NOW,
					 .complete_as_of = NOW,
					 .active_as_of = NOW,
					 .certified_at = NOW,
					 .tried_at = TIME_NONE,
					 .lookback = 2 * MINUTE,
					 .largest_total = total,
					 .last_total = total,
					 .per_page = PER_PAGE_MOST,
					 .order = order };
}

static struct plan_cost cost(enum strategy strategy, int64_t total, enum order order,
			     int64_t changed)
{
	struct workspace_state state = workspace(total, order);
	struct plan_facts facts = { .unresolved = 600, .changed = changed, .usable = 48 };

	return plan_cost(strategy, &state, &facts);
}

static const int64_t totals[] = { 1000, 50000, 1000000 };

static void
an_incremental_cycle_takes_one_request_and_one_more_for_each_hundred_changes(void **fixture)
{
	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++)
		for (int64_t n = 0; n < 196; n++)
			assert_int_equal(
				cost(STRATEGY_HEAD_SCAN, totals[i], ORDER_UPDATED_DESC, n).least,
				1 + n / 100);
}

static void pages_that_overlap_cost_a_sixth_more_when_much_has_changed(void **fixture)
{
	(void)fixture;
	for (int64_t n = 196; n < 20000; n += 7) {
		int64_t least = cost(STRATEGY_HEAD_SCAN, 1000000, ORDER_UPDATED_DESC, n).least;

		assert_true(least >= 1 + n / 100);
		assert_true(least <= 2 + n / 100 * 7 / 6);
	}
}

static void several_pages_may_be_closed_by_another(void **fixture)
{
	(void)fixture;
	assert_int_equal(cost(STRATEGY_HEAD_SCAN, 50000, ORDER_UPDATED_DESC, 30).most, 1);
	assert_int_equal(cost(STRATEGY_HEAD_SCAN, 50000, ORDER_UPDATED_DESC, 150).most, 3);
}

static void ascending_it_takes_one_more_and_one_where_the_last_page_must_be_found(void **fixture)
{
	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		struct plan_cost full_last =
			cost(STRATEGY_TAIL_SCAN, totals[i], ORDER_UPDATED_ASC, 30);
		struct plan_cost short_last =
			cost(STRATEGY_TAIL_SCAN, totals[i] + 5, ORDER_UPDATED_ASC, 30);

		assert_int_equal(full_last.least, 1);
		assert_int_equal(full_last.most, 2);
		assert_int_equal(short_last.least, 2);
		assert_int_equal(short_last.most, 4);
	}
}

static void one_page_and_an_audit_that_agrees_cost_the_same_in_any_workspace(void **fixture)
{
	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		assert_int_equal(cost(STRATEGY_COUNT_AUDIT, totals[i], ORDER_UNKNOWN, 30).most, 5);
		assert_int_equal(cost(STRATEGY_COUNT_AUDIT, totals[i], ORDER_UPDATED_DESC, 30).most,
				 5);
	}
	assert_int_equal(cost(STRATEGY_ONE_PAGE, 80, ORDER_UNKNOWN, 3).most, 1);
}

static void a_full_sweep_takes_its_pages_and_one_in_a_hundred_more(void **fixture)
{
	static const enum order forwards[] = { ORDER_UNKNOWN, ORDER_UPDATED_DESC,
					       ORDER_CREATED_DESC };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		int64_t pages = totals[i] / 100;

		for (size_t o = 0; o < ARRAY_SIZE(forwards); o++) {
			struct plan_cost c =
				cost(STRATEGY_FULL_SWEEP, totals[i] - 1, forwards[o], 30);

			assert_int_equal(c.least, pages);
			assert_int_equal(c.most, pages + (pages + 99) / 100);
			/* A last page that is full may have been cut there: it is looked behind. */
			c = cost(STRATEGY_FULL_SWEEP, totals[i], forwards[o], 30);
			assert_int_equal(c.least, pages + 1);
			assert_int_equal(c.most, pages + (pages + 99) / 100 + 1);
		}
		/* From the last page, which may have to be found. */
		assert_int_equal(
			cost(STRATEGY_FULL_SWEEP, totals[i] - 1, ORDER_UPDATED_ASC, 30).most,
			pages + (pages + 99) / 100 + 1);
	}
}

/* Fewer are counted than held; and statuses that were more than the whole are counted again. */
static void a_full_sweep_asks_for_what_is_held_and_not_counted(void **fixture)
{
	struct workspace_state state = workspace(1440, ORDER_UNKNOWN);
	struct plan_facts facts = { .unresolved = 60, .usable = 48 };
	int64_t quiet = plan_cost(STRATEGY_FULL_SWEEP, &state, &facts).most;

	(void)fixture;
	state.live = 1500;
	assert_int_equal(plan_cost(STRATEGY_FULL_SWEEP, &state, &facts).most,
			 quiet + 2 * 60 + 1 + 5);
	state.live = 15000;
	assert_int_equal(plan_cost(STRATEGY_FULL_SWEEP, &state, &facts).most,
			 quiet + 2 * 150 + (150 + IDS_MOST - 1) / IDS_MOST + 5);
	state.live = 1440;
	state.unproven = UNPROVEN_PARTS;
	assert_int_equal(plan_cost(STRATEGY_FULL_SWEEP, &state, &facts).most, quiet + 15);
}

/* 20,000 conversations by id, 600 of them not resolved, 25 changed. */
static void a_hot_cycle_costs_the_hot_pages_a_count_and_a_get_for_each_that_left(void **fixture)
{
	struct plan_cost c = cost(STRATEGY_UNRESOLVED_SCAN, 20000, ORDER_UNKNOWN, 25);

	(void)fixture;
	assert_true(c.least <= 12);
	assert_true(c.most <= 16 + 25);
	assert_true(c.most >= 25 + 7 + 1);
}

static void so_many_requests_take_so_long_under_the_quota(void **fixture)
{
	struct plan_cost c = cost(STRATEGY_FULL_SWEEP, 49999, ORDER_UNKNOWN, 0);

	(void)fixture;
	assert_int_equal(c.most, 505);
	assert_int_equal(c.usec, 505 * MINUTE / 48);
}

/* ---- freshness ----------------------------------------------------------- */

static int64_t interval(int64_t total, enum order order, int usable, int64_t verify)
{
	struct workspace_state state = workspace(total, order);
	struct plan_facts facts = { .unresolved = 600, .changed = 30, .usable = usable };

	return plan_interval(&state, &facts, verify);
}

static void the_interval_leaves_room_for_audits_and_a_full_sweep_a_day(void **fixture)
{
	/* 505 for the sweep and 96 audits of 5; the rest of 48 a minute is for cycles of 1. */
	int64_t left = 48 * 24 * 60 - 505 - 96 * 5;
	int64_t got = interval(49999, ORDER_UPDATED_DESC, 48, 15 * MINUTE);

	(void)fixture;
	assert_in_range(got, DAY / left - 2, DAY / left + 2);
}

static void what_does_not_fit_at_all_has_no_interval(void **fixture)
{
	(void)fixture;
	assert_true(interval(20000000, ORDER_UPDATED_DESC, 48, 15 * MINUTE) == TIME_NEVER);
	assert_true(interval(50000, ORDER_UPDATED_DESC, 1, MINUTE) == TIME_NEVER);
}

static void cycles_at_that_interval_fit_under_the_quota(void **fixture)
{
	static const int quotas[] = { 12, 48, 480 };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(quotas); i++) {
		for (enum order o = ORDER_UNKNOWN; o < ORDERS; o++) {
			int64_t every = interval(50000, o, quotas[i], 15 * MINUTE);
			enum strategy s = o == ORDER_UPDATED_DESC  ? STRATEGY_HEAD_SCAN
					  : o == ORDER_UPDATED_ASC ? STRATEGY_TAIL_SCAN
								   : STRATEGY_UNRESOLVED_SCAN;
			int64_t sum = DAY / every * cost(s, 50000, o, 30).most + 96 * 5 +
				      cost(STRATEGY_FULL_SWEEP, 50000, o, 30).most;

			assert_true(sum <= (int64_t)quotas[i] * 24 * 60 * 1001 / 1000);
		}
	}
}

/* ---- which strategy -------------------------------------------------------- */

static void the_order_says_how_to_go_about_it(void **fixture)
{
	static const struct {
		int64_t total;
		enum order order;
		enum strategy strategy;
	} table[] = {
		{ 99, ORDER_UNKNOWN, STRATEGY_ONE_PAGE },
		{ 99, ORDER_UPDATED_ASC, STRATEGY_ONE_PAGE },
		/* A full page may have been cut there. */
		{ 100, ORDER_UNKNOWN, STRATEGY_UNRESOLVED_SCAN },
		{ 100, ORDER_UPDATED_ASC, STRATEGY_TAIL_SCAN },
		{ 101, ORDER_UPDATED_DESC, STRATEGY_HEAD_SCAN },
		{ 101, ORDER_UPDATED_ASC, STRATEGY_TAIL_SCAN },
		{ 101, ORDER_CREATED_DESC, STRATEGY_UNRESOLVED_SCAN },
		{ 101, ORDER_CREATED_ASC, STRATEGY_UNRESOLVED_SCAN },
		{ 101, ORDER_UNKNOWN, STRATEGY_UNRESOLVED_SCAN },
	};
	struct engine_conf conf = { .kind = CYCLE_INCREMENTAL, .now = NOW };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct workspace_state state = workspace(table[i].total, table[i].order);

		assert_int_equal(plan_strategy(&state, &conf), table[i].strategy);
	}
}

static void every_doubt_becomes_a_full_sweep(void **fixture)
{
	struct workspace_state state = workspace(5000, ORDER_UPDATED_DESC);
	struct engine_conf conf = { .kind = CYCLE_INCREMENTAL, .now = NOW };

	(void)fixture;
	for (enum full_reason r = FULL_FIRST_LOAD; r < FULL_REASONS; r++) {
		state.needs_full = r;
		assert_int_equal(plan_strategy(&state, &conf),
				 r == FULL_UNCERTIFIED ? STRATEGY_HEAD_SCAN : STRATEGY_FULL_SWEEP);
	}
}

static void one_that_proved_nothing_is_tried_again_later_each_time(void **fixture)
{
	struct workspace_state state = workspace(5000, ORDER_UNKNOWN);
	struct engine_conf conf = { .kind = CYCLE_INCREMENTAL };
	int64_t last = 0;

	(void)fixture;
	assert_true(plan_retry(&state) == TIME_NONE);
	state.tried_at = NOW;
	state.needs_full = FULL_DEMOTED;
	for (state.uncertified = 1; state.uncertified < 20; state.uncertified++) {
		int64_t wait = plan_retry(&state) - NOW;

		/* A few times soon, so that a busy list finds its moment; then later each time. */
		if (state.uncertified <= 4)
			assert_true(wait >= 2 * MINUTE && wait < 10 * MINUTE);
		else
			assert_true(wait == 10 * MINUTE || wait == 2 * last || wait == DAY);
		last = wait;
		conf.now = NOW + wait - 1;
		assert_int_equal(plan_strategy(&state, &conf), STRATEGY_UNRESOLVED_SCAN);
		conf.now = NOW + wait;
		assert_int_equal(plan_strategy(&state, &conf), STRATEGY_FULL_SWEEP);
	}
	assert_true(last == DAY);
}

/* What a hinted cycle does about N hints. */
static enum strategy hinted_by(int64_t total, enum order order, int n, bool more)
{
	struct workspace_state state = workspace(total, order);
	struct engine_conf conf = {
		.kind = CYCLE_HINTED, .now = NOW, .n_hinted = n, .more_hinted = more
	};

	return plan_strategy(&state, &conf);
}

static void hints_are_asked_for_where_that_costs_no_more_than_a_cycle(void **fixture)
{
	(void)fixture;
	assert_int_equal(hinted_by(50000, ORDER_UPDATED_DESC, 1, false), STRATEGY_HINTED);
	assert_int_equal(hinted_by(50000, ORDER_UPDATED_DESC, 2, false), STRATEGY_HEAD_SCAN);
	assert_int_equal(hinted_by(50001, ORDER_UPDATED_ASC, 2, false), STRATEGY_HINTED);
	assert_int_equal(hinted_by(50001, ORDER_UPDATED_ASC, 3, false), STRATEGY_TAIL_SCAN);
	assert_int_equal(hinted_by(50000, ORDER_UNKNOWN, 5, false), STRATEGY_HINTED);
	assert_int_equal(hinted_by(50000, ORDER_UNKNOWN, 6, false), STRATEGY_UNRESOLVED_SCAN);
	/* A list of one page tells all that a conversation would. */
	assert_int_equal(hinted_by(50, ORDER_UNKNOWN, 1, false), STRATEGY_ONE_PAGE);
}

static void what_an_unresolved_scan_costs_the_last_one_told(void **fixture)
{
	struct workspace_state state = workspace(50000, ORDER_UNKNOWN);
	struct engine_conf conf = {
		.kind = CYCLE_HINTED, .now = NOW, .n_hinted = 12, .usual_cost = 12
	};

	(void)fixture;
	assert_int_equal(plan_strategy(&state, &conf), STRATEGY_HINTED);
	conf.n_hinted = 13;
	assert_int_equal(plan_strategy(&state, &conf), STRATEGY_UNRESOLVED_SCAN);
}

static void where_there_were_more_hints_a_cycle_reads_what_has_changed(void **fixture)
{
	(void)fixture;
	assert_int_equal(hinted_by(50000, ORDER_UPDATED_DESC, 0, true), STRATEGY_HEAD_SCAN);
	assert_int_equal(hinted_by(50000, ORDER_UNKNOWN, 1, true), STRATEGY_UNRESOLVED_SCAN);
}

static void a_hint_does_not_begin_a_full_sweep_that_is_dearer(void **fixture)
{
	struct workspace_state state = workspace(50000, ORDER_UPDATED_DESC);
	struct engine_conf conf = { .kind = CYCLE_HINTED, .now = NOW, .n_hinted = 100 };

	(void)fixture;
	state.needs_full = FULL_DEMOTED;
	assert_int_equal(plan_strategy(&state, &conf), STRATEGY_HINTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hints_are_asked_for_where_that_costs_no_more_than_a_cycle),
		cmocka_unit_test(what_an_unresolved_scan_costs_the_last_one_told),
		cmocka_unit_test(where_there_were_more_hints_a_cycle_reads_what_has_changed),
		cmocka_unit_test(a_hint_does_not_begin_a_full_sweep_that_is_dearer),
		cmocka_unit_test(
			an_incremental_cycle_takes_one_request_and_one_more_for_each_hundred_changes),
		cmocka_unit_test(pages_that_overlap_cost_a_sixth_more_when_much_has_changed),
		cmocka_unit_test(several_pages_may_be_closed_by_another),
		cmocka_unit_test(
			ascending_it_takes_one_more_and_one_where_the_last_page_must_be_found),
		cmocka_unit_test(one_page_and_an_audit_that_agrees_cost_the_same_in_any_workspace),
		cmocka_unit_test(a_full_sweep_takes_its_pages_and_one_in_a_hundred_more),
		cmocka_unit_test(a_full_sweep_asks_for_what_is_held_and_not_counted),
		cmocka_unit_test(
			a_hot_cycle_costs_the_hot_pages_a_count_and_a_get_for_each_that_left),
		cmocka_unit_test(so_many_requests_take_so_long_under_the_quota),
		cmocka_unit_test(the_interval_leaves_room_for_audits_and_a_full_sweep_a_day),
		cmocka_unit_test(what_does_not_fit_at_all_has_no_interval),
		cmocka_unit_test(cycles_at_that_interval_fit_under_the_quota),
		cmocka_unit_test(the_order_says_how_to_go_about_it),
		cmocka_unit_test(every_doubt_becomes_a_full_sweep),
		cmocka_unit_test(one_that_proved_nothing_is_tried_again_later_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
