/* SPDX-License-Identifier: MIT */
#include "warehouse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "err_policy.h"
#include "json.h"
#include "lock_holder.h"
#include "mem.h"
#include "quarantine.h"
#include "schema.h"
#include "script.h"
#include "session.h"
#include "sql.h"
#include "state_json.h"
#include "workspace_settings.h"

/* A workspace's hours, holidays and targets, as JSON. */
#define LONGEST_SETTINGS (4u << 20)

struct warehouse {
	struct pg *writer, *side;
	struct script *script;	  /* the writer's present work; */
	struct batch_merge merge; /* of a commit, the steps that merge, */
	int last;		  /* and the last row of the batch */
	struct script *brief;	  /* a call that is waited for */
	struct json_reader *json;
	struct ask asked;
	const struct filter_ids *names; /* the names of its filters */
	bool reserved;			/* nobody may begin a commit or a query */
	bool heard;			/* a NOTIFY, not taken yet */
	bool owned;   /* a commit or a query was started, and its end not yet heard */
	int tries;    /* of it that another transaction stood in the way of */
	int *unlocks; /* locks to be given back when the writer is free */
	int n_unlocks;
	int64_t session; /* the writer's: the leases are its */
	char who[160];
	char in_the_way[320];
};

/* ---- connections ----------------------------------------------------- */

struct warehouse *warehouse_open(struct event_loop *loop, const struct pg_conf *conf,
				 const char *who, struct err *err)
{
	struct warehouse *warehouse = mem_new(sizeof(*warehouse));
	bool ok;

	snprintf(warehouse->who, sizeof(warehouse->who), "%s", who);
	warehouse->script = script_new();
	warehouse->brief = script_new();
	warehouse->json = json_reader_new();
	warehouse->writer = session_open(loop, conf, err);
	ok = warehouse->writer && schema_check(warehouse->writer, err);
	if (ok)
		warehouse->side = session_open(loop, conf, err);
	if (!ok || !warehouse->side || !session_are_two(warehouse->writer, warehouse->side, err) ||
	    !pg_exec(warehouse->writer, sql_session, err))
		warehouse_close(&warehouse);
	return warehouse;
}

void warehouse_close(struct warehouse **warehouse)
{
	if (!*warehouse)
		return;
	pg_close(&(*warehouse)->writer);
	pg_close(&(*warehouse)->side);
	script_free(&(*warehouse)->script);
	script_free(&(*warehouse)->brief);
	mem_free(&(*warehouse)->unlocks);
	json_reader_free(&(*warehouse)->json);
	mem_free(warehouse);
}

bool warehouse_lost(const struct warehouse *warehouse)
{
	return pg_lost(warehouse->writer) || pg_lost(warehouse->side);
}

struct script *warehouse_call(struct warehouse *warehouse, const char *sql)
{
	script_reset(warehouse->brief);
	script_add(warehouse->brief, sql);
	return warehouse->brief;
}

void warehouse_warn_slow(struct warehouse *warehouse)
{
	pg_warn_slow(warehouse->writer);
}

bool warehouse_run(struct warehouse *warehouse, struct table **result, struct err *err)
{
	for (int tries = 1;; tries++) {
		if (script_run(warehouse->brief, warehouse->side, result, err))
			return true;
		if (!err_policy_again(err, ERR_ATTEMPT_TRANSACTION, tries))
			return false;
	}
}

bool warehouse_has_notify(struct warehouse *warehouse)
{
	warehouse->heard = pg_take_notify(warehouse->side) || warehouse->heard;
	return warehouse->heard;
}

bool warehouse_take_notify(struct warehouse *warehouse)
{
	bool heard = warehouse_has_notify(warehouse);

	warehouse->heard = false;
	return heard;
}

/* ---- a workspace ----------------------------------------------------- */

bool warehouse_register(struct warehouse *warehouse, const struct workspace_conf *conf, int *id,
			struct err *err)
{
	CLEANUP(buf_free) struct buf settings = BUF_MAX(LONGEST_SETTINGS);
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_workspace);

	script_text(s, conf->name);
	script_text(s, conf->timezone);
	script_text(s, conf->base_url);
	script_int(s, conf->lookback);
	workspace_settings_write(&settings, conf);
	script_text(s, buf_text(&settings));
	if (!warehouse_run(warehouse, &table, err))
		return false;
	*id = (int)table_get_int(table, 0, "id");
	return true;
}

bool warehouse_find(struct warehouse *warehouse, const char *name, int *id, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_workspace_id);

	script_text(s, name);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	*id = table_rows(table) > 0 ? (int)table_get_int(table, 0, "id") : 0;
	return true;
}

