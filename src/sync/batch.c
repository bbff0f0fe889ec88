/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include <string.h>

#include "jsonout.h"
#include "memtext.h"
#include "sql.h"

/* What the engine remembers is a few hundred bytes; a page's ids may be half a megabyte. */
#define LONGEST_TEXT (1u << 20)

/* ---- commits --------------------------------------------------------- */

static const char *run_state(const struct batch *c)
{
	if (!c->last)
		return "running";
	return c->verdict == VERDICT_UNCERTIFIED || c->verdict == VERDICT_LOST ? "partial" : "ok";
}

/* The parameter of advance_run.sql. */
static void run_json(struct buf *text, const struct batch *c)
{
	struct jsonout out = JSONOUT_TO(text);
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
	jsonout_open(&out, '{');
	jsonout_key(&out, "state");
	jsonout_string(&out, run_state(c));
	jsonout_key(&out, "verdict");
	jsonout_string(&out, act_verdict_name(c->verdict));
	if (c->started != TIME_NONE) {
		jsonout_key(&out, "api_started_at");
		jsonout_int(&out, c->started);
	}
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		jsonout_key(&out, counts[i].key);
		jsonout_int(&out, counts[i].value);
	}
	jsonout_close(&out, '}');
}

static const char *sweep_state(const struct batch *c)
{
	if (c->memory->full.running)
		return "running";
	return c->memory->uncertified > 0 ? "uncertified" : "certified";
}

/* The parameter of advance_sweep.sql. */
static void sweep_json(struct buf *text, const struct batch *c)
{
	struct jsonout out = JSONOUT_TO(text);
	const struct sweep *sweep = &c->memory->full.sweep;
	const struct {
		const char *key;
		int64_t value;
	} numbers[] = {
		{ "api_started_at", c->memory->full.started },
		{ "first_total", sweep->first_total },
		{ "last_total", sweep->last_total },
		{ "passes", c->memory->full.pass },
		{ "pages", sweep->pages },
		{ "rows_seen", sweep->rows },
		{ "repeats", sweep->repeats },
		{ "distinct_count", c->distinct },
		{ "suspects", c->suspects },
	};

	buf_reset(text);
	jsonout_open(&out, '{');
	jsonout_key(&out, "state");
	jsonout_string(&out, sweep_state(c));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		jsonout_key(&out, numbers[i].key);
		if (numbers[i].value == TIME_NONE)
			jsonout_null(&out);
		else
			jsonout_int(&out, numbers[i].value);
	}
	jsonout_key(&out, "position");
	memtext_write_position(text, &c->memory->full);
	out.comma = true;
	jsonout_close(&out, '}');
}

static void add_rows(struct script *s, const struct batch *c)
{
	bool of_sweep = c->seen == SEEN_BY_SWEEP && c->sweep > 0 && stage_rows(c->stage) > 0;

	script_add(s, sql_store_batch);
	script_int(s, c->workspace);
	script_int(s, c->run);
	script_int(s, of_sweep ? c->sweep : TIME_NONE);
	script_int(s, c->number);
	script_int(s, c->memory->full.pass);
	script_text(s, c->seen == SEEN_BY_SCAN ? "t" : "f");
	script_int(s, c->stage->last_observed);
	for (enum stage_table t = 0; t < STAGE_TABLES; t++)
		if (c->stage->n[t] > 0)
			script_copy(s, stage_copy(t), &c->stage->rows[t]);
	script_add(s, sql_merge);
}

