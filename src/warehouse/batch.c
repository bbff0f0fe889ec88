/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include "json_writer.h"
#include "sql.h"
#include "state_json.h"

/* The engine's state is a few kilobytes. */
#define LONGEST_TEXT (64u << 10)

static const char *run_state(const struct batch *c)
{
	if (!c->last)
		return "running";
	return c->verdict == VERDICT_UNCERTIFIED || c->verdict == VERDICT_LOST ? "partial" : "ok";
}

/* The parameter of advance_run.sql. */
static void run_json(struct buf *text, const struct batch *c)
{
	struct json_writer out = JSON_WRITER_TO(text);
	const struct {
		const char *key;
		int value;
	} counts[] = {
		{ "requests", c->sent.requests },
		{ "pages", c->sent.pages },
		{ "throttled", c->sent.throttled },
		{ "retried", c->sent.retried },
	};

	buf_reset(text);
	json_writer_open(&out, '{');
	json_writer_key(&out, "state");
	json_writer_string(&out, run_state(c));
	json_writer_key(&out, "verdict");
	json_writer_string(&out, action_verdict_name(c->verdict));
	if (c->started != TIME_NONE) {
		json_writer_key(&out, "api_started_at");
		json_writer_int(&out, c->started);
	}
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		json_writer_key(&out, counts[i].key);
		json_writer_int(&out, counts[i].value);
	}
	json_writer_close(&out, '}');
}

static const char *sweep_state(const struct batch *c)
{
	if (c->state->full.running)
		return "running";
	return c->state->uncertified > 0 ? "uncertified" : "certified";
}

/* The parameter of advance_sweep.sql. */
static void sweep_json(struct buf *text, const struct batch *c)
{
	struct json_writer out = JSON_WRITER_TO(text);
	const struct sweep *sweep = &c->state->full.sweep;
	const struct {
		const char *key;
		int64_t value;
	} numbers[] = {
		{ "api_started_at", c->state->full.started },
		{ "first_total", sweep->first_total },
		{ "last_total", sweep->last_total },
		{ "passes", c->state->full.pass },
		{ "pages", sweep->pages },
		{ "rows_seen", sweep->rows },
		{ "repeats", sweep->repeats },
		{ "distinct_count", c->distinct },
		{ "suspects", c->suspects },
	};

	buf_reset(text);
	json_writer_open(&out, '{');
	json_writer_key(&out, "state");
	json_writer_string(&out, sweep_state(c));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		json_writer_key(&out, numbers[i].key);
		if (numbers[i].value == TIME_NONE)
			json_writer_null(&out);
		else
			json_writer_int(&out, numbers[i].value);
	}
	json_writer_key(&out, "position");
	state_json_write_position(text, &c->state->full);
	out.comma = true;
	json_writer_close(&out, '}');
}

static void add_all(struct script *s, const char *const *statements, size_t n)
{
	for (size_t i = 0; i < n; i++)
		script_add(s, statements[i]);
}

/*
 * The merge: rows that differ from the held ones are picked, then written, then
 * counted. A batch in which nothing differs is not planned any further,
 * statement by statement.
 */
static void add_merge(struct script *s)
{
	static const char *const pick[] = {
		sql_merge_10_begin,
		sql_merge_20_dimensions,
		sql_merge_30_pick,
		sql_merge_35_stale_copies,
	};
	static const char *const write[] = {
		sql_merge_38_recount,	   sql_merge_40_conversations,	   sql_merge_50_versions,
		sql_merge_60_events,	   sql_merge_65_resolutions,	   sql_merge_70_labels,
		sql_merge_75_taken_back,   sql_merge_80_gone_and_rejected, sql_merge_82_absences,
		sql_merge_85_touched_days, sql_merge_87_messages_due,
	};
	static const char *const count[] = {
		sql_merge_90_seen_and_tally,
		sql_merge_95_statistics,
	};

	add_all(s, pick, ARRAY_SIZE(pick));
	script_add(s, sql_merge_36_whether_anything_differs);
	script_skip(s, ARRAY_SIZE(write));
	add_all(s, write, ARRAY_SIZE(write));
	add_all(s, count, ARRAY_SIZE(count));
}