bool warehouse_is_unheld(struct warehouse *warehouse, const char *name)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_unheld);
	struct err ignored;

	script_text(s, name);
	return warehouse_run(warehouse, &table, &ignored) && table_rows(table) > 0 &&
	       table_get_bool(table, 0, "is_unheld");
}

bool warehouse_holders(struct warehouse *warehouse, struct table **holders, struct err *err)
{
	(void)!warehouse_call(warehouse, sql_warehouse_holders);
	return warehouse_run(warehouse, holders, err);
}

void warehouse_reserve(struct warehouse *warehouse, bool reserved)
{
	warehouse->reserved = reserved;
}

bool warehouse_ready(const struct warehouse *warehouse)
{
	return warehouse->reserved && !warehouse->owned;
}

/* Names the process that has the lease, and the way to end that. */
static void note_holder(struct warehouse *warehouse, const struct table *table, struct err *err)
{
	const char *holder = table_get(table, 0, "holder"),
		   *who = table_get(table, 0, "in_the_way"), *end = table_get(table, 0, "its_end");

	if (!who)
		who = "a process that has just ended";
	err_quote(warehouse->in_the_way, sizeof(warehouse->in_the_way), who, strlen(who));
	err_set(err, ERR_BUSY, "another process works on it: %s", warehouse->in_the_way);
	if (end)
		lock_holder_advise(end, err);
	snprintf(err->code, sizeof(err->code), "%.*s", holder ? (int)strcspn(holder, " ") : 0,
		 holder ? holder : "");
}

const char *warehouse_lock_holder(const struct warehouse *warehouse)
{
	return warehouse->in_the_way;
}

int64_t warehouse_session(const struct warehouse *warehouse)
{
	return warehouse->session;
}

bool warehouse_lock(struct warehouse *warehouse, int id, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_lock);

	if (warehouse->owned)
		return err_set(err, ERR_BUG, "a lock was asked for while a batch was being merged");
	script_int(s, id);
	script_text(s, warehouse->who);
	if (!script_run(s, warehouse->writer, &table, err))
		return false;
	warehouse->session = table_get_int(table, 0, "our_backend");
	if (table_get_bool(table, 0, "taken"))
		return true;
	note_holder(warehouse, table, err);
	return false;
}

static void unlock(struct warehouse *warehouse, int id)
{
	struct script *s = warehouse_call(warehouse, sql_warehouse_unlock);
	struct err ignored;

	script_int(s, id);
	(void)!script_run(s, warehouse->writer, NULL, &ignored);
}

void warehouse_unlock(struct warehouse *warehouse, int id)
{
	if (!warehouse->owned) {
		unlock(warehouse, id);
		return;
	}
	warehouse->unlocks = mem_grow(warehouse->unlocks, (size_t)(warehouse->n_unlocks + 1) *
								  sizeof(*warehouse->unlocks));
	warehouse->unlocks[warehouse->n_unlocks++] = id;
}

/*
 * The end of the writer's work was taken: it is free for others, and first for work that waited.
 */
static void release(struct warehouse *warehouse)
{
	warehouse->owned = false;
	while (warehouse->n_unlocks > 0 && !pg_lost(warehouse->writer))
		unlock(warehouse, warehouse->unlocks[--warehouse->n_unlocks]);
}

/* Parses a JSON text of ours; NULL when it is none, which only a person can have caused. */
static struct json *own_json(struct warehouse *warehouse, const char *text)
{
	struct err ignored;

	return text ? json_parse(warehouse->json, text, strlen(text), &ignored) : NULL;
}

bool warehouse_load(struct warehouse *warehouse, int id, struct warehouse_known *known,
		    struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	CLEANUP(json_free) struct json *evidence = NULL;
	CLEANUP(json_free) struct json *position = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_load);
	struct json_at at;

	script_int(s, id);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	if (table_rows(table) == 0)
		return err_set(err, ERR_BUG, "workspace %d is not in the warehouse", id);
	state_json_read_row(table, &known->state);
	evidence = own_json(warehouse, table_get(table, 0, "order_evidence"));
	if (evidence) {
		at = json_root(evidence);
		state_json_read_evidence(&at, &known->state.evidence);
	}
	position = own_json(warehouse, table_get(table, 0, "sweep_position"));
	if (position) {
		at = json_root(position);
		(void)!state_json_read_position(&at, &known->state.full);
	}
	known->sweep = position ? table_get_int(table, 0, "sweep_id") : 0;
	known->batch = position ? (int)table_get_int(table, 0, "sweep_batches") : 0;
	known->now = table_get_int(table, 0, "now");
	known->stale = position && table_get_bool(table, 0, "sweep_is_stale");
	return true;
}

