/* SPDX-License-Identifier: MIT */
#include "whole.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debts.h"
#include "odd.h"
#include "plan.h"
#include "story.h"
#include "talks.h"

#define EVENTS_MOST 2000

/* As in bound.c. */
#define LEAST_LAPPING 8

/* An event on its way. */
struct event {
	int id, at;
	bool message;
};

/* What was last seen of a conversation. */
struct look {
	bool live;
	int n, updated, version, silent;
	enum status status;
};

static struct {
	struct drive *drive;
	struct chance chance;
	struct debts debts;
	struct event events[EVENTS_MOST];
	int n_events;
	struct look happened[MOST_THINGS + 1],
		held[MOST_THINGS + 1]; /* in the world, and in the warehouse */
	bool moves, strict;
	int lost, late, twice, forged; /* events, in a thousand */
	int64_t usual;		       /* requests of the last cycle of changes */
} s;

static int64_t usec(int seconds)
{
	return seconds * USEC_PER_SEC;
}

/* ---- events --------------------------------------------------------------- */

static void send(int id, int at, bool message)
{
	if (s.n_events < EVENTS_MOST)
		s.events[s.n_events++] = (struct event){ id, at, message };
}

/* A change is told, or not. */
static void tell(int id, int at, bool message)
{
	if (chance_hit(&s.chance, s.lost))
		return;
	at += chance_hit(&s.chance, s.late) ? 5 + chance_below(&s.chance, 150) : 0;
	send(id, at, message);
	if (chance_hit(&s.chance, s.twice))
		send(id, at + chance_below(&s.chance, 40), message);
}

static void forge(int now)
{
	int n = chance_hit(&s.chance, 50) ? HINTS_MOST + 20 : 1;

	if (!chance_hit(&s.chance, s.forged))
		return;
	if (chance_hit(&s.chance, 100))
		send(DEBTS_TOO_LONG, now, false);
	while (n-- > 0)
		send(MOST_THINGS + 1 + chance_below(&s.chance, DEBTS_FORGED), now,
		     chance_hit(&s.chance, 300));
}

static void deliver(void)
{
	int left = 0;

	for (int i = 0; i < s.n_events; i++) {
		struct event event = s.events[i];

		int said =
			event.id > 0 && event.id <= s.drive->world.n ? talks_said(event.id - 1) : 0;

		if (event.at > s.drive->world.now)
			s.events[left++] = event;
		else
			debts_hear(&s.debts, event.id, event.message, said, s.drive->world.now);
	}
	s.n_events = left;
}

/* ---- what happens ---------------------------------------------------------- */

static struct look look_at(const struct state *state, int n)
{
	return (struct look){ !state->gone, n, state->updated, state->version, state->silent,
			      state->status };
}

static bool is_same(const struct look *x, const struct look *y)
{
	return x->live == y->live && x->updated == y->updated && x->version == y->version &&
	       x->silent == y->silent && x->status == y->status && x->n == y->n;
}

/* Something has happened to a conversation: perhaps somebody wrote, and an event tells of it. */
static void follow(const struct thing *thing)
{
	const struct state *state = &thing->states[thing->n - 1];
	struct look now = look_at(state, thing->n), *was = &s.happened[thing->id];
	bool born = was->n == 0, changed = born || now.version != was->version, writes;

	if (is_same(was, &now))
		return;
	*was = now;
	if (state->gone)
		talks_vanish(thing->id - 1);
	/* Where no message moves updated_at there are some at the beginning. */
	writes = !thing->exempt && !state->gone &&
		 (born || (s.moves && changed && chance_hit(&s.chance, 500)));
	talks_say(thing->id - 1, writes ? 1 + chance_below(&s.chance, 3) : 0, usec(state->updated));
	if (s.drive->world.now > WORLD_BEGINS)
		tell(thing->id, state->visible_at, writes);
}

/* A message that moves nothing; of one to a resolved conversation nobody could know. */
static void whisper(const struct world *world)
{
	const struct thing *thing;
	const struct state *state;

	if (s.moves || world->n == 0 || !chance_hit(&s.chance, 200))
		return;
	thing = &world->things[chance_below(&s.chance, world->n)];
	state = &thing->states[thing->n - 1];
	if (state->gone || state->status == STATUS_RESOLVED)
		return;
	talks_say(thing->id - 1, 1, usec(world->now));
	tell(thing->id, world->now, true);
}

