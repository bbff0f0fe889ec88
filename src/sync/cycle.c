/* SPDX-License-Identifier: MIT */
#include "cycle.h"

#include <string.h>

#include "client.h"
#include "ingest.h"
#include "mem.h"
#include "run_record.h"

#define ROUND_AND_ANOTHER 2 /* after which everybody has had a turn */

/* A batch is committed when it is large enough, or when its first row has waited so long. */
#define BATCH_AGE (5 * USEC_PER_SEC)

/* After one of more bytes, signals and others have their turn before the next one is read. */
#define LARGE_REPLY (256u << 10)

/* However late changes become visible: longer than this the lookback does not grow. */
#define LONGEST_LOOKBACK (3600 * USEC_PER_SEC)

struct cycle {
	const struct workspace_conf *conf;
	const struct cycle_env *env;
	struct run_record run;
	struct request_queue queue;

	struct ingest ingest;
	struct stage *merging; /* the batch that is being merged */
	int64_t first_staged;
	bool locked;	      /* it took the workspace's lock itself */
	bool ours;	      /* the warehouse works for us */
	struct action wanted; /* a commit or a query that waits for the warehouse */
	struct action doing;  /* the one under way */
	struct sent before;   /* the requests sent until the last commit */
	int64_t look_at;      /* when the last turn wanted to look again */
	struct fair_share share;
	int yields; /* turns in which others may have the warehouse first */
	struct cycle_progress progress;
};

const struct cycle_progress *cycle_progress(const struct cycle *cycle)
{
	return &cycle->progress;
}

const char *cycle_name(const struct cycle *cycle)
{
	return cycle->conf->name;
}

enum cycle_kind cycle_recorded_kind(const struct cycle *cycle)
{
	return cycle->run.run.kind;
}

int64_t cycle_run(const struct cycle *cycle)
{
	return cycle->run.run.id;
}

bool cycle_over(const struct cycle *cycle)
{
	return cycle->progress.state != CYCLE_RUNNING && !cycle->ours;
}

bool cycle_can_go_on(const struct cycle *cycle)
{
	return cycle->wanted.kind != ACTION_WAIT && cycle->progress.state == CYCLE_RUNNING &&
	       warehouse_free(cycle->env->warehouse) &&
	       clock_mono(cycle->env->clock) >= cycle->share.gives_way_until;
}

/* ---- beginning and end ----------------------------------------------- */

static bool open(struct cycle *cycle, struct engine_conf *conf, struct err *err)
{
	conf->ahead = 1;
	conf->now = clock_real(cycle->env->clock);
	conf->lookback_most = max_i64(LONGEST_LOOKBACK, cycle->conf->lookback);
	conf->chance = (uint32_t)cycle->queue.chance;
	if (!run_record_open(&cycle->run, cycle->env->warehouse, conf, err))
		return false;
	cycle->progress.before = cycle->progress.now = cycle->run.engine.state;
	cycle->progress.strategy = cycle->run.engine.strategy;
	cycle->progress.workspace = cycle->run.id;
	cycle->queue.quota.run = cycle->run.run.id;
	cycle->queue.quota.purpose = cycle_kind(cycle->run.run.kind)->name;
	return true;
}

static struct cycle *begin(const struct workspace_conf *conf, const struct cycle_env *env,
			   struct engine_conf *engine, struct err *err)
{
	struct cycle *cycle = mem_new(sizeof(*cycle));
	bool look = cycle_kind(engine->kind)->look;

