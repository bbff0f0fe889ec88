/* SPDX-License-Identifier: MIT */
/* An order is believed when nothing speaks against it and enough against each rival. */
#include "unit.h"

#include <string.h>

#include "order.h"

#define SECOND USEC_PER_SEC
#define HORIZON (INT64_C(1000000) * SECOND)
#define ROWS 10

/* Row I of a list in that order; the time that it does not go by goes up and down. */
static struct row row_in(enum order order, int i)
{
	int64_t rising = INT64_C(1000) * SECOND + i * SECOND, falling = 2000 * SECOND - i * SECOND;
	int64_t wavy = (1500 + (i % 2 ? 7 : -7) * (i % 5)) * SECOND;
	int64_t key = order_ascending(order) ? rising : falling;

	return (struct row){ .id = (uint64_t)i + 1,
			     .created_at = order_by_update(order) ? wavy : key,
			     .updated_at = order_by_update(order) ? key : wavy };
}

/* Shows PAGES pages of a list in that order. */
static struct evidence evidence_of(enum order order, int pages)
{
	struct evidence evidence = { 0 };
	struct row rows[ROWS];

	for (int p = 0; p < pages; p++) {
		for (int i = 0; i < ROWS; i++)
			rows[i] = row_in(order, p * ROWS + i);
		order_note(&evidence, rows, NULL, ROWS, HORIZON);
	}
	return evidence;
}

static void each_order_is_proven_by_its_own_list(void **fixture)
{
	(void)fixture;
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++) {
		struct evidence evidence = evidence_of(o, 4);

		assert_int_equal(evidence.pairs, 4 * (ROWS - 1));
		assert_int_equal(order_proven(&evidence), o);
		for (enum order rival = ORDER_UNKNOWN; rival < ORDERS; rival++)
			assert_int_equal(order_contradicted(&evidence, rival),
					 rival != o && rival != ORDER_UNKNOWN);
	}
}

static void nothing_seen_proves_nothing_and_contradicts_nothing(void **fixture)
{
	struct evidence evidence = { 0 };

	(void)fixture;
	assert_int_equal(order_proven(&evidence), ORDER_UNKNOWN);
	for (enum order o = ORDER_UNKNOWN; o < ORDERS; o++)
		assert_false(order_contradicted(&evidence, o));
	order_note(&evidence, NULL, NULL, 0, HORIZON);
	assert_int_equal(evidence.pairs, 0);
}

static void a_single_inversion_is_enough_to_lose_an_order(void **fixture)
{
	struct evidence evidence = evidence_of(ORDER_CREATED_DESC, 10);
	struct row a = row_in(ORDER_CREATED_DESC, 5), b = row_in(ORDER_CREATED_DESC, 4);

	(void)fixture;
	assert_int_equal(order_proven(&evidence), ORDER_CREATED_DESC);
	order_note_pair(&evidence, &a, &b, HORIZON);
	assert_int_equal(evidence.against[ORDER_CREATED_DESC].inversions, 1);
	assert_true(order_contradicted(&evidence, ORDER_CREATED_DESC));
	assert_int_equal(order_proven(&evidence), ORDER_UNKNOWN);
}

static void rivals_must_have_had_their_chance(void **fixture)
{
	struct evidence evidence;

	(void)fixture;
	for (enum order rival = ORDER_UPDATED_ASC; rival < ORDERS; rival++) {
		evidence = evidence_of(ORDER_UPDATED_DESC, 4);
		evidence.against[rival].inversions = 8;
		evidence.against[rival].pages = 2;
		assert_int_equal(order_proven(&evidence), ORDER_UPDATED_DESC);
		evidence.against[rival].inversions = 7;
		assert_int_equal(order_proven(&evidence), ORDER_UNKNOWN);
		evidence.against[rival].inversions = 100;
		evidence.against[rival].pages = 1;
		assert_int_equal(order_proven(&evidence), ORDER_UNKNOWN);
	}
}

