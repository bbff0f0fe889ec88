/* SPDX-License-Identifier: MIT */
/* Counts that agree, counts that do not, and where the difference is. */
#include "unit.h"

#include <string.h>

#include "audit.h"

#define SECOND USEC_PER_SEC
#define NOW (INT64_C(1000000) * SECOND)

static struct audit audit;
static struct workspace_state state;
static struct page page;
static struct answer held;
static int64_t api[COUNTS];
static int requests;

/* What the API counts, and what is held: all; open, pending, snoozed, resolved. */
static void begin(const int64_t counts[5], const int64_t ours[5], const struct engine_conf *conf)
{
	state = (struct workspace_state){ .lookback = 120 * SECOND,
					  .last_total = counts[0],
					  .per_page = 100,
					  .order = ORDER_UPDATED_DESC,
					  .certified_at = NOW,
					  .complete_as_of = NOW };
	memset(&held, 0, sizeof(held));
	for (int s = STATUS_ANY; s <= STATUS_RESOLVED; s++) {
		api[s] = counts[s];
		held.counts[s] = ours[s];
	}
	requests = 0;
	audit_begin(&audit, &state, conf);
}

/* The next thing that it wants; requests for counts are answered on the way. */
static enum action_kind next(struct action *action)
{
	for (;;) {
		*action = (struct action){ .kind = ACTION_WAIT };
		audit_next(&audit, &state, false, action);
		if (action->kind != ACTION_SEND || action->request.filter.channel)
			return action->kind;
		page = (struct page){ .date = NOW, .total = api[action->request.filter.status] };
		requests++;
		audit_page(&audit, &state, &page);
	}
}

static void expect_record(enum verdict verdict)
{
	struct action action;

	assert_int_equal(next(&action), ACTION_COMMIT);
	assert_true(action.last);
	assert_int_equal(action.verdict, verdict);
	audit_committed(&audit, &state, NULL);
	assert_int_equal(next(&action), ACTION_DONE);
	assert_int_equal(action.verdict, verdict);
}

static const struct engine_conf plain = { .kind = CYCLE_VERIFY };

static void counts_that_agree_cost_five_requests(void **fixture)
{
	const int64_t counts[5] = { 1000, 30, 20, 10, 940 };
	struct action action;

	(void)fixture;
	begin(counts, counts, &plain);
	state.audit_due = true;
	assert_int_equal(next(&action), ACTION_ASK);
	assert_int_equal(action.ask.kind, ASK_COUNTS);
	assert_true(action.ask.exact);
	assert_int_equal(requests, 5);
	audit_answer(&audit, &state, &held);
	expect_record(VERDICT_EQUAL);
	assert_false(state.audit_due);
}

static void the_first_count_is_a_random_page_deep_in_the_list(void **fixture)
{
	const int64_t counts[5] = { 1000, 30, 20, 10, 940 };
	struct action action = { .kind = ACTION_WAIT };

	(void)fixture;
	for (uint32_t chance = 0; chance < 40; chance++) {
		const struct engine_conf conf = { .kind = CYCLE_VERIFY, .chance = chance };

		begin(counts, counts, &conf);
		action.kind = ACTION_WAIT;
		audit_next(&audit, &state, false, &action);
		assert_int_equal(action.request.per_page, 100);
		assert_in_range(action.request.page, 2, 10);
	}
	/* Where nothing is relied on, nothing has to be witnessed. */
	state.order = ORDER_UNKNOWN;
	audit_begin(&audit, &state, &plain);
	action.kind = ACTION_WAIT;
	audit_next(&audit, &state, false, &action);
	assert_int_equal(action.request.per_page, 1);
}

static void a_deep_page_out_of_order_demotes(void **fixture)
{
	const int64_t counts[5] = { 1000, 30, 20, 10, 940 };
	struct action action = { .kind = ACTION_WAIT };

	(void)fixture;
	begin(counts, counts, &plain);
	state.complete_as_of = NOW + 50 * SECOND;
	audit_next(&audit, &state, false, &action);
	page = (struct page){ .date = NOW + 900 * SECOND, .total = 1000, .n = 2 };
	for (int i = 0; i < 2; i++)
		page.rows[i] = (struct row){ .id = (uint64_t)i + 1,
					     .created_at = SECOND,
					     .updated_at = (10 + i) * SECOND };
	audit_page(&audit, &state, &page);
	assert_int_equal(state.order, ORDER_UNKNOWN);
	assert_true(state.complete_as_of == NOW);
	expect_record(VERDICT_DEMOTED);
}

static void one_who_only_looks_ends_at_the_first_difference_and_writes_nothing(void **fixture)
{
	const int64_t counts[5] = { 1000, 30, 20, 10, 940 }, ours[5] = { 999, 30, 20, 10, 939 };
	const struct engine_conf look = { .kind = CYCLE_LOOK };
	struct action action;

	(void)fixture;
	begin(counts, ours, &look);
	assert_int_equal(next(&action), ACTION_ASK);
	audit_answer(&audit, &state, &held);
	assert_int_equal(next(&action), ACTION_DONE);
	assert_int_equal(action.verdict, VERDICT_DIFFERENT);
}

