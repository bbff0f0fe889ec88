/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "odd.h"
#include "state_json.h"

/* A cycle that needs more actions than this does not end. */
#define MOST_ACTS 20000

#define MOST_FLYING 16

/* Clocks and replicas are off by less than this, in seconds. */
#define SLACK 5

/* ---- what survives a crash ------------------------------------------- */

/* Through the text that the warehouse keeps: what is not written there is lost. */
static void restart(struct workspace_state *state)
{
	static struct json_reader *reader;
	CLEANUP(buf_free) struct buf position = BUF_MAX(1 << 20);
	CLEANUP(json_free) struct json *json = NULL;
	struct err err;
	struct json_at at;

	if (!state->full.running)
		return;
	if (!reader)
		reader = json_reader_new();
	state_json_write_position(&position, &state->full);
	json = json_parse(reader, buf_text(&position), position.len, &err);
	at = json_root(json);
	if (!state_json_read_position(&at, &state->full))
		state->full.running = false;
}

/* ---- one cycle ------------------------------------------------------- */

/* A request on its way, and its answer. */
struct flight {
	struct request request;
	struct page page;
	int ids[PAGE_ROWS_MOST];
	struct state states[PAGE_ROWS_MOST];
	bool answered, refused;
};

struct run_record {
	struct drive *drive;
	struct engine engine;
	struct desk desk;
	struct flight flights[MOST_FLYING];
	int first, n;
	int acts;
	bool look, cut, lost; /* cut off; of the lock, this instance knows that it is lost */
	bool ended;	      /* its last commit was done */
	enum verdict verdict;
	struct bound bound;
	int began;
	long requests;
};

static struct flight *flight(struct run_record *c, int i)
{
	return &c->flights[(c->first + i) % MOST_FLYING];
}

/*
 * A list that stands in another order may look right for a while; then the
 * second witness or the next full sweep finds it, and takes everything back.
 */
static void note_flip(const struct run_record *c)
{
	struct drive *d = c->drive;
	int at = d->world.conf.flips_at;

	if (at == 0 || d->world.now < at || d->flip_seen)
		return;
	d->flip_seen = true;
	d->ware.mixed = c->began < at;
	d->ware.flipped = d->ware.state.order != ORDER_UNKNOWN;
}

/* The API answers one request; three failures end the cycle. */
static bool answer(struct run_record *c, struct flight *f)
{
	struct world *world = &c->drive->world;

	for (int tries = 0; tries < 3; tries++) {
		c->requests++;
		if (!world_list(world, &f->request, &f->page))
			continue;
		f->refused = world->refused;
		f->answered = true;
		if (f->refused)
			return true;
		note_flip(c);
		for (int i = 0; i < f->page.n; i++)
			f->ids[i] = world_shown(i, &f->states[i]);
		return true;
	}
	return false;
}

/* Without a Date, a row is observed when we have it. */
static int64_t observed(const struct run_record *c, int64_t date)
{
	return date == TIME_NONE ? c->drive->world.now * USEC_PER_SEC : date;
}

static void feed_page(struct run_record *c, const struct flight *f)
{
	static struct page page;
	struct desk *desk = &c->desk;

	page = f->page;
	if (f->refused) {
		c->cut = !engine_refused(&c->engine);
		return;
	}
	page.date = engine_date(&c->engine, page.date, 0, c->drive->world.now * USEC_PER_SEC);
	desk->n_page = f->page.n;
	desk->pages++;
	for (int i = 0; i < f->page.n; i++) {
		desk->page_ids[i] = f->ids[i];
		ware_stage(desk, f->ids[i], &f->states[i], observed(c, page.date), false);
	}
	engine_page(&c->engine, &page);
}

/* All that is in flight is answered, in any order, and fed in the order of sending. */
static void answer_all(struct run_record *c)
{
	while (c->n > 0 && !c->cut) {
		int unanswered = 0, k;

		for (int i = 0; i < c->n; i++)
			unanswered += !flight(c, i)->answered;
		k = chance_below(&c->drive->luck, unanswered);
		for (int i = 0; i < c->n; i++)
			if (!flight(c, i)->answered && k-- == 0)
				c->cut = !answer(c, flight(c, i));
		while (c->n > 0 && !c->cut && flight(c, 0)->answered) {
			feed_page(c, flight(c, 0));
			c->first = (c->first + 1) % MOST_FLYING;
			c->n--;
		}
		/* More may be sent before the rest is answered. */
		if (chance_hit(&c->drive->luck, 500))
			return;
	}
}

