/* SPDX-License-Identifier: MIT */
/* What changed, read from the fresh end, and when it is believed. */
#include "unit.h"

#include <string.h>

#include "scan.h"

#define SECOND USEC_PER_SEC
#define NOW (INT64_C(1000000) * SECOND)
#define LOOKBACK (120 * SECOND)

static struct scan scan;
static struct workspace_state state;
static struct page page;
static struct action action;

/* 1,000 conversations, of which N have changed since the watermark; newest first, ten seconds apart. */
static int total, changed;

static void begin(int n)
{
	total = 1000;
	changed = n;
	state = (struct workspace_state){ .watermark = NOW - 1000 * SECOND,
					  .complete_as_of = NOW - 1000 * SECOND,
					  .active_as_of = NOW - 1000 * SECOND,
					  .certified_at = NOW - 90000 * SECOND,
					  .lookback = LOOKBACK,
					  .last_total = total,
					  .per_page = 100,
					  .order = ORDER_UPDATED_DESC };
	scan_begin(&scan, &state, 0);
}

/* Those that have changed did so before the lookback; all others before the floor. */
static struct row row(int i)
{
	int64_t age = i < changed ? LOOKBACK + i * SECOND : 2000 * SECOND + i * SECOND;

	return (struct row){ .id = (uint64_t)i + 1,
			     .created_at = NOW - (90000 + i * 37 % 97) * SECOND,
			     .updated_at = NOW - age };
}

static enum action_kind next(void)
{
	action = (struct action){ .kind = ACTION_WAIT };
	scan_next(&scan, &state, false, &action);
	return action.kind;
}

/* Answers the list request that is wanted, of a list that begins with row FIRST. */
static void answer_page(int first)
{
	int from = (action.request.page - 1) * action.request.per_page;

	page = (struct page){ .date = NOW,
			      .total = total,
			      .page = action.request.page,
			      .per_page = action.request.per_page };
	for (int i = from; i < from + action.request.per_page && i < total; i++)
		page.rows[page.n++] = row(first + i);
	scan_page(&scan, &state, &page);
}

static void expect_question(int64_t live, int unseen, int fresh)
{
	struct answer answer = {
		.n = { unseen, fresh }, .ids = unseen, .control = true, .live = live
	};

	assert_int_equal(next(), ACTION_ASK);
	assert_int_equal(action.ask.kind, ASK_UNSEEN);
	scan_answer(&scan, &state, &answer);
}

static void expect_end(enum verdict verdict)
{
	assert_int_equal(next(), ACTION_COMMIT);
	assert_true(action.last);
	assert_int_equal(action.verdict, verdict);
	scan_committed(&scan, &state, NULL);
	assert_int_equal(next(), ACTION_DONE);
	assert_int_equal(action.verdict, verdict);
}

static void one_page_that_is_old_enough_is_all(void **fixture)
{
	(void)fixture;
	begin(30);
	assert_int_equal(next(), ACTION_SEND);
	assert_int_equal(action.request.page, 1);
	answer_page(0);
	expect_question(1000, 0, 0);
	assert_true(action.ask.with_page);
	expect_end(VERDICT_COMPLETE);
	assert_true(state.complete_as_of == NOW - LOOKBACK);
	assert_true(state.active_as_of == NOW - LOOKBACK);
	assert_true(state.watermark == NOW - LOOKBACK);
	assert_false(state.audit_due);
}

/* What is new may be late, and what that teaches has to be stored. */
static void what_is_new_on_the_page_is_committed_before_the_end(void **fixture)
{
	(void)fixture;
	begin(30);
	assert_int_equal(next(), ACTION_SEND);
	answer_page(0);
	expect_question(999, 0, 1);
	assert_int_equal(next(), ACTION_COMMIT);
	assert_false(action.last);
	scan_committed(&scan, &state, NULL);
	expect_question(1000, 0, 0);
	assert_false(action.ask.with_page);
	expect_end(VERDICT_COMPLETE);
	assert_false(state.audit_due);
}