static void add_advance(struct script *s, const struct batch *c)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);

	script_add(s, sql_store_advance_workspace);
	script_int(s, c->workspace);
	memtext_write_workspace(&text, c->memory);
	script_text(s, buf_text(&text));
	script_add(s, sql_store_advance_run);
	script_int(s, c->run);
	run_json(&text, c);
	script_text(s, buf_text(&text));
	if (c->sweep > 0) {
		script_add(s, sql_store_advance_sweep);
		script_int(s, c->sweep);
		script_int(s, c->run);
		sweep_json(&text, c);
		script_text(s, buf_text(&text));
	}
	script_add(s, sql_store_advance_ledger);
	script_int(s, c->workspace);
	script_text(s, c->purpose);
	script_int(s, c->sent.requests);
	script_int(s, c->sent.throttled);
	script_int(s, c->sent.failed);
	if (c->sweep > 0 && c->last) {
		script_add(s, sql_store_forget_sweep);
		script_int(s, c->sweep);
	}
}

void batch_write(struct script *script, const struct batch *batch)
{
	stage_close(batch->stage);
	script_add(script, "begin");
	add_rows(script, batch);
	add_advance(script, batch);
	script_add(script, sql_store_tally);
	script_int(script, batch->workspace);
	script_add(script, "commit");
}

void batch_read(const struct grid *grid, struct tally *tally)
{
	*tally = (struct tally){
		.seen = grid_int(grid, 0, 0),
		.fresh = grid_int(grid, 0, 1),
		.changed = grid_int(grid, 0, 2),
		.rejected = grid_int(grid, 0, 3),
		.deleted = grid_int(grid, 0, 4),
		.late = grid_int(grid, 0, 5),
		.silent = grid_int(grid, 0, 6),
		.versions = grid_int(grid, 0, 7),
		.live = grid_int(grid, 0, 8),
	};
}

/* ---- questions ------------------------------------------------------- */

/* The ids as the text of a PostgreSQL array; every one is quoted. */
static void id_array(struct buf *text, const char *const *ids, int n)
{
	buf_char(text, '{');
	for (int i = 0; i < n; i++) {
		buf_str(text, i ? ",\"" : "\"");
		for (const char *p = ids[i]; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_char(text, '\\');
			buf_char(text, *p);
		}
		buf_char(text, '"');
	}
	buf_char(text, '}');
}

static void add_joined(struct script *s, const struct question *q)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);

	id_array(&text, q->ids, q->n);
	script_add(s, sql_ask_joined);
	script_int(s, q->sweep);
	script_text(s, buf_text(&text));
}

void question_write(struct script *s, const struct question *q)
{
	script_add(s, sql_ask_begin);
	switch (q->ask.kind) {
	case ASK_JOINED:
		add_joined(s, q);
		break;
	case ASK_SEEN:
		script_add(s, sql_ask_seen);
		script_int(s, q->workspace);
		script_int(s, q->sweep);
		script_int(s, q->ask.pass);
		script_int(s, q->ask.before);
		break;
	case ASK_SUSPECTS:
		script_add(s, sql_ask_suspects);
		script_int(s, q->workspace);
		script_int(s, q->sweep);
		script_int(s, q->ask.most);
		break;
	}
	script_add(s, "commit");
}

/*
 * The first row of suspects.sql speaks of all; the rest are ids, and the
 * control goes behind them.
 */
static struct grid *suspect_ids(const struct grid *rows, struct answer *answer)
{
	struct grid *ids = grid_new(2);
	const char *control = grid_text(rows, 0, 2);

	answer->n[0] = grid_int(rows, 0, 1);
	for (int row = 1; row < grid_rows(rows); row++) {
		const char *id = grid_text(rows, row, 2);

		grid_set(ids, grid_add(ids), 0, id, strlen(id));
		answer->ids++;
	}
	answer->control = control != NULL;
	if (control)
		grid_set(ids, grid_add(ids), 0, control, strlen(control));
	return ids;
}

struct grid *question_read(enum ask_kind kind, const struct grid *grid, struct answer *answer)
{
	*answer = (struct answer){ .ids = 0 };
	if (kind == ASK_SUSPECTS)
		return suspect_ids(grid, answer);
	for (int i = 0; i < grid_columns(grid); i++)
		answer->n[i] = grid_int(grid, 0, i);
	return NULL;
}
