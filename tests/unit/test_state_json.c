/* SPDX-License-Identifier: MIT */
/* What the engine remembers survives as JSON, whichever version wrote it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "state_json.h"

#define NOON INT64_C(1710504000000000)

static struct json_reader *parser;

static int begin(void **fixture)
{
	(void)fixture;
	parser = json_reader_new();
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	json_reader_free(&parser);
	return 0;
}

static struct json *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct json *json = json_parse(parser, text, strlen(text), &err);

	if (!json)
		fail_msg("%s: %s", text, err.text);
	return json;
}

/* ---- the workspace -------------------------------------------------------- */

static void check_member(const struct json_at *object, const char *key, const char *want)
{
	struct json_at at = json_member(object, key);
	struct buf got = BUF_MAX(10000);

	json_write(&at, &got);
	if (at.absent || strcmp(buf_text(&got), want) != 0)
		fail_msg("%s: %s, wanted %s", key, buf_text(&got), want);
	buf_free(&got);
}

static void a_workspace_is_written_with_its_instants_and_its_order(void **fixture)
{
	struct workspace_state state = {
		.watermark = NOON,
		.complete_as_of = TIME_NONE,
		.active_as_of = -1,
		.certified_at = 0,
		.lookback = 120 * USEC_PER_SEC,
		.largest_total = INT64_C(5000000000),
		.last_total = INT64_C(4999999999),
		.per_page = 50,
		.uncertified = 2,
		.tried_at = TIME_NONE,
		.audit_due = true,
		.depth = 10000,
		.filterless = true,
		.parts = 7,
		.beyond = 12,
		.order = ORDER_UPDATED_DESC,
		.needs_full = FULL_DEMOTED,
	};
	struct buf out = BUF_MAX(10000);
	struct json_at root, evidence;
	struct json *json;

	(void)fixture;
	state.evidence.pairs = 7;
	state_json_write_workspace(&out, &state);
	json = parse(buf_text(&out));
	root = json_root(json);
	check_member(&root, "watermark", "1710504000000000");
	check_member(&root, "complete_as_of", "null");
	check_member(&root, "active_as_of", "-1");
	check_member(&root, "certified_at", "0");
	check_member(&root, "lookback", "120000000");
	check_member(&root, "largest_total", "5000000000");
	check_member(&root, "last_total", "4999999999");
	check_member(&root, "per_page", "50");
	check_member(&root, "uncertified", "2");
	check_member(&root, "tried_at", "null");
	check_member(&root, "audit_due", "true");
	check_member(&root, "list_depth", "10000");
	check_member(&root, "filterless", "true");
	check_member(&root, "list_parts", "7");
	check_member(&root, "list_beyond", "12");
	check_member(&root, "list_order", "\"updated_desc\"");
	check_member(&root, "needs_full", "\"demoted\"");
	evidence = json_member(&root, "order_evidence");
	check_member(&evidence, "pairs", "7");
	json_free(&json);
	buf_free(&out);
}

static void a_workspace_is_written_with_the_times_that_a_sweep_waits_for(void **fixture)
{
	struct workspace_state state = {
		.tried_at = NOON,
		.uncertified = 1,
		.per_page = 100,
		.late_at = NOON - 7,
		.date_ahead = 42,
		.unproven = UNPROVEN_SHORT,
	};
	char retry[32];
	struct buf out = BUF_MAX(10000);
	struct json_at root;
	struct json *json;

	(void)fixture;
	assert_true(plan_retry(&state) > NOON);
	snprintf(retry, sizeof(retry), "%lld", (long long)plan_retry(&state));
	state_json_write_workspace(&out, &state);
	json = parse(buf_text(&out));
	root = json_root(json);
	check_member(&root, "tried_at", "1710504000000000");
	check_member(&root, "retry_at", retry);
	check_member(&root, "late_at", "1710503999999993");
	check_member(&root, "date_ahead", "42");
	check_member(&root, "unproven", "\"short\"");
	json_free(&json);
	buf_free(&out);
}

