/* SPDX-License-Identifier: MIT */
#include "story.h"

#include <stdio.h>
#include <string.h>

#include "odd.h"

/*
 * Cycles that a source at rest may take until the warehouse equals it. Most
 * take two or three; copies in doubt are looked at twenty a cycle.
 */
#define MOST_ROUNDS 24

const char *story_order(enum world_order order)
{
	static const char *const names[WORLD_ORDERS] = {
		[WORLD_UPDATED_DESC] = "updated_desc",
		[WORLD_UPDATED_TIES] = "updated_desc, unstable ties",
		[WORLD_UPDATED_ASC] = "updated_asc",
		[WORLD_CREATED_DESC] = "created_desc",
		[WORLD_CREATED_ASC] = "created_asc",
		[WORLD_ID] = "id",
		[WORLD_HEAP] = "heap",
		[WORLD_SHUFFLE] = "none",
	};

	return names[order];
}

/* ---- inventing ------------------------------------------------------- */

/* True once in N. */
static bool once_in(struct chance *c, int n)
{
	return chance_below(c, n) == 0;
}

static void invent_list(struct world_conf *w, struct chance *c)
{
	static const int sizes[] = { 0, 1, 4, 9, 20, 40, 60, 90, 120, 250 };

	w->order = (enum world_order)chance_below(c, WORLD_ORDERS);
	w->rows = sizes[chance_below(c, (int)ARRAY_SIZE(sizes))];
	w->page = 2 + chance_below(c, w->rows < 100 ? 9 : 24);
	w->late = chance_below(c, 4);
	w->lag = chance_below(c, 3) ? 0 : 1 + chance_below(c, 2);
	/* Rows of one second, shuffled by replicas that lag: that luck is a documented limit. */
	if (w->order == WORLD_UPDATED_TIES)
		w->lag = 0;
	w->skew = chance_below(c, 4) ? 0 : chance_below(c, 4) - 2;
	w->hydrate = once_in(c, 5);
	w->no_date = once_in(c, 40);
	if (once_in(c, 8)) {
		w->flips_at = 1050 + chance_below(c, 300);
		w->flips_to = (enum world_order)chance_below(c, WORLD_ORDERS);
	}
}

/* Anything may happen. */
static void invent_events(struct world_conf *w, struct chance *c)
{
	w->events = chance_below(c, 3) ? chance_below(c, 600) : 0;
	for (int i = 0; i <= EVENT_PURGE; i++)
		w->mix[i] = chance_below(c, 3) ? chance_below(c, 10) : 0;
	w->mix[EVENT_UPDATE]++;
	w->mix[EVENT_BACKDATE] = once_in(c, 6) ? 2 : 0;
	w->mix[EVENT_SET_BACK] = once_in(c, 6) ? 2 : 0;
	w->mix[EVENT_MERGE] = once_in(c, 4) ? 2 : 0;
	w->mix[EVENT_BULK] = once_in(c, 4);
	w->mix[EVENT_PURGE] = once_in(c, 12);
	w->mix[EVENT_SPOIL] = once_in(c, 8);
	w->mix[EVENT_CURE] = 2 * w->mix[EVENT_SPOIL];
}

static void invent_faults(struct world_conf *w, struct chance *c)
{
	w->fails = chance_below(c, 3) ? 0 : chance_below(c, 60);
	w->slow = chance_below(c, 4) ? 0 : chance_below(c, 60);
	if (once_in(c, 10)) {
		w->storm_at = 1020 + chance_below(c, 400);
		w->storm_to = w->storm_at + chance_below(c, 200);
		w->storm_share = chance_below(c, 2) ? 1000 : chance_below(c, 1000);
	}
	if (once_in(c, 12)) {
		w->mad_at = 1020 + chance_below(c, 400);
		w->mad_to = w->mad_at + chance_below(c, 100);
		w->madness = (enum madness)chance_below(c, MAD_KINDS);
	}
	if (once_in(c, 16)) {
		w->mistyped_at = 1020 + chance_below(c, 400);
		w->mistyped_to = w->mistyped_at + chance_below(c, 200);
	}
}