static void get(struct run_record *c, int item)
{
	struct drive *d = c->drive;
	int id = c->desk.ids[item], answered = 0;
	struct state state = { 0 };
	int64_t date = TIME_NONE;
	bool ok = false;

	for (int tries = 0; tries < 3 && !ok; tries++, c->requests++)
		/* A forged event may speak of one that never was. */
		ok = id > d->world.n || world_get(&d->world, id, &answered, &state, &date);
	c->cut = !ok;
	if (!ok)
		return;
	date = engine_date(&c->engine, date, 0, d->world.now * USEC_PER_SEC);
	if (answered == id)
		ware_stage(&c->desk, id, &state, observed(c, date), true);
	if (answered == 0)
		engine_item(&c->engine, ITEM_GONE, TIME_NONE);
	else if (answered == id)
		engine_item(&c->engine, ITEM_HERE, state.updated * USEC_PER_SEC);
	else
		engine_item(&c->engine, ITEM_MERGED, TIME_NONE);
}

static void tell_commit(const struct run_record *c, const struct action *action)
{
	const struct workspace_state *m = &c->engine.state;

	if (c->drive->told)
		printf("%6d commit%s %s, complete %d, active %d, watermark %d, order %s\n",
		       c->drive->world.now, action->last ? ", the last:" : "",
		       action_verdict_name(action->verdict),
		       (int)(m->complete_as_of / USEC_PER_SEC),
		       (int)(m->active_as_of / USEC_PER_SEC), (int)(m->watermark / USEC_PER_SEC),
		       order_name(m->order));
}

/*
 * Counting cannot tell one that was there when the sweep began from one that
 * says so, nor from one that had just gone.
 */
static void note_limits(const struct run_record *c, const struct action *action)
{
	struct drive *d = c->drive;

	if (action->verdict == VERDICT_CERTIFIED) {
		int64_t began = c->engine.full.proven_at / USEC_PER_SEC;

		d->ware.tainted = d->world.lied_at >= began - SLACK ||
				  d->world.mad >= began - SLACK ||
				  world_left_near(&d->world, began, SLACK) ||
				  (d->world.conf.lag > 0 && d->world.hid_at >= began - SLACK);
	} else if (d->world.mad >= c->began) {
		d->ware.tainted = true;
	}
	if (action->last && c->began >= d->world.conf.flips_at &&
	    (action->verdict == VERDICT_ACTIVE || action->verdict == VERDICT_CERTIFIED))
		d->ware.mixed = false;
	if (c->engine.state.order == ORDER_UNKNOWN || action->verdict == VERDICT_CERTIFIED)
		d->ware.flipped = false;
}

/* More deletions than the fuse allows are not believed, unless a person does. */
static void check_fuse(const struct run_record *c, int64_t live, int n_deleted)
{
	struct drive *d = c->drive;
	int64_t most = max_i64(20, live / 50);

	if (n_deleted > 0 && !cycle_kind(c->engine.conf.kind)->accept_deletions &&
	    ware_dead(&d->ware) > most)
		snprintf(d->wrong, sizeof(d->wrong),
			 "I3: %d conversations of %d are held as deleted, %d of them now, and "
			 "nobody said so",
			 (int)ware_dead(&d->ware), (int)live, n_deleted);
}

static void note_missing(const struct run_record *c, int i, struct missing *missing)
{
	enum absence how = engine_absence(&c->engine, i);

	if (engine_deletes(&c->engine, i)) {
		missing->deleted[missing->n_deleted++] = c->desk.ids[i];
	} else if (how != ABSENCE_NONE) {
		missing->how[missing->n_absent] = how;
		missing->absent[missing->n_absent++] = c->desk.ids[i];
	}
}

/* While something could not be loaded, and nobody has accepted it, no instant rises. */
static void check_held_back(struct drive *d, int64_t complete, int64_t active)
{
	if (odd_holding(&d->ware) > 0 &&
	    (d->ware.state.complete_as_of > complete || d->ware.state.active_as_of > active))
		snprintf(d->wrong, sizeof(d->wrong), "I1: an instant rises past %d rejected items",
			 (int)odd_holding(&d->ware));
}

static void commit(struct run_record *c, const struct action *action)
{
	struct drive *d = c->drive;
	struct missing missing = { .date = d->world.now * USEC_PER_SEC };
	int64_t was = d->ware.state.complete_as_of, was_active = d->ware.state.active_as_of;
	int64_t live = ware_live(&d->ware);
	struct tally tally;

	for (int i = 0; i < IDS_MOST; i++)
		note_missing(c, i, &missing);
	tell_commit(c, action);
	if (c->ended)
		snprintf(d->wrong, sizeof(d->wrong), "a commit after the last");
	c->ended = action->last;
	if (!ware_commit(&d->ware, &c->desk, action, &c->engine.state, &missing, &tally)) {
		c->cut = c->lost = true;
		return;
	}
	note_limits(c, action);
	d->published += d->ware.state.complete_as_of > was;
	check_held_back(d, was, was_active);
	check_fuse(c, live, missing.n_deleted);
	/* What is held only gets better, unless something is deleted. */
	if (!d->wrong[0] &&
	    (action->last || missing.n_deleted > 0 || d->ware.state.complete_as_of != was ||
	     d->ware.state.active_as_of != was_active))
		ware_check(&d->ware, &d->world, d->wrong, sizeof(d->wrong));
	engine_committed(&c->engine, &tally);
}