static void add_rows(struct script *s, const struct batch *c)
{
	bool rows = stage_rows(c->stage) > 0;
	bool of_sweep = rows && c->seen == SEEN_BY_SWEEP && c->sweep > 0;
	bool of_scan = rows && c->seen == SEEN_BY_SCAN && !c->last;

	script_add(s, sql_warehouse_batch);
	script_int(s, c->workspace);
	script_int(s, c->run);
	script_int(s, of_sweep ? c->sweep : TIME_NONE);
	script_int(s, c->number);
	script_int(s, c->state->full.pass);
	script_int(s, of_scan ? c->scan : TIME_NONE);
	script_int(s, c->told);
	for (enum stage_table t = 0; t < STAGE_TABLES; t++)
		if (c->stage->n[t] > 0)
			script_copy(s, stage_copy(c->stage, t), &c->stage->rows[t]);
}

/* Whether all that a run had to read was read. */
static bool is_good(enum verdict verdict)
{
	return verdict == VERDICT_CERTIFIED || verdict == VERDICT_COMPLETE ||
	       verdict == VERDICT_ACTIVE || verdict == VERDICT_REJECTED;
}

static void add_ledger(struct script *s, const struct batch *c)
{
	script_add(s, sql_warehouse_advance_ledger);
	script_int(s, c->workspace);
	script_text(s, cycle_kind(c->kind)->name);
	script_int(s, c->sent.requests);
	script_int(s, c->sent.throttled);
	script_int(s, c->sent.failed);
}

/* To check them takes as long as it takes: a limit would be one of the warehouse's size. */
static void add_keys(struct script *s, const char *statement)
{
	script_add(s, "set local statement_timeout = 0");
	script_add(s, statement);
}

static void add_transaction(struct script *s, const char *statement)
{
	script_add(s, "begin");
	add_keys(s, statement);
	script_add(s, "commit");
}

/*
 * Foreign keys that were set aside hold before the transaction that publishes:
 * its locks would keep other writers out for as long as the check takes.
 */
static void add_foreign_keys(struct script *s)
{
	add_transaction(s, sql_warehouse_declare_foreign_keys);
	add_transaction(s, sql_warehouse_restore_foreign_keys);
}

static bool ends_sweep(const struct batch *c)
{
	return c->sweep > 0 && !c->state->full.running;
}

static void add_advance(struct script *s, const struct batch *c)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);

	if (ends_sweep(c))
		add_keys(s, sql_warehouse_restore_foreign_keys);
	script_add(s, sql_warehouse_advance_workspace);
	script_int(s, c->workspace);
	state_json_write_workspace(&text, c->state);
	script_text(s, buf_text(&text));
	script_add(s, sql_warehouse_advance_reports);
	script_int(s, c->workspace);
	script_add(s, sql_warehouse_advance_run);
	script_int(s, c->run);
	run_json(&text, c);
	script_text(s, buf_text(&text));
	if (c->sweep > 0) {
		script_add(s, sql_warehouse_advance_sweep);
		script_int(s, c->sweep);
		script_int(s, c->run);
		sweep_json(&text, c);
		script_text(s, buf_text(&text));
	}
	if (ends_sweep(c)) {
		script_add(s, sql_warehouse_forget_rejected);
		script_int(s, c->sweep);
	}
	if (c->last && is_good(c->verdict)) {
		script_add(s, sql_warehouse_forget_misshapen);
		script_int(s, c->workspace);
	}
	add_ledger(s, c);
	if (c->sweep > 0 && c->last) {
		script_add(s, sql_warehouse_forget_sweep);
		script_int(s, c->sweep);
	}
	if (c->last) {
		script_add(s, sql_warehouse_forget_scans);
		script_int(s, c->workspace);
	}
}

static void int_array(struct json_writer *out, const char *key, const int64_t *numbers, int n)
{
	json_writer_key(out, key);
	json_writer_open(out, '[');
	for (int i = 0; i < n; i++)
		json_writer_int(out, numbers[i]);
	json_writer_close(out, ']');
}

/* The members of an array. */
static void cells_json(struct json_writer *out, const struct batch *c, const struct cell *cells,
		       int n)
{
	for (const struct cell *cell = cells; cell < cells + n; cell++) {
		json_writer_open(out, '{');
		json_writer_key_string(out, "status", filter_ids_status(cell->filter.status));
		json_writer_key_string(out, "channel_id",
				       filter_ids_channel(c->names, &cell->filter));
		json_writer_key_string(out, "assignee_id",
				       filter_ids_assignee(c->names, &cell->filter));
		json_writer_key_bool(out, "unassigned", cell->filter.assignee < 0);
		json_writer_key_int(out, "api", cell->api);
		json_writer_key_int(out, "held", cell->held);
		json_writer_close(out, '}');
	}
}