/*
 * One thing at a time: a source that is busy with one or two kinds of
 * changes, and nothing that fails. What only a rare chain of events shows is
 * found here; how everything goes together, by the others.
 */
static void focus(struct story *story, struct chance *c)
{
	static const enum event_kind kinds[] = { EVENT_UPDATE,	EVENT_UPDATE, EVENT_CREATE,
						 EVENT_RESOLVE, EVENT_REOPEN, EVENT_MOVE,
						 EVENT_DELETE,	EVENT_BULK,   EVENT_SPOIL };
	struct world_conf *w = &story->world;

	w->fails = w->slow = w->lag = w->skew = w->storm_at = w->mad_at = w->mad_to = 0;
	w->storm_to = 0;
	w->hydrate = w->no_date = false;
	w->events = 100 + chance_below(c, 600);
	memset(w->mix, 0, sizeof(w->mix));
	for (int i = 0; i < 2; i++)
		w->mix[kinds[chance_below(c, (int)ARRAY_SIZE(kinds))]] += 1 + chance_below(c, 5);
	w->mix[EVENT_UPDATE]++;
	w->mix[EVENT_CURE] = w->mix[EVENT_SPOIL];
	w->mistyped_to = 0;
	if (!once_in(c, 3))
		story->crashes = 0;
	story->takeovers = 0;
	story->idle = 1 + chance_below(c, 12);
	story->fulls = once_in(c, 2) ? chance_below(c, 300) : 0;
	story->verifies = once_in(c, 2) ? chance_below(c, 100) : 0;
}

/* Events of webhooks, in a third of the stories. */
static void invent_hints(struct story *story, uint64_t seed)
{
	struct chance c = chance_stream(seed, 80);

	story->hints = once_in(&c, 3) ? 100 + chance_below(&c, 500) : 0;
}

/* Lists that do not show, or do not count, all that there is. */
static void invent_lies(struct story *story, uint64_t seed)
{
	struct chance c = chance_stream(seed, 78);
	struct world_conf *w = &story->world;

	switch (chance_below(&c, 24)) {
	case 0:
		w->cap = w->page * (1 + chance_below(&c, 6));
		break;
	case 1:
		w->cap = 1 + chance_below(&c, w->rows);
		break;
	case 2:
		w->hidden = STATUS_RESOLVED;
		break;
	case 3:
		w->estimate = 1 + chance_below(&c, 7);
		break;
	default:
		return;
	}
	/* That nearly all of it goes, or moves, while one counts is left out. */
	w->mix[EVENT_PURGE] = w->mix[EVENT_REOPEN] = w->mix[EVENT_MOVE] = 0;
	if (w->cap > 0)
		w->mix[EVENT_RESOLVE] = w->mix[EVENT_DELETE] = w->mix[EVENT_MERGE] = 0;
	w->mad_at = w->mad_to = 0;
	w->deeper = once_in(&c, 2);
	story->settles = false;
}

/* Lists that go no further than so many rows, or keep what is old to themselves. */
static void invent_limits(struct world_conf *w, uint64_t seed)
{
	struct chance c = chance_stream(seed, 79);

	switch (chance_below(&c, 18)) {
	case 0:
		w->mix[EVENT_ARCHIVE] = 1 + chance_below(&c, 4);
		return;
	case 1:
		w->window = 200 + chance_below(&c, 900);
		w->lag = 0;
		return;
	case 5:
		w->filtered = FILTERED_ALL;
		return;
	case 2:
	case 3:
	case 4:
		break;
	default:
		return;
	}
	w->depth = w->page * (2 + chance_below(&c, 6)) + chance_below(&c, 3);
	w->beyond = (enum beyond)chance_below(&c, BEYONDS);
	/* Shuffled at each request, the last page is never the same. */
	if (w->order == WORLD_UPDATED_TIES || w->order == WORLD_SHUFFLE || w->flips_at > 0)
		w->beyond = BEYOND_REFUSED;
}

