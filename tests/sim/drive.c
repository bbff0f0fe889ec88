/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "jsontext.h"
#include "memtext.h"

/* A cycle that needs more acts than this does not end. */
#define MOST_ACTS 20000

#define MOST_FLYING 16

/* Clocks and replicas are off by less than this, in seconds. */
#define SLACK 5

/* ---- inventing ------------------------------------------------------- */

void drive_invent(struct story *story, uint64_t seed)
{
	static const int sizes[] = { 0, 1, 4, 9, 20, 40, 60, 90, 120 };
	struct chance c = chance_stream(seed, 77);
	struct world_conf *w = &story->world;

	memset(story, 0, sizeof(*story));
	w->order = (enum world_order)chance_below(&c, WORLD_ORDERS);
	w->rows = sizes[chance_below(&c, (int)ARRAY_SIZE(sizes))];
	w->page = 2 + chance_below(&c, 9);
	w->events = chance_below(&c, 3) ? chance_below(&c, 600) : 0;
	for (int i = 0; i < EVENT_KINDS; i++)
		w->mix[i] = chance_below(&c, 3) ? chance_below(&c, 10) : 0;
	w->mix[EVENT_UPDATE]++;
	w->mix[EVENT_BACKDATE] = chance_below(&c, 6) ? 0 : 2;
	w->mix[EVENT_SET_BACK] = chance_below(&c, 6) ? 0 : 2;
	w->mix[EVENT_MERGE] = chance_below(&c, 4) ? 0 : 2;
	w->late = chance_below(&c, 3);
	w->lag = chance_below(&c, 3) ? 0 : 1 + chance_below(&c, 2);
	/* Rows of one second, shuffled by replicas that lag: that luck is a documented limit. */
	if (w->order == WORLD_UPDATED_TIES)
		w->lag = 0;
	w->skew = chance_below(&c, 4) ? 0 : chance_below(&c, 4) - 2;
	w->fails = chance_below(&c, 3) ? 0 : chance_below(&c, 60);
	w->no_date = chance_below(&c, 40) == 0;
	if (chance_below(&c, 8) == 0) {
		w->flips_at = 1050 + chance_below(&c, 300);
		w->flips_to = (enum world_order)chance_below(&c, WORLD_ORDERS);
	}
	if (chance_below(&c, 10) == 0) {
		w->storm_at = 1020 + chance_below(&c, 400);
		w->storm_to = w->storm_at + chance_below(&c, 200);
	}
	story->lookback = 8;
	story->cycles = 4 + chance_below(&c, 16);
	story->ahead = chance_below(&c, 3) ? 1 : 2 + chance_below(&c, 4);
	story->crashes = chance_below(&c, 3) ? 0 : chance_below(&c, 30);
	story->stages = chance_below(&c, 300);
	story->verifies = chance_below(&c, 200);
	story->fulls = chance_below(&c, 150);
	story->idle = chance_below(&c, 40);
	story->settles = true;
	story->every_step = true;
}

/* ---- what survives a crash ------------------------------------------- */

/* Through the text that the warehouse keeps: what is not written there is lost. */
static void restart(struct memory *memory)
{
	static struct json_reader *reader;
	CLEANUP(buf_free) struct buf position = BUF_MAX(1 << 20);
	CLEANUP(json_free) struct json *json = NULL;
	struct err err;
	struct json_at at;

	if (!memory->full.running)
		return;
	if (!reader)
		reader = json_reader_new();
	memtext_write_position(&position, &memory->full);
	json = json_parse(reader, buf_text(&position), position.len, &err);
	at = json_root(json);
	if (!memtext_read_position(&at, &memory->full))
		memory->full.running = false;
}

/* ---- one cycle ------------------------------------------------------- */

/* A request on its way, and its answer. */
struct flight {
	struct request request;
	struct page page;
	int ids[PAGE_ROWS_MOST];
	struct state states[PAGE_ROWS_MOST];
	bool answered;
};

struct cycle {
	struct drive *drive;
	struct engine engine;
	struct flight flights[MOST_FLYING];
	int first, n;
	bool cut;
};

static struct flight *flight(struct cycle *c, int i)
{
	return &c->flights[(c->first + i) % MOST_FLYING];
}

/*
 * A list that stands in another order may look right for a while; then the
 * second witness or the next full sweep finds it, and takes everything back.
 */
static void note_flip(struct drive *d)
{
	int at = d->world.conf.flips_at;

	if (at == 0 || d->world.now < at || d->flip_seen)
		return;
	d->flip_seen = true;
	d->ware.flipped = d->ware.memory.order != ORDER_UNKNOWN;
}

/* The API answers one request; three failures end the cycle. */
static bool answer(struct cycle *c, struct flight *f)
{
	struct world *world = &c->drive->world;

	for (int tries = 0; tries < 3; tries++) {
		if (!world_list(world, &f->request, &f->page))
			continue;
		note_flip(c->drive);
		for (int i = 0; i < f->page.n; i++)
			f->ids[i] = world_shown(i, &f->states[i]);
		f->answered = true;
		return true;
	}
	return false;
}