/* Reads counts and what is held, and goes on to where a cycle of changes is wanted. */
static void read_and_settle(int64_t changes)
{
	struct action action;

	assert_int_equal(next(&action), ACTION_ASK);
	audit_answer(&audit, &state, &held);
	assert_int_equal(next(&action), ACTION_COMMIT);
	assert_false(action.last);
	audit_committed(&audit, &state, NULL);
	assert_int_equal(audit.step, AUDIT_SETTLE);
	audit_settled(&audit, changes);
}

static void what_moved_while_one_counted_is_no_difference(void **fixture)
{
	const int64_t counts[5] = { 1000, 30, 20, 10, 940 }, ours[5] = { 998, 28, 20, 10, 940 };
	struct action action;

	(void)fixture;
	begin(counts, ours, &plain);
	read_and_settle(0);
	/* The second reading differs again, but by no more than the next cycle wrote. */
	read_and_settle(2);
	assert_int_equal(next(&action), ACTION_ASK);
	assert_int_equal(requests, 10);
	audit_answer(&audit, &state, &held);
	expect_record(VERDICT_EQUAL);
}

static void what_could_not_be_loaded_may_be_of_any_status(void **fixture)
{
	const int64_t counts[5] = { 1000, 30, 20, 10, 940 }, ours[5] = { 999, 29, 20, 10, 940 };
	struct action action;

	(void)fixture;
	begin(counts, ours, &plain);
	held.rejected = 1;
	assert_int_equal(next(&action), ACTION_ASK);
	audit_answer(&audit, &state, &held);
	expect_record(VERDICT_EQUAL);
}

/* Answers the count of one part of a cell. */
static void count_part(int channel, int assignee, int64_t total)
{
	struct action action;

	assert_int_equal(next(&action), ACTION_SEND);
	assert_int_equal(action.request.filter.channel, channel);
	assert_int_equal(action.request.filter.assignee, assignee);
	assert_int_equal(action.request.per_page, 1);
	page = (struct page){ .date = NOW, .total = total };
	audit_page(&audit, &state, &page);
}

static void a_difference_is_split_only_until_it_is_explained(void **fixture)
{
	const int64_t counts[5] = { 50001, 30, 20, 10, 49941 };
	const int64_t ours[5] = { 50000, 30, 20, 10, 49940 };
	struct action action;

	(void)fixture;
	begin(counts, ours, &plain);
	read_and_settle(0);
	read_and_settle(0);
	assert_int_equal(next(&action), ACTION_ASK);
	audit_answer(&audit, &state, &held);
	assert_int_equal(next(&action), ACTION_ASK);
	assert_int_equal(action.ask.kind, ASK_CELLS);
	assert_int_equal(action.ask.filter.status, STATUS_RESOLVED);
	/* Three channels: the fullest is counted first, and has the difference. */
	held = (struct answer){ .parts = 3, .held = { 9940, 30000, 10000 } };
	audit_answer(&audit, &state, &held);
	count_part(2, 0, 30001);
	assert_int_equal(next(&action), ACTION_ASK);
	assert_int_equal(action.ask.filter.channel, 2);
	/* Nobody and two agents: the first agent's agrees, the second's does not. */
	held = (struct answer){ .parts = 2, .held = { 0, 20000, 10000 } };
	audit_answer(&audit, &state, &held);
	count_part(2, 1, 20000);
	count_part(2, 2, 10001);
	assert_int_equal(audit.n_found, 1);
	assert_int_equal(audit.found[0].filter.assignee, 2);
	assert_int_equal(audit.found[0].api, 10001);
	assert_int_equal(audit.found[0].held, 10000);
	expect_record(VERDICT_DIFFERENT);
}

static void a_cell_of_one_page_is_not_split(void **fixture)
{
	const int64_t counts[5] = { 1000, 31, 20, 10, 939 }, ours[5] = { 1000, 30, 20, 10, 940 };
	struct action action;

	(void)fixture;
	begin(counts, ours, &plain);
	read_and_settle(0);
	read_and_settle(0);
	assert_int_equal(next(&action), ACTION_ASK);
	audit_answer(&audit, &state, &held);
	held = (struct answer){ .parts = 3, .held = { 300, 300, 340 } };
	for (int cells = 0; cells < 2; cells++) {
		assert_int_equal(next(&action), ACTION_ASK);
		held.parts = action.ask.filter.status == STATUS_OPEN ? 3 : 30;
		audit_answer(&audit, &state, &held);
	}
	assert_int_equal(audit.n_found, 2);
	expect_record(VERDICT_DIFFERENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_that_agree_cost_five_requests),
		cmocka_unit_test(the_first_count_is_a_random_page_deep_in_the_list),
		cmocka_unit_test(a_deep_page_out_of_order_demotes),
		cmocka_unit_test(
			one_who_only_looks_ends_at_the_first_difference_and_writes_nothing),
		cmocka_unit_test(what_moved_while_one_counted_is_no_difference),
		cmocka_unit_test(what_could_not_be_loaded_may_be_of_any_status),
		cmocka_unit_test(a_difference_is_split_only_until_it_is_explained),
		cmocka_unit_test(a_cell_of_one_page_is_not_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
