/* SPDX-License-Identifier: MIT */
/* What is not resolved, what has left it, and what that costs. */
#include "unit.h"

#include <string.h>

#include "unresolved_scan.h"

#define SECOND USEC_PER_SEC
#define NOW (INT64_C(1000000) * SECOND)
#define LOOKBACK (120 * SECOND)

static struct unresolved_scan unresolved_scan;
static struct workspace_state state;
static struct page page;
static struct action action;
static int64_t totals[COUNTS]; /* by status, few enough for one page each, but the resolved */

static void begin(enum order order, int64_t resolved)
{
	state = (struct workspace_state){ .watermark = NOW - 1000 * SECOND,
					  .complete_as_of = NOW - 1000 * SECOND,
					  .active_as_of = NOW - 1000 * SECOND,
					  .certified_at = NOW - 1000 * SECOND,
					  .lookback = LOOKBACK,
					  .last_total = 60 + resolved,
					  .per_page = 100,
					  .order = order };
	totals[STATUS_OPEN] = 30;
	totals[STATUS_PENDING] = 20;
	totals[STATUS_SNOOZED] = 10;
	totals[STATUS_RESOLVED] = resolved;
	totals[STATUS_ANY] = 60 + resolved;
	unresolved_scan_begin(&unresolved_scan, &state, 0);
}

/* The next thing that it wants; list requests are answered on the way, and counted. */
static enum action_kind next(int *lists)
{
	for (*lists = 0;; ++*lists) {
		int from;

		action = (struct action){ .kind = ACTION_WAIT };
		unresolved_scan_next(&unresolved_scan, &state, false, &action);
		if (action.kind != ACTION_SEND || action.request.kind == REQUEST_GET)
			return action.kind;
		from = (action.request.page - 1) * action.request.per_page;
		page = (struct page){ .date = NOW,
				      .total = totals[action.request.filter.status],
				      .page = action.request.page,
				      .per_page = action.request.per_page };
		for (int i = from; i < from + action.request.per_page && i < page.total; i++)
			page.rows[page.n++] = (struct row){
				.id = (uint64_t)action.request.filter.status * 100000 + (uint64_t)i,
				.created_at = NOW - (90000 + i * 10) * SECOND,
				.updated_at = NOW - (80000 + i * 37 % 97) * SECOND,
			};
		unresolved_scan_page(&unresolved_scan, &state, &page);
	}
}

static void commit(int changed)
{
	struct tally tally = { .changed = changed };

	assert_int_equal(action.kind, ACTION_COMMIT);
	unresolved_scan_committed(&unresolved_scan, &state, &tally);
}

static void answer_leavers(int64_t n, int ids)
{
	struct answer answer = { .n = { n }, .ids = ids, .control = true, .live = 1000 };

	assert_int_equal(action.kind, ACTION_ASK);
	assert_int_equal(action.ask.kind, ASK_LEAVERS);
	unresolved_scan_answer(&unresolved_scan, &state, &answer);
}

static void expect_end(const int64_t held[COUNTS], enum verdict verdict)
{
	struct answer answer = { .live = 1000 };
	int lists;

	assert_int_equal(next(&lists), ACTION_ASK);
	assert_int_equal(action.ask.kind, ASK_COUNTS);
	memcpy(answer.counts, held, sizeof(answer.counts));
	unresolved_scan_answer(&unresolved_scan, &state, &answer);
	assert_int_equal(next(&lists), ACTION_COMMIT);
	assert_true(action.last);
	assert_int_equal(action.verdict, verdict);
	commit(0);
	assert_int_equal(next(&lists), ACTION_DONE);
}

static void three_lists_and_two_counts_when_nothing_has_changed(void **fixture)
{
	int lists;

	(void)fixture;
	begin(ORDER_UNKNOWN, 20000);
	assert_int_equal(next(&lists), ACTION_COMMIT);
	assert_int_equal(lists, 5);
	commit(0);
	assert_int_equal(next(&lists), ACTION_ASK);
	answer_leavers(0, 0);
	expect_end(totals, VERDICT_ACTIVE);
	assert_true(state.active_as_of == NOW - LOOKBACK);
	/* It cannot have seen resolved ones that change. */
	assert_true(state.complete_as_of == NOW - 1000 * SECOND);
	assert_true(state.watermark == NOW - 1000 * SECOND);
	assert_false(state.audit_due);
}

static void in_a_list_by_creation_the_new_ones_are_read_too(void **fixture)
{
	int lists;

	(void)fixture;
	begin(ORDER_CREATED_DESC, 20000);
	assert_int_equal(next(&lists), ACTION_COMMIT);
	assert_int_equal(lists, 6);
}

