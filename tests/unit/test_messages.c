/* SPDX-License-Identifier: MIT */
/* Whose messages are read next, from which page on; tests/sim plays thousands of stories of it. */
#include "unit.h"

#include <string.h>

#include "messages.h"

static struct messages messages;
static struct workspace_state state;

/* The answer to the query that must be asked for now: one conversation of which COUNT are known. */
static void answer_one(int turn, int64_t count, uint64_t last)
{
	struct answer answer = { .ids = count < 0 ? 0 : 1 };
	struct action action = { .kind = ACTION_WAIT };

	answer.due[0] = (struct message_due){ .count = count,
					      .last = last,
					      .per_page = 100,
					      .number = 1,
					      .changed_at = 50 * USEC_PER_SEC };
	messages_next(&messages, &state, false, &action);
	assert_int_equal(action.kind, ACTION_ASK);
	assert_int_equal(action.ask.turn, turn);
	messages_answer(&messages, &state, &answer);
}

static void assert_sends(int page, int per_page)
{
	struct action action = { .kind = ACTION_WAIT };

	messages_next(&messages, &state, false, &action);
	assert_int_equal(action.kind, ACTION_SEND);
	assert_int_equal(action.request.page, page);
	assert_int_equal(action.request.per_page, per_page);
}

/* A page of ids that count up from FIRST. */
static void take(int page, int per_page, int n, int total)
{
	static struct message_page it;

	it = (struct message_page){ .page = page, .per_page = per_page, .n = n, .total = total };
	for (int i = 0; i < n; i++) {
		it.rows[i].id = (uint64_t)((page - 1) * per_page + i + 1);
		it.rows[i].created_at = 50 * USEC_PER_SEC;
	}
	messages_page(&messages, &it);
}

static void assert_commits(enum messages_end end, int64_t count, int number)
{
	struct action action = { .kind = ACTION_WAIT };
	const struct tally tally = { .live = 1 };
	struct message_step step;

	messages_next(&messages, &state, false, &action);
	assert_int_equal(action.kind, ACTION_COMMIT);
	step = messages_step(&messages, &state, 0);
	assert_int_equal(step.end, end);
	assert_int_equal(step.count, count);
	assert_int_equal(step.number, number);
	messages_committed(&messages, &state, &tally);
}

static int begin(void **fixture)
{
	(void)fixture;
	state = (struct workspace_state){ .complete_as_of = TIME_NONE, .active_as_of = TIME_NONE };
	messages_begin(&messages, 1);
	return 0;
}

static void the_turns_follow_one_another(void **fixture)
{
	struct action action = { .kind = ACTION_WAIT };

	(void)fixture;
	for (int turn = MESSAGES_WAITING; turn < MESSAGES_TURNS; turn++)
		answer_one(turn, -1, 0);
	messages_next(&messages, &state, false, &action);
	assert_int_equal(action.kind, ACTION_COMMIT);
	assert_true(action.last);
	assert_int_equal(action.verdict, VERDICT_READ);
}

static void a_long_list_is_read_by_pages_that_overlap(void **fixture)
{
	(void)fixture;
	answer_one(MESSAGES_WAITING, 0, 0);
	assert_sends(1, 100);
	take(1, 100, 100, 150);
	assert_sends(2, 99);
	take(2, 99, 51, 150);
	assert_commits(MESSAGES_WHOLE, 150, 1);
}

static void a_list_that_grew_is_read_from_the_last_that_is_known(void **fixture)
{
	(void)fixture;
	answer_one(MESSAGES_WAITING, 7, 7);
	assert_sends(1, 100);
	take(1, 100, 9, 9);
	assert_commits(MESSAGES_WHOLE, 9, 1);
}

static void a_list_that_did_not_is_read_anew_and_at_last_left_alone(void **fixture)
{
	(void)fixture;
	answer_one(MESSAGES_WAITING, 7, 99);
	assert_sends(1, 100);
	take(1, 100, 9, 9);
	assert_sends(1, 100);
	take(1, 100, 9, 300);
	assert_sends(1, 100);
	take(1, 100, 9, 300);
	assert_commits(MESSAGES_POSTPONED, 0, 4);
}

static void smaller_pages_are_learned(void **fixture)
{
	(void)fixture;
	answer_one(MESSAGES_WAITING, 40, 40);
	assert_sends(1, 100);
	take(1, 30, 30, 45);
	assert_sends(2, 30);
	take(2, 30, 15, 45);
	assert_commits(MESSAGES_WHOLE, 45, 1);
	assert_int_equal(messages.readings[0].per_page, 30);
}

static void who_makes_way_keeps_what_was_read(void **fixture)
{
	struct action action = { .kind = ACTION_WAIT };

	(void)fixture;
	answer_one(MESSAGES_WAITING, 0, 0);
	assert_sends(1, 100);
	take(1, 100, 100, 150);
	assert_sends(2, 99);
	messages_stop(&messages);
	assert_commits(MESSAGES_SOME, 100, 1);
	messages_next(&messages, &state, false, &action);
	assert_int_equal(action.kind, ACTION_DONE);
	assert_int_equal(action.verdict, VERDICT_NONE);
}

static void it_is_learned_whether_messages_move_conversations(void **fixture)
{
	(void)fixture;
	assert_int_equal(messages_moves(0, 0), MESSAGES_MOVES_UNKNOWN);
	assert_int_equal(messages_moves(20, 0), MESSAGES_MOVES);
	assert_int_equal(messages_moves(20, 3), MESSAGES_MOVES_NOT);
	assert_int_equal(messages_moves(200, 3), MESSAGES_MOVES);
	state.complete_as_of = 70 * USEC_PER_SEC;
	answer_one(MESSAGES_WAITING, 0, 0);
	assert_sends(1, 100);
	take(1, 100, 3, 3);
	assert_true(messages_step(&messages, &state, 0).moved);
	messages.readings[0].newest = 60 * USEC_PER_SEC;
	assert_true(messages_step(&messages, &state, 0).unmoved);
	messages.readings[0].newest = 80 * USEC_PER_SEC;
	assert_false(messages_step(&messages, &state, 0).unmoved);
}

static void when_no_page_can_be_had_the_fault_is_not_one_conversations(void **fixture)
{
	(void)fixture;
	answer_one(MESSAGES_WAITING, 0, 0);
	for (int i = 0; i < 2; i++) {
		assert_sends(1, 100);
		assert_true(messages_refused(&messages));
		messages.readings[0].over = false;
	}
	assert_sends(1, 100);
	assert_false(messages_refused(&messages));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_turns_follow_one_another, begin),
		cmocka_unit_test_setup(a_long_list_is_read_by_pages_that_overlap, begin),
		cmocka_unit_test_setup(a_list_that_grew_is_read_from_the_last_that_is_known, begin),
		cmocka_unit_test_setup(a_list_that_did_not_is_read_anew_and_at_last_left_alone,
				       begin),
		cmocka_unit_test_setup(smaller_pages_are_learned, begin),
		cmocka_unit_test_setup(who_makes_way_keeps_what_was_read, begin),
		cmocka_unit_test_setup(it_is_learned_whether_messages_move_conversations, begin),
		cmocka_unit_test_setup(when_no_page_can_be_had_the_fault_is_not_one_conversations,
				       begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