/* Everything created in the order in which it was last changed: no evidence can tell the two apart. */
static void two_orders_that_agree_are_both_unproven(void **fixture)
{
	struct evidence evidence = { 0 };
	struct row rows[ROWS];

	(void)fixture;
	for (int p = 0; p < 10; p++) {
		for (int i = 0; i < ROWS; i++) {
			rows[i] = row_in(ORDER_CREATED_DESC, p * ROWS + i);
			rows[i].updated_at = rows[i].created_at;
		}
		order_note(&evidence, rows, NULL, ROWS, HORIZON);
	}
	assert_int_equal(order_proven(&evidence), ORDER_UNKNOWN);
	assert_false(order_contradicted(&evidence, ORDER_CREATED_DESC));
	assert_false(order_contradicted(&evidence, ORDER_UPDATED_DESC));
	assert_true(order_contradicted(&evidence, ORDER_CREATED_ASC));
}

static void equal_times_speak_against_nothing(void **fixture)
{
	struct evidence evidence = { 0 };
	struct row rows[ROWS];

	(void)fixture;
	for (int i = 0; i < ROWS; i++)
		rows[i] = (struct row){ .created_at = SECOND, .updated_at = SECOND };
	order_note(&evidence, rows, NULL, ROWS, HORIZON);
	assert_int_equal(evidence.pairs, ROWS - 1);
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++)
		assert_int_equal(evidence.against[o].inversions, 0);
}

static void pages_are_counted_once_however_many_inversions_they_show(void **fixture)
{
	struct evidence evidence = evidence_of(ORDER_UPDATED_DESC, 3);

	(void)fixture;
	assert_int_equal(evidence.against[ORDER_UPDATED_ASC].pages, 3);
	assert_int_equal(evidence.against[ORDER_UPDATED_ASC].inversions, 3 * (ROWS - 1));
}

/* ---- rows that say nothing ---------------------------------------------- */

/* A list in order but for the row in the middle. */
static void spoil(struct row rows[ROWS])
{
	for (int i = 0; i < ROWS; i++)
		rows[i] = row_in(ORDER_UPDATED_DESC, i);
	rows[ROWS / 2].updated_at = 9000 * SECOND;
}

static void what_changed_after_the_horizon_may_have_moved(void **fixture)
{
	struct evidence evidence = { 0 };
	struct row rows[ROWS];

	(void)fixture;
	spoil(rows);
	order_note(&evidence, rows, NULL, ROWS, 9000 * SECOND - 1);
	assert_int_equal(evidence.pairs, ROWS - 2);
	assert_false(order_contradicted(&evidence, ORDER_UPDATED_DESC));
	order_note(&evidence, rows, NULL, ROWS, 9000 * SECOND);
	assert_true(order_contradicted(&evidence, ORDER_UPDATED_DESC));
}

static void what_was_seen_before_is_left_out(void **fixture)
{
	struct evidence evidence = { 0 };
	struct row rows[ROWS];
	bool repeated[ROWS] = { false };

	(void)fixture;
	spoil(rows);
	repeated[ROWS / 2] = true;
	order_note(&evidence, rows, repeated, ROWS, HORIZON);
	assert_int_equal(evidence.pairs, ROWS - 2);
	assert_false(order_contradicted(&evidence, ORDER_UPDATED_DESC));
}

static void rows_without_times_are_left_out(void **fixture)
{
	(void)fixture;
	for (int which = 0; which < 2; which++) {
		struct evidence evidence = { 0 };
		struct row rows[ROWS];

		spoil(rows);
		if (which)
			rows[ROWS / 2].updated_at = TIME_NONE;
		else
			rows[ROWS / 2].created_at = TIME_NONE;
		order_note(&evidence, rows, NULL, ROWS, HORIZON);
		assert_int_equal(evidence.pairs, ROWS - 2);
		assert_false(order_contradicted(&evidence, ORDER_UPDATED_DESC));
	}
}

/* A row that is left out does not hide that its neighbours are inverted. */
static void neighbours_are_compared_across_what_is_left_out(void **fixture)
{
	struct evidence evidence = { 0 };
	struct row rows[3] = { row_in(ORDER_UPDATED_DESC, 9), row_in(ORDER_UPDATED_DESC, 5),
			       row_in(ORDER_UPDATED_DESC, 1) };

	(void)fixture;
	rows[1].updated_at = TIME_NONE;
	order_note(&evidence, rows, NULL, 3, HORIZON);
	assert_int_equal(evidence.pairs, 1);
	assert_true(order_contradicted(&evidence, ORDER_UPDATED_DESC));
}