	cycle->conf = conf;
	cycle->env = env;
	cycle->ingest = (struct ingest){ .engine = &cycle->run.engine,
					 .clock = env->clock,
					 .decode = env->decode,
					 .json = env->json };
	ingest_begin(&cycle->ingest);
	cycle->merging = stage_new();
	cycle->queue = (struct request_queue){
		.quota = { .clock = env->clock, .warehouse = env->warehouse },
		.http = env->http,
		.api = client_api(conf),
		.names = &cycle->run.names,
		.chance = (uint64_t)clock_real(env->clock) ^ (uintptr_t)cycle,
	};
	cycle->progress.began = clock_mono(env->clock);
	cycle->progress.total = -1;
	rate_limit_begin(&cycle->queue.quota.rate_limit, (int)conf->requests_per_minute,
			 (int)conf->reserve);
	if (cycle_kind(engine->kind)->messages) {
		cycle->queue.quota.share = (int)conf->messages.share;
		message_batch_begin(&cycle->ingest.messages,
				    conf->messages.read == WORKSPACE_MESSAGES_ALL);
	}
	if (warehouse_register(env->warehouse, conf, &cycle->run.id, err)) {
		cycle->queue.quota.workspace = cycle->run.id;
		cycle->locked =
			!look && !env->held && warehouse_lock(env->warehouse, cycle->run.id, err);
		if ((cycle->locked || env->held || look) && open(cycle, engine, err))
			return cycle;
	}
	cycle_end(&cycle);
	return NULL;
}

struct cycle *cycle_begin(const struct workspace_conf *conf, const struct cycle_env *env,
			  enum cycle_kind kind, struct err *err)
{
	struct engine_conf engine = { .kind = kind };

	return begin(conf, env, &engine, err);
}

struct cycle *cycle_begin_hinted(const struct workspace_conf *conf, const struct cycle_env *env,
				 const struct cycle_hints *hints, struct err *err)
{
	struct engine_conf engine = {
		.kind = CYCLE_HINTED,
		.n_hinted = hints->hints->taken,
		.more_hinted = hints->hints->more_taken,
		.usual_cost = hints->usual_cost,
	};
	struct cycle *cycle = begin(conf, env, &engine, err);

	if (!cycle)
		return NULL;
	/* As if the warehouse had answered them. */
	cycle->ingest.ids = table_new(ID_COLUMNS);
	for (int i = 0; i < hints->hints->taken; i++)
		table_set_text(cycle->ingest.ids, table_add(cycle->ingest.ids), ID_OWN,
			       hints->hints->list[i].id);
	return cycle;
}

void cycle_end(struct cycle **cycle)
{
	struct cycle *t = *cycle;

	if (!t)
		return;
	request_queue_drop(&t->queue);
	if (t->locked && !t->ours && !warehouse_lost(t->env->warehouse))
		warehouse_unlock(t->env->warehouse, t->run.id);
	ingest_end(&t->ingest);
	stage_free(&t->merging);
	filter_ids_free(&t->run.names);
	mem_free(cycle);
}

/*
 * Accounts for requests that no commit did. Those of a run are taken from its row when they are
 * booked; those of a look stand in the ledger already, with some that were not sent.
 */
static void account(struct cycle *cycle)
{
	struct sent sent = cycle->queue.sent;
	struct err ignored;

	if (cycle->run.run.id == 0)
		sent.requests = -quota_take_unused(&cycle->queue.quota);
	(void)!warehouse_account(cycle->env->warehouse, cycle->run.id,
				 cycle_kind(cycle->run.run.kind)->name, &sent, &ignored);
}

/* The cycle is over without having come to its end. */
static void stop(struct cycle *cycle, enum cycle_state state, const struct err *err)
{
	struct warehouse_end end = {
		.workspace = cycle->run.id,
		.run = cycle->run.run.id,
		.kind = cycle->run.run.kind,
		.state = state == CYCLE_PARTIAL ? "partial" : "failed",
		.why = err,
		.sent = &cycle->queue.sent,
	};
	struct err ignored;

	if (cycle->progress.state != CYCLE_RUNNING)
		return;
	cycle->progress.state = state;
	cycle->progress.err = *err;
	err_wrap(&cycle->progress.err, "%s", cycle->conf->name);
	request_queue_drop(&cycle->queue);
	if (warehouse_lost(cycle->env->warehouse))
		return;
	if (cycle->run.run.id == 0)
		account(cycle);
	else
		(void)!warehouse_end_run(cycle->env->warehouse, &end, &ignored);
}

