/* SPDX-License-Identifier: MIT */
/* How many had to be shown, and what it means that they were. */
#include "unit.h"

#include "certificate.h"

#define SECOND USEC_PER_SEC
#define START (INT64_C(100000) * SECOND)
#define LOOKBACK (120 * SECOND)

/* A pass over the whole list has ended: 500 rows, of which 7 are recent. */
static struct memory a_pass(enum order order, bool backwards)
{
	struct memory memory = { .watermark = TIME_NONE,
				 .complete_as_of = TIME_NONE,
				 .active_as_of = TIME_NONE,
				 .certified_at = TIME_NONE,
				 .lookback = LOOKBACK,
				 .order = order };
	struct sweep *sweep = &memory.full.sweep;

	memory.full.running = true;
	memory.full.pass = 1;
	sweep->plan.backwards = backwards;
	sweep->end = SWEEP_ALL;
	sweep->started = START;
	sweep->first_total = sweep->rows = 500;
	sweep->recent = 7;
	sweep->newest = START - 30 * SECOND;
	sweep->pages = 5;
	return memory;
}

/* So many inversions speak against every order but that one. */
static void show(struct evidence *evidence, enum order order, int64_t inversions)
{
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++)
		if (o != order)
			evidence->against[o].inversions = evidence->against[o].pages = inversions;
}

/* Only the response that shows the newest ones tells how many of the rows were too new to count. */
static void recent_ones_are_owed_unless_the_pass_began_where_they_stand(void **state)
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

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct memory memory = a_pass(table[i].order, table[i].backwards);

		assert_int_equal(certificate_owed(&memory), table[i].owed);
	}
}

static void the_pass_itself_may_prove_the_order_it_was_read_in(void **state)
{
	struct memory memory = a_pass(ORDER_UNKNOWN, false);

	(void)state;
	show(&memory.full.sweep.evidence, ORDER_CREATED_DESC, 7);
	assert_int_equal(certificate_owed(&memory), 500);
	show(&memory.full.sweep.evidence, ORDER_CREATED_DESC, 8);
	assert_int_equal(certificate_owed(&memory), 493);
	/* An order that this pass contradicts is not relied on. */
	memory.order = ORDER_UPDATED_DESC;
	assert_int_equal(certificate_order(&memory), ORDER_CREATED_DESC);
}

static void what_counts_was_created_a_lookback_before_the_start(void **state)
{
	struct memory memory = a_pass(ORDER_UNKNOWN, false);

	(void)state;
	assert_true(certificate_before(&memory, START) == START - LOOKBACK);
	assert_true(certificate_before(&memory, TIME_NONE) == TIME_NONE);
}

static void a_single_whole_page_is_one_moment(void **state)
{
	struct memory memory = a_pass(ORDER_UNKNOWN, false);

	(void)state;
	assert_false(certificate_is_snapshot(&memory));
	memory.full.sweep.pages = 1;
	assert_true(certificate_is_snapshot(&memory));
	memory.full.sweep.rows = 499;
	assert_false(certificate_is_snapshot(&memory));
	memory.full.sweep.rows = 500;
	memory.full.pass = 2;
	assert_false(certificate_is_snapshot(&memory));
}

static void only_a_list_by_update_that_moved_needs_closing(void **state)
{
	(void)state;
	for (enum order o = ORDER_UNKNOWN; o < ORDERS; o++) {
		struct memory memory = a_pass(o, order_ascending(o));

		assert_false(certificate_needs_closing(&memory));
		memory.full.sweep.moved = true;
		assert_int_equal(certificate_needs_closing(&memory),
				 o != ORDER_UNKNOWN && order_by_update(o));
		memory.full.sweep.end = SWEEP_LOST;
		assert_false(certificate_needs_closing(&memory));
	}
}

static void a_certificate_raises_the_instants_to_the_start_less_the_lookback(void **state)
{
	struct memory memory = a_pass(ORDER_UNKNOWN, false);

	(void)state;
	memory.needs_full = FULL_FIRST_LOAD;
	memory.uncertified = 3;
	show(&memory.full.sweep.evidence, ORDER_UPDATED_DESC, 20);
	certificate_grant(&memory, START);
	assert_int_equal(memory.order, ORDER_UPDATED_DESC);
	assert_int_equal(memory.needs_full, FULL_NOT_NEEDED);
	assert_int_equal(memory.uncertified, 0);
	assert_false(memory.full.running);
	assert_true(memory.certified_at == START - LOOKBACK);
	assert_true(memory.complete_as_of == START - LOOKBACK);
	assert_true(memory.active_as_of == START - LOOKBACK);
	/* The newest change on the first page, for the next scan to go down to. */
	assert_true(memory.watermark == START - 30 * SECOND);
}

static void instants_never_fall_and_without_a_date_none_moves(void **state)
{
	struct memory memory = a_pass(ORDER_UNKNOWN, false);

	(void)state;
	memory.complete_as_of = memory.certified_at = memory.active_as_of = START + SECOND;
	memory.watermark = START + 2 * SECOND;
	certificate_grant(&memory, START);
	assert_true(memory.complete_as_of == START + SECOND);
	assert_true(memory.watermark == START + 2 * SECOND);
	memory = a_pass(ORDER_UNKNOWN, false);
	certificate_grant(&memory, TIME_NONE);
	assert_true(memory.complete_as_of == TIME_NONE);
	assert_true(memory.watermark == TIME_NONE);
}

static void without_a_proof_nothing_moves_and_it_is_remembered(void **state)
{
	struct memory memory = a_pass(ORDER_UNKNOWN, false);

	(void)state;
	certificate_deny(&memory);
	assert_int_equal(memory.needs_full, FULL_FIRST_LOAD);
	assert_int_equal(memory.uncertified, 1);
	assert_true(memory.complete_as_of == TIME_NONE);
	memory = a_pass(ORDER_UNKNOWN, false);
	memory.certified_at = memory.complete_as_of = START - 1000 * SECOND;
	certificate_deny(&memory);
	assert_int_equal(memory.needs_full, FULL_UNCERTIFIED);
	assert_true(memory.complete_as_of == START - 1000 * SECOND);
}

/* Relied on, and contradicted: what was published since the last certificate is taken back. */
static void a_contradiction_takes_back_what_was_published_since_the_last_certificate(void **state)
{
	struct memory memory = a_pass(ORDER_UPDATED_DESC, false);

	(void)state;
	memory.certified_at = START - 5000 * SECOND;
	memory.complete_as_of = memory.watermark = START - 200 * SECOND;
	show(&memory.full.sweep.evidence, ORDER_UPDATED_ASC, 9);
	certificate_deny(&memory);
	assert_int_equal(memory.order, ORDER_UNKNOWN);
	assert_true(memory.complete_as_of == START - 5000 * SECOND);
	assert_true(memory.watermark == START - 5000 * SECOND);
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
