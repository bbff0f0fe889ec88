/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <stdio.h>
#include <string.h>

#include "blocker.h"
#include "json.h"
#include "mem.h"
#include "memtext.h"
#include "pooler.h"
#include "schema.h"
#include "script.h"
#include "split.h"
#include "sql.h"

/* A workspace's hours, holidays and targets, as JSON. */
#define LONGEST_SETTINGS (4u << 20)

struct store {
	struct pg *writer, *side;
	struct script *script; /* what the writer is busy with; */
	size_t merge;	       /* of a commit, the step that merges, */
	int last;	       /* and the last row of the batch */
	struct script *brief;  /* a call that is waited for */
	struct json_reader *json;
	struct ask asked;
	const struct names *names; /* what its filters stand for */
	bool reserved;		   /* nobody may begin a commit or a question */
	bool heard;		   /* a NOTIFY, not taken yet */
	bool owned;   /* a commit or a question was started, and its end not yet heard */
	int tries;    /* of it that another transaction stood in the way of */
	int *unlocks; /* locks to be given back when the writer is free */
	int n_unlocks;
	char who[160];
};

/* ---- connections ----------------------------------------------------- */

struct store *store_open(struct wait *wait, const struct pg_conf *conf, const char *who,
			 struct err *err)
{
	struct store *store = mem_new(sizeof(*store));
	bool ok;

	snprintf(store->who, sizeof(store->who), "%s", who);
	store->script = script_new();
	store->brief = script_new();
	store->json = json_reader_new();
	store->writer = pg_open(wait, conf, err);
	ok = store->writer && schema_check(store->writer, err);
	if (ok)
		store->side = pg_open(wait, conf, err);
	if (!ok || !store->side || !pooler_check(store->writer, store->side, err) ||
	    !pg_exec(store->writer, sql_session, err))
		store_close(&store);
	return store;
}

void store_close(struct store **store)
{
	if (!*store)
		return;
	pg_close(&(*store)->writer);
	pg_close(&(*store)->side);
	script_free(&(*store)->script);
	script_free(&(*store)->brief);
	mem_free(&(*store)->unlocks);
	json_reader_free(&(*store)->json);
	mem_free(store);
}

bool store_lost(const struct store *store)
{
	return pg_lost(store->writer) || pg_lost(store->side);
}

struct script *store_call(struct store *store, const char *sql)
{
	script_reset(store->brief);
	script_add(store->brief, sql);
	return store->brief;
}

bool store_run(struct store *store, struct grid **result, struct err *err)
{
	for (int tries = 1;; tries++) {
		if (script_run(store->brief, store->side, result, err))
			return true;
		if (err->kind != ERR_CONFLICT || tries == STORE_TRIES)
			return false;
	}
}

bool store_has_notify(struct store *store)
{
	store->heard = pg_take_notify(store->side) || store->heard;
	return store->heard;
}

bool store_take_notify(struct store *store)
{
	bool heard = store_has_notify(store);

	store->heard = false;
	return heard;
}

/* ---- a workspace ----------------------------------------------------- */

bool store_register(struct store *store, const struct store_workspace *workspace, int *id,
		    struct err *err)
{
	CLEANUP(buf_free) struct buf settings = BUF_MAX(LONGEST_SETTINGS);
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_workspace);

	script_text(s, workspace->name);
	script_text(s, workspace->timezone);
	script_text(s, workspace->base_url);
	script_int(s, workspace->lookback);
	if (workspace->work)
		worktime_write(&settings, workspace->work);
	script_text(s, workspace->work ? buf_text(&settings) : NULL);
	if (!store_run(store, &grid, err))
		return false;
	*id = (int)grid_int(grid, 0, 0);
	return true;
}

bool store_find(struct store *store, const char *name, int *id, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_workspace_id);

	script_text(s, name);
	if (!store_run(store, &grid, err))
		return false;
	*id = grid_rows(grid) > 0 ? (int)grid_int(grid, 0, 0) : 0;
	return true;
}

bool store_is_unheld(struct store *store, const char *name)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_unheld);
	struct err ignored;

	script_text(s, name);
	return store_run(store, &grid, &ignored) && grid_rows(grid) > 0 && grid_bool(grid, 0, 0);
}

bool store_holders(struct store *store, struct grid **holders, struct err *err)
{
	(void)!store_call(store, sql_store_holders);
	return store_run(store, holders, err);
}

void store_reserve(struct store *store, bool reserved)
{
	store->reserved = reserved;
}

bool store_ready(const struct store *store)
{
	return store->reserved && !store->owned;
}

