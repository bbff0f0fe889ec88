/* SPDX-License-Identifier: MIT */
#include "track.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "run_record.h"

/*
 * A batch is committed when it has so many bytes or rows, or when its first
 * row has waited so long.
 */
#define BATCH_BYTES (512 << 10)
#define BATCH_ROWS 3000
#define BATCH_AGE (5 * USEC_PER_SEC)

/* However late changes become visible: longer than this the lookback does not grow. */
#define LONGEST_LOOKBACK (3600 * USEC_PER_SEC)

struct track {
	const struct track_conf *conf;
	const struct track_means *means;
	struct run_record cycle;
	struct outbox box;

	struct stage *stage, *merging; /* being gathered; being merged */
	int64_t first_staged;
	bool locked;	      /* it took the workspace's lock itself */
	bool ours;	      /* the warehouse works for us */
	struct action wanted; /* a commit or a query that waits for the warehouse */
	struct action doing;  /* the one under way */
	struct grid *page;  /* ids of the page fed last: the decoder has other tracks' pages, too */
	struct grid *ids;   /* of the last answer */
	struct sent before; /* what was sent until the last commit */
	int64_t look_at;    /* when the last turn wanted to look again */
	struct track_progress progress;
};

const struct track_progress *track_progress(const struct track *track)
{
	return &track->progress;
}

const char *track_name(const struct track *track)
{
	return track->conf->name;
}

const char *track_kind(const struct track *track)
{
	return track->cycle.run.kind;
}

int64_t track_run(const struct track *track)
{
	return track->cycle.run.id;
}

bool track_over(const struct track *track)
{
	return track->progress.state != TRACK_RUNNING && !track->ours;
}

bool track_can_go_on(const struct track *track)
{
	return track->wanted.kind != ACTION_WAIT && track->progress.state == TRACK_RUNNING &&
	       warehouse_free(track->means->warehouse);
}

/* ---- beginning and end ----------------------------------------------- */

static bool open(struct track *track, const struct engine_conf *conf, struct err *err)
{
	struct engine_conf mine = *conf;

	mine.now = clock_real(track->means->clock);
	mine.chance = (uint32_t)track->box.chance;
	mine.lookback_most = max_i64(LONGEST_LOOKBACK, track->conf->lookback);
	if (!run_record_open(&track->cycle, track->means->warehouse, &mine, err))
		return false;
	track->progress.before = track->progress.now = track->cycle.engine.state;
	track->progress.strategy = track->cycle.engine.strategy;
	track->progress.workspace = track->cycle.id;
	return true;
}

struct track *track_begin(const struct track_conf *conf, const struct track_means *means,
			  const struct engine_conf *engine, struct err *err)
{
	struct track *track = mem_new(sizeof(*track));
	struct warehouse_workspace workspace = { conf->name, conf->timezone, conf->api.base_url,
						 conf->lookback, &conf->work };

	track->conf = conf;
	track->means = means;
	track->stage = stage_new();
	track->merging = stage_new();
	stage_reset(track->stage, clock_real(means->clock));
	track->box = (struct outbox){
		.clock = means->clock,
		.http = means->http,
		.warehouse = means->warehouse,
		.api = conf->api,
		.names = &track->cycle.names,
		.chance = (uint64_t)clock_real(means->clock) ^ (uintptr_t)track,
	};
	track->progress.began = clock_mono(means->clock);
	track->progress.total = -1;
	rate_limit_begin(&track->box.rate_limit, conf->per_minute, conf->reserve);
	if (warehouse_register(means->warehouse, &workspace, &track->cycle.id, err)) {
		track->box.workspace = track->cycle.id;
		track->locked = !engine->look && !conf->held &&
				warehouse_lock(means->warehouse, track->cycle.id, err);
		if ((track->locked || conf->held || engine->look) && open(track, engine, err))
			return track;
	}
	track_end(&track);
	return NULL;
}

void track_end(struct track **track)
{
	struct track *t = *track;

	if (!t)
		return;
	outbox_drop(&t->box);
	if (t->locked && !t->ours && !warehouse_lost(t->means->warehouse))
		warehouse_unlock(t->means->warehouse, t->cycle.id);
	stage_free(&t->stage);
	stage_free(&t->merging);
	grid_free(&t->page);
	grid_free(&t->ids);
	filter_ids_free(&t->cycle.names);
	mem_free(track);
}

