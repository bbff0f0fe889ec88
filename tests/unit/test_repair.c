/* SPDX-License-Identifier: MIT */
/* Cells that differ are fetched, and what is missing in them is asked for. */
#include "unit.h"

#include "repair.h"

#define SECOND USEC_PER_SEC
#define NOW (INT64_C(1000000) * SECOND)

static struct repair repair;
static struct workspace_state state;
static struct page page;
static struct action action;

static void begin(int cells)
{
	struct cell cell[3];

	state = (struct workspace_state){ .lookback = 120 * SECOND,
					  .per_page = 100,
					  .largest_total = 900 };
	for (int i = 0; i < cells; i++)
		cell[i] = (struct cell){ .filter = { .status = STATUS_OPEN, .channel = 1 + i },
					 .api = 41,
					 .held = 40 };
	repair_begin(&repair, &state, cell, cells, false);
}

static enum action_kind next(void)
{
	action = (struct action){ .kind = ACTION_WAIT };
	repair_next(&repair, &state, false, &action);
	return action.kind;
}

/* The cell's list is read: one page of so many rows. */
static void read_cell(int channel, int rows)
{
	assert_int_equal(next(), ACTION_SEND);
	assert_int_equal(action.request.filter.channel, channel);
	assert_int_equal(action.request.page, 1);
	page = (struct page){ .date = NOW, .total = rows, .page = 1, .per_page = 100, .n = rows };
	for (int i = 0; i < rows; i++)
		page.rows[i] = (struct row){ .id = (uint64_t)i + 1,
					     .created_at = SECOND,
					     .updated_at = SECOND };
	repair_page(&repair, &state, &page);
	assert_int_equal(next(), ACTION_COMMIT);
	assert_false(action.last);
	repair_committed(&repair, &state, NULL);
}

static void answer_missing(int ids, int64_t held)
{
	struct answer answer = { .n = { ids, held }, .ids = ids, .control = true, .live = 1000 };

	assert_int_equal(next(), ACTION_ASK);
	assert_int_equal(action.ask.kind, ASK_MISSING);
	repair_answer(&repair, &state, &answer);
}

static void expect_end(enum verdict verdict)
{
	assert_int_equal(next(), ACTION_COMMIT);
	assert_true(action.last);
	assert_int_equal(action.verdict, verdict);
	repair_committed(&repair, &state, NULL);
	assert_int_equal(next(), ACTION_DONE);
}

static void each_cell_is_read_and_compared_again(void **fixture)
{
	(void)fixture;
	begin(2);
	read_cell(1, 41);
	answer_missing(0, 41);
	read_cell(2, 41);
	answer_missing(0, 41);
	expect_end(VERDICT_EQUAL);
}

static void what_is_held_and_was_not_shown_is_asked_for(void **fixture)
{
	static const enum item_outcome outcomes[] = { ITEM_GONE, ITEM_HERE, ITEM_HERE, ITEM_GONE };
	static const int items[] = { 0, 1, 2, 0 };

	(void)fixture;
	begin(1);
	read_cell(1, 40);
	answer_missing(2, 42);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(next(), ACTION_SEND);
		assert_int_equal(action.request.kind, REQUEST_GET);
		assert_int_equal(action.request.item, items[i]);
		repair_item(&repair, &state, outcomes[i], TIME_NONE);
	}
	assert_int_equal(next(), ACTION_COMMIT);
	assert_true(repair_deletes(&repair, 0));
	assert_false(repair_deletes(&repair, 1));
	repair_committed(&repair, &state, NULL);
	/* One is gone, and the other has gone to another cell. */
	answer_missing(0, 40);
	expect_end(VERDICT_EQUAL);
}

static void a_cell_that_still_differs_is_said(void **fixture)
{
	(void)fixture;
	begin(1);
	read_cell(1, 41);
	answer_missing(0, 42);
	expect_end(VERDICT_DIFFERENT);
	assert_int_equal(repair.cells[0].api, 41);
	assert_int_equal(repair.cells[0].held, 42);
}

/* Every GET answers 404: nothing is believed, and the next cell follows. */
static void in_a_storm_of_404s_nothing_is_deleted(void **fixture)
{
	(void)fixture;
	begin(1);
	read_cell(1, 40);
	answer_missing(1, 41);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(next(), ACTION_SEND);
		repair_item(&repair, &state, ITEM_GONE, TIME_NONE);
	}
	assert_int_equal(next(), ACTION_COMMIT);
	assert_false(repair_deletes(&repair, 0));
	repair_committed(&repair, &state, NULL);
	expect_end(VERDICT_DIFFERENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_is_read_and_compared_again),
		cmocka_unit_test(what_is_held_and_was_not_shown_is_asked_for),
		cmocka_unit_test(a_cell_that_still_differs_is_said),
		cmocka_unit_test(in_a_storm_of_404s_nothing_is_deleted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