/* ---- the row of the warehouse ---------------------------------------------- */

/* The columns of sql/warehouse/load.sql; a number stands for itself. */
static const char *const columns[][2] = {
	{ "watermark", "101" },
	{ "complete_as_of", "102" },
	{ "active_as_of", "103" },
	{ "certified_at", "104" },
	{ "lookback", "105" },
	{ "live_count", "106" },
	{ "largest_total", "107" },
	{ "last_total", "108" },
	{ "per_page", "99" },
	{ "list_order", "created_desc" },
	{ "needs_full", "demoted" },
	{ "uncertified", "3" },
	{ "tried_at", "109" },
	{ "audit_due", "t" },
	{ "stale_copies", "110" },
	{ "unproven", "short" },
	{ "lookback_configured", "111" },
	{ "late_at", "112" },
	{ "late_by", "113" },
	{ "list_depth", "114" },
	{ "list_parts", "115" },
	{ "list_beyond", "116" },
	{ "holding", "117" },
	{ "askable", "118" },
	{ "filterless", "t" },
	{ "proof", "excepted" },
	{ "accepted", "119" },
	{ "unlisted", "120" },
	{ "disputed", "121" },
	{ "date_ahead", "122" },
	{ "totals_told", NULL },
};

/* A row of those columns, with another value of one of them. */
static struct table *a_row(const char *column, const char *value)
{
	struct table *table = table_new((int)ARRAY_SIZE(columns));

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_name(table, (int)i, columns[i][0], false);
	table_add(table);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		bool other = column && strcmp(columns[i][0], column) == 0;

		table_set_text(table, 0, (int)i, other ? value : columns[i][1]);
	}
	return table;
}

static void a_row_comes_back_column_by_column(void **fixture)
{
	struct table *table = a_row(NULL, NULL);
	struct workspace_state state;

	(void)fixture;
	state_json_read_row(table, &state);
	assert_int_equal(state.watermark, 101);
	assert_int_equal(state.complete_as_of, 102);
	assert_int_equal(state.active_as_of, 103);
	assert_int_equal(state.certified_at, 104);
	assert_int_equal(state.lookback, 105);
	assert_int_equal(state.live, 106);
	assert_int_equal(state.largest_total, 107);
	assert_int_equal(state.last_total, 108);
	assert_int_equal(state.per_page, 99);
	assert_int_equal(state.order, ORDER_CREATED_DESC);
	assert_int_equal(state.needs_full, FULL_DEMOTED);
	assert_int_equal(state.uncertified, 3);
	assert_int_equal(state.tried_at, 109);
	assert_true(state.audit_due);
	assert_int_equal(state.stale_copies, 110);
	assert_int_equal(state.unproven, UNPROVEN_SHORT);
	assert_int_equal(state.lookback_configured, 111);
	assert_int_equal(state.late_at, 112);
	assert_int_equal(state.late_by, 113);
	assert_int_equal(state.depth, 114);
	assert_int_equal(state.parts, 115);
	assert_int_equal(state.beyond, 116);
	assert_int_equal(state.holding, 117);
	assert_int_equal(state.askable, 118);
	assert_true(state.filterless);
	assert_int_equal(state.standing.proof, PROOF_EXCEPTED);
	assert_int_equal(state.standing.exceptions[EXCEPTION_ACCEPTED], 119);
	assert_int_equal(state.standing.exceptions[EXCEPTION_UNLISTED], 120);
	assert_int_equal(state.standing.exceptions[EXCEPTION_DISPUTED], 121);
	assert_int_equal(state.date_ahead, 122);
	assert_int_equal(state.curve.n, 0);
	table_free(&table);
}