/* What was thought of later; it leaves the stories of other seeds as they are. */
static void invent_more(struct story *story, uint64_t seed)
{
	struct chance c = chance_stream(seed, 80);
	struct world_conf *w = &story->world;

	switch (chance_below(&c, 60)) {
	case 0:
		w->overcount = once_in(&c, 2) ? 1 : 1000000;
		story->settles = false;
		break;
	case 1:
	case 2:
		w->leaps = once_in(&c, 2) ? 1 + chance_below(&c, 100) : 300;
		break;
	case 3:
	case 4:
		/* At the beginning of an ascending list they would be where no scan looks. */
		if (w->order != WORLD_UPDATED_ASC && w->flips_at == 0)
			w->pins = 100 + chance_below(&c, 400);
		break;
	case 5:
		w->ahead = 100 + chance_below(&c, 900);
		break;
	case 6:
		w->delays = 50 + chance_below(&c, 200);
		break;
	default:
		break;
	}
	w->unsplit = once_in(&c, 6);
}

/*
 * Lists that are built badly: pages that share rows, or have more or fewer than they say; rows that
 * come twice; totals of something else, or of a while ago; filters that show nothing, or not all;
 * machines of which only those are behind that serve lists, or only those that serve GETs.
 */
static void invent_flaws(struct story *story, uint64_t seed)
{
	struct chance c = chance_stream(seed, 81);
	struct world_conf *w = &story->world;

	switch (chance_below(&c, 40)) {
	case 0:
		w->shared = 1 + chance_below(&c, 2);
		story->settles = false;
		break;
	case 1:
		w->counted = (enum counted)(1 + chance_below(&c, COUNTEDS - 1));
		story->settles = false;
		break;
	case 2:
	case 3:
		w->filtered = (enum filtered)(1 + chance_below(&c, FILTEREDS - 1));
		break;
	case 4:
	case 5:
		w->twice = (enum twice)(1 + chance_below(&c, TWICES - 1));
		w->twice_share = 1 + chance_below(&c, 200);
		/* Where the total leaves them out, the last ones stand on pages that it does not have. */
		story->settles = w->twice == TWICE_COUNTED;
		break;
	case 6:
	case 7:
		w->lag = 1 + chance_below(&c, 3);
		w->lagging = (enum lagging)(1 + chance_below(&c, LAGGINGS - 1));
		break;
	case 8:
		w->total_late = 1 + chance_below(&c, story->lookback - 1);
		break;
	case 9:
		w->page_least = 1 + chance_below(&c, 2 * w->page);
		w->size_untold = once_in(&c, 2);
		break;
	case 10:
		w->size_untold = true;
		break;
	default:
		break;
	}
}

void story_invent(struct story *story, uint64_t seed)
{
	struct chance c = chance_stream(seed, 77);

	memset(story, 0, sizeof(*story));
	invent_list(&story->world, &c);
	invent_events(&story->world, &c);
	invent_faults(&story->world, &c);
	story->lookback = 8;
	story->cycles = 4 + chance_below(&c, 16);
	story->ahead = chance_below(&c, 3) ? 1 : 2 + chance_below(&c, 4);
	story->crashes = chance_below(&c, 3) ? 0 : chance_below(&c, 30);
	story->takeovers = chance_below(&c, 4) ? 0 : chance_below(&c, 30);
	story->stages = chance_below(&c, 300);
	story->verifies = chance_below(&c, 200);
	story->looks = chance_below(&c, 500);
	story->fulls = chance_below(&c, 150);
	story->idle = chance_below(&c, 40);
	story->settles = true;
	if (seed % 2)
		focus(story, &c);
	invent_lies(story, seed);
	invent_hints(story, seed);
	if (story->settles)
		invent_limits(&story->world, seed);
	invent_more(story, seed);
}