static void run_engine(struct run_record *c, const struct action *action)
{
	struct drive *d = c->drive;
	struct answer reply;

	switch (action->kind) {
	case ACTION_SEND:
		if (action->request.kind == REQUEST_GET) {
			get(c, action->request.item);
			break;
		}
		flight(c, c->n)->request = action->request;
		flight(c, c->n++)->answered = false;
		break;
	case ACTION_COMMIT:
		if (c->look)
			snprintf(d->wrong, sizeof(d->wrong), "a look at the counts wants to write");
		else
			commit(c, action);
		break;
	case ACTION_ASK:
		ware_ask(&d->ware, &c->desk, &action->ask, d->world.now * USEC_PER_SEC, &reply);
		if (d->told)
			printf("%6d ask %d: %d %d, %d ids\n", d->world.now, action->ask.kind,
			       (int)reply.n[0], (int)reply.n[1], reply.ids);
		engine_answer(&c->engine, &reply);
		break;
	default:
		break;
	}
}

/* Events speak of conversations that are there, and of some that are not any more, or not yet. */
static void bring_hints(struct run_record *c, const struct engine_conf *conf)
{
	struct drive *d = c->drive;

	for (int i = 0; i < conf->n_hinted; i++)
		c->desk.ids[i] =
			d->hinted ? d->hinted[i]
				  : d->world.things[chance_below(&d->hinting, d->world.n)].id;
}

static void begin_cycle(struct run_record *c, struct drive *d, const struct engine_conf *conf,
			int who)
{
	struct workspace_state state = d->ware.state;

	c->drive = d;
	c->first = c->n = c->acts = 0;
	c->look = cycle_kind(conf->kind)->look;
	c->cut = c->lost = c->ended = false;
	c->began = d->world.now;
	c->requests = 0;
	d->cycles++;
	ware_sit(&c->desk, who);
	if (!cycle_kind(conf->kind)->look)
		ware_begin_run(&d->ware);
	restart(&state);
	workspace_state_doubt_future(&state, conf->now, 0);
	/* As run_record.c has it: another sweep has seen nothing of what this one saw. */
	d->ware.state.full.running = state.full.running;
	state.holding = state.askable = odd_holding(&d->ware);
	engine_begin(&c->engine, conf, &state);
	bring_hints(c, conf);
	d->strategy = c->engine.strategy;
	bound_begin(&c->bound, &d->ware, &d->world, c->engine.strategy);
	if (d->told)
		printf("%6d instance %d: cycle by %s\n", d->world.now, who,
		       plan_strategy_name(c->engine.strategy));
}

static void check_bound(struct run_record *c, enum verdict verdict)
{
	struct drive *d = c->drive;
	bool tells, kept = bound_kept(&c->bound, &d->world, verdict, c->began, c->requests, &tells);

	d->bounded += tells;
	if (!kept)
		snprintf(d->wrong, sizeof(d->wrong),
			 "I4: a cycle by %s that nothing disturbed is %s after %ld requests of %d",
			 plan_strategy_name(c->engine.strategy), action_verdict_name(verdict),
			 c->requests, (int)c->bound.most);
}

static bool dies(struct drive *d)
{
	if (d->dies_at > 0 && d->world.requests >= d->dies_at) {
		d->dies_at = 0;
		return true;
	}
	return chance_hit(&d->luck, d->world.rests ? 0 : d->story.crashes);
}

/* What is said of a cycle around which something is rejected. */
static void check_verdict(struct run_record *c, enum verdict verdict)
{
	struct drive *d = c->drive;
	bool proves = verdict == VERDICT_CERTIFIED || verdict == VERDICT_COMPLETE ||
		      verdict == VERDICT_ACTIVE;

	if (proves && odd_holding(&d->ware) > 0)
		snprintf(d->wrong, sizeof(d->wrong), "a cycle is %s around %d rejected items",
			 action_verdict_name(verdict), (int)odd_holding(&d->ware));
}