/* Without a Date, a row is observed when we have it. */
static int64_t observed(const struct cycle *c, int64_t date)
{
	return date == TIME_NONE ? c->drive->world.now * USEC_PER_SEC : date;
}

static void feed_page(struct cycle *c, const struct flight *f)
{
	struct ware *ware = &c->drive->ware;

	ware->n_page = f->page.n;
	for (int i = 0; i < f->page.n; i++) {
		ware->page_ids[i] = f->ids[i];
		ware_stage(ware, f->ids[i], &f->states[i], observed(c, f->page.date), false);
	}
	engine_page(&c->engine, &f->page);
}

/* All that is in flight is answered, in any order, and fed in the order of sending. */
static void answer_all(struct cycle *c)
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

static void get(struct cycle *c, int item)
{
	struct drive *d = c->drive;
	int id = d->ware.ids[item], answered = 0;
	struct state state;
	int64_t date = TIME_NONE;
	bool ok = false;

	for (int tries = 0; tries < 3 && !ok; tries++)
		ok = world_get(&d->world, id, &answered, &state, &date);
	c->cut = !ok;
	if (!ok)
		return;
	if (answered == id)
		ware_stage(&d->ware, id, &state, observed(c, date), true);
	if (answered == 0)
		engine_item(&c->engine, ITEM_GONE, TIME_NONE);
	else if (answered == id)
		engine_item(&c->engine, ITEM_HERE, state.updated * USEC_PER_SEC);
	else
		engine_item(&c->engine, ITEM_MERGED, TIME_NONE);
}

static void tell_commit(const struct cycle *c, const struct act *act)
{
	const struct memory *m = &c->engine.memory;

	if (c->drive->told)
		printf("%6d commit%s %s, complete %d, active %d, watermark %d, order %s\n",
		       c->drive->world.now, act->last ? ", the last:" : "",
		       act_verdict_name(act->verdict), (int)(m->complete_as_of / USEC_PER_SEC),
		       (int)(m->active_as_of / USEC_PER_SEC), (int)(m->watermark / USEC_PER_SEC),
		       order_name(m->order));
}

static void commit(struct cycle *c, const struct act *act)
{
	struct drive *d = c->drive;
	int buried[IDS_MOST], n = 0;
	int64_t was = d->ware.memory.complete_as_of;
	struct tally tally;

	for (int i = 0; i < IDS_MOST; i++)
		if (engine_buries(&c->engine, i))
			buried[n++] = d->ware.ids[i];
	tell_commit(c, act);
	/*
	 * Counting cannot tell one that was there when the sweep began from
	 * one that says so, nor from one that had just gone.
	 */
	if (act->verdict == VERDICT_CERTIFIED) {
		int64_t began = c->engine.memory.full.started / USEC_PER_SEC;

		d->ware.tainted = d->world.lied_at >= began - SLACK ||
				  world_left_near(&d->world, began, SLACK);
	}
	if (c->engine.memory.order == ORDER_UNKNOWN || act->verdict == VERDICT_CERTIFIED)
		d->ware.flipped = false;
	ware_commit(&d->ware, act, &c->engine.memory, buried, n, &tally);
	d->published += d->ware.memory.complete_as_of > was;
	if (d->story.every_step || act->last)
		ware_check(&d->ware, &d->world, d->wrong, sizeof(d->wrong));
	engine_committed(&c->engine, &tally);
}

static void obey(struct cycle *c, const struct act *act)
{
	struct drive *d = c->drive;
	struct answer reply;

	switch (act->kind) {
	case ACT_SEND:
		if (act->request.kind == REQUEST_GET) {
			get(c, act->request.item);
			break;
		}
		flight(c, c->n)->request = act->request;
		flight(c, c->n++)->answered = false;
		break;
	case ACT_COMMIT:
		commit(c, act);
		break;
	case ACT_ASK:
		ware_ask(&d->ware, &act->ask, d->world.now * USEC_PER_SEC, &reply);
		if (d->told)
			printf("%6d ask %d: %d %d, %d ids\n", d->world.now, act->ask.kind,
			       (int)reply.n[0], (int)reply.n[1], reply.ids);
		engine_answer(&c->engine, &reply);
		break;
	default:
		break;
	}
}