static void watch(struct world *world, long request)
{
	(void)request;
	for (int i = 0; i < world->n; i++)
		follow(&world->things[i]);
	if (!world->rests) {
		whisper(world);
		forge(world->now);
	}
	deliver();
	talks_now(usec(world->now));
}

/* While messages are read. */
static void meanwhile(void)
{
	if (s.drive->world.rests)
		return;
	world_tick(&s.drive->world, 1);
	watch(&s.drive->world, 0);
}

/* ---- the warehouse --------------------------------------------------------- */

/* Cycles of conversations have changed something: their messages become due. */
static void take_over_changes(void)
{
	const struct world *world = &s.drive->world;

	for (int id = 1; id <= s.drive->ware.top; id++) {
		const struct held *held = &s.drive->ware.held[id];
		struct look now = look_at(&held->state, 0);
		int into = world->things[id - 1].states[world->things[id - 1].n - 1].merged_into;

		now.live = held->present && held->live;
		if (is_same(&now, &s.held[id]))
			continue;
		s.held[id] = now;
		if (now.live)
			talks_merged(id - 1, usec(now.updated), now.status != STATUS_RESOLVED);
		else
			talks_deleted(id - 1);
		if (!now.live && into > 0 && s.drive->ware.held[into].live)
			talks_due(into - 1);
	}
}

/* ---- a cycle by hints ---------------------------------------------------------- */

/* A world in which whatever has happened is shown as it is, at once. */
static bool is_strict(const struct world_conf *w)
{
	return w->flips_at == 0 && w->late == 0 && w->lag == 0 && w->delays == 0 && w->cap == 0 &&
	       w->hidden == STATUS_ANY && w->estimate == 0 && w->overcount == 0 && w->depth == 0 &&
	       w->window == 0 && w->filtered == FILTERED_TRULY && w->mad_to == 0 &&
	       w->mistyped_to == 0 && w->storm_at == 0 && w->pins == 0 && w->leaps == 0 &&
	       w->ahead == 0 && w->skew == 0 && !w->hydrate && !w->no_date &&
	       w->mix[EVENT_ARCHIVE] == 0 && w->mix[EVENT_SPOIL] == 0 &&
	       w->mix[EVENT_SET_BACK] == 0 && w->mix[EVENT_BACKDATE] == 0;
}

/* What was looked at is held as it is. */
static bool check_looks(int n, enum verdict verdict)
{
	const struct drive *d = s.drive;
	bool looked = d->strategy == STRATEGY_HINTED;

	for (int i = 0; i < n; i++) {
		int id = s.debts.ids[i];
		const struct state *state;
		const struct held *held;

		if (id > d->world.n || d->world.things[id - 1].exempt)
			continue;
		held = &d->ware.held[id];
		state = world_state(&d->world.things[id - 1], d->world.now);
		if (!state || state->odd)
			continue;
		if (!looked && verdict != VERDICT_COMPLETE &&
		    (verdict != VERDICT_ACTIVE || state->status == STATUS_RESOLVED))
			continue;
		if (!held->live || held->state.updated != state->updated ||
		    (looked && held->state.silent != state->silent))
			return drive_wrong(
				s.drive, "hints: an event spoke of %d, and it is not held as it is",
				id);
	}
	return true;
}

/* How many have changed since a list that goes by update was read; -1: others must be asked for, too. */
static int64_t changed(void)
{
	const struct ware *ware = &s.drive->ware;
	const struct world *world = &s.drive->world;
	int64_t since = ware->state.watermark - ware->state.lookback;
	int64_t n = 0;

	/* Lists that look otherwise each time, and pages that are too small to overlap. */
	if (world->conf.order == WORLD_UPDATED_TIES || world->conf.page < LEAST_LAPPING ||
	    ware->state.per_page > world->conf.page)
		return -1;
	for (int i = 0; i < world->n; i++) {
		const struct state *state = world_state(&world->things[i], world->now);
		const struct held *held = &ware->held[world->things[i].id];

		if ((!state && held->live) ||
		    (state && held->live && held->state.updated > state->updated) ||
		    (state && !held->live &&
		     usec(state->updated) <= max_i64(since, ware->state.complete_as_of)))
			return -1;
		n += state && usec(state->updated) >= since;
	}
	return n;
}