/* The cycle is over without having come to its end. */
static void stop(struct track *track, enum track_state state, const struct err *err)
{
	struct warehouse_end end = {
		.workspace = track->cycle.id,
		.run = track->cycle.run.id,
		.purpose = track->cycle.run.kind,
		.state = state == TRACK_PARTIAL ? "partial" : "failed",
		.why = err,
		.sent = &track->box.sent,
	};
	struct err ignored;

	if (track->progress.state != TRACK_RUNNING)
		return;
	track->progress.state = state;
	track->progress.err = *err;
	err_wrap(&track->progress.err, "%s", track->conf->name);
	outbox_drop(&track->box);
	if (!warehouse_lost(track->means->warehouse))
		(void)!(track->cycle.run.id == 0
				? warehouse_account(track->means->warehouse, track->cycle.id,
						    track->cycle.run.kind, &track->box.sent,
						    &ignored)
				: warehouse_end_run(track->means->warehouse, &end, &ignored));
}

/* A failure that was not repaired by trying again. */
static void give_up(struct track *track, const struct err *err)
{
	bool later =
		err->kind == ERR_SLOW_DOWN || err->kind == ERR_BUSY || err->kind == ERR_STOPPED;

	stop(track, later ? TRACK_PARTIAL : TRACK_FAILED, err);
}

void track_stop(struct track *track, const struct err *why)
{
	stop(track, TRACK_PARTIAL, why);
}

/* ---- replies --------------------------------------------------------- */

static void note_page(struct track *track, const struct page *page)
{
	struct track_progress *p = &track->progress;

	p->pages++;
	p->rows += page->n;
	p->total = page->total;
	p->page = page->page;
	p->last_page = sweep_pages(page->total, page->per_page > 0 ? page->per_page : 1);
	track->box.sent.pages++;
}

/*
 * Reads a list page into the batch and feeds it to the engine. False with
 * ERR_DATA when it is none.
 */
static bool take_page(struct track *track, struct slot *slot, struct err *err)
{
	const struct http_reply *reply = slot->reply;
	struct page page = { .date = reply->date,
			     .page = slot->request.page,
			     .per_page = slot->request.per_page };

	if (!decode_page(track->means->decode, buf_text(&reply->body), reply->body.len,
			 track->stage, &page)) {
		*err = *decode_error(track->means->decode);
		return err_wrap(err, "page %d of the list", slot->request.page);
	}
	note_page(track, &page);
	grid_free(&track->page);
	track->page = decode_ids(track->means->decode);
	engine_page(&track->cycle.engine, &page);
	return true;
}

/* A conversation that is not there, or is another one now: what the engine may declare deleted. */
static bool take_item(struct track *track, struct slot *slot, struct err *err)
{
	const struct http_reply *reply = slot->reply;
	struct decode_one one = { .id = slot->id, .date = reply->date };

	if (reply->status == 404) {
		engine_item(&track->cycle.engine, ITEM_GONE, TIME_NONE);
		return true;
	}
	if (!decode_item(track->means->decode, buf_text(&reply->body), reply->body.len,
			 track->stage, &one)) {
		*err = *decode_error(track->means->decode);
		return err_wrap(err, "conversation %s", one.id);
	}
	if (one.other)
		grid_set(track->ids, slot->request.item, 1, one.other, strlen(one.other));
	engine_item(&track->cycle.engine, one.same ? ITEM_HERE : ITEM_MERGED, one.updated_at);
	return true;
}

/* Whether the reply is what the request wanted: a success, or of a GET the documented 404. */
static bool is_answer(struct track *track, const struct slot *slot, struct err *err)
{
	if (api_check(slot->reply, track->means->json, err))
		return true;
	return slot->request.kind == REQUEST_GET && slot->reply->status == 404 &&
	       strcmp(err->code, "not_found") == 0;
}

