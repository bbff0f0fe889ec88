/* SPDX-License-Identifier: MIT */
/* How many had to be shown, and what it means that they were. */
#include "unit.h"

#include "certificate.h"

#define SECOND USEC_PER_SEC
#define START (INT64_C(100000) * SECOND)
#define LOOKBACK (120 * SECOND)

/* A pass over the whole list has ended: 500 rows, of which 7 are recent. */
static struct workspace_state a_pass(enum order order, bool backwards)
{
	struct workspace_state state = { .watermark = TIME_NONE,
					 .complete_as_of = TIME_NONE,
					 .active_as_of = TIME_NONE,
					 .certified_at = TIME_NONE,
					 .lookback = LOOKBACK,
					 .order = order };
	struct sweep *sweep = &state.full.sweep;

	state.full.running = true;
	state.full.pass = 1;
	sweep->plan.backwards = backwards;
	sweep->end = SWEEP_ALL;
	sweep->started = START;
	sweep->first_total = sweep->rows = 500;
	sweep->recent = 7;
	sweep->newest = START - 30 * SECOND;
	sweep->pages = 5;
	return state;
}

/* So many inversions speak against every order but that one. */
static void show(struct evidence *evidence, enum order order, int64_t inversions)
{
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++)
		if (o != order)
			evidence->against[o].inversions = evidence->against[o].pages = inversions;
}

/* Only the response that shows the newest ones tells how many of the rows were too new to count. */
static void recent_ones_are_owed_unless_the_pass_began_where_they_stand(void **fixture)
{
	static const struct {
		enum order order;
		bool backwards;
		int64_t owed;
	} table[] = {
		{ ORDER_UNKNOWN, false, 500 },	    { ORDER_UNKNOWN, true, 500 },
		{ ORDER_UPDATED_DESC, false, 493 }, { ORDER_UPDATED_DESC, true, 500 },
		{ ORDER_CREATED_DESC, false, 493 }, { ORDER_CREATED_ASC, true, 493 },
		{ ORDER_UPDATED_ASC, true, 493 },   { ORDER_UPDATED_ASC, false, 500 },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct workspace_state state = a_pass(table[i].order, table[i].backwards);

		assert_int_equal(certificate_owed(&state), table[i].owed);
	}
}

static void the_pass_itself_may_prove_the_order_it_was_read_in(void **fixture)
{
	struct workspace_state state = a_pass(ORDER_UNKNOWN, false);

	(void)fixture;
	show(&state.full.sweep.watch.evidence, ORDER_CREATED_DESC, 7);
	assert_int_equal(certificate_owed(&state), 500);
	show(&state.full.sweep.watch.evidence, ORDER_CREATED_DESC, 8);
	assert_int_equal(certificate_owed(&state), 493);
	/* An order that this pass contradicts is not relied on. */
	state.order = ORDER_UPDATED_DESC;
	assert_int_equal(certificate_order(&state), ORDER_CREATED_DESC);
}

static void what_counts_was_created_a_lookback_before_the_start(void **fixture)
{
	struct workspace_state state = a_pass(ORDER_UNKNOWN, false);

	(void)fixture;
	assert_true(certificate_before(&state, START) == START - LOOKBACK);
	assert_true(certificate_before(&state, TIME_NONE) == TIME_NONE);
}

static void a_single_whole_page_is_one_moment(void **fixture)
{
	struct workspace_state state = a_pass(ORDER_UNKNOWN, false);

	(void)fixture;
	assert_false(certificate_is_snapshot(&state));
	state.full.sweep.pages = 1;
	assert_true(certificate_is_snapshot(&state));
	state.full.sweep.rows = 499;
	assert_false(certificate_is_snapshot(&state));
	state.full.sweep.rows = 500;
	state.full.pass = 2;
	assert_false(certificate_is_snapshot(&state));
}

static void only_a_list_by_update_that_moved_needs_closing(void **fixture)
{
	(void)fixture;
	for (enum order o = ORDER_UNKNOWN; o < ORDERS; o++) {
		struct workspace_state state = a_pass(o, order_ascending(o));

		assert_false(certificate_needs_closing(&state));
		state.full.sweep.moved = true;
		assert_int_equal(certificate_needs_closing(&state),
				 o != ORDER_UNKNOWN && order_by_update(o));
		state.full.sweep.end = SWEEP_LOST;
		assert_false(certificate_needs_closing(&state));
	}
}