bool drive_cycle(struct drive *d, const struct engine_conf *conf, enum verdict *verdict)
{
	static struct cycle c;
	struct act act;

	c.drive = d;
	c.first = c.n = 0;
	c.cut = false;
	d->cycles++;
	restart(&d->ware.memory);
	engine_begin(&c.engine, conf, &d->ware.memory);
	if (d->told)
		printf("%6d cycle by %s\n", d->world.now, plan_strategy_name(c.engine.strategy));
	for (int acts = 0; acts < MOST_ACTS && !d->wrong[0]; acts++) {
		engine_next(&c.engine, chance_hit(&d->luck, d->story.stages), &act);
		if (act.kind == ACT_DONE) {
			*verdict = act.verdict;
			return true;
		}
		if (act.kind == ACT_WAIT && c.n == 0) {
			snprintf(d->wrong, sizeof(d->wrong),
				 "the engine waits for nothing (part %d)", c.engine.part);
			break;
		}
		obey(&c, &act);
		if (act.kind == ACT_WAIT || c.n == MOST_FLYING)
			answer_all(&c);
		if (c.cut || chance_hit(&d->luck, d->world.rests ? 0 : d->story.crashes)) {
			if (d->told)
				printf("%6d %s\n", d->world.now, c.cut ? "gives up" : "CRASH");
			ware_crash(&d->ware);
			return false;
		}
	}
	if (!d->wrong[0])
		snprintf(d->wrong, sizeof(d->wrong), "the cycle does not end (%s, part %d)",
			 plan_strategy_name(c.engine.strategy), c.engine.part);
	return false;
}

/* ---- the story ------------------------------------------------------- */

static void begin(struct drive *d, const struct story *story, uint64_t seed)
{
	struct memory memory = {
		.watermark = TIME_NONE,
		.complete_as_of = TIME_NONE,
		.active_as_of = TIME_NONE,
		.certified_at = TIME_NONE,
		.tried_at = TIME_NONE,
		.lookback = story->lookback * USEC_PER_SEC,
		.per_page = story->world.page,
		.needs_full = FULL_FIRST_LOAD,
	};

	d->story = *story;
	d->wrong[0] = '\0';
	d->flip_seen = false;
	d->cycles = d->requests = d->published = 0;
	d->luck = chance_stream(seed, 5);
	world_begin(&d->world, &story->world, seed);
	ware_begin(&d->ware, &memory);
	/* Pages of a few rows may look in order by luck. */
	d->ware.shuffled = story->world.order == WORLD_SHUFFLE ||
			   (story->world.flips_at && story->world.flips_to == WORLD_SHUFFLE);
}

static struct engine_conf choose(struct drive *d)
{
	struct engine_conf conf = {
		.goal = GOAL_INCREMENTAL,
		.ahead = d->story.ahead,
		.now = d->world.now * USEC_PER_SEC,
		.lookback_most = 4 * d->story.lookback * USEC_PER_SEC,
		.chance = (uint32_t)chance_next(&d->luck),
	};

	if (chance_hit(&d->luck, d->story.verifies) || d->ware.memory.audit_due) {
		conf.goal = GOAL_VERIFY;
		conf.mend = true;
	} else if (chance_hit(&d->luck, d->story.fulls)) {
		conf.goal = GOAL_FULL;
	}
	return conf;
}

/* The source rests: so many cycles, full sweeps among them, must make the warehouse equal to it. */
static void settle(struct drive *d)
{
	struct engine_conf conf = { .goal = GOAL_FULL,
				    .ahead = 1,
				    .believe = true,
				    .lookback_most = 4 * d->story.lookback * USEC_PER_SEC };
	char text[sizeof(d->wrong)];
	enum verdict verdict;

	d->world.rests = true;
	d->world.conf.storm_to = 0;
	for (int i = 0; i < 40; i++) {
		d->world.now += 3 * d->story.lookback;
		conf.now = d->world.now * USEC_PER_SEC;
		conf.goal = i % 2 ? GOAL_INCREMENTAL : GOAL_FULL;
		if (!drive_cycle(d, &conf, &verdict) && d->wrong[0])
			return;
		if (ware_equals(&d->ware, &d->world, text, sizeof(text)))
			return;
	}
	memcpy(d->wrong, text, sizeof(text));
}

bool drive_play(struct drive *d, const struct story *story, uint64_t seed, const bool *dropped)
{
	bool told = d->told;

	begin(d, story, seed);
	memset(d->world.dropped, 0, sizeof(d->world.dropped));
	if (dropped)
		memcpy(d->world.dropped, dropped, sizeof(d->world.dropped));
	d->world.told = told;
	for (int i = 0; i < story->cycles && !d->wrong[0]; i++) {
		struct engine_conf conf = choose(d);
		enum verdict verdict;

		if (drive_cycle(d, &conf, &verdict) && told)
			printf("%6d done: %s\n", d->world.now, act_verdict_name(verdict));
		world_tick(&d->world, story->idle);
	}
	if (!d->wrong[0] && story->settles && story->world.order != WORLD_SHUFFLE &&
	    !(story->world.flips_at && story->world.flips_to == WORLD_SHUFFLE))
		settle(d);
	d->requests = d->world.requests;
	return !d->wrong[0];
}