/* No certificate, and no other reason to read everything: the first load is not over. */
static void a_workspace_that_was_never_certified_needs_a_first_load(void **fixture)
{
	struct table *table = table_new((int)ARRAY_SIZE(columns));
	struct workspace_state state;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_name(table, (int)i, columns[i][0], false);
	table_add(table);
	table_put(table, 0, "list_order", "unknown");
	state_json_read_row(table, &state);
	assert_int_equal(state.certified_at, TIME_NONE);
	assert_int_equal(state.needs_full, FULL_FIRST_LOAD);
	assert_int_equal(state.date_ahead, 0);
	table_free(&table);
}

static void totals_that_were_told_come_back_to_the_second(void **fixture)
{
	struct workspace_state state = { .curve = { .n = 2 } }, back;
	struct buf out = BUF_MAX(10000);
	struct json_at root, told;
	struct err err = ERR_INIT;
	struct table *table;
	struct json *json;
	const char *text;

	(void)fixture;
	state.curve.steps[0] =
		(struct curve_step){ NOON, NOON + 30 * USEC_PER_SEC, INT64_C(5000000000) };
	state.curve.steps[1] =
		(struct curve_step){ NOON + 40 * USEC_PER_SEC, NOON + 40 * USEC_PER_SEC, 17 };
	state_json_write_workspace(&out, &state);
	json = parse(buf_text(&out));
	root = json_root(json);
	told = json_member(&root, "totals_told");
	assert_true(json_string(&told, &text, &err));
	table = a_row("totals_told", text);
	state_json_read_row(table, &back);
	assert_int_equal(back.curve.n, 2);
	assert_memory_equal(back.curve.steps, state.curve.steps, 2 * sizeof(struct curve_step));
	table_free(&table);
	json_free(&json);
	buf_free(&out);
}

static void no_more_totals_are_read_than_are_kept(void **fixture)
{
	struct buf text = BUF_MAX(100000);
	struct workspace_state state;
	struct table *table;

	(void)fixture;
	for (int i = 0; i < CURVE_MOST + 1; i++)
		buf_printf(&text, "%d+1=%d;", i, i);
	table = a_row("totals_told", buf_text(&text));
	state_json_read_row(table, &state);
	assert_int_equal(state.curve.n, CURVE_MOST);
	assert_int_equal(state.curve.steps[CURVE_MOST - 1].total, CURVE_MOST - 1);
	table_free(&table);
	buf_free(&text);
}

static void what_is_written_is_appended(void **fixture)
{
	struct evidence evidence = { .pairs = 1 };
	struct buf out = BUF_MAX(10000);

	(void)fixture;
	buf_str(&out, "x");
	state_json_write_evidence(&out, &evidence);
	assert_memory_equal(buf_text(&out), "x{", 2);
	buf_free(&out);
}

/* ---- evidence --------------------------------------------------------------- */

static void evidence_comes_back_as_it_went(void **fixture)
{
	struct evidence evidence = { .pairs = INT64_C(123456789012345) }, back;
	struct buf out = BUF_MAX(10000);
	struct json_at root;
	struct json *json;

	(void)fixture;
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++) {
		evidence.against[o].inversions = 100 + (int64_t)o;
		evidence.against[o].pages = 10 + (int64_t)o;
	}
	state_json_write_evidence(&out, &evidence);
	json = parse(buf_text(&out));
	root = json_root(json);
	memset(&back, 0xff, sizeof(back));
	state_json_read_evidence(&root, &back);
	assert_memory_equal(&back, &evidence, sizeof(back));
	json_free(&json);
	buf_free(&out);
}

static void evidence_that_cannot_be_read_is_none(void **fixture)
{
	static const char *const texts[] = {
		"{}",
		"null",
		"[]",
		"\"x\"",
		"7",
		"{\"pairs\":null,\"updated_desc\":7}",
		"{\"pairs\":\"5\",\"updated_desc\":{\"inversions\":\"1\",\"pages\":[]}}",
		"{\"pairs\":1.5,\"nonsense\":{\"inversions\":1}}",
	};
	struct evidence none = { 0 }, back;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct json *json = parse(texts[i]);
		struct json_at root = json_root(json);

		memset(&back, 0xff, sizeof(back));
		state_json_read_evidence(&root, &back);
		assert_memory_equal(&back, &none, sizeof(back));
		json_free(&json);
	}
}