bool store_lock(struct store *store, int id, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_lock);
	const char *holder;

	if (store->owned)
		return err_set(err, ERR_BUG, "a lock was asked for while a batch was being merged");
	script_int(s, id);
	script_text(s, store->who);
	if (!script_run(s, store->writer, &grid, err))
		return false;
	if (grid_bool(grid, 0, 0))
		return true;
	holder = grid_text(grid, 0, 1);
	err_set(err, ERR_BUSY, "another process works on it: %s", holder ? holder : "unknown");
	snprintf(err->code, sizeof(err->code), "%.*s", holder ? (int)strcspn(holder, " ") : 0,
		 holder ? holder : "");
	return false;
}

static void unlock(struct store *store, int id)
{
	struct script *s = store_call(store, sql_store_unlock);
	struct err ignored;

	script_int(s, id);
	(void)!script_run(s, store->writer, NULL, &ignored);
}

void store_unlock(struct store *store, int id)
{
	if (!store->owned) {
		unlock(store, id);
		return;
	}
	store->unlocks =
		mem_grow(store->unlocks, (size_t)(store->n_unlocks + 1) * sizeof(*store->unlocks));
	store->unlocks[store->n_unlocks++] = id;
}

/*
 * The writer's work was heard of: it is free for others, and first for what
 * had to wait for that.
 */
static void release(struct store *store)
{
	store->owned = false;
	while (store->n_unlocks > 0 && !pg_lost(store->writer))
		unlock(store, store->unlocks[--store->n_unlocks]);
}

/* Parses a JSON text of ours; NULL when it is none, which only a person can have caused. */
static struct json *own_json(struct store *store, const char *text)
{
	struct err ignored;

	return text ? json_parse(store->json, text, strlen(text), &ignored) : NULL;
}

bool store_load(struct store *store, int id, struct store_known *known, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	CLEANUP(json_free) struct json *evidence = NULL;
	CLEANUP(json_free) struct json *position = NULL;
	struct script *s = store_call(store, sql_store_load);
	struct json_at at;

	script_int(s, id);
	if (!store_run(store, &grid, err))
		return false;
	if (grid_rows(grid) == 0)
		return err_set(err, ERR_BUG, "workspace %d is not in the warehouse", id);
	memtext_read_row(grid, &known->state);
	evidence = own_json(store, grid_text(grid, 0, 8));
	if (evidence) {
		at = json_root(evidence);
		memtext_read_evidence(&at, &known->state.evidence);
	}
	position = own_json(store, grid_text(grid, 0, 12));
	if (position) {
		at = json_root(position);
		(void)!memtext_read_position(&at, &known->state.full);
	}
	known->sweep = position ? grid_int(grid, 0, 11) : 0;
	known->batch = position ? (int)grid_int(grid, 0, 13) : 0;
	known->stale = position && grid_int(grid, 0, 19) > 0;
	return true;
}

bool store_names(struct store *store, int id, int most, struct names *names, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_names);

	script_int(s, id);
	script_int(s, most + 1);
	if (!store_run(store, &grid, err))
		return false;
	names->channels = grid_new(1);
	names->agents = grid_new(1);
	for (int row = 0; row < grid_rows(grid); row++) {
		struct grid *list = grid_int(grid, row, 0) ? names->agents : names->channels;
		const char *name = grid_text(grid, row, 1);

		grid_set(list, grid_add(list), 0, name, strlen(name));
	}
	return true;
}

bool store_last_cells(struct store *store, int id, const struct names *names,
		      struct engine_conf *conf, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_last_cells);

	conf->n_cells = 0;
	script_int(s, id);
	if (!store_run(store, &grid, err))
		return false;
	for (int row = 0; row < grid_rows(grid) && conf->n_cells < CELLS_MOST; row++) {
		struct cell *cell = &conf->cells[conf->n_cells];

		if (!names_filter(names, grid_text(grid, row, 0), grid_text(grid, row, 1),
				  grid_text(grid, row, 2), &cell->filter))
			continue;
		if (grid_int(grid, row, 3))
			cell->filter.assignee = -1;
		cell->api = grid_int(grid, row, 4);
		cell->held = grid_int(grid, row, 5);
		conf->n_cells++;
	}
	return true;
}

/* ---- the quota ------------------------------------------------------- */

bool store_take_lease(struct store *store, int id, struct store_lease *lease, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_lease);

	script_int(s, id);
	script_int(s, lease->want);
	script_int(s, lease->cap);
	if (!store_run(store, &grid, err))
		return false;
	lease->granted = (int)grid_int(grid, 0, 0);
	lease->wait = grid_int(grid, 0, 1);
	return true;
}