/*
 * Whether the ids are asked for one by one: unless there were more, or a cycle of changes takes fewer
 * requests, or the list is one page.
 */
static bool is_looked_at(const struct engine_conf *conf)
{
	struct workspace_state state = s.drive->ware.state;
	struct engine_conf changes = { .kind = CYCLE_INCREMENTAL, .now = conf->now };
	enum strategy strategy = plan_strategy(&state, &changes);
	struct plan_facts facts = { .changed = conf->n_hinted, .usable = 60 };
	int64_t cost;

	state.askable = odd_holding(&s.drive->ware);
	cost = plan_cost(strategy, &state, &facts).least;

	if (strategy == STRATEGY_UNRESOLVED_SCAN && s.usual > cost)
		cost = s.usual;
	return !conf->more_hinted && conf->n_hinted <= cost &&
	       !(strategy == STRATEGY_ONE_PAGE && conf->n_hinted == cost);
}

/* What such a cycle may cost, where nothing disturbs it; -1: nobody can say. */
static int64_t most_requests(const struct engine_conf *conf)
{
	const struct workspace_state *state = &s.drive->ware.state;
	struct engine_conf changes = { .kind = CYCLE_INCREMENTAL, .now = conf->now };
	enum strategy strategy = plan_strategy(state, &changes);
	struct plan_facts facts = { .changed = conf->n_hinted, .usable = 60 };
	int64_t cost = plan_cost(strategy, state, &facts).most, n = changed();

	if (!s.strict || state->stale_copies > 0 || odd_holding(&s.drive->ware) > 0 || n < 0 ||
	    n > conf->n_hinted || conf->more_hinted || state->certified_at == TIME_NONE)
		return -1;
	/* Behind a page that is full is looked. */
	if (strategy == STRATEGY_ONE_PAGE)
		return ware_live(&s.drive->ware) + 12 < state->per_page ? cost : -1;
	if (strategy != STRATEGY_HEAD_SCAN && strategy != STRATEGY_TAIL_SCAN)
		return -1;
	return min_i64(conf->n_hinted, cost);
}

struct before {
	int64_t complete, active, watermark, certified, dead, requests, most;
	int began;
	bool looks;
};

static struct before before(const struct engine_conf *conf)
{
	const struct drive *d = s.drive;

	return (struct before){ d->ware.state.complete_as_of,
				d->ware.state.active_as_of,
				d->ware.state.watermark,
				d->ware.state.certified_at,
				ware_dead(&d->ware),
				d->world.requests,
				most_requests(conf),
				d->world.now,
				is_looked_at(conf) };
}

/* A look says nothing of instants, and nothing of what is gone. */
static bool check_cycle(const struct engine_conf *conf, const struct before *was,
			enum outcome outcome, enum verdict verdict)
{
	const struct drive *d = s.drive;
	const struct workspace_state *now = &d->ware.state;
	int64_t requests = d->world.requests - was->requests;
	bool quiet = outcome == OUTCOME_DONE && d->world.disturbed < was->began &&
		     d->world.conf.fails == 0 && d->world.conf.slow == 0 &&
		     d->story.takeovers == 0 && now->stale_copies == 0;

	if (d->strategy == STRATEGY_HINTED &&
	    (now->complete_as_of > was->complete || now->active_as_of > was->active ||
	     now->watermark != was->watermark || now->certified_at != was->certified ||
	     ware_dead(&d->ware) > was->dead))
		return drive_wrong(s.drive, "hints: a look says something of the whole");
	if (was->looks != (d->strategy == STRATEGY_HINTED) && d->story.takeovers == 0)
		return drive_wrong(s.drive, "hints: %d%s, by %s", conf->n_hinted,
				   conf->more_hinted ? " and more" : "",
				   plan_strategy_name(d->strategy));
	if (!quiet)
		return true;
	if (d->strategy == STRATEGY_HINTED && requests > conf->n_hinted)
		return drive_wrong(s.drive, "I4: %d hints cost %d requests", conf->n_hinted,
				   (int)requests);
	if (was->most >= 0 && requests > was->most)
		return drive_wrong(s.drive,
				   "I4: %d hints cost %d requests by %s, and should cost %d",
				   conf->n_hinted, (int)requests, plan_strategy_name(d->strategy),
				   (int)was->most);
	return !s.strict || check_looks(conf->n_hinted, verdict);
}