static void each_that_left_is_asked_for(void **fixture)
{
	int lists;

	(void)fixture;
	begin(ORDER_UNKNOWN, 20000);
	assert_int_equal(next(&lists), ACTION_COMMIT);
	commit(0);
	assert_int_equal(next(&lists), ACTION_ASK);
	answer_leavers(25, 25);
	for (int i = 0; i < 25; i++) {
		assert_int_equal(next(&lists), ACTION_SEND);
		assert_int_equal(action.request.item, i);
		unresolved_scan_item(&unresolved_scan, &state, ITEM_HERE, TIME_NONE);
	}
	assert_int_equal(next(&lists), ACTION_COMMIT);
	commit(25);
	assert_int_equal(next(&lists), ACTION_ASK);
	answer_leavers(0, 0);
	expect_end(totals, VERDICT_ACTIVE);
}

static void where_many_left_all_that_is_resolved_is_read_when_that_is_cheaper(void **fixture)
{
	int lists;

	(void)fixture;
	begin(ORDER_UNKNOWN, 700);
	assert_int_equal(next(&lists), ACTION_COMMIT);
	commit(0);
	assert_int_equal(next(&lists), ACTION_ASK);
	answer_leavers(90, 90);
	assert_int_equal(next(&lists), ACTION_COMMIT);
	assert_in_range(lists, 7, 9);
	commit(88);
	/* Two are not among them; once is enough. */
	assert_int_equal(next(&lists), ACTION_ASK);
	answer_leavers(20, 20);
	assert_int_equal(next(&lists), ACTION_SEND);
	assert_int_equal(action.request.kind, REQUEST_GET);
}

static void totals_that_differ_though_nothing_changed_want_an_audit(void **fixture)
{
	int64_t held[COUNTS];
	int lists;

	(void)fixture;
	for (int changed = 0; changed < 2; changed++) {
		begin(ORDER_UNKNOWN, 20000);
		memcpy(held, totals, sizeof(held));
		held[STATUS_PENDING]++;
		held[STATUS_ANY]++;
		assert_int_equal(next(&lists), ACTION_COMMIT);
		commit(changed);
		assert_int_equal(next(&lists), ACTION_ASK);
		answer_leavers(0, 0);
		expect_end(held, VERDICT_ACTIVE);
		assert_int_equal(state.audit_due, !changed);
	}
}

/* Filters that show fewer than there are: before it and after it, and but for unknown statuses. */
static void lists_that_leave_some_out_claim_nothing(void **fixture)
{
	static const struct {
		int before, after, held, unknown;
		enum verdict verdict;
	} rows[] = {
		{ 0, 0, 0, 0, VERDICT_ACTIVE }, { 3, 3, 3, 0, VERDICT_UNEXPLAINED },
		{ 3, 3, 3, 3, VERDICT_ACTIVE }, { 3, 3, 3, 2, VERDICT_UNEXPLAINED },
		{ 0, 3, 0, 0, VERDICT_ACTIVE }, { 3, 0, 0, 0, VERDICT_ACTIVE },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t held[COUNTS];
		int lists;

		begin(ORDER_UNKNOWN, 20000);
		memcpy(held, totals, sizeof(held));
		state.last_total += rows[i].before;
		totals[STATUS_ANY] += rows[i].after;
		held[STATUS_ANY] += rows[i].held;
		held[STATUS_OPEN] += rows[i].held - rows[i].unknown;
		assert_int_equal(next(&lists), ACTION_COMMIT);
		commit(1);
		assert_int_equal(next(&lists), ACTION_ASK);
		answer_leavers(0, 0);
		expect_end(held, rows[i].verdict);
		assert_int_equal(state.audit_due, rows[i].verdict == VERDICT_UNEXPLAINED);
	}
}

static void in_a_storm_of_404s_nothing_is_deleted_and_nothing_claimed(void **fixture)
{
	int lists;

	(void)fixture;
	begin(ORDER_UNKNOWN, 20000);
	assert_int_equal(next(&lists), ACTION_COMMIT);
	commit(0);
	assert_int_equal(next(&lists), ACTION_ASK);
	answer_leavers(1, 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(next(&lists), ACTION_SEND);
		unresolved_scan_item(&unresolved_scan, &state, ITEM_GONE, TIME_NONE);
	}
	assert_int_equal(next(&lists), ACTION_COMMIT);
	assert_false(unresolved_scan_deletes(&unresolved_scan, 0));
	commit(0);
	expect_end(totals, VERDICT_UNEXPLAINED);
	assert_true(state.active_as_of == NOW - 1000 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_lists_and_two_counts_when_nothing_has_changed),
		cmocka_unit_test(in_a_list_by_creation_the_new_ones_are_read_too),
		cmocka_unit_test(each_that_left_is_asked_for),
		cmocka_unit_test(where_many_left_all_that_is_resolved_is_read_when_that_is_cheaper),
		cmocka_unit_test(totals_that_differ_though_nothing_changed_want_an_audit),
		cmocka_unit_test(lists_that_leave_some_out_claim_nothing),
		cmocka_unit_test(in_a_storm_of_404s_nothing_is_deleted_and_nothing_claimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
