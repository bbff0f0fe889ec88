/* SPDX-License-Identifier: MIT */
/* The same failure in each cycle is said once, then more seldom; its end is said, with how long it lasted. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "trouble.h"

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define CALENDAR (INT64_C(1700000000) * SECOND)

static int64_t now;
static int lines;
static char said[512];
static struct app app;
static struct trouble trouble;

/* The cycle, as far as trouble and its log line look at it. */
static struct cycle_progress progress;

const struct cycle_progress *cycle_progress(const struct cycle *cycle)
{
	(void)cycle;
	return &progress;
}

const char *cycle_name(const struct cycle *cycle)
{
	(void)cycle;
	return "utama";
}

enum cycle_kind cycle_recorded_kind(const struct cycle *cycle)
{
	(void)cycle;
	return CYCLE_INCREMENTAL;
}

static int64_t mono(void *arg)
{
	(void)arg;
	return now;
}

static int64_t real(void *arg)
{
	(void)arg;
	return CALENDAR + now;
}

static void sink(void *arg, const struct log_line *line)
{
	(void)arg;
	lines++;
	snprintf(said, sizeof(said), "%s", line->message);
}

static const struct clock clock_of_test = { mono, real, NULL };

static int begin(void **fixture)
{
	(void)fixture;
	app.clock = &clock_of_test;
	app.log = (struct log){ LEVEL_DEBUG, sink, NULL };
	now = 100 * SECOND;
	lines = 0;
	said[0] = '\0';
	progress = (struct cycle_progress){ .state = CYCLE_DONE };
	trouble_begin(&trouble);
	return 0;
}

/* A cycle of that kind is over; returns how many lines that was worth. */
static int over(enum cycle_state state, enum err_kind why, enum cycle_kind kind)
{
	int before = lines;

	progress.state = state;
	progress.err = (struct err)ERR_INIT;
	if (why != ERR_NONE)
		err_set(&progress.err, why, "utama: it does not answer");
	trouble_cycle_over(&trouble, &app, NULL, kind);
	return lines - before;
}

static int fails(void)
{
	return over(CYCLE_FAILED, ERR_UNAVAILABLE, CYCLE_INCREMENTAL);
}

static void a_failure_that_comes_again_is_said_more_and_more_seldom(void **fixture)
{
	int before;

	(void)fixture;
	assert_int_equal(fails(), 1);
	assert_string_equal(said, "utama: it does not answer");
	assert_int_equal(trouble.since, CALENDAR + now);
	for (now += SECOND; now < 100 * SECOND + MINUTE; now += 10 * SECOND)
		assert_int_equal(fails(), 0);
	assert_int_equal(trouble.failures, 7);
	assert_int_equal(trouble.since, CALENDAR + 100 * SECOND);
	before = lines;
	for (int i = 0; i < 360; i++, now += 10 * SECOND)
		(void)fails();
	assert_in_range(lines - before, 4, 7);
}

static void its_end_is_said_with_how_long_it_lasted(void **fixture)
{
	(void)fixture;
	assert_int_equal(over(CYCLE_DONE, ERR_NONE, CYCLE_INCREMENTAL), 1);
	(void)fails();
	now += 2 * MINUTE;
	(void)fails();
	assert_int_equal(over(CYCLE_DONE, ERR_NONE, CYCLE_INCREMENTAL), 2);
	assert_string_equal(said, "utama: works again, after 2m 00s and 2 failures");
	assert_int_equal(trouble.failures, 0);
	assert_int_equal(trouble.since, TIME_NONE);
	assert_string_equal(trouble.text, "");
	assert_int_equal(over(CYCLE_DONE, ERR_NONE, CYCLE_INCREMENTAL), 1);
}

static void a_cycle_that_was_told_to_stop_is_no_failure(void **fixture)
{
	(void)fixture;
	assert_int_equal(over(CYCLE_PARTIAL, ERR_STOPPED, CYCLE_INCREMENTAL), 1);
	assert_int_equal(trouble.failures, 0);
}

static void hinted_conversations_do_not_say_that_the_list_is_well(void **fixture)
{
	(void)fixture;
	(void)fails();
	progress.strategy = STRATEGY_HINTED;
	assert_int_equal(over(CYCLE_DONE, ERR_NONE, CYCLE_HINTED), 1);
	assert_int_equal(trouble.failures, 1);
}

static void messages_that_cannot_be_read_are_said_once_and_are_no_trouble(void **fixture)
{
	(void)fixture;
	assert_int_equal(over(CYCLE_FAILED, ERR_DENIED, CYCLE_MESSAGES), 1);
	assert_int_equal(over(CYCLE_FAILED, ERR_DENIED, CYCLE_MESSAGES), 0);
	assert_int_equal(trouble.failures, 0);
	assert_int_equal(over(CYCLE_DONE, ERR_NONE, CYCLE_MESSAGES), 1);
	assert_int_equal(over(CYCLE_FAILED, ERR_DENIED, CYCLE_MESSAGES), 1);
}

static void a_cycle_that_cannot_begin_is_one_of_the_failures(void **fixture)
{
	struct err why;

	(void)fixture;
	err_set(&why, ERR_DENIED, "utama: the key is refused");
	trouble_not_begun(&trouble, &app, "utama", CYCLE_VERIFY, &why);
	assert_int_equal(lines, 1);
	assert_string_equal(said, "utama: the key is refused");
	trouble_not_begun(&trouble, &app, "utama", CYCLE_VERIFY, &why);
	assert_int_equal(lines, 1);
	assert_int_equal(trouble.failures, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_failure_that_comes_again_is_said_more_and_more_seldom,
				       begin),
		cmocka_unit_test_setup(its_end_is_said_with_how_long_it_lasted, begin),
		cmocka_unit_test_setup(a_cycle_that_was_told_to_stop_is_no_failure, begin),
		cmocka_unit_test_setup(hinted_conversations_do_not_say_that_the_list_is_well,
				       begin),
		cmocka_unit_test_setup(
			messages_that_cannot_be_read_are_said_once_and_are_no_trouble, begin),
		cmocka_unit_test_setup(a_cycle_that_cannot_begin_is_one_of_the_failures, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