/* A failure that was not repaired by trying again. */
static void give_up(struct cycle *cycle, const struct err *err)
{
	bool later =
		err->kind == ERR_SLOW_DOWN || err->kind == ERR_BUSY || err->kind == ERR_STOPPED;

	stop(cycle, later ? CYCLE_PARTIAL : CYCLE_FAILED, err);
}

void cycle_stop(struct cycle *cycle, const struct err *why)
{
	stop(cycle, CYCLE_PARTIAL, why);
}

void cycle_yield(struct cycle *cycle)
{
	if (cycle->progress.state != CYCLE_RUNNING || !cycle->ingest.messages.decode)
		return;
	request_queue_drop(&cycle->queue);
	engine_stop_messages(&cycle->run.engine);
	cycle->look_at = 0;
}

/* ---- replies ----------------------------------------------------------- */

static void take_reply(struct cycle *cycle, struct slot *slot)
{
	int most = cycle->conf->max_in_flight > 0 ? (int)cycle->conf->max_in_flight
						  : REQUEST_QUEUE_MOST;
	int pages = cycle->ingest.pages;
	struct err err = ERR_INIT;
	bool ok;

	request_queue_answer(slot, cycle->conf->name, cycle->env->log);
	ok = ingest_reply(&cycle->ingest, slot, &err);
	cycle->queue.sent.pages += cycle->ingest.pages - pages;
	cycle->progress.retrying = !ok;
	if (!ok) {
		cycle->progress.err = err;
		if (request_queue_retry(&cycle->queue, &err))
			return;
		if (!message_batch_skips(&cycle->run.engine, slot, &err)) {
			give_up(cycle, &err);
			return;
		}
	}
	if (cycle->first_staged == 0)
		cycle->first_staged = clock_mono(cycle->env->clock);
	request_queue_pop(&cycle->queue);
	engine_set_ahead(&cycle->run.engine, request_queue_ahead(&cycle->queue, most));
}

/* ---- the warehouse ------------------------------------------------------- */

static void start_commit(struct cycle *cycle)
{
	struct stage *stage = cycle->ingest.stage;
	struct batch batch = {
		.workspace = cycle->run.id,
		.run = cycle->run.run.id,
		.sweep = cycle->run.run.sweep,
		.number = ++cycle->run.batch,
		.seen = cycle->doing.seen,
		.scan = cycle->doing.scan,
		.last = cycle->doing.last,
		.verdict = cycle->doing.verdict,
		.kind = cycle->run.run.kind,
		.state = &cycle->run.engine.state,
		.started = engine_started(&cycle->run.engine),
		.told = cycle->ingest.told,
		.distinct = cycle->run.engine.full.distinct,
		.suspects = cycle->run.engine.full.suspects,
		.names = &cycle->run.names,
		.stage = stage,
		.sent = cycle->queue.sent,
		.messages = cycle->ingest.messages.decode != NULL,
	};

	if (batch.last && cycle_kind(cycle->run.engine.conf.kind)->counts) {
		batch.audit = &cycle->run.engine.audit;
		batch.n_cells = engine_cells(&cycle->run.engine, &batch.cells);
	}

	if (cycle->doing.swept) {
		batch.partition = &cycle->run.engine.full.partition;
		batch.absences = cycle->doing.absences;
	}
	if (batch.messages)
		ingest_stage_messages(&cycle->ingest);
	else
		run_record_stage_deletions(&cycle->run, stage, cycle->ingest.ids,
					   cycle->ingest.told);
	cycle->ingest.stage = cycle->merging;
	cycle->merging = stage;
	cycle->first_staged = 0;
	request_queue_take_sent(&cycle->queue, &cycle->before);
	stage_reset(cycle->ingest.stage, clock_real(cycle->env->clock));
	warehouse_commit(cycle->env->warehouse, &batch);
}

static void start_question(struct cycle *cycle)
{
	struct query query = {
		.workspace = cycle->run.id,
		.run = cycle->run.run.id,
		.sweep = cycle->run.run.sweep,
		.ask = cycle->doing.ask,
		.page = cycle->ingest.page,
		.names = &cycle->run.names,
	};

	warehouse_ask(cycle->env->warehouse, &query);
}

