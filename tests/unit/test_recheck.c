/* SPDX-License-Identifier: MIT */
/* What is told by a GET of each conversation that should have been shown. */
#include "unit.h"

#include "recheck.h"

#define HERE ITEM_HERE
#define GONE ITEM_GONE
#define MERGED ITEM_MERGED

/* N ids, a control behind them, and so many conversations held. */
static struct recheck a_visit(int n, int64_t live, int64_t deleted_lately)
{
	struct recheck recheck = { 0 };
	struct answer answer = {
		.ids = n, .control = true, .live = live, .deleted_lately = deleted_lately
	};

	recheck_begin(&recheck, &answer, n, 10, 20);
	return recheck;
}

/* Answers the requests one after another, and checks for which ids they are. */
static void answer_all(struct recheck *recheck, const int *items, const enum item_outcome *outcomes,
		       int n)
{
	struct request request;

	for (int i = 0; i < n; i++) {
		assert_true(recheck_next(recheck, &request));
		assert_int_equal(request.kind, REQUEST_GET);
		assert_int_equal(request.item, items[i]);
		assert_false(recheck_over(recheck));
		recheck_take(recheck, outcomes[i], TIME_NONE);
	}
	assert_true(recheck_over(recheck));
	assert_false(recheck_next(recheck, &request));
}

static void a_404_before_and_after_a_control_that_is_there_is_believed(void **fixture)
{
	struct recheck recheck = a_visit(3, 1000, 0);

	(void)fixture;
	answer_all(&recheck, (int[]){ 0, 1, 2, 3, 1 },
		   (enum item_outcome[]){ HERE, GONE, HERE, HERE, GONE }, 5);
	assert_false(recheck_deletes(&recheck, 0));
	assert_true(recheck_deletes(&recheck, 1));
	assert_false(recheck_deletes(&recheck, 2));
	assert_int_equal(recheck_losses(&recheck), 1);
	assert_false(recheck_disputed(&recheck));
}

static void a_404_that_is_none_the_second_time_is_not_believed(void **fixture)
{
	struct recheck recheck = a_visit(2, 1000, 0);

	(void)fixture;
	answer_all(&recheck, (int[]){ 0, 1, 2, 0, 1 },
		   (enum item_outcome[]){ GONE, GONE, HERE, HERE, GONE }, 5);
	assert_false(recheck_deletes(&recheck, 0));
	assert_true(recheck_deletes(&recheck, 1));
}

static void where_the_control_is_gone_too_nothing_is_believed(void **fixture)
{
	static const enum item_outcome controls[] = { GONE, MERGED };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		struct recheck recheck = a_visit(2, 1000, 0);

		answer_all(&recheck, (int[]){ 0, 1, 2 },
			   (enum item_outcome[]){ GONE, MERGED, controls[i] }, 3);
		assert_true(recheck.api_unreliable);
		assert_true(recheck_disputed(&recheck));
		assert_int_equal(recheck_losses(&recheck), 0);
		assert_false(recheck_deletes(&recheck, 0));
		assert_false(recheck_deletes(&recheck, 1));
	}
}

static void without_a_control_only_a_person_is_believed(void **fixture)
{
	(void)fixture;
	for (int repair = 0; repair < 2; repair++) {
		struct answer answer = { .ids = 1, .live = 1 };
		struct recheck recheck = { .repair = repair };

		recheck_begin(&recheck, &answer, 1, 10, 20);
		answer_all(&recheck, (int[]){ 0, 0 }, (enum item_outcome[]){ GONE, GONE },
			   1 + repair);
		assert_int_equal(recheck_deletes(&recheck, 0), repair);
		assert_int_equal(recheck.api_unreliable, !repair);
	}
}

static void one_that_answers_with_another_id_is_merged(void **fixture)
{
	struct recheck recheck = a_visit(2, 1000, 0);

	(void)fixture;
	answer_all(&recheck, (int[]){ 0, 1 }, (enum item_outcome[]){ HERE, MERGED }, 2);
	assert_false(recheck_deletes(&recheck, 0));
	assert_true(recheck_deletes(&recheck, 1));
}

/* More than 20, or than one in fifty, within a week: live, lost before, lost now. */
static void more_losses_than_anybody_would_believe_are_not_believed(void **fixture)
{
	static const struct {
		int64_t live, before;
		int now;
		bool believed;
	} table[] = {
		{ 40, 0, 1, true },	 { 40, 0, 20, true },	     { 40, 0, 21, false },
		{ 40, 19, 1, true },	 { 40, 20, 1, false },	     { 5000, 0, 100, true },
		{ 5000, 1, 100, false }, { 5000, 60, 40, true },     { 1000, 0, 21, false },
		{ 1000, 20, 0, true },	 { 100000, 1950, 50, true }, { 100000, 1951, 50, false },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		for (int kind = 0; kind < 2; kind++) {
			struct recheck recheck =
				a_visit(table[i].now, table[i].live, table[i].before);
			struct request request;

			while (recheck_next(&recheck, &request))
				recheck_take(&recheck,
					     request.item == table[i].now ? HERE
					     : kind			  ? MERGED
									  : GONE,
					     TIME_NONE);
			assert_int_equal(recheck_losses(&recheck),
					 table[i].believed ? table[i].now : 0);
			assert_int_equal(recheck.fuse_blown, !table[i].believed);
			for (int j = 0; j < table[i].now; j++)
				assert_int_equal(recheck_deletes(&recheck, j), table[i].believed);
		}
	}
}

static void a_person_is_believed_however_many_there_are(void **fixture)
{
	struct answer answer = { .ids = 50, .control = true, .live = 60 };
	struct recheck recheck = { .repair = true };
	struct request request;

	(void)fixture;
	recheck_begin(&recheck, &answer, 50, 10, 20);
	while (recheck_next(&recheck, &request))
		recheck_take(&recheck, request.item == 50 ? HERE : GONE, TIME_NONE);
	assert_int_equal(recheck_losses(&recheck), 50);
	assert_false(recheck.fuse_blown);
}

/* After 10 it is above the last row read; until 20 every replica had to know it. */
static void only_one_that_should_have_been_shown_counts_as_unchanged(void **fixture)
{
	static const struct {
		int64_t updated_at;
		int unchanged;
	} table[] = { { TIME_NONE, 0 }, { 9, 0 }, { 10, 0 }, { 11, 1 }, { 20, 1 }, { 21, 0 } };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct recheck recheck = a_visit(1, 1000, 0);

		recheck_take(&recheck, HERE, table[i].updated_at);
		assert_int_equal(recheck.unchanged, table[i].unchanged);
	}
}

static void without_ids_it_is_over_at_once(void **fixture)
{
	struct recheck recheck = a_visit(0, 1000, 0);

	(void)fixture;
	assert_true(recheck_over(&recheck));
	assert_int_equal(recheck_losses(&recheck), 0);
	assert_false(recheck_deletes(&recheck, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_404_before_and_after_a_control_that_is_there_is_believed),
		cmocka_unit_test(a_404_that_is_none_the_second_time_is_not_believed),
		cmocka_unit_test(where_the_control_is_gone_too_nothing_is_believed),
		cmocka_unit_test(without_a_control_only_a_person_is_believed),
		cmocka_unit_test(one_that_answers_with_another_id_is_merged),
		cmocka_unit_test(more_losses_than_anybody_would_believe_are_not_believed),
		cmocka_unit_test(a_person_is_believed_however_many_there_are),
		cmocka_unit_test(only_one_that_should_have_been_shown_counts_as_unchanged),
		cmocka_unit_test(without_ids_it_is_over_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