/* ---- where a full sweep stands ------------------------------------------------- */

/* A sweep in the middle of its work. */
static void make_position(struct full_state *full)
{
	struct sweep_plan plan = { .per_page = 50,
				   .backwards = true,
				   .order = ORDER_CREATED_ASC,
				   .floor = TIME_NONE,
				   .lookback = 120 * USEC_PER_SEC,
				   .expected = 100000,
				   .ahead = 4 };

	*full = (struct full_state){
		.running = true, .pass = 2, .started = NOON, .owed = 99000, .most_total = 100300
	};
	sweep_begin(&full->sweep, &plan);
	full->sweep.begun = full->sweep.full = true;
	full->sweep.started = NOON + 1;
	full->sweep.newest = NOON - 5;
	full->sweep.first_total = 100100;
	full->sweep.last_total = 100200;
	full->sweep.most_total = 100250;
	full->sweep.recent = 17;
	full->sweep.page = 1234;
	full->sweep.pages = 800;
	full->sweep.stepped_back = 3;
	full->sweep.rows = 40000;
	full->sweep.repeats = 150;
	full->sweep.watch.evidence.pairs = 39000;
	full->sweep.watch.evidence.against[ORDER_UPDATED_DESC].inversions = 9;
	full->sweep.watch.evidence.against[ORDER_UPDATED_DESC].pages = 4;
}

static bool read_position(const char *text, struct full_state *full)
{
	struct json *json = parse(text);
	struct json_at root = json_root(json);
	bool ok = state_json_read_position(&root, full);

	assert_int_equal(full->running, ok);
	json_free(&json);
	return ok;
}

static void a_position_comes_back_as_it_went(void **fixture)
{
	struct full_state full, back;
	struct buf out = BUF_MAX(10000);

	(void)fixture;
	make_position(&full);
	state_json_write_position(&out, &full);
	memset(&back, 0xff, sizeof(back));
	assert_true(read_position(buf_text(&out), &back));
	assert_int_equal(back.pass, 2);
	assert_int_equal(back.started, NOON);
	assert_int_equal(back.owed, 99000);
	assert_int_equal(back.most_total, 100300);
	assert_int_equal(back.sweep.most_total, 100250);
	assert_true(back.sweep.plan.backwards && back.sweep.begun);
	assert_int_equal(back.sweep.plan.order, ORDER_CREATED_ASC);
	assert_int_equal(back.sweep.plan.lookback, full.sweep.plan.lookback);
	assert_int_equal(back.sweep.plan.expected, full.sweep.plan.expected);
	assert_int_equal(back.sweep.plan.floor, TIME_NONE);
	/* That its end is looked behind survives a kill. */
	assert_true(back.sweep.plan.probe && back.sweep.full);
	assert_int_equal(back.sweep.per_page, 50);
	assert_int_equal(back.sweep.page, 1234);
	assert_int_equal(back.sweep.end, SWEEP_RUNNING);
	assert_int_equal(back.sweep.started, NOON + 1);
	assert_int_equal(back.sweep.newest, NOON - 5);
	assert_int_equal(back.sweep.first_total, 100100);
	assert_int_equal(back.sweep.last_total, 100200);
	assert_int_equal(back.sweep.recent, 17);
	assert_int_equal(back.sweep.pages, 800);
	assert_int_equal(back.sweep.stepped_back, 3);
	assert_int_equal(back.sweep.rows, 40000);
	assert_int_equal(back.sweep.repeats, 150);
	assert_memory_equal(&back.sweep.watch.evidence, &full.sweep.watch.evidence,
			    sizeof(struct evidence));
	buf_free(&out);
}