/* Gives the warehouse the commit or the query that waits for it, if it is free. */
static void start_next(struct cycle *cycle)
{
	struct err err;
	bool ok = true;

	if (cycle->yields > 0 || !cycle_can_go_on(cycle))
		return;
	cycle->doing = cycle->wanted;
	cycle->wanted.kind = ACTION_WAIT;
	if (cycle->doing.kind == ACTION_COMMIT)
		ok = run_record_need_sweep(&cycle->run, cycle->env->warehouse, cycle->doing.seen,
					   &err);
	else if (cycle->doing.ask.kind == ASK_CELLS)
		ok = run_record_need_names(&cycle->run, cycle->env->warehouse, &err);
	if (!ok) {
		give_up(cycle, &err);
		return;
	}
	cycle->ours = true;
	cycle->share.given_at = clock_mono(cycle->env->clock);
	if (cycle->doing.kind == ACTION_COMMIT)
		start_commit(cycle);
	else
		start_question(cycle);
}

/* Takes the result of the warehouse's work for us. */
static void collect_result(struct cycle *cycle)
{
	struct tally tally;
	struct answer answer;
	struct err err;
	bool ok;

	if (!cycle->ours || warehouse_busy(cycle->env->warehouse))
		return;
	cycle->ours = false;
	cycle->yields = ROUND_AND_ANOTHER;
	fair_share_end(&cycle->share, clock_mono(cycle->env->clock));
	if (cycle->doing.kind == ACTION_COMMIT) {
		ok = warehouse_committed(cycle->env->warehouse, &tally, &err);
		if (ok) {
			action_add_tally(&cycle->progress.sum, &tally);
			engine_committed(&cycle->run.engine, &tally);
		}
	} else {
		table_free(&cycle->ingest.ids);
		message_batch_forget(&cycle->ingest.messages);
		ok = warehouse_answered(cycle->env->warehouse, &answer, &cycle->ingest.ids, &err);
		if (ok)
			engine_answer(&cycle->run.engine, &answer);
	}
	cycle->ours = !ok && warehouse_again(cycle->env->warehouse, &err);
	if (!ok && !cycle->ours)
		give_up(cycle, &err);
}

/* ---- the turn -------------------------------------------------------- */

static bool is_batch(const struct cycle *cycle)
{
	if (stage_is_batch(cycle->ingest.stage))
		return true;
	return cycle->first_staged > 0 &&
	       clock_mono(cycle->env->clock) - cycle->first_staged >= BATCH_AGE;
}

static void finish(struct cycle *cycle, enum verdict verdict)
{
	struct err err;

	/* A page was none; its good items are committed. */
	if (verdict == VERDICT_MISSHAPEN) {
		warehouse_explain_misshapen(cycle->env->warehouse, cycle->run.id, &err);
		give_up(cycle, &err);
		return;
	}
	cycle->progress.state = CYCLE_DONE;
	cycle->progress.verdict = verdict;
	if (!warehouse_lost(cycle->env->warehouse))
		account(cycle);
	request_queue_take_sent(&cycle->queue, &cycle->before);
}

/* The conversation that a request is about; NULL for a list. */
static const char *requested_id(const struct cycle *cycle, const struct request *request)
{
	return request->kind == REQUEST_LIST ? NULL
					     : table_text(cycle->ingest.ids, request->item, ID_OWN);
}

/* Asks the engine until it has nothing more to be done now. */
static void run_engine(struct cycle *cycle)
{
	struct action action;

	while (cycle->progress.state == CYCLE_RUNNING && cycle->wanted.kind == ACTION_WAIT &&
	       request_queue_has_room(&cycle->queue)) {
		engine_next(&cycle->run.engine, is_batch(cycle), &action);
		switch (action.kind) {
		case ACTION_WAIT:
			return;
		case ACTION_SEND:
			request_queue_push(&cycle->queue, &action.request,
					   requested_id(cycle, &action.request));
			break;
		case ACTION_COMMIT:
		case ACTION_ASK:
			cycle->wanted = action;
			start_next(cycle);
			break;
		case ACTION_DONE:
			finish(cycle, action.verdict);
			break;
		}
	}
}

