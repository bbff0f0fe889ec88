/* SPDX-License-Identifier: MIT */
#include "state_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json_writer.h"
#include "plan.h"

/* An instant as the warehouse counts them; null where there is none. */
static void time_member(struct json_writer *out, const char *key, int64_t t)
{
	json_writer_key(out, key);
	if (t == TIME_NONE)
		json_writer_null(out);
	else
		json_writer_int(out, t);
}

void state_json_write_evidence(struct buf *buf, const struct evidence *evidence)
{
	struct json_writer out = JSON_WRITER_TO(buf);

	json_writer_open(&out, '{');
	json_writer_key_int(&out, "pairs", evidence->pairs);
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++) {
		json_writer_key(&out, order_name(o));
		json_writer_open(&out, '{');
		json_writer_key_int(&out, "inversions", evidence->against[o].inversions);
		json_writer_key_int(&out, "pages", evidence->against[o].pages);
		json_writer_close(&out, '}');
	}
	json_writer_close(&out, '}');
}

/* Of a total, from which second on, for how many, and how much. */
#define LONGEST_STEP 64

static void write_totals(struct json_writer *out, const struct curve *curve)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(CURVE_MOST * LONGEST_STEP);

	for (int i = 0; i < curve->n; i++) {
		const struct curve_step *step = &curve->steps[i];

		buf_printf(&text, "%" PRId64 "+%" PRId64 "=%" PRId64 ";", step->from / USEC_PER_SEC,
			   (step->to - step->from) / USEC_PER_SEC, step->total);
	}
	json_writer_key_string(out, "totals_told", buf_text(&text));
}

static void read_totals(const char *text, struct curve *curve)
{
	int64_t from, lasts, total;
	int length;

	*curve = (struct curve){ .n = 0 };
	while (text && curve->n < CURVE_MOST &&
	       sscanf(text, "%" SCNd64 "+%" SCNd64 "=%" SCNd64 ";%n", &from, &lasts, &total,
		      &length) == 3) {
		curve->steps[curve->n++] = (struct curve_step){ .from = from * USEC_PER_SEC,
								.to = (from + lasts) * USEC_PER_SEC,
								.total = total };
		text += length;
	}
}

void state_json_write_workspace(struct buf *buf, const struct workspace_state *state)
{
	struct json_writer out = JSON_WRITER_TO(buf);

	json_writer_open(&out, '{');
	time_member(&out, "watermark", state->watermark);
	time_member(&out, "complete_as_of", state->complete_as_of);
	time_member(&out, "active_as_of", state->active_as_of);
	time_member(&out, "certified_at", state->certified_at);
	json_writer_key_int(&out, "lookback", state->lookback);
	time_member(&out, "late_at", state->late_at);
	json_writer_key_int(&out, "largest_total", state->largest_total);
	json_writer_key_int(&out, "last_total", state->last_total);
	json_writer_key_int(&out, "per_page", state->per_page);
	json_writer_key_int(&out, "uncertified", state->uncertified);
	time_member(&out, "tried_at", state->tried_at);
	time_member(&out, "retry_at", plan_retry(state));
	json_writer_key_bool(&out, "audit_due", state->audit_due);
	json_writer_key_bool(&out, "filterless", state->filterless);
	json_writer_key_int(&out, "date_ahead", state->date_ahead);
	json_writer_key_int(&out, "list_depth", state->depth);
	json_writer_key_int(&out, "list_parts", state->parts);
	json_writer_key_int(&out, "list_beyond", state->beyond);
	json_writer_key_string(&out, "list_order", order_name(state->order));
	json_writer_key_string(&out, "needs_full", workspace_state_reason_name(state->needs_full));
	json_writer_key_string(&out, "unproven", workspace_state_unproven_name(state->unproven));
	write_totals(&out, &state->curve);
	json_writer_key(&out, "order_evidence");
	state_json_write_evidence(buf, &state->evidence);
	out.comma = true;
	json_writer_close(&out, '}');
}

/* ---- reading --------------------------------------------------------- */