bool warehouse_names(struct warehouse *warehouse, int id, int most, struct filter_ids *names,
		     struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_filter_ids);

	script_int(s, id);
	script_int(s, most + 1);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	names->channels = table_new(1);
	names->agents = table_new(1);
	for (int row = 0; row < table_rows(table); row++) {
		bool is_agent = table_get_bool(table, row, "is_agent");
		struct table *list = is_agent ? names->agents : names->channels;
		const char *name = table_get(table, row, "id");

		table_set_text(list, table_add(list), 0, name);
	}
	return true;
}

bool warehouse_last_cells(struct warehouse *warehouse, int id, const struct filter_ids *names,
			  struct engine_conf *conf, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_last_cells);

	conf->n_cells = 0;
	script_int(s, id);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	for (int row = 0; row < table_rows(table) && conf->n_cells < CELLS_MOST; row++) {
		struct cell *cell = &conf->cells[conf->n_cells];

		if (!filter_ids_filter(names, table_get(table, row, "status"),
				       table_get(table, row, "channel_id"),
				       table_get(table, row, "assignee_id"), &cell->filter))
			continue;
		if (table_get_bool(table, row, "unassigned"))
			cell->filter.assignee = -1;
		cell->api = table_get_int(table, row, "api");
		cell->held = table_get_int(table, row, "held");
		conf->n_cells++;
	}
	return true;
}

/* ---- the quota ------------------------------------------------------- */

bool warehouse_take_lease(struct warehouse *warehouse, int id, struct warehouse_lease *lease,
			  struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_lease);

	script_int(s, id);
	script_int(s, lease->want);
	script_int(s, lease->cap);
	script_int(s, lease->run > 0 ? lease->run : TIME_NONE);
	script_text(s, lease->purpose);
	script_int(s, lease->unused);
	script_int(s, lease->share > 0 ? lease->share : TIME_NONE);
	script_text(s, lease->spares ? "true" : "false");
	if (!warehouse_run(warehouse, &table, err))
		return false;
	lease->granted = (int)table_get_int(table, 0, "granted");
	lease->wait = table_get_int(table, 0, "wait_usec");
	return true;
}

bool warehouse_pause(struct warehouse *warehouse, int id, int64_t usec, struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_warehouse_pause);

	script_int(s, id);
	script_int(s, usec);
	return warehouse_run(warehouse, NULL, err);
}

bool warehouse_make_messages_due(struct warehouse *warehouse, int id, const char *ids,
				 struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_warehouse_make_messages_due);

	script_int(s, id);
	script_text(s, ids);
	return warehouse_run(warehouse, NULL, err);
}

/* ---- a run ----------------------------------------------------------- */

bool warehouse_begin_sweep(struct warehouse *warehouse, struct warehouse_run *run, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_abandon_sweep);

	script_int(s, run->workspace);
	script_add(s, sql_warehouse_drop_foreign_keys);
	script_add(s, sql_warehouse_begin_sweep);
	script_int(s, run->workspace);
	script_int(s, run->id);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	run->sweep = table_get_int(table, 0, "id");
	return true;
}

bool warehouse_begin_run(struct warehouse *warehouse, struct warehouse_run *run, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_begin_run);

	script_int(s, run->workspace);
	script_text(s, cycle_kind(run->kind)->name);
	script_text(s, run->strategy);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	run->id = table_get_int(table, 0, "id");
	return true;
}

bool warehouse_account(struct warehouse *warehouse, int id, const char *purpose,
		       const struct sent *sent, struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_warehouse_account);

	if (sent->requests == 0 && sent->throttled == 0 && sent->failed == 0)
		return true;
	script_int(s, id);
	script_text(s, purpose);
	script_int(s, sent->requests);
	script_int(s, sent->throttled);
	script_int(s, sent->failed);
	return warehouse_run(warehouse, NULL, err);
}

bool warehouse_end_run(struct warehouse *warehouse, const struct warehouse_end *end,
		       struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_warehouse_fail_run);

	script_int(s, end->run);
	script_text(s, end->state);
	script_text(s, err_kind_name(end->why->kind));
	script_text(s, end->why->text);
	script_int(s, end->sent->requests);
	script_int(s, end->sent->throttled);
	script_int(s, end->sent->retried);
	return warehouse_run(warehouse, NULL, err) &&
	       warehouse_account(warehouse, end->workspace, cycle_kind(end->kind)->name, end->sent,
				 err);
}