/* Updates the numbers that are reported. */
static void update_progress(struct cycle *cycle)
{
	struct cycle_progress *p = &cycle->progress;
	const struct sent *now = &cycle->queue.sent, *before = &cycle->before;

	p->now = cycle->run.engine.state;
	p->pages = cycle->ingest.pages;
	p->rows = cycle->ingest.rows;
	p->total = cycle->ingest.total;
	p->page = cycle->ingest.at_page;
	p->last_page = cycle->ingest.last_page;
	p->requests = before->requests + now->requests;
	p->retried = before->retried + now->retried;
	p->throttled = before->throttled + now->throttled;
	p->waits_until = cycle->queue.waits_until;
	p->fuse_blown = engine_fuse_blown(&cycle->run.engine);
	p->n_cells = engine_cells(&cycle->run.engine, &p->cells);
	p->audit = &cycle->run.engine.audit;
	p->names = &cycle->run.names;
}

/* Whether replies may be taken: others need not go first, and large rows do not pile up. */
static bool may_take(const struct cycle *cycle, int64_t now)
{
	return now >= cycle->share.rests_until &&
	       (cycle->wanted.kind == ACTION_WAIT || !stage_is_full(cycle->ingest.stage));
}

static bool has_reply(const struct cycle *cycle, int64_t now)
{
	return request_queue_has_reply(&cycle->queue) && may_take(cycle, now);
}

/*
 * Whether nothing has happened that a turn could make something of. There may be a hundred
 * cycles, and one reply.
 */
static bool is_quiet(const struct cycle *cycle, int64_t now)
{
	return now < cycle->look_at && cycle->progress.state == CYCLE_RUNNING &&
	       !has_reply(cycle, now) && !cycle_can_go_on(cycle) &&
	       (!cycle->ours || warehouse_busy(cycle->env->warehouse));
}

/* WHEN, or the end of the rest where a reply or the warehouse waits for it. */
static int64_t after_rest(const struct cycle *cycle, int64_t now, int64_t when)
{
	if (now < cycle->share.gives_way_until && cycle->wanted.kind != ACTION_WAIT)
		when = min_i64(when, cycle->share.gives_way_until);
	if (now >= cycle->share.rests_until || !request_queue_has_reply(&cycle->queue))
		return when;
	return min_i64(when, cycle->share.rests_until);
}

int64_t cycle_turn(struct cycle *cycle, int64_t now)
{
	int64_t when = TIME_NEVER;
	bool large = false;
	struct slot *slot;
	struct err err;

	cycle->share.took = 0;
	if (is_quiet(cycle, now))
		return after_rest(cycle, now, cycle->look_at);
	cycle->yields -= cycle->yields > 0;
	collect_result(cycle);
	while (cycle->progress.state == CYCLE_RUNNING && !large && may_take(cycle, now) &&
	       (slot = request_queue_head(&cycle->queue))) {
		large = slot->reply->body.len > LARGE_REPLY;
		take_reply(cycle, slot);
	}
	start_next(cycle);
	run_engine(cycle);
	if (cycle->progress.state == CYCLE_RUNNING &&
	    !request_queue_send(&cycle->queue, &when, &err))
		give_up(cycle, &err);
	/* A batch that is old already waits for the warehouse or a reply, not for a moment. */
	if (cycle->first_staged > 0 && cycle->first_staged + BATCH_AGE > now)
		when = min_i64(when, cycle->first_staged + BATCH_AGE);
	if (cycle->progress.state == CYCLE_RUNNING && has_reply(cycle, now))
		when = now;
	update_progress(cycle);
	cycle->look_at = when;
	return after_rest(cycle, now, when);
}

struct fair_share *cycle_share(struct cycle *cycle)
{
	return &cycle->share;
}