/* The worker's part when the cycle has come to its end. */
static void end_hints(enum outcome outcome)
{
	const struct hints *hints = &s.debts.hints;
	enum debts_end end = outcome == OUTCOME_DONE	  ? DEBTS_LOOKED
			     : chance_hit(&s.chance, 400) ? DEBTS_DIED
			     : chance_hit(&s.chance, 250) ? DEBTS_HOPELESS
							  : DEBTS_FAILED;

	for (int i = 0; end == DEBTS_LOOKED && i < hints->taken; i++)
		if (hints->list[i].message && s.debts.ids[i] <= MOST_THINGS &&
		    s.held[s.debts.ids[i]].live)
			talks_due(s.debts.ids[i] - 1);
	debts_end(&s.debts, end, s.drive->world.now);
}

static bool look_where_events_point_to(void)
{
	struct drive *d = s.drive;
	struct engine_conf conf = { .kind = CYCLE_HINTED,
				    .ahead = d->story.ahead,
				    .now = usec(d->world.now),
				    .lookback_most = 4 * usec(d->story.lookback),
				    .usual_cost = s.usual };
	enum verdict verdict = VERDICT_NONE;
	enum outcome outcome;
	struct before was;

	if (!debts_take(&s.debts))
		return drive_wrong(s.drive, "hints: %s", s.debts.wrong);
	conf.n_hinted = s.debts.hints.taken;
	conf.more_hinted = s.debts.hints.more_taken;
	was = before(&conf);
	d->hinted = s.debts.ids;
	outcome = drive_cycle(d, &conf, &verdict);
	d->hinted = NULL;
	if (outcome == OUTCOME_WRONG)
		return false;
	take_over_changes();
	if (!check_cycle(&conf, &was, outcome, verdict))
		return false;
	end_hints(outcome);
	return debts_check(&s.debts) || drive_wrong(s.drive, "hints: %s", s.debts.wrong);
}

/* ---- the other cycles -------------------------------------------------------------- */

static bool follow_changes(void)
{
	struct drive *d = s.drive;
	struct engine_conf conf = { .kind = CYCLE_INCREMENTAL,
				    .ahead = d->story.ahead,
				    .now = usec(d->world.now),
				    .lookback_most = 4 * usec(d->story.lookback),
				    .chance = (uint32_t)chance_next(&d->luck) };
	enum verdict verdict = VERDICT_NONE;
	long requests = d->world.requests;
	enum outcome outcome;

	if (chance_hit(&s.chance, d->story.verifies) || d->ware.state.audit_due)
		conf.kind = CYCLE_REPAIR;
	else if (chance_hit(&s.chance, d->story.fulls))
		conf.kind = CYCLE_FULL;
	outcome = drive_cycle(d, &conf, &verdict);
	if (outcome == OUTCOME_DONE && conf.kind == CYCLE_INCREMENTAL)
		s.usual = d->world.requests - requests;
	take_over_changes();
	return outcome != OUTCOME_WRONG;
}

static bool read_messages(int64_t now)
{
	struct drive *d = s.drive;
	bool whole = false;

	if (!talks_cycle(&d->ware.state, now, s.strict, &whole))
		return drive_wrong(s.drive, "%s", talks_wrong());
	for (int id = 1; whole && id <= d->world.n; id++) {
		int promised = s.debts.list[id].promised;

		s.debts.list[id].promised = 0;
		if (promised > 0 && s.held[id].live && s.happened[id].live &&
		    !talks_has(id - 1, promised))
			return drive_wrong(s.drive,
					   "an event spoke of a message of %d, and it was not read",
					   id);
	}
	return true;
}