void warehouse_explain_misshapen(struct warehouse *warehouse, int id, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_warehouse_misshapen);
	const char *reason;

	script_int(s, id);
	if (!warehouse_run(warehouse, &table, err))
		return;
	reason = table_rows(table) > 0 ? table_get(table, 0, "reason") : NULL;
	err_set(err, ERR_DATA,
		"a page of the list cannot be trusted: more than a few of its items could not be "
		"loaded, "
		"one because of %s; the good ones are kept, and sahut-etl rejected lists the "
		"others",
		reason ? reason : "a reason that was not recorded");
}

/* ---- commits and queries ------------------------------------------- */

bool warehouse_busy(const struct warehouse *warehouse)
{
	return pg_busy(warehouse->writer);
}

bool warehouse_free(const struct warehouse *warehouse)
{
	return !warehouse->owned && !warehouse->reserved;
}

void warehouse_commit(struct warehouse *warehouse, const struct batch *batch)
{
	script_reset(warehouse->script);
	warehouse->merge = batch_write(warehouse->script, batch);
	/* Messages are not taken apart: there is nothing to be blamed on one of them. */
	warehouse->last = batch->messages ? 0 : batch->stage->seq;
	warehouse->owned = true;
	warehouse->tries = 0;
	script_start(warehouse->script, warehouse->writer);
}

void warehouse_ask(struct warehouse *warehouse, const struct query *query)
{
	script_reset(warehouse->script);
	query_write(warehouse->script, query);
	warehouse->asked = query->ask;
	warehouse->names = query->names;
	warehouse->owned = true;
	warehouse->tries = 0;
	script_start(warehouse->script, warehouse->writer);
}

/* A deadlock has a victim; the other transaction has gone on by then. */
bool warehouse_again(struct warehouse *warehouse, const struct err *why)
{
	if (!err_policy_again(why, ERR_ATTEMPT_TRANSACTION, ++warehouse->tries))
		return false;
	warehouse->owned = true;
	script_start(warehouse->script, warehouse->writer);
	return true;
}

void warehouse_refresh(struct warehouse *warehouse, int workspace)
{
	script_reset(warehouse->script);
	script_add(warehouse->script, sql_report_refresh_next_of_workspace);
	script_int(warehouse->script, workspace);
	script_add(warehouse->script, sql_report_refresh_well);
	script_int(warehouse->script, workspace);
	warehouse->owned = true;
	script_start(warehouse->script, warehouse->writer);
}

/* The end of the writer's work. */
static bool finish(struct warehouse *warehouse, struct table **table, struct err *err)
{
	bool ok = pg_finish(warehouse->writer, table, err);

	if (!ok)
		lock_holder_name(warehouse->side, false, err);
	return ok;
}

bool warehouse_refreshed(struct warehouse *warehouse, bool *more, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	bool ok = finish(warehouse, &table, err);
	const char *wrong = NULL;

	if (ok) {
		*more = table_get_int(table, 0, "remaining") > 0;
		wrong = table_get(table, 0, "wrong");
	}
	if (wrong)
		ok = err_set(err, ERR_BUG,
			     "a stored day was not what its conversations add up to: %s; it was "
			     "computed anew, and written into sahut_etl.report_difference",
			     wrong);
	release(warehouse);
	return ok;
}

bool warehouse_note_refresh(struct warehouse *warehouse, int workspace, const struct err *why,
			    struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_report_refresh_failed);

	script_int(s, workspace);
	script_text(s, err_kind_name(why->kind));
	script_text(s, why->text);
	return warehouse_run(warehouse, NULL, err);
}

bool warehouse_committed(struct warehouse *warehouse, struct tally *tally, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	bool ok = finish(warehouse, &table, err);

	if (!ok && err->kind == ERR_DATA && warehouse->last > 0) {
		struct quarantine quarantine = { warehouse->writer, warehouse->script,
						 warehouse->merge, warehouse->last };

		ok = quarantine_commit(&quarantine, &table, err);
	}
	if (ok)
		batch_read(table, tally);
	release(warehouse);
	return ok;
}

bool warehouse_answered(struct warehouse *warehouse, struct answer *answer, struct table **ids,
			struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	bool ok = finish(warehouse, &table, err);

	if (ok)
		*ids = query_read(&warehouse->asked, warehouse->names, table, answer);
	release(warehouse);
	return ok;
}
