/* SPDX-License-Identifier: MIT */
/*
 * The scripts of commits and of the engine's questions, as text: which statements, in
 * which order, with which parameters. The connection is this program.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "query.h"

static char shown[16384];

static void show(const char *text)
{
	size_t n = strlen(shown);

	assert_true(n + strlen(text) < sizeof(shown));
	snprintf(shown + n, sizeof(shown) - n, "%s", text);
}

/* The statement's file, without "sql/" and ".sql", or else its text. */
static void show_name(const char *sql)
{
	const char *end = strstr(sql, ".sql */");
	char name[256];

	if (strncmp(sql, "/* sql/", 7) == 0 && end)
		snprintf(name, sizeof(name), "%.*s", (int)(end - sql - 7), sql + 7);
	else
		snprintf(name, sizeof(name), "%.21s", sql);
	show(name);
}

static void show_step(const struct pg_step *step)
{
	char skip[32];

	show_name(step->sql);
	for (int i = 0; i < step->n; i++) {
		const char *param = step->params[i];

		show(i ? ", " : "(");
		show(!param ? "-" : *param == '{' ? "{}" : param);
	}
	show(step->n > 0 ? ")" : "");
	if (step->skip > 0) {
		snprintf(skip, sizeof(skip), " else skip %d", step->skip);
		show(skip);
	}
	show("\n");
}

void pg_start(struct pg *pg, const struct pg_step *steps, size_t n)
{
	(void)pg;
	shown[0] = '\0';
	for (size_t i = 0; i < n; i++)
		show_step(&steps[i]);
}