/* The count that is wanted: a quarter of ALL, or all. */
static void answer_count(int64_t all, int number)
{
	assert_int_equal(next(), ACTION_SEND);
	assert_int_equal(action.request.per_page, 1);
	page = (struct page){ .date = NOW, .total = number < 4 ? all / 4 : all };
	scan_page(&scan, &state, &page);
}

/* A list whose parts are more than it says that it has does not show all. */
static void parts_that_are_more_than_the_whole_take_the_proof_back(void **fixture)
{
	(void)fixture;
	begin(30);
	state.complete_as_of = NOW - 500 * SECOND;
	assert_int_equal(next(), ACTION_SEND);
	answer_page(0);
	expect_question(1001, 0, 0);
	for (int counts = 0; counts < 15; counts++)
		answer_count(counts % 5 < 4 ? 1004 : 1000, counts % 5);
	expect_end(VERDICT_UNEXPLAINED);
	assert_int_equal(state.unproven, UNPROVEN_PARTS);
	assert_int_equal(state.needs_full, FULL_UNEXPLAINED);
	assert_true(state.complete_as_of == state.certified_at);
}

/* The page is one moment, so its total is what must be held. */
static void the_total_is_a_free_check(void **fixture)
{
	static const struct {
		int64_t live;
		enum verdict verdict;
	} table[] = { { 999, VERDICT_UNEXPLAINED }, { 1001, VERDICT_COMPLETE } };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin(30);
		assert_int_equal(next(), ACTION_SEND);
		answer_page(0);
		expect_question(table[i].live, 0, 0);
		/* Of fewer, some are gone, or are what the list does not show: statuses are counted. */
		for (int counts = 0; table[i].live > total && counts < 5; counts++)
			answer_count(1000, counts);
		expect_end(table[i].verdict);
		assert_true(state.audit_due);
		assert_int_equal(state.complete_as_of == NOW - LOOKBACK,
				 table[i].verdict == VERDICT_COMPLETE);
	}
}

static void many_changes_take_a_page_for_each_hundred(void **fixture)
{
	int pages = 0;

	(void)fixture;
	begin(150);
	while (next() == ACTION_SEND) {
		answer_page(0);
		pages++;
	}
	assert_int_equal(pages, 2);
	assert_int_equal(action.kind, ACTION_COMMIT);
	scan_committed(&scan, &state, NULL);
	expect_question(1000, 0, 0);
	assert_false(action.ask.with_page);
	/* Nothing moved, so nothing has to be closed. */
	expect_end(VERDICT_COMPLETE);
}

static void a_scan_under_which_rows_moved_is_closed_by_another(void **fixture)
{
	int pages = 0;

	(void)fixture;
	begin(150);
	while (next() == ACTION_SEND) {
		total = pages ? 1001 : 1000;
		answer_page(pages ? -1 : 0);
		pages++;
	}
	assert_int_equal(action.kind, ACTION_COMMIT);
	scan_committed(&scan, &state, NULL);
	state.live = 1001;
	expect_question(1001, 0, 0);
	assert_int_equal(scan.step, SCAN_CLOSE);
	assert_int_equal(next(), ACTION_SEND);
	answer_page(-1);
	assert_int_equal(next(), ACTION_COMMIT);
	scan_committed(&scan, &state, NULL);
	expect_question(1001, 0, 0);
	assert_true(action.ask.before == NOW - LOOKBACK);
	assert_int_equal(action.ask.scan, 2);
	expect_end(VERDICT_COMPLETE);
}