static void a_certificate_raises_the_instants_to_the_start_less_the_lookback(void **fixture)
{
	struct workspace_state state = a_pass(ORDER_UNKNOWN, false);

	(void)fixture;
	state.needs_full = FULL_FIRST_LOAD;
	state.uncertified = 3;
	show(&state.full.sweep.watch.evidence, ORDER_UPDATED_DESC, 20);
	certificate_grant(&state, START);
	assert_int_equal(state.order, ORDER_UPDATED_DESC);
	assert_int_equal(state.needs_full, FULL_NOT_NEEDED);
	assert_int_equal(state.uncertified, 0);
	assert_false(state.full.running);
	assert_true(state.certified_at == START - LOOKBACK);
	assert_true(state.complete_as_of == START - LOOKBACK);
	assert_true(state.active_as_of == START - LOOKBACK);
	/* The newest change on the first page, for the next scan to go down to. */
	assert_true(state.watermark == START - 30 * SECOND);
}

static void instants_never_fall_and_without_a_date_none_moves(void **fixture)
{
	struct workspace_state state = a_pass(ORDER_UNKNOWN, false);

	(void)fixture;
	state.complete_as_of = state.certified_at = state.active_as_of = START + SECOND;
	state.watermark = START + 2 * SECOND;
	certificate_grant(&state, START);
	assert_true(state.complete_as_of == START + SECOND);
	assert_true(state.watermark == START + 2 * SECOND);
	state = a_pass(ORDER_UNKNOWN, false);
	certificate_grant(&state, TIME_NONE);
	assert_true(state.complete_as_of == TIME_NONE);
	assert_true(state.watermark == TIME_NONE);
}

static void without_a_proof_nothing_moves_and_it_is_remembered(void **fixture)
{
	struct workspace_state state = a_pass(ORDER_UNKNOWN, false);

	(void)fixture;
	certificate_deny(&state, UNPROVEN_SHORT);
	assert_int_equal(state.needs_full, FULL_FIRST_LOAD);
	assert_int_equal(state.uncertified, 1);
	assert_true(state.complete_as_of == TIME_NONE);
	state = a_pass(ORDER_UNKNOWN, false);
	state.certified_at = state.complete_as_of = START - 1000 * SECOND;
	certificate_deny(&state, UNPROVEN_SHORT);
	assert_int_equal(state.needs_full, FULL_UNCERTIFIED);
	assert_true(state.complete_as_of == START - 1000 * SECOND);
}

/* Relied on, and contradicted: what was published since the last certificate is taken back. */
static void a_contradiction_takes_back_what_was_published_since_the_last_certificate(void **fixture)
{
	struct workspace_state state = a_pass(ORDER_UPDATED_DESC, false);

	(void)fixture;
	state.certified_at = START - 5000 * SECOND;
	state.complete_as_of = state.watermark = START - 200 * SECOND;
	show(&state.full.sweep.watch.evidence, ORDER_UPDATED_ASC, 9);
	certificate_deny(&state, UNPROVEN_SHORT);
	assert_int_equal(state.order, ORDER_UNKNOWN);
	assert_true(state.complete_as_of == START - 5000 * SECOND);
	assert_true(state.watermark == START - 5000 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recent_ones_are_owed_unless_the_pass_began_where_they_stand),
		cmocka_unit_test(the_pass_itself_may_prove_the_order_it_was_read_in),
		cmocka_unit_test(what_counts_was_created_a_lookback_before_the_start),
		cmocka_unit_test(a_single_whole_page_is_one_moment),
		cmocka_unit_test(only_a_list_by_update_that_moved_needs_closing),
		cmocka_unit_test(a_certificate_raises_the_instants_to_the_start_less_the_lookback),
		cmocka_unit_test(instants_never_fall_and_without_a_date_none_moves),
		cmocka_unit_test(without_a_proof_nothing_moves_and_it_is_remembered),
		cmocka_unit_test(
			a_contradiction_takes_back_what_was_published_since_the_last_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