bool pg_run(struct pg *pg, const struct pg_step *steps, size_t n, struct table **result,
	    struct err *err)
{
	(void)pg;
	(void)steps;
	(void)n;
	(void)result;
	(void)err;
	fail();
	return false;
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

/* ---- commits ------------------------------------------------------------------- */

#define MERGE \
	"merge/10_begin\nmerge/20_dimensions\nmerge/30_pick\nmerge/35_stale_copies\n" \
	"merge/36_whether_anything_differs else skip " \
	"11\nmerge/38_recount\nmerge/40_conversations\n" \
	"merge/50_versions\nmerge/60_events\nmerge/65_resolutions\nmerge/70_labels\n" \
	"merge/75_taken_back\nmerge/80_gone_and_rejected\nmerge/82_absences\n" \
	"merge/85_touched_days\nmerge/87_messages_due\n" \
	"merge/90_seen_and_tally\nmerge/95_statistics\n"

static struct stage *stage;
static struct script *script;
static struct workspace_state known;
static struct filter_ids ids;

static int begin(void **state)
{
	(void)state;
	stage = stage_new();
	stage_reset(stage, 5);
	script = script_new();
	known = (struct workspace_state){ .watermark = TIME_NONE };
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_free(&stage);
	script_free(&script);
	return 0;
}

static struct batch batch_of(bool last)
{
	return (struct batch){ .workspace = 3,
			       .run = 70,
			       .number = 2,
			       .last = last,
			       .kind = CYCLE_INCREMENTAL,
			       .state = &known,
			       .started = TIME_NONE,
			       .told = TIME_NONE,
			       .names = &ids,
			       .stage = stage,
			       .sent = { .requests = 4, .throttled = 1, .failed = 2 } };
}

static void assert_script(const struct batch *batch, const char *expected)
{
	struct batch_merge merge = batch_write(script, batch);

	script_start(script, NULL);
	assert_string_equal(shown, expected);
	assert_int_equal(merge.end - merge.first, 18);
}

static void a_commit_in_the_middle_waits_for_no_disk(void **state)
{
	struct batch batch = batch_of(false);

	(void)state;
	batch.told = 7;
	stage_gone(stage, "conv_1", NULL, 7);
	assert_script(&batch, "begin\nset local synchronous\n"
			      "warehouse/batch(3, 70, -, 2, 0, -, 7)\n"
			      "copy pg_temp.stage_go\n" MERGE "warehouse/advance_workspace(3, {})\n"
			      "warehouse/advance_reports(3)\nwarehouse/advance_run(70, {})\n"
			      "warehouse/advance_ledger(3, incremental, 4, 1, 2)\n"
			      "warehouse/tally(3, false)\ncommit\n");
}

static void the_last_commit_forgets_what_scans_have_seen(void **state)
{
	const struct batch batch = batch_of(true);

	(void)state;
	assert_script(&batch, "begin\nwarehouse/batch(3, 70, -, 2, 0, -, -)\n" MERGE
			      "warehouse/advance_workspace(3, {})\n"
			      "warehouse/advance_reports(3)\nwarehouse/advance_run(70, {})\n"
			      "warehouse/advance_ledger(3, incremental, 4, 1, 2)\n"
			      "warehouse/forget_scans(3)\nwarehouse/tally(3, true)\ncommit\n");
}

static void
the_end_of_a_sweep_restores_the_foreign_keys_before_anything_is_vouched_for(void **state)
{
	struct batch batch = batch_of(true);

	(void)state;
	batch.sweep = 9;
	batch.seen = SEEN_BY_SWEEP;
	batch.kind = CYCLE_FIRST_LOAD;
	assert_script(&batch,
		      "begin\nset local statement_t\nwarehouse/declare_foreign_keys\ncommit\n"
		      "begin\nset local statement_t\nwarehouse/restore_foreign_keys\ncommit\n"
		      "begin\nwarehouse/batch(3, 70, -, 2, 0, -, -)\n" MERGE
		      "set local statement_t\nwarehouse/restore_foreign_keys\n"
		      "warehouse/advance_workspace(3, {})\n"
		      "warehouse/advance_reports(3)\nwarehouse/advance_run(70, {})\n"
		      "warehouse/advance_sweep(9, 70, {})\n"
		      "warehouse/forget_rejected(9)\n"
		      "warehouse/advance_ledger(3, first_load, 4, 1, 2)\n"
		      "warehouse/forget_sweep(9)\nwarehouse/forget_scans(3)\n"
		      "warehouse/tally(3, true)\ncommit\n");
}

/* What a sweep, or a scan, has shown is remembered only for rows that it has read. */
static void rows_are_seen_by_their_sweep_or_scan(void **state)
{
	struct batch batch = batch_of(false);

	(void)state;
	known.full.running = true;
	known.full.pass = 2;
	stage_gone(stage, "conv_1", NULL, 7);
	batch.sweep = 9;
	batch.told = 7;
	batch.seen = SEEN_BY_SWEEP;
	(void)batch_write(script, &batch);
	script_start(script, NULL);
	assert_non_null(strstr(shown, "warehouse/batch(3, 70, 9, 2, 2, -, 7)\n"));
	assert_null(strstr(shown, "restore_foreign_keys"));
	script_reset(script);
	batch.sweep = 0;
	batch.seen = SEEN_BY_SCAN;
	batch.scan = 6;
	(void)batch_write(script, &batch);
	script_start(script, NULL);
	assert_non_null(strstr(shown, "warehouse/batch(3, 70, -, 2, 2, 6, 7)\n"));
}

/* ---- questions ------------------------------------------------------------------- */

static void assert_query(struct ask ask, const char *expected)
{
	struct query query = { .workspace = 3, .run = 70, .sweep = 9, .ask = ask, .names = &ids };
	CLEANUP(table_free) struct table *page = table_new(1);

	table_set(page, table_add(page), 0, "a\"b", 3);
	query.page = page;
	script_reset(script);
	query_write(script, &query);
	script_start(script, NULL);
	assert_memory_equal(shown, "query/begin\n", 12);
	assert_string_equal(shown + strlen(shown) - 7, "commit\n");
	shown[strlen(shown) - 7] = '\0';
	assert_string_equal(shown + 12, expected);
}

static void each_question_is_a_statement_of_its_own(void **state)
{
	(void)state;
	assert_query((struct ask){ .kind = ASK_JOINED }, "query/joined(9, {})\n");
	assert_query((struct ask){ .kind = ASK_SEEN, .pass = 2, .before = 100, .after = 200 },
		     "query/begin_whole\nquery/seen(3, 9, 2, 100, 0, 200)\n");
	assert_query((struct ask){ .kind = ASK_SUSPECTS, .most = 100, .settled = 50 },
		     "query/begin_whole\nquery/suspects(3, 9, 100, 50, 0, f)\n");
	assert_query((struct ask){ .kind = ASK_LEAVERS, .most = 100, .settled = 50, .scan = 4 },
		     "query/leavers(3, 70, 100, 50, 4)\n");
	assert_query((struct ask){ .kind = ASK_MISSING,
				   .most = 100,
				   .settled = 50,
				   .scan = 4,
				   .filter = { .status = STATUS_OPEN, .assignee = -1 } },
		     "query/missing(3, 70, 100, 50, 4, open, -, -, t, f)\n");
	assert_query((struct ask){ .kind = ASK_COUNTS, .exact = true }, "query/counts(3)\n");
	assert_query((struct ask){ .kind = ASK_COUNTS }, "query/unresolved_counts(3)\n");
	assert_query((struct ask){ .kind = ASK_STALE_COPIES, .most = 20 },
		     "query/stale_copies(3, 20)\n");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_commit_in_the_middle_waits_for_no_disk),
		TEST(the_last_commit_forgets_what_scans_have_seen),
		TEST(the_end_of_a_sweep_restores_the_foreign_keys_before_anything_is_vouched_for),
		TEST(rows_are_seen_by_their_sweep_or_scan),
		TEST(each_question_is_a_statement_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
