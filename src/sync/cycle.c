/* SPDX-License-Identifier: MIT */
#include "cycle.h"

#include <string.h>

#include "client.h"
#include "mem.h"
#include "message_batch.h"
#include "run_record.h"

#define ROUND_AND_ANOTHER 2 /* after which everybody has had a turn */

/* A batch is committed when it is large enough, or when its first row has waited so long. */
#define BATCH_AGE (5 * USEC_PER_SEC)

/* So often a page is asked for again that does not tell how many there are. */
#define UNTOLD_TRIES 2

/* After one of more bytes, signals and others have their turn before the next one is read. */
#define LARGE_REPLY (256u << 10)

/* However late changes become visible: longer than this the lookback does not grow. */
#define LONGEST_LOOKBACK (3600 * USEC_PER_SEC)

struct cycle {
	const struct workspace_conf *conf;
	const struct cycle_env *env;
	struct run_record run;
	struct request_queue queue;

	struct stage *stage, *merging; /* being gathered; being merged */
	int64_t first_staged;
	bool locked;	      /* it took the workspace's lock itself */
	bool ours;	      /* the warehouse works for us */
	struct action wanted; /* a commit or a query that waits for the warehouse */
	struct action doing;  /* the one under way */
	struct table *page; /* ids of the page fed last: the decoder has other cycles' pages, too */
	struct table *ids;  /* of the last answer */
	struct sent before; /* the requests sent until the last commit */
	int64_t told;	    /* the latest time that the API has told; TIME_NONE: none yet */
	bool untold;	    /* the list does not tell how many there are */
	int64_t look_at;    /* when the last turn wanted to look again */
	struct fair_share share;
	int yields;		       /* turns in which others may have the warehouse first */
	struct message_batch messages; /* of a cycle that reads them */
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
	cycle->told = TIME_NONE;
	cycle->stage = stage_new();
	cycle->merging = stage_new();
	stage_reset(cycle->stage, clock_real(env->clock));
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
		message_batch_begin(&cycle->messages,
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
	cycle->ids = table_new(ID_COLUMNS);
	for (int i = 0; i < hints->hints->taken; i++)
		table_set_text(cycle->ids, table_add(cycle->ids), ID_OWN, hints->hints->list[i].id);
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
	stage_free(&t->stage);
	stage_free(&t->merging);
	table_free(&t->page);
	table_free(&t->ids);
	message_batch_end(&t->messages);
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
	if (cycle->progress.state != CYCLE_RUNNING || !cycle->messages.decode)
		return;
	request_queue_drop(&cycle->queue);
	engine_stop_messages(&cycle->run.engine);
	cycle->look_at = 0;
}

/* ---- replies --------------------------------------------------------- */

static void note_page(struct cycle *cycle, const struct page *page)
{
	struct cycle_progress *p = &cycle->progress;

	p->pages++;
	p->rows += page->n;
	p->total = page->total;
	p->page = page->page;
	p->last_page = sweep_pages(page->total, page->per_page > 0 ? page->per_page : 1);
	cycle->queue.sent.pages++;
}

/* When a reply was made, as far as that is believed. */
static int64_t date_of(struct cycle *cycle, const struct http_reply *reply)
{
	int64_t date = engine_date(&cycle->run.engine, reply->date, reply->age,
				   clock_real(cycle->env->clock));

	cycle->told = max_i64(cycle->told, date);
	return date;
}

/*
 * Whether a page without a total is asked for again. One answer that lacks it costs no proof; but
 * a list that never tells it is read all the same.
 */
static bool must_tell(const struct cycle *cycle, const struct slot *slot)
{
	return !cycle->untold && cycle->run.engine.state.unproven != UNPROVEN_UNTOLD &&
	       slot->tries < UNTOLD_TRIES;
}

/*
 * Reads a list page into the batch and feeds it to the engine. False with
 * ERR_DATA when it is none.
 */
static bool take_page(struct cycle *cycle, struct slot *slot, struct err *err)
{
	const struct http_reply *reply = slot->reply;
	struct page page = { .date = date_of(cycle, reply),
			     .filter = slot->request.filter,
			     .page = slot->request.page,
			     .per_page = slot->request.per_page,
			     .must_tell = must_tell(cycle, slot) };

	if (!decode_page(cycle->env->decode, buf_text(&reply->body), reply->body.len, cycle->stage,
			 &page)) {
		*err = *decode_error(cycle->env->decode);
		return err_wrap(err, "page %d of the list", slot->request.page);
	}
	for (int i = 0; i < page.n; i++)
		page.rejected += page.rows[i].created_at == TIME_NONE;
	cycle->untold = cycle->untold || page.untold;
	note_page(cycle, &page);
	table_free(&cycle->page);
	cycle->page = decode_ids(cycle->env->decode);
	engine_page(&cycle->run.engine, &page);
	return true;
}

/*
 * Takes a conversation that is not there, or is another one now: the engine may declare it deleted.
 */
static bool take_item(struct cycle *cycle, struct slot *slot, struct err *err)
{
	const struct http_reply *reply = slot->reply;
	struct decode_one one = { .id = slot->id, .date = date_of(cycle, reply) };

	if (reply->status >= 400) {
		engine_item(&cycle->run.engine, ITEM_GONE, TIME_NONE);
		return true;
	}
	if (stage_is_too_much(cycle->stage, err))
		return false;
	if (!decode_item(cycle->env->decode, buf_text(&reply->body), reply->body.len, cycle->stage,
			 &one)) {
		*err = *decode_error(cycle->env->decode);
		return err_wrap(err, "conversation %s", one.id);
	}
	table_set_text(cycle->ids, slot->request.item, ID_MERGED_INTO, one.other);
	engine_item(&cycle->run.engine, one.same ? ITEM_HERE : ITEM_MERGED, one.updated_at);
	return true;
}

/* Whether a status says that the thing asked for is not there, or never can be. */
static bool is_refused(int status)
{
	return status == 400 || status == 404 || status == 422;
}

/*
 * Whether the reply answers the request: a success, or of a GET the documented 404; where nothing
 * depends on it, any refusal.
 */
static bool is_answer(struct cycle *cycle, const struct slot *slot, struct err *err)
{
	int status = slot->reply->status;

	if (api_check(slot->reply, cycle->env->json, err))
		return true;
	if (slot->request.kind == REQUEST_LIST)
		return false;
	return (status == 404 && strcmp(err->code, "not_found") == 0) ||
	       (slot->request.kind == REQUEST_GET && is_refused(status) &&
		engine_ignores_refusal(&cycle->run.engine));
}

static struct message_env message_env(struct cycle *cycle, int64_t date)
{
	return (struct message_env){ &cycle->run.engine, cycle->ids, cycle->stage, date };
}

static bool take_messages(struct cycle *cycle, struct slot *slot, struct err *err)
{
	const struct message_env env = message_env(cycle, date_of(cycle, slot->reply));
	int n = 0;

	if (!message_batch_take(&cycle->messages, &env, slot, &n, err))
		return false;
	cycle->progress.pages++;
	cycle->progress.rows += n;
	cycle->queue.sent.pages++;
	return true;
}

static bool take_answer(struct cycle *cycle, struct slot *slot, struct err *err)
{
	if (slot->request.kind == REQUEST_LIST)
		return take_page(cycle, slot, err);
	return slot->request.kind == REQUEST_GET ? take_item(cycle, slot, err)
						 : take_messages(cycle, slot, err);
}

/*
 * Whether the reply refuses a page as one that the list does not have, and the engine can go
 * on without it.
 */
static bool is_refusal(struct cycle *cycle, const struct slot *slot)
{
	return slot->request.kind == REQUEST_LIST && is_refused(slot->reply->status) &&
	       engine_refused(&cycle->run.engine);
}

static void take_reply(struct cycle *cycle, struct slot *slot)
{
	int most = cycle->conf->max_in_flight > 0 ? (int)cycle->conf->max_in_flight
						  : REQUEST_QUEUE_MOST;
	struct err err = ERR_INIT;
	bool ok = is_answer(cycle, slot, &err);

	request_queue_answer(slot, cycle->conf->name, cycle->env->log);
	if (ok)
		ok = take_answer(cycle, slot, &err);
	else
		ok = is_refusal(cycle, slot);
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
	struct stage *stage = cycle->stage;
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
		.told = cycle->told,
		.distinct = cycle->run.engine.full.distinct,
		.suspects = cycle->run.engine.full.suspects,
		.names = &cycle->run.names,
		.stage = stage,
		.sent = cycle->queue.sent,
		.messages = cycle->messages.decode != NULL,
	};