/* One action of a cycle. True when it is over: done, cut off, or wrong. */
static bool step(struct run_record *c)
{
	struct drive *d = c->drive;
	struct action action;
	bool full;

	if (++c->acts > MOST_ACTS) {
		snprintf(d->wrong, sizeof(d->wrong), "the cycle does not end (%s, phase %d)",
			 plan_strategy_name(c->engine.strategy), c->engine.phase);
		return true;
	}
	full = chance_hit(&d->luck, d->story.stages) && c->desk.n_staged > 0;
	engine_next(&c->engine, full, &action);
	if (action.kind == ACTION_DONE) {
		c->verdict = action.verdict;
		check_verdict(c, action.verdict);
		if (!c->ended && !c->look && action.verdict != VERDICT_MISSHAPEN)
			snprintf(d->wrong, sizeof(d->wrong), "the run was never ended");
		check_bound(c, action.verdict);
		return true;
	}
	if (action.kind == ACTION_WAIT && c->n == 0) {
		snprintf(d->wrong, sizeof(d->wrong), "the engine waits for nothing (phase %d)",
			 c->engine.phase);
		return true;
	}
	run_engine(c, &action);
	if (action.kind == ACTION_WAIT || c->n == MOST_FLYING)
		answer_all(c);
	if (!c->cut && dies(d)) {
		c->cut = true;
		if (d->told)
			printf("%6d CRASH of instance %d\n", d->world.now, c->desk.who);
	} else if (c->cut && d->told) {
		printf("%6d instance %d %s\n", d->world.now, c->desk.who,
		       c->lost ? "learns that it has lost the lock" : "gives up");
	}
	return c->cut || d->wrong[0];
}

/*
 * The other instance has the lock. This one does not know, and goes on until
 * it wants to write.
 */
static void take_over(struct run_record *old, struct run_record *next,
		      const struct engine_conf *conf)
{
	struct drive *d = old->drive;
	struct engine_conf mine = *conf;
	bool old_over = false, over = false;

	d->ware.holder = 1 - d->ware.holder;
	mine.now = d->world.now * USEC_PER_SEC;
	begin_cycle(next, d, &mine, d->ware.holder);
	while (!over && !d->wrong[0]) {
		/* Who has no lock writes nothing, so there is no harm in its going on. */
		if (!old_over && chance_hit(&d->luck, 500))
			old_over = step(old);
		else
			over = step(next);
	}
}

enum outcome drive_cycle(struct drive *d, const struct engine_conf *conf, enum verdict *verdict)
{
	static struct run_record cycles[2];
	struct run_record *c = &cycles[0];

	begin_cycle(c, d, conf, d->ware.holder);
	while (!step(c)) {
		if (c->look || d->world.rests || !chance_hit(&d->luck, d->story.takeovers))
			continue;
		take_over(c, &cycles[1], conf);
		c = &cycles[1];
		break;
	}
	*verdict = c->verdict;
	return d->wrong[0] ? OUTCOME_WRONG : c->cut ? OUTCOME_CUT : OUTCOME_DONE;
}

/* ---- a story begins -------------------------------------------------- */

void drive_begin(struct drive *d, const struct story *story, uint64_t seed)
{
	struct workspace_state state = {
		.watermark = TIME_NONE,
		.complete_as_of = TIME_NONE,
		.active_as_of = TIME_NONE,
		.certified_at = TIME_NONE,
		.tried_at = TIME_NONE,
		.lookback = story->lookback * USEC_PER_SEC,
		.lookback_configured = story->lookback * USEC_PER_SEC,
		.late_at = TIME_NONE,
		.late_by = TIME_NONE,
		.per_page = PER_PAGE_MOST,
		.needs_full = FULL_FIRST_LOAD,
	};

	d->story = *story;
	d->wrong[0] = '\0';
	d->flip_seen = false;
	d->hinted = NULL;
	d->dies_at = 0;
	d->cycles = d->requests = d->published = d->bounded = d->rounds = 0;
	d->luck = chance_stream(seed, 5);
	d->hinting = chance_stream(seed, 6);
	world_begin(&d->world, &story->world, seed);
	ware_begin(&d->ware, &state);
	d->ware.parts = story->world.unsplit ? -1 : 3;
	d->ware.flaky = story->world.storm_at && story->world.storm_share < 1000;
	/* Pages of a few rows may look in order by luck. */
	d->ware.shuffled = story->world.order == WORLD_SHUFFLE ||
			   (story->world.flips_at && story->world.flips_to == WORLD_SHUFFLE);
}

bool drive_wrong(struct drive *drive, const char *fmt, ...)
{
	va_list args;

	if (drive->wrong[0])
		return false;
	va_start(args, fmt);
	vsnprintf(drive->wrong, sizeof(drive->wrong), fmt, args);
	va_end(args);
	return false;
}