/* The parameter of record_audit.sql. */
static void audit_json(struct buf *text, const struct batch *c)
{
	struct json_writer out = JSON_WRITER_TO(text);

	buf_reset(text);
	json_writer_open(&out, '{');
	if (c->audit->reading > 0) {
		int_array(&out, "api", c->audit->api, STATUS_RESOLVED + 1);
		int_array(&out, "held", c->audit->held, STATUS_RESOLVED + 1);
		json_writer_key(&out, "rejected");
		json_writer_int(&out, c->audit->rejected);
	}
	json_writer_key(&out, "cells");
	json_writer_open(&out, '[');
	cells_json(&out, c, c->cells, c->n_cells);
	json_writer_close(&out, ']');
	json_writer_close(&out, '}');
}

static void add_audit(struct script *s, const struct batch *c)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);

	audit_json(&text, c);
	script_add(s, sql_warehouse_record_audit);
	script_int(s, c->run);
	script_int(s, c->workspace);
	script_text(s, buf_text(&text));
	script_add(s, sql_warehouse_recount);
	script_int(s, c->workspace);
}

/* The conversations that a full sweep did not see though it read everything. */
static void add_absences(struct script *s, const struct batch *c)
{
	script_add(s, sql_warehouse_note_absences_begin);
	script_add(s, sql_warehouse_note_absences);
	script_int(s, c->workspace);
	script_int(s, c->sweep);
	script_int(s, c->state->full.started - c->state->lookback);
}

/* Which parts of the list a full sweep could not read to their end. */
static void add_deep_parts(struct script *s, const struct batch *c)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);
	struct json_writer out = JSON_WRITER_TO(&text);

	json_writer_open(&out, '[');
	cells_json(&out, c, c->partition->deep, c->partition->n_deep);
	json_writer_close(&out, ']');
	script_add(s, sql_warehouse_forget_deep_parts);
	script_int(s, c->workspace);
	script_text(s, buf_text(&text));
	script_add(s, sql_warehouse_record_deep_parts);
	script_int(s, c->workspace);
	script_text(s, buf_text(&text));
}

/* Messages, and how far they were read: no instant, no sweep and no order depends on them. */
static void add_messages(struct script *s, const struct batch *c)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);

	add_rows(s, c);
	script_add(s, sql_merge_10_begin);
	if (c->stage->n[STAGE_READING] > 0)
		script_add(s, sql_warehouse_messages);
	script_add(s, sql_warehouse_advance_run);
	script_int(s, c->run);
	run_json(&text, c);
	script_text(s, buf_text(&text));
	add_ledger(s, c);
}

static void add_end(struct script *s, const struct batch *c)
{
	script_add(s, sql_warehouse_tally);
	script_int(s, c->workspace);
	script_text(s, c->last ? "true" : "false");
	script_add(s, "commit");
}

struct batch_merge batch_write(struct script *script, const struct batch *batch)
{
	struct batch_merge merge = { 0, 0 };

	stage_close(batch->stage);
	if (ends_sweep(batch))
		add_foreign_keys(script);
	script_add(script, "begin");
	/* Nobody relies on it until the run's last commit: a lost one takes its position along. */
	if (!batch->last)
		script_add(script, "set local synchronous_commit = off");
	if (batch->messages) {
		add_messages(script, batch);
		add_end(script, batch);
		return merge;
	}
	add_rows(script, batch);
	merge.first = script_length(script);
	add_merge(script);
	merge.end = script_length(script);
	if (batch->absences && batch->suspects > 0 && batch->state->full.started != TIME_NONE)
		add_absences(script, batch);
	add_advance(script, batch);
	if (batch->audit)
		add_audit(script, batch);
	if (batch->partition)
		add_deep_parts(script, batch);
	add_end(script, batch);
	return merge;
}

void batch_read(const struct table *table, struct tally *tally)
{
	*tally = (struct tally){
		.seen = table_get_int(table, 0, "rows_seen"),
		.fresh = table_get_int(table, 0, "rows_new"),
		.changed = table_get_int(table, 0, "rows_changed"),
		.rejected = table_get_int(table, 0, "rows_rejected"),
		.deleted = table_get_int(table, 0, "rows_deleted"),
		.late = table_get_int(table, 0, "rows_late"),
		.silent = table_get_int(table, 0, "rows_silent"),
		.versions = table_get_int(table, 0, "versions"),
		.live = table_get_int(table, 0, "live_count"),
		.stale_copies = table_get_int(table, 0, "stale_copies"),
		.late_by = table_get_int(table, 0, "late_by"),
		.holding = table_get_int(table, 0, "holding"),
		.misshapen = table_get_bool(table, 0, "is_misshapen"),
		.held_back = table_get_bool(table, 0, "is_held_back"),
		.standing = state_json_standing(table),
	};
}