static void take_reply(struct track *track, struct slot *slot)
{
	int most = track->conf->max_in_flight > 0 ? track->conf->max_in_flight : OUTBOX_MOST;
	struct err err = ERR_INIT;
	bool ok = is_answer(track, slot, &err);

	outbox_tell(slot, track->conf->name, track->means->log);
	if (ok)
		ok = slot->request.kind == REQUEST_LIST ? take_page(track, slot, &err)
							: take_item(track, slot, &err);
	track->progress.retrying = !ok;
	if (!ok) {
		track->progress.err = err;
		if (!outbox_retry(&track->box, &err))
			give_up(track, &err);
		return;
	}
	if (track->first_staged == 0)
		track->first_staged = clock_mono(track->means->clock);
	outbox_pop(&track->box);
	engine_set_ahead(&track->cycle.engine, outbox_ahead(&track->box, most));
}

/* ---- the warehouse ------------------------------------------------------- */

/* The ids that the engine gives up become rows of the batch. */
static void stage_deletions(struct track *track)
{
	int64_t date = track->stage->last_observed;

	for (int i = 0; i < grid_rows(track->ids); i++)
		if (engine_buries(&track->cycle.engine, i))
			stage_gone(track->stage, grid_text(track->ids, i, 0),
				   grid_text(track->ids, i, 1), date);
}

/* What was sent is about to be written down: the totals keep it, the count begins anew. */
static void reset_sent(struct track *track)
{
	struct sent *all = &track->before, *sent = &track->box.sent;

	all->requests += sent->requests;
	all->pages += sent->pages;
	all->throttled += sent->throttled;
	all->retried += sent->retried;
	all->failed += sent->failed;
	*sent = (struct sent){ 0 };
}

static void start_commit(struct track *track)
{
	struct stage *stage = track->stage;
	struct batch batch = {
		.workspace = track->cycle.id,
		.run = track->cycle.run.id,
		.sweep = track->cycle.run.sweep,
		.number = ++track->cycle.batch,
		.seen = track->doing.seen,
		.scan = track->doing.scan,
		.last = track->doing.last,
		.verdict = track->doing.verdict,
		.purpose = track->cycle.run.kind,
		.state = &track->cycle.engine.state,
		.started = engine_started(&track->cycle.engine),
		.distinct = track->cycle.engine.full.distinct,
		.suspects = track->cycle.engine.full.suspects,
		.names = &track->cycle.names,
		.stage = stage,
		.sent = track->box.sent,
	};

	if (batch.last && track->cycle.engine.conf.goal == GOAL_VERIFY) {
		batch.audit = &track->cycle.engine.audit;
		batch.n_cells = engine_cells(&track->cycle.engine, &batch.cells);
	}

	stage_deletions(track);
	track->stage = track->merging;
	track->merging = stage;
	track->first_staged = 0;
	reset_sent(track);
	stage_reset(track->stage, clock_real(track->means->clock));
	warehouse_commit(track->means->warehouse, &batch);
}

static void start_question(struct track *track)
{
	struct query query = {
		.workspace = track->cycle.id,
		.run = track->cycle.run.id,
		.sweep = track->cycle.run.sweep,
		.ask = track->doing.ask,
		.page = track->page,
		.names = &track->cycle.names,
	};

	warehouse_ask(track->means->warehouse, &query);
}

/* Gives the warehouse what waits for it, if it is free. */
static void use_store(struct track *track)
{
	struct err err;
	bool ok = true;

	if (!track_can_go_on(track))
		return;
	track->doing = track->wanted;
	track->wanted.kind = ACTION_WAIT;
	if (track->doing.kind == ACTION_COMMIT)
		ok = run_record_need_sweep(&track->cycle, track->means->warehouse,
					   track->doing.seen, &err);
	else if (track->doing.ask.kind == ASK_CELLS)
		ok = run_record_need_names(&track->cycle, track->means->warehouse, &err);
	if (!ok) {
		give_up(track, &err);
		return;
	}
	track->ours = true;
	if (track->doing.kind == ACTION_COMMIT)
		start_commit(track);
	else
		start_question(track);
}