/* Which it withholds, though it has not changed since before the start. */
static void what_the_list_withholds_demotes_it(void **fixture)
{
	static const struct {
		int64_t updated_at;
		enum verdict verdict;
	} table[] = {
		{ NOW - 500 * SECOND, VERDICT_DEMOTED },
		{ NOW - LOOKBACK, VERDICT_DEMOTED },
		/* It has changed just now. */
		{ NOW - LOOKBACK + 1, VERDICT_COMPLETE },
		/* An older copy than the one held, from a machine that is behind. */
		{ NOW - 80000 * SECOND, VERDICT_COMPLETE },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin(30);
		assert_int_equal(next(), ACTION_SEND);
		answer_page(0);
		expect_question(1000, 1, 0);
		assert_int_equal(next(), ACTION_SEND);
		assert_int_equal(action.request.kind, REQUEST_GET);
		scan_item(&scan, &state, ITEM_HERE, table[i].updated_at);
		expect_end(table[i].verdict);
		assert_int_equal(state.order, table[i].verdict == VERDICT_DEMOTED
						      ? ORDER_UNKNOWN
						      : ORDER_UPDATED_DESC);
	}
}

static void one_that_is_gone_is_deleted_and_explains_the_total(void **fixture)
{
	(void)fixture;
	begin(30);
	total = 999;
	assert_int_equal(next(), ACTION_SEND);
	answer_page(0);
	expect_question(1000, 1, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(next(), ACTION_SEND);
		assert_int_equal(action.request.item, i == 1 ? 1 : 0);
		scan_item(&scan, &state, i == 1 ? ITEM_HERE : ITEM_GONE, TIME_NONE);
	}
	assert_int_equal(next(), ACTION_COMMIT);
	assert_true(scan_deletes(&scan, 0));
	assert_int_equal(action.verdict, VERDICT_COMPLETE);
	assert_false(state.audit_due);
}

static void more_of_them_than_could_be_chance_want_a_full_sweep(void **fixture)
{
	(void)fixture;
	begin(30);
	assert_int_equal(next(), ACTION_SEND);
	answer_page(0);
	expect_question(1000, 21, 0);
	expect_end(VERDICT_UNEXPLAINED);
	assert_int_equal(state.needs_full, FULL_UNEXPLAINED);
	assert_true(state.complete_as_of == NOW - 1000 * SECOND);
}

static void a_page_out_of_order_is_read_again_and_demotes(void **fixture)
{
	(void)fixture;
	begin(30);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(next(), ACTION_SEND);
		page = (struct page){ .date = NOW, .total = 1000, .page = 1, .per_page = 100 };
		for (int k = 0; k < 100; k++)
			page.rows[page.n++] = row(999 - k);
		scan_page(&scan, &state, &page);
	}
	expect_end(VERDICT_DEMOTED);
	assert_true(state.complete_as_of == NOW - 90000 * SECOND);
	assert_int_equal(state.needs_full, FULL_DEMOTED);
}

static void without_a_date_no_instant_moves(void **fixture)
{
	(void)fixture;
	begin(30);
	assert_int_equal(next(), ACTION_SEND);
	page = (struct page){ .date = TIME_NONE, .total = 1000, .page = 1, .per_page = 100 };
	for (int i = 0; i < 100; i++)
		page.rows[page.n++] = row(i);
	scan_page(&scan, &state, &page);
	expect_question(1000, 0, 0);
	expect_end(VERDICT_UNEXPLAINED);
	assert_true(state.complete_as_of == NOW - 1000 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_page_that_is_old_enough_is_all),
		cmocka_unit_test(what_is_new_on_the_page_is_committed_before_the_end),
		cmocka_unit_test(the_total_is_a_free_check),
		cmocka_unit_test(parts_that_are_more_than_the_whole_take_the_proof_back),
		cmocka_unit_test(many_changes_take_a_page_for_each_hundred),
		cmocka_unit_test(a_scan_under_which_rows_moved_is_closed_by_another),
		cmocka_unit_test(what_the_list_withholds_demotes_it),
		cmocka_unit_test(one_that_is_gone_is_deleted_and_explains_the_total),
		cmocka_unit_test(more_of_them_than_could_be_chance_want_a_full_sweep),
		cmocka_unit_test(a_page_out_of_order_is_read_again_and_demotes),
		cmocka_unit_test(without_a_date_no_instant_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