/* A whole number; a missing or null one leaves *RET as it is. */
static bool read_int(const struct json_at *object, const char *key, int64_t *ret)
{
	struct json_at at = json_member(object, key);
	struct err ignored;

	return json_int(&at, ret, &ignored);
}

static int read_small(const struct json_at *object, const char *key)
{
	int64_t n = 0;

	(void)!read_int(object, key, &n);
	return (int)max_i64(min_i64(n, INT32_MAX), 0);
}

static bool read_bool(const struct json_at *object, const char *key)
{
	return read_small(object, key) != 0;
}

void state_json_read_evidence(const struct json_at *at, struct evidence *evidence)
{
	*evidence = (struct evidence){ 0 };
	(void)!read_int(at, "pairs", &evidence->pairs);
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++) {
		struct json_at against = json_member(at, order_name(o));

		(void)!read_int(&against, "inversions", &evidence->against[o].inversions);
		(void)!read_int(&against, "pages", &evidence->against[o].pages);
	}
}

void state_json_write_position(struct buf *buf, const struct full_state *full)
{
	const struct sweep *sweep = &full->sweep;
	struct json_writer out = JSON_WRITER_TO(buf);

	json_writer_open(&out, '{');
	json_writer_key_int(&out, "pass", full->pass);
	time_member(&out, "cycle_started", full->started);
	json_writer_key_int(&out, "owed", full->owed);
	json_writer_key_int(&out, "most_total_before", full->most_total);
	json_writer_key_int(&out, "most_total", sweep->most_total);
	json_writer_key_int(&out, "begun", sweep->begun);
	json_writer_key_int(&out, "full", sweep->full);
	json_writer_key_int(&out, "beyond", sweep->beyond);
	json_writer_key_int(&out, "untold", sweep->untold);
	json_writer_key_int(&out, "backwards", sweep->plan.backwards);
	json_writer_key_string(&out, "order", order_name(sweep->plan.order));
	json_writer_key_int(&out, "lookback", sweep->plan.lookback);
	json_writer_key_int(&out, "expected", sweep->plan.expected);
	json_writer_key_int(&out, "per_page", sweep->per_page);
	json_writer_key_int(&out, "page", sweep->page);
	time_member(&out, "started", sweep->started);
	time_member(&out, "newest", sweep->newest);
	json_writer_key_int(&out, "first_total", sweep->first_total);
	json_writer_key_int(&out, "last_total", sweep->last_total);
	json_writer_key_int(&out, "recent", sweep->recent);
	json_writer_key_int(&out, "pages", sweep->pages);
	json_writer_key_int(&out, "stepped_back", sweep->stepped_back);
	json_writer_key_int(&out, "rows", sweep->rows);
	json_writer_key_int(&out, "repeats", sweep->repeats);
	json_writer_key(&out, "evidence");
	state_json_write_evidence(buf, &sweep->watch.evidence);
	out.comma = true;
	json_writer_close(&out, '}');
}

static void read_sweep(const struct json_at *at, struct sweep *sweep)
{
	struct json_at order = json_member(at, "order"), evidence = json_member(at, "evidence");
	struct sweep_plan plan = { .floor = TIME_NONE,
				   .ahead = 1,
				   .probe = true,
				   .backwards = read_bool(at, "backwards") };
	struct err ignored;
	const char *name;

	if (json_string(&order, &name, &ignored))
		plan.order = order_parse(name);
	(void)!read_int(at, "lookback", &plan.lookback);
	(void)!read_int(at, "expected", &plan.expected);
	plan.per_page = PER_PAGE_MOST;
	sweep_begin(sweep, &plan);
	sweep->begun = read_bool(at, "begun");
	sweep->full = read_bool(at, "full");
	sweep->beyond = read_bool(at, "beyond");
	sweep->untold = read_bool(at, "untold");
	sweep->per_page = read_small(at, "per_page");
	sweep->page = read_small(at, "page");
	(void)!read_int(at, "started", &sweep->started);
	(void)!read_int(at, "newest", &sweep->newest);
	(void)!read_int(at, "first_total", &sweep->first_total);
	(void)!read_int(at, "last_total", &sweep->last_total);
	(void)!read_int(at, "recent", &sweep->recent);
	(void)!read_int(at, "most_total", &sweep->most_total);
	sweep->pages = read_small(at, "pages");
	sweep->stepped_back = read_small(at, "stepped_back");
	(void)!read_int(at, "rows", &sweep->rows);
	(void)!read_int(at, "repeats", &sweep->repeats);
	state_json_read_evidence(&evidence, &sweep->watch.evidence);
}