bool store_pause(struct store *store, int id, int64_t usec, struct err *err)
{
	struct script *s = store_call(store, sql_store_pause);

	script_int(s, id);
	script_int(s, usec);
	return store_run(store, NULL, err);
}

/* ---- a run ----------------------------------------------------------- */

bool store_begin_sweep(struct store *store, struct store_run *run, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_abandon_sweep);

	script_int(s, run->workspace);
	script_add(s, sql_store_set_keys_aside);
	script_add(s, sql_store_begin_sweep);
	script_int(s, run->workspace);
	script_int(s, run->id);
	if (!store_run(store, &grid, err))
		return false;
	run->sweep = grid_int(grid, 0, 0);
	return true;
}

bool store_begin_run(struct store *store, struct store_run *run, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = store_call(store, sql_store_begin_run);

	script_int(s, run->workspace);
	script_text(s, run->kind);
	script_text(s, run->strategy);
	if (!store_run(store, &grid, err))
		return false;
	run->id = grid_int(grid, 0, 0);
	return true;
}

bool store_account(struct store *store, int id, const char *purpose, const struct sent *sent,
		   struct err *err)
{
	struct script *s = store_call(store, sql_store_account);

	if (sent->requests == 0)
		return true;
	script_int(s, id);
	script_text(s, purpose);
	script_int(s, sent->requests);
	script_int(s, sent->throttled);
	script_int(s, sent->failed);
	return store_run(store, NULL, err);
}

bool store_end_run(struct store *store, const struct store_end *end, struct err *err)
{
	struct script *s = store_call(store, sql_store_fail_run);

	script_int(s, end->run);
	script_text(s, end->state);
	script_text(s, err_kind_name(end->why->kind));
	script_text(s, end->why->text);
	script_int(s, end->sent->requests);
	script_int(s, end->sent->throttled);
	script_int(s, end->sent->retried);
	return store_run(store, NULL, err) &&
	       store_account(store, end->workspace, end->purpose, end->sent, err);
}

/* ---- commits and questions ------------------------------------------- */

bool store_busy(const struct store *store)
{
	return pg_busy(store->writer);
}

bool store_free(const struct store *store)
{
	return !store->owned && !store->reserved;
}

void store_commit(struct store *store, const struct batch *batch)
{
	script_reset(store->script);
	store->merge = batch_write(store->script, batch);
	store->last = batch->stage->seq;
	store->owned = true;
	store->tries = 0;
	script_start(store->script, store->writer);
}

void store_ask(struct store *store, const struct question *question)
{
	script_reset(store->script);
	question_write(store->script, question);
	store->asked = question->ask;
	store->names = question->names;
	store->owned = true;
	store->tries = 0;
	script_start(store->script, store->writer);
}

/* A deadlock has a victim; whoever was in its way has gone on by then. */
bool store_again(struct store *store, const struct err *why)
{
	if (why->kind != ERR_CONFLICT || ++store->tries >= STORE_TRIES)
		return false;
	store->owned = true;
	script_start(store->script, store->writer);
	return true;
}

void store_refresh(struct store *store, int workspace)
{
	script_reset(store->script);
	script_add(store->script, sql_store_refresh);
	script_int(store->script, workspace);
	store->owned = true;
	script_start(store->script, store->writer);
}

/* The end of what the writer did. */
static bool finish(struct store *store, struct grid **grid, struct err *err)
{
	bool ok = pg_finish(store->writer, grid, err);

	if (!ok)
		blocker_name(store->side, err);
	return ok;
}

bool store_refreshed(struct store *store, bool *more, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	bool ok = finish(store, &grid, err);

	if (ok)
		*more = grid_int(grid, 0, 0) > 0;
	release(store);
	return ok;
}

bool store_committed(struct store *store, struct tally *tally, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	bool ok = finish(store, &grid, err);

	if (!ok && err->kind == ERR_DATA && store->last > 0) {
		struct split split = { store->writer, store->script, store->merge, store->last,
				       STORE_TRIES };

		ok = split_commit(&split, &grid, err);
	}
	if (ok)
		batch_read(grid, tally);
	release(store);
	return ok;
}

bool store_answered(struct store *store, struct answer *answer, struct grid **ids, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	bool ok = finish(store, &grid, err);

	if (ok)
		*ids = question_read(&store->asked, store->names, grid, answer);
	release(store);
	return ok;
}