/* What the warehouse did for us is done. */
static void hear_store(struct track *track)
{
	struct tally tally;
	struct answer answer;
	struct err err;
	bool ok;

	if (!track->ours || warehouse_busy(track->means->warehouse))
		return;
	track->ours = false;
	if (track->doing.kind == ACTION_COMMIT) {
		ok = warehouse_committed(track->means->warehouse, &tally, &err);
		if (ok) {
			action_add_tally(&track->progress.sum, &tally);
			engine_committed(&track->cycle.engine, &tally);
		}
	} else {
		grid_free(&track->ids);
		ok = warehouse_answered(track->means->warehouse, &answer, &track->ids, &err);
		if (ok)
			engine_answer(&track->cycle.engine, &answer);
	}
	track->ours = !ok && warehouse_again(track->means->warehouse, &err);
	if (!ok && !track->ours)
		give_up(track, &err);
}

/* ---- the turn -------------------------------------------------------- */

static bool stage_is_full(const struct track *track)
{
	if (stage_bytes(track->stage) >= BATCH_BYTES || stage_rows(track->stage) >= BATCH_ROWS)
		return true;
	return track->first_staged > 0 &&
	       clock_mono(track->means->clock) - track->first_staged >= BATCH_AGE;
}

static void finish(struct track *track, enum verdict verdict)
{
	struct err ignored;

	track->progress.state = TRACK_DONE;
	track->progress.verdict = verdict;
	/* What no commit accounts for, since there was none. */
	if (!warehouse_lost(track->means->warehouse))
		(void)!warehouse_account(track->means->warehouse, track->cycle.id,
					 track->cycle.run.kind, &track->box.sent, &ignored);
	reset_sent(track);
}

/* Asks the engine until it has nothing more to be done now. */
static void obey(struct track *track)
{
	struct action action;

	while (track->progress.state == TRACK_RUNNING && track->wanted.kind == ACTION_WAIT &&
	       outbox_has_room(&track->box)) {
		engine_next(&track->cycle.engine, stage_is_full(track), &action);
		switch (action.kind) {
		case ACTION_WAIT:
			return;
		case ACTION_SEND:
			outbox_push(&track->box, &action.request,
				    action.request.kind == REQUEST_GET
					    ? grid_text(track->ids, action.request.item, 0)
					    : NULL);
			break;
		case ACTION_COMMIT:
		case ACTION_ASK:
			track->wanted = action;
			use_store(track);
			break;
		case ACTION_DONE:
			finish(track, action.verdict);
			break;
		}
	}
}

/* What whoever reports wants to know. */
static void update_progress(struct track *track)
{
	struct track_progress *p = &track->progress;
	const struct sent *now = &track->box.sent, *before = &track->before;

	p->now = track->cycle.engine.state;
	p->requests = before->requests + now->requests;
	p->retried = before->retried + now->retried;
	p->throttled = before->throttled + now->throttled;
	p->waits_until = track->box.waits_until;
	p->fuse_blown = engine_fuse_blown(&track->cycle.engine);
	p->n_cells = engine_cells(&track->cycle.engine, &p->cells);
	p->audit = &track->cycle.engine.audit;
	p->names = &track->cycle.names;
}

/*
 * Whether nothing has happened that a turn could make something of. There may be a hundred
 * tracks, and one reply.
 */
static bool is_quiet(const struct track *track, int64_t now)
{
	return now < track->look_at && track->progress.state == TRACK_RUNNING &&
	       !outbox_has_reply(&track->box) && !track_can_go_on(track) &&
	       (!track->ours || warehouse_busy(track->means->warehouse));
}

int64_t track_turn(struct track *track, int64_t now)
{
	int64_t when = TIME_NEVER;
	struct slot *slot;
	struct err err;

	if (is_quiet(track, now))
		return track->look_at;
	hear_store(track);
	while (track->progress.state == TRACK_RUNNING && (slot = outbox_head(&track->box)))
		take_reply(track, slot);
	use_store(track);
	obey(track);
	if (track->progress.state == TRACK_RUNNING && !outbox_send(&track->box, &when, &err))
		give_up(track, &err);
	/* A batch that is old already waits for the warehouse, or for a reply, and not for a moment. */
	if (track->first_staged > 0 && track->first_staged + BATCH_AGE > now)
		when = min_i64(when, track->first_staged + BATCH_AGE);
	update_progress(track);
	track->look_at = when;
	return when;
}