/* ---- a story ------------------------------------------------------------------------ */

static void begin(struct drive *d, uint64_t seed)
{
	struct story story;

	memset(&s, 0, sizeof(s));
	s.drive = d;
	s.chance = chance_stream(seed, 90);
	story_invent(&story, seed);
	story.hints = 0;
	story.world.rows = story.world.rows > 60 ? 60 : story.world.rows;
	s.moves = chance_hit(&s.chance, 600);
	s.lost = chance_hit(&s.chance, 300) ? 1000 : chance_below(&s.chance, 300);
	s.late = chance_below(&s.chance, 400);
	s.twice = chance_below(&s.chance, 500);
	s.forged = chance_hit(&s.chance, 300) ? chance_below(&s.chance, 60) : 0;
	/* Half of them are simple, so that more can be asked of them. */
	if (chance_hit(&s.chance, 500)) {
		struct world_conf plain = { .order = story.world.order,
					    .rows = story.world.rows,
					    .page = story.world.page,
					    .events = story.world.events,
					    .hidden = STATUS_ANY };

		memcpy(plain.mix, story.world.mix, sizeof(plain.mix));
		plain.mix[EVENT_ARCHIVE] = 0;
		story.world = plain;
	}
	s.strict = is_strict(&story.world);
	drive_begin(d, &story, seed);
	talks_begin(seed, meanwhile, s.moves);
	watch(&d->world, 0);
	d->world.meanwhile = watch;
}

static bool round_of(void)
{
	struct drive *d = s.drive;
	bool due;

	watch(&d->world, 0);
	if (!debts_check(&s.debts) || !debts_due(&s.debts, d->world.now, &due))
		return drive_wrong(s.drive, "hints: %s", s.debts.wrong);
	if (!(due && d->ware.state.certified_at != TIME_NONE ? look_where_events_point_to()
							     : follow_changes()))
		return false;
	if (chance_hit(&s.chance, 700) && !read_messages(usec(d->world.now)))
		return false;
	world_tick(&d->world, chance_hit(&s.chance, 500) ? 3 : d->story.idle);
	return true;
}

/* What was heard is looked at, and then nothing is left. */
static bool drain(void)
{
	struct drive *d = s.drive;
	bool due;

	d->world.rests = true;
	s.n_events = 0;
	for (int i = 0; i < 12; i++) {
		d->world.now += DEBTS_GATHERED;
		if (!debts_due(&s.debts, d->world.now, &due))
			return drive_wrong(s.drive, "hints: %s", s.debts.wrong);
		if (due && !look_where_events_point_to())
			return false;
	}
	return (debts_count(&s.debts) == 0 && !s.debts.more) ||
	       drive_wrong(s.drive, "hints: %d are left at the end", debts_count(&s.debts));
}

/* Every message of a conversation that is held is held. */
static bool settle(void)
{
	struct drive *d = s.drive;
	bool settles = story_can_settle(&d->story);
	int64_t now;
	long least;

	if (!drain())
		return false;
	if (settles)
		story_settle(d);
	if (d->wrong[0])
		return false;
	take_over_changes();
	talks_rest();
	now = usec(d->world.now);
	for (int i = 0; i < 4; i++) {
		now += 25 * 3600 * USEC_PER_SEC;
		if (!read_messages(now))
			return false;
	}
	for (int id = 1; id <= d->world.n; id++)
		if (s.held[id].live && s.happened[id].live &&
		    s.held[id].version == s.happened[id].version && !talks_equal(id - 1))
			return drive_wrong(s.drive, "%s", talks_wrong());
	least = talks_requests();
	if (!read_messages(now))
		return false;
	return !settles || talks_requests() == least ||
	       drive_wrong(s.drive, "%d requests for messages, for nothing",
			   (int)(talks_requests() - least));
}

bool whole_play(struct drive *d, uint64_t seed)
{
	bool ok = true;

	begin(d, seed);
	for (int i = 0; i < d->story.cycles && ok; i++)
		ok = round_of();
	ok = ok && settle();
	d->requests = d->world.requests + talks_requests();
	return ok && !d->wrong[0];
}