bool state_json_read_position(const struct json_at *at, struct full_state *full)
{
	*full = (struct full_state){ .started = TIME_NONE, .pass = read_small(at, "pass") };
	(void)!read_int(at, "cycle_started", &full->started);
	(void)!read_int(at, "owed", &full->owed);
	(void)!read_int(at, "most_total_before", &full->most_total);
	read_sweep(at, &full->sweep);
	full->running = full->pass >= 1 && full->pass <= FULL_PASSES_MOST && full->sweep.begun &&
			full->sweep.per_page >= 1 && full->sweep.per_page <= PER_PAGE_MOST &&
			full->sweep.page >= 1;
	/*
	 * Where a page told no total, or a wrong one, it proves nothing any more. It is begun anew
	 * if that costs nothing, as it would go on with its first page; else all is read once.
	 */
	if ((full->sweep.untold || full->sweep.beyond) && full->sweep.page <= 2)
		full->running = false;
	/* One that had read its last page is counted again from that page on. */
	return full->running;
}

struct standing state_json_standing(const struct table *table)
{
	const char *proof = table_get(table, 0, "proof");

	return (struct standing){
		.proof = workspace_state_proof_parse(proof ? proof : ""),
		.exceptions = { [EXCEPTION_ACCEPTED] = table_get_int(table, 0, "accepted"),
				[EXCEPTION_UNLISTED] = table_get_int(table, 0, "unlisted"),
				[EXCEPTION_DISPUTED] = table_get_int(table, 0, "disputed") },
	};
}

void state_json_read_row(const struct table *table, struct workspace_state *state)
{
	const char *reason = table_get(table, 0, "needs_full"),
		   *unproven = table_get(table, 0, "unproven");

	*state = (struct workspace_state){
		.watermark = table_get_int(table, 0, "watermark"),
		.complete_as_of = table_get_int(table, 0, "complete_as_of"),
		.active_as_of = table_get_int(table, 0, "active_as_of"),
		.certified_at = table_get_int(table, 0, "certified_at"),
		.lookback = table_get_int(table, 0, "lookback"),
		.live = table_get_int(table, 0, "live_count"),
		.largest_total = table_get_int(table, 0, "largest_total"),
		.last_total = table_get_int(table, 0, "last_total"),
		.per_page = (int)table_get_int(table, 0, "per_page"),
		.order = order_parse(table_get(table, 0, "list_order")),
		.needs_full = workspace_state_reason_parse(reason ? reason : ""),
		.uncertified = (int)table_get_int(table, 0, "uncertified"),
		.tried_at = table_get_int(table, 0, "tried_at"),
		.audit_due = table_get_bool(table, 0, "audit_due"),
		.stale_copies = table_get_int(table, 0, "stale_copies"),
		.unproven = workspace_state_unproven_parse(unproven ? unproven : ""),
		.lookback_configured = table_get_int(table, 0, "lookback_configured"),
		.late_at = table_get_int(table, 0, "late_at"),
		.late_by = table_get_int(table, 0, "late_by"),
		.depth = table_get_int(table, 0, "list_depth"),
		.parts = table_get_int(table, 0, "list_parts"),
		.beyond = table_get_int(table, 0, "list_beyond"),
		.holding = table_get_int(table, 0, "holding"),
		.askable = table_get_int(table, 0, "askable"),
		.filterless = table_get_bool(table, 0, "filterless"),
		.standing = state_json_standing(table),
		.date_ahead = max_i64(table_get_int(table, 0, "date_ahead"), 0),
	};
	read_totals(table_get(table, 0, "totals_told"), &state->curve);
	if (state->certified_at == TIME_NONE && state->needs_full == FULL_NOT_NEEDED)
		state->needs_full = FULL_FIRST_LOAD;
}