static void a_sweep_whose_total_is_none_goes_on_and_knows_it(void **fixture)
{
	(void)fixture;
	for (int i = 0; i < 4; i++) {
		struct full_state full, back;
		struct buf out = BUF_MAX(10000);

		make_position(&full);
		full.sweep.untold = i % 2 == 0;
		full.sweep.beyond = i % 2 == 1;
		/* With its first page it may as well begin anew. */
		full.sweep.page = i < 2 ? 1234 : 2;
		state_json_write_position(&out, &full);
		assert_int_equal(read_position(buf_text(&out), &back), i < 2);
		assert_int_equal(back.sweep.untold, i % 2 == 0);
		assert_int_equal(back.sweep.beyond, i % 2 == 1);
		buf_free(&out);
	}
}

static void a_position_without_instants_comes_back_without(void **fixture)
{
	struct full_state full, back;
	struct buf out = BUF_MAX(10000);

	(void)fixture;
	make_position(&full);
	full.started = full.sweep.started = full.sweep.newest = TIME_NONE;
	state_json_write_position(&out, &full);
	assert_true(read_position(buf_text(&out), &back));
	assert_int_equal(back.started, TIME_NONE);
	assert_int_equal(back.sweep.started, TIME_NONE);
	assert_int_equal(back.sweep.newest, TIME_NONE);
	buf_free(&out);
}

static void a_sweep_that_has_not_begun_is_begun_anew(void **fixture)
{
	struct full_state full, back;
	struct buf out = BUF_MAX(10000);

	(void)fixture;
	make_position(&full);
	full.sweep.begun = false;
	state_json_write_position(&out, &full);
	assert_false(read_position(buf_text(&out), &back));
	buf_free(&out);
}

static void check_position(const struct unit_row *row)
{
	struct full_state back;
	const char *got = read_position(row->field[0], &back) ? "goes on" : "anew";

	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void what_is_not_complete_enough_is_begun_anew(void **fixture)
{
	(void)fixture;
	unit_table("state_json/positions.txt", check_position);
}

/* A later version may add to it, and a key of ours may be missing in what an older one wrote. */
static void unknown_keys_are_ignored_and_missing_ones_read_as_their_beginning(void **fixture)
{
	struct full_state back;

	(void)fixture;
	assert_true(read_position("{\"pass\":1,\"begun\":1,\"per_page\":100,\"page\":5,"
				  "\"invented_later\":{\"x\":[1,2]}}",
				  &back));
	assert_int_equal(back.started, TIME_NONE);
	assert_int_equal(back.sweep.started, TIME_NONE);
	assert_int_equal(back.sweep.plan.order, ORDER_UNKNOWN);
	assert_int_equal(back.sweep.rows, 0);
	assert_false(back.sweep.plan.backwards);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workspace_is_written_with_its_instants_and_its_order),
		cmocka_unit_test(a_workspace_is_written_with_the_times_that_a_sweep_waits_for),
		cmocka_unit_test(a_row_comes_back_column_by_column),
		cmocka_unit_test(a_workspace_that_was_never_certified_needs_a_first_load),
		cmocka_unit_test(totals_that_were_told_come_back_to_the_second),
		cmocka_unit_test(no_more_totals_are_read_than_are_kept),
		cmocka_unit_test(what_is_written_is_appended),
		cmocka_unit_test(evidence_comes_back_as_it_went),
		cmocka_unit_test(evidence_that_cannot_be_read_is_none),
		cmocka_unit_test(a_position_comes_back_as_it_went),
		cmocka_unit_test(a_sweep_whose_total_is_none_goes_on_and_knows_it),
		cmocka_unit_test(a_position_without_instants_comes_back_without),
		cmocka_unit_test(a_sweep_that_has_not_begun_is_begun_anew),
		cmocka_unit_test(what_is_not_complete_enough_is_begun_anew),
		cmocka_unit_test(unknown_keys_are_ignored_and_missing_ones_read_as_their_beginning),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