	if (batch.last && cycle_kind(cycle->run.engine.conf.kind)->counts) {
		batch.audit = &cycle->run.engine.audit;
		batch.n_cells = engine_cells(&cycle->run.engine, &batch.cells);
	}

	if (cycle->doing.swept) {
		batch.partition = &cycle->run.engine.full.partition;
		batch.absences = cycle->doing.absences;
	}
	if (batch.messages) {
		const struct message_env env = message_env(cycle, cycle->told);

		message_batch_stage(&cycle->messages, &env);
	} else {
		run_record_stage_deletions(&cycle->run, stage, cycle->ids, cycle->told);
	}
	cycle->stage = cycle->merging;
	cycle->merging = stage;
	cycle->first_staged = 0;
	request_queue_take_sent(&cycle->queue, &cycle->before);
	stage_reset(cycle->stage, clock_real(cycle->env->clock));
	warehouse_commit(cycle->env->warehouse, &batch);
}

static void start_question(struct cycle *cycle)
{
	struct query query = {
		.workspace = cycle->run.id,
		.run = cycle->run.run.id,
		.sweep = cycle->run.run.sweep,
		.ask = cycle->doing.ask,
		.page = cycle->page,
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
		table_free(&cycle->ids);
		message_batch_forget(&cycle->messages);
		ok = warehouse_answered(cycle->env->warehouse, &answer, &cycle->ids, &err);
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
	if (stage_is_batch(cycle->stage))
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
	return request->kind == REQUEST_LIST ? NULL : table_text(cycle->ids, request->item, ID_OWN);
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
	       (cycle->wanted.kind == ACTION_WAIT || !stage_is_full(cycle->stage));
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