void story_spoil(struct story *story, uint64_t seed)
{
	if (story->settles && story->world.depth == 0 && story->world.window == 0)
		invent_flaws(story, seed);
}

/* ---- playing --------------------------------------------------------- */

static struct engine_conf choose(struct drive *d)
{
	struct engine_conf conf = {
		.kind = CYCLE_INCREMENTAL,
		.ahead = d->story.ahead,
		.now = d->world.now * USEC_PER_SEC,
		.lookback_most = 4 * d->story.lookback * USEC_PER_SEC,
		.chance = (uint32_t)chance_next(&d->luck),
	};

	if (chance_hit(&d->luck, d->story.verifies) || d->ware.state.audit_due) {
		conf.kind = chance_hit(&d->luck, d->story.looks) ? CYCLE_LOOK : CYCLE_REPAIR;
	} else if (chance_hit(&d->luck, d->story.fulls)) {
		conf.kind = CYCLE_FULL;
	}
	if (conf.kind == CYCLE_INCREMENTAL && d->ware.state.certified_at != TIME_NONE &&
	    d->world.n > 0 && chance_hit(&d->hinting, d->story.hints)) {
		conf.kind = CYCLE_HINTED;
		conf.n_hinted = chance_below(&d->hinting, 12);
		conf.more_hinted = conf.n_hinted == 0 || chance_hit(&d->hinting, 100);
	}
	return conf;
}

void story_settle(struct drive *d)
{
	struct engine_conf conf = { .ahead = 1,
				    .lookback_most = 4 * d->story.lookback * USEC_PER_SEC };
	char text[sizeof(d->wrong)];
	enum verdict verdict;
	bool accepts;

	d->world.rests = true;
	/* What cannot be loaded is mended at the source, or a person accepts it. */
	accepts = chance_hit(&d->luck, 500);
	if (!accepts)
		world_cure(&d->world);
	d->world.conf.storm_to = d->world.conf.leaps = 0;
	for (d->rounds = 1; d->rounds <= MOST_ROUNDS; d->rounds++) {
		d->world.now += 3 * d->story.lookback;
		if (accepts)
			odd_accept(&d->ware);
		conf.now = d->world.now * USEC_PER_SEC;
		/* A person is needed only where more is gone than anybody would believe. */
		conf.kind = d->rounds % 2 == 0 ? CYCLE_INCREMENTAL
			    : d->rounds > 2    ? CYCLE_FULL_REPAIR
					       : CYCLE_FULL;
		/* Where a part is too deep, what is gone of the others is found by counting. */
		if (d->world.conf.depth > 0 && d->rounds % 4 == 2)
			conf.kind = CYCLE_REPAIR;
		if (drive_cycle(d, &conf, &verdict) == OUTCOME_WRONG ||
		    ware_equals(&d->ware, &d->world, text, sizeof(text)))
			return;
	}
	memcpy(d->wrong, text, sizeof(text));
}

bool story_can_settle(const struct story *story)
{
	const struct world_conf *world = &story->world;

	return story->settles && world->order != WORLD_SHUFFLE &&
	       !(world->flips_at && world->flips_to == WORLD_SHUFFLE);
}

bool story_play(struct drive *d, const struct story *story, uint64_t seed, const bool *dropped)
{
	bool told = d->told;

	drive_begin(d, story, seed);
	memset(d->world.dropped, 0, sizeof(d->world.dropped));
	if (dropped)
		memcpy(d->world.dropped, dropped, sizeof(d->world.dropped));
	d->world.told = told;
	for (int i = 0; i < story->cycles && !d->wrong[0]; i++) {
		struct engine_conf conf = choose(d);
		enum verdict verdict;

		if (drive_cycle(d, &conf, &verdict) == OUTCOME_DONE && told)
			printf("%6d done: %s\n", d->world.now, action_verdict_name(verdict));
		world_tick(&d->world, story->idle);
	}
	if (!d->wrong[0] && story_can_settle(story))
		story_settle(d);
	d->requests = d->world.requests;
	return !d->wrong[0];
}
