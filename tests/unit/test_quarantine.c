/* SPDX-License-Identifier: MIT */
/*
 * The search for the rows that PostgreSQL refuses, with PostgreSQL played by this
 * program: it refuses a batch as long as one of the bad rows is in it.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quarantine.h"

#define MOST_ROWS 3000

static bool bad[MOST_ROWS + 1];
static int runs, conflicts;
static bool committed, lost;
static char reasons[65536]; /* of the last run */

/* ---- PostgreSQL ---------------------------------------------------------------- */

static bool is_called(const struct pg_step *step, const char *name)
{
	return strstr(step->sql, name) != NULL;
}

static bool is_refused(int seq)
{
	char key[32];

	snprintf(key, sizeof(key), "\"%d\":", seq);
	return strstr(reasons, key) != NULL;
}

/* The steps are those of the commit that the test made, between which quarantine.c puts its own. */
bool pg_run(struct pg *pg, const struct pg_step *steps, size_t n, struct table **result,
	    struct err *err)
{
	int last = MOST_ROWS;
	bool merges = false, ends = false;

	(void)pg;
	runs++;
	if (lost)
		return err_set(err, ERR_UNAVAILABLE, "database: gone");
	if (conflicts > 0) {
		conflicts--;
		return err_set(err, ERR_CONFLICT, "deadlock");
	}
	reasons[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (is_called(&steps[i], "sql/quarantine/refuse.sql")) {
			snprintf(reasons, sizeof(reasons), "%s", steps[i].params[0]);
			last = atoi(steps[i].params[1]);
		}
		merges = merges || is_called(&steps[i], "merge");
		ends = ends || strcmp(steps[i].sql, "commit") == 0;
	}
	assert_true(merges);
	for (int seq = 1; seq <= last; seq++)
		if (bad[seq] && !is_refused(seq))
			return err_set(err, ERR_DATA, "row %d is bad; and its detail", seq);
	committed = ends;
	if (result)
		*result = table_new(1);
	return true;
}

/* Asked by script_run() alone, of a statement that failed. */
bool pg_lost(const struct pg *pg)
{
	(void)pg;
	return true;
}

bool pg_busy(const struct pg *pg)
{
	(void)pg;
	return false;
}

/* Only a commit that is not waited for is started so. */
void pg_start(struct pg *pg, const struct pg_step *steps, size_t n)
{
	(void)pg;
	(void)steps;
	(void)n;
	fail();
}

/* ---- the commit ------------------------------------------------------------------ */

static struct script *commit_of_test;

static int begin(void **state)
{
	(void)state;
	memset(bad, 0, sizeof(bad));
	runs = conflicts = 0;
	committed = lost = false;
	commit_of_test = script_new();
	script_add(commit_of_test, "begin");
	script_add(commit_of_test, "copy");
	script_add(commit_of_test, "merge 1");
	script_add(commit_of_test, "merge 2");
	script_add(commit_of_test, "commit");
	return 0;
}

static int end(void **state)
{
	(void)state;
	script_free(&commit_of_test);
	return 0;
}

static bool quarantine_it(int rows, struct err *err)
{
	const struct quarantine quarantine = { .commit = commit_of_test,
					       .merge = { 2, 4 },
					       .last = rows };
	CLEANUP(table_free) struct table *result = NULL;

	err_set(err, ERR_DATA, "as it was");
	return quarantine_commit(&quarantine, &result, err);
}

/* ---- what is found ---------------------------------------------------------------- */

static void each_bad_row_is_refused_with_its_reason_and_the_rest_committed(void **state)
{
	static const int rows[] = { 1, 2, 700, 701, 2999, 3000 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		bad[rows[i]] = true;
	assert_true(quarantine_it(MOST_ROWS, &err));
	assert_true(committed);
	for (int seq = 1; seq <= MOST_ROWS; seq++)
		assert_int_equal(is_refused(seq), bad[seq]);
	/* The sentence without its detail, which is the row and another one each time. */
	assert_non_null(strstr(reasons, "\"700\":\"row 700 is bad\""));
	assert_null(strstr(reasons, "detail"));
}

static void one_bad_row_costs_a_few_attempts(void **state)
{
	struct err err;

	(void)state;
	bad[1777] = true;
	assert_true(quarantine_it(MOST_ROWS, &err));
	assert_in_range(runs, 4, 40);
}

static void too_many_bad_rows_are_nobodys_fault(void **state)
{
	struct err err;

	(void)state;
	for (int seq = 1; seq <= QUARANTINE_MOST + 10; seq++)
		bad[seq] = true;
	assert_false(quarantine_it(MOST_ROWS, &err));
	assert_false(committed);
	assert_string_equal(err.text, "as it was");
}

static void a_conflict_is_tried_again(void **state)
{
	struct err err;

	(void)state;
	bad[5] = true;
	conflicts = 2;
	assert_true(quarantine_it(10, &err));
	assert_true(committed);
}

static void conflicts_without_end_are_said(void **state)
{
	struct err err;

	(void)state;
	bad[5] = true;
	conflicts = 100;
	assert_false(quarantine_it(10, &err));
	assert_int_equal(err.kind, ERR_CONFLICT);
}

static void a_lost_connection_is_said_instead(void **state)
{
	struct err err;

	(void)state;
	lost = true;
	assert_false(quarantine_it(10, &err));
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
	assert_false(committed);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_bad_row_is_refused_with_its_reason_and_the_rest_committed),
		TEST(one_bad_row_costs_a_few_attempts),
		TEST(too_many_bad_rows_are_nobodys_fault),
		TEST(a_conflict_is_tried_again),
		TEST(conflicts_without_end_are_said),
		TEST(a_lost_connection_is_said_instead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