static void without_a_horizon_nothing_is_noted(void **fixture)
{
	struct evidence evidence = { 0 };
	struct row a = row_in(ORDER_UPDATED_DESC, 1), b = row_in(ORDER_UPDATED_DESC, 2);

	(void)fixture;
	order_note_pair(&evidence, &a, &b, TIME_NONE);
	assert_int_equal(evidence.pairs, 0);
}

static void a_pair_is_judged_as_a_page_of_two(void **fixture)
{
	struct evidence pair = { 0 }, page = { 0 };
	struct row rows[2] = { row_in(ORDER_CREATED_ASC, 3), row_in(ORDER_CREATED_ASC, 2) };

	(void)fixture;
	order_note_pair(&pair, &rows[0], &rows[1], HORIZON);
	order_note(&page, rows, NULL, 2, HORIZON);
	assert_memory_equal(&pair, &page, sizeof(pair));
	assert_int_equal(pair.against[ORDER_CREATED_ASC].inversions, 1);
	rows[0].updated_at = HORIZON + 1;
	order_note_pair(&pair, &rows[0], &rows[1], HORIZON);
	assert_int_equal(pair.pairs, 1);
}

/* ---- names --------------------------------------------------------------- */

static void names_lead_back_and_strange_ones_nowhere(void **fixture)
{
	(void)fixture;
	for (enum order o = ORDER_UNKNOWN; o < ORDERS; o++)
		assert_int_equal(order_parse(order_name(o)), o);
	assert_string_equal(order_name(ORDER_UPDATED_DESC), "updated_desc");
	assert_int_equal(order_parse(""), ORDER_UNKNOWN);
	assert_int_equal(order_parse("UPDATED_DESC"), ORDER_UNKNOWN);
	assert_int_equal(order_parse("updated_desc "), ORDER_UNKNOWN);
}

static void each_order_goes_by_its_own_time(void **fixture)
{
	struct row row = { .created_at = 1, .updated_at = 2 };

	(void)fixture;
	assert_int_equal(order_key(ORDER_UNKNOWN, &row), TIME_NONE);
	assert_int_equal(order_key(ORDER_UPDATED_DESC, &row), 2);
	assert_int_equal(order_key(ORDER_UPDATED_ASC, &row), 2);
	assert_int_equal(order_key(ORDER_CREATED_DESC, &row), 1);
	assert_int_equal(order_key(ORDER_CREATED_ASC, &row), 1);
	assert_true(order_ascending(ORDER_UPDATED_ASC) && order_ascending(ORDER_CREATED_ASC));
	assert_false(order_ascending(ORDER_UPDATED_DESC) || order_ascending(ORDER_UNKNOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_order_is_proven_by_its_own_list),
		cmocka_unit_test(nothing_seen_proves_nothing_and_contradicts_nothing),
		cmocka_unit_test(a_single_inversion_is_enough_to_lose_an_order),
		cmocka_unit_test(rivals_must_have_had_their_chance),
		cmocka_unit_test(two_orders_that_agree_are_both_unproven),
		cmocka_unit_test(equal_times_speak_against_nothing),
		cmocka_unit_test(pages_are_counted_once_however_many_inversions_they_show),
		cmocka_unit_test(what_changed_after_the_horizon_may_have_moved),
		cmocka_unit_test(what_was_seen_before_is_left_out),
		cmocka_unit_test(rows_without_times_are_left_out),
		cmocka_unit_test(neighbours_are_compared_across_what_is_left_out),
		cmocka_unit_test(without_a_horizon_nothing_is_noted),
		cmocka_unit_test(a_pair_is_judged_as_a_page_of_two),
		cmocka_unit_test(names_lead_back_and_strange_ones_nowhere),
		cmocka_unit_test(each_order_goes_by_its_own_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
