/* SPDX-License-Identifier: MIT */
#include "ware.h"

#include <stdio.h>
#include <string.h>

#include "odd.h"

void ware_begin(struct ware *ware, const struct workspace_state *state)
{
	memset(ware, 0, sizeof(*ware));
	ware->state = *state;
}

void ware_begin_run(struct ware *ware)
{
	for (int i = 1; i <= ware->top; i++)
		ware->held[i].scan = 0;
}

void ware_sit(struct desk *desk, int who)
{
	desk->who = who;
	desk->n_staged = desk->n_page = desk->pages = 0;
}

void ware_stage(struct desk *desk, int id, const struct state *state, int64_t date, bool alone)
{
	if (desk->n_staged < MOST_STAGED)
		desk->staged[desk->n_staged++] =
			(struct staged){ id, *state, date, alone, desk->pages };
}

/* ---- commit ---------------------------------------------------------- */

static bool same_content(const struct state *a, const struct state *b)
{
	return a->version == b->version && a->silent == b->silent && a->status == b->status &&
	       a->assignee == b->assignee && a->updated == b->updated;
}

/* An older copy: believed only when two GETs, a lookback apart, say the same. */
static bool is_confirmed(struct held *held, const struct staged *row, int64_t lookback)
{
	held->stale_copy = true;
	if (!row->alone || row->date == TIME_NONE)
		return false;
	if (held->got_at != TIME_NONE && held->got == row->state.updated &&
	    row->date - held->got_at >= lookback)
		return true;
	if (held->got_at == TIME_NONE || held->got != row->state.updated) {
		held->got_at = row->date;
		held->got = row->state.updated;
	}
	return false;
}

/* What comes with it had to be here when an instant was published. */
static void note_late(const struct ware *ware, const struct staged *row, struct tally *tally)
{
	int64_t instant = ware->state.complete_as_of, by;

	if (row->state.status != STATUS_RESOLVED)
		instant = max_i64(instant, ware->state.active_as_of);
	by = instant - row->state.updated * USEC_PER_SEC;
	if (by >= 0)
		tally->late_by = tally->late++ ? min_i64(tally->late_by, by) : by;
}

static void merge_row(struct ware *ware, const struct staged *row, struct tally *tally)
{
	struct held *held = &ware->held[row->id];

	ware->top = row->id > ware->top ? row->id : ware->top;
	tally->seen++;
	if (!held->present || (held->live && row->state.updated > held->state.updated))
		note_late(ware, row, tally);
	if (!held->present) {
		tally->fresh++;
		held->present = true;
		held->first_seen = row->date;
		held->passes = held->scan = 0;
		held->got_at = TIME_NONE;
	} else if (held->live && row->state.updated < held->state.updated &&
		   !is_confirmed(held, row, ware->state.lookback)) {
		return;
	} else if (!held->live || !same_content(&held->state, &row->state)) {
		tally->changed++;
		tally->silent += held->live && held->state.updated == row->state.updated;
	}
	if (!held->live || !same_content(&held->state, &row->state))
		held->changed = ware->commits;
	if (!row->alone)
		held->listed = ware->commits;
	held->live = true;
	held->rejected = held->of_page = false;
	held->stale_copy = false;
	held->got_at = TIME_NONE;
	held->state = row->state;
}

/* ---- what lists do not show -------------------------------------------- */

static void find(struct ware *ware, int id, enum absence how, int64_t now)
{
	struct held *held = &ware->held[id];

	/* What has changed, or was shown, by this very commit is not missing. */
	if (held->listed == ware->commits ||
	    (how == ABSENCE_HERE && held->changed == ware->commits))
		return;
	if (!held->absent)
		held->found_at = now;
	else if (how == ABSENCE_HERE && now - held->found_at >= ware->state.lookback)
		held->unlisted = true;
	held->absent = true;
	held->asked_at = now;
	held->disputed = how == ABSENCE_GONE;
	held->unlisted = held->unlisted && !held->disputed;
}

/* What a list shows is in it. */
static void reappear(struct ware *ware, const struct desk *desk)
{
	for (int i = 0; i < desk->n_staged; i++)
		if (!desk->staged[i].alone)
			ware->held[desk->staged[i].id].absent =
				ware->held[desk->staged[i].id].unlisted =
					ware->held[desk->staged[i].id].disputed = false;
}

/* All that a full sweep did not see, and had to know. */
static void note_absences(struct ware *ware, int64_t started, int64_t now)
{
	for (int id = 1; id <= ware->top; id++) {
		struct held *held = &ware->held[id];

		if (!held->live || held->passes || held->absent ||
		    min_i64(held->first_seen, held->state.created * USEC_PER_SEC) > started)
			continue;
		held->absent = true;
		held->found_at = now;
		held->asked_at = TIME_NONE;
	}
}

static void mark(struct ware *ware, const struct desk *desk, const struct action *action, int pass)
{
	int64_t since = INT64_MAX;

	for (int i = 0; i < desk->n_staged; i++)
		since = min_i64(since, desk->staged[i].date);
	for (int i = 0; i < desk->n_staged; i++) {
		struct held *held = &ware->held[desk->staged[i].id];

		/* Of a page that was none nothing bad was seen. */
		if (desk->staged[i].state.odd && held->of_page)
			continue;
		if (action->seen == SEEN_BY_SWEEP) {
			held->passes |= 1 << pass;
			held->since = since;
		} else if (action->seen == SEEN_BY_SCAN)
			held->scan = action->scan;
	}
}

int64_t ware_live(const struct ware *ware)
{
	int64_t n = 0;

	for (int i = 1; i <= ware->top; i++)
		n += ware->held[i].live;
	return n;
}

int64_t ware_dead(const struct ware *ware)
{
	int64_t n = 0;

	for (int i = 1; i <= ware->top; i++)
		n += ware->held[i].present && !ware->held[i].live;
	return n;
}

/*
 * What is rejected in the very batch that would publish is not published around; and of a page
 * that was none nothing counts as read.
 */
static void take_state(struct ware *ware, const struct workspace_state *state, bool held_back,
		       bool misshapen)
{
	int64_t complete = ware->state.complete_as_of, active = ware->state.active_as_of;
	int64_t watermark = ware->state.watermark;

	ware->state = *state;
	if (misshapen)
		ware->state.watermark = min_i64(watermark, state->watermark);
	if (!held_back)
		return;
	ware->state.complete_as_of = min_i64(complete, state->complete_as_of);
	ware->state.active_as_of = min_i64(active, state->active_as_of);
}

static bool is_good(enum verdict verdict)
{
	return verdict == VERDICT_CERTIFIED || verdict == VERDICT_COMPLETE ||
	       verdict == VERDICT_ACTIVE || verdict == VERDICT_REJECTED;
}

bool ware_commit(struct ware *ware, struct desk *desk, const struct action *action,
		 const struct workspace_state *state, const struct missing *missing,
		 struct tally *tally)
{
	bool held_back;

	*tally = (struct tally){ .seen = 0 };
	ware->commits++;
	if (desk->who != ware->holder)
		return false;
	/* A sweep that begins has seen nothing yet. */
	if (state->full.running && !ware->state.full.running)
		for (int i = 1; i <= ware->top; i++)
			ware->held[i].passes = 0;
	held_back = odd_in_batch(ware, desk);
	for (int i = 0; i < desk->n_staged; i++)
		if (!desk->staged[i].state.odd)
			merge_row(ware, &desk->staged[i], tally);
	tally->misshapen = odd_take(ware, desk, tally);
	tally->held_back = held_back;
	mark(ware, desk, action, state->full.pass);
	reappear(ware, desk);
	for (int i = 0; i < missing->n_deleted; i++) {
		struct held *held = &ware->held[missing->deleted[i]];

		tally->deleted += held->live;
		held->rejected = false;
		held->live = held->absent = held->unlisted = held->disputed = false;
	}
	for (int i = 0; i < missing->n_absent; i++)
		find(ware, missing->absent[i], missing->how[i], missing->date);
	if (action->absences)
		note_absences(ware, state->full.started - state->lookback, missing->date);
	if (ware->state.full.running && !state->full.running && state->uncertified == 0)
		odd_forget(ware, state->full.started);
	if (action->last && is_good(action->verdict))
		odd_clear(ware);
	take_state(ware, state, held_back, tally->misshapen);
	ware->state.late_by = tally->late > 0 ? tally->late_by : TIME_NONE;
	/* A sweep that is over needs its marks no longer, when the run is. */
	for (int i = 1; i <= ware->top && action->last; i++) {
		ware->held[i].scan = 0;
		if (!state->full.running)
			ware->held[i].passes = 0;
	}
	desk->n_staged = 0;
	tally->live = ware_live(ware);
	tally->holding = odd_holding(ware);
	for (int i = 1; i <= ware->top; i++)
		tally->stale_copies += ware->held[i].live && ware->held[i].stale_copy;
	return true;
}

/* ---- queries ------------------------------------------------------- */

static bool on_page(const struct desk *desk, int id)
{
	for (int i = 0; i < desk->n_page; i++)
		if (desk->page_ids[i] == id)
			return true;
	return false;
}

static bool in_cell(const struct filter *filter, const struct state *state)
{
	return (filter->status == STATUS_ANY || filter->status == state->status) &&
	       (filter->channel == 0 || filter->channel == state->channel + 1) &&
	       (filter->assignee == 0 ||
		(filter->assignee < 0 ? state->assignee == 0
				      : state->assignee == filter->assignee));
}

/* Whether it is clear what became of it, so that it is asked for in turn only. */
static bool is_known(const struct held *held)
{
	return held->unlisted || held->disputed;
}

/* Whether a query's ids are to have this one in them; of which SEEN is what has been shown. */
static bool is_wanted(const struct ware *ware, const struct desk *desk, const struct ask *ask,
		      int id, int64_t now)
{
	const struct held *held = &ware->held[id];

	switch (ask->kind) {
	case ASK_SUSPECTS:
		return held->passes == 0 && !is_known(held);
	case ASK_UNSEEN:
		if (held->rejected || held->scan == ask->scan || held->absent ||
		    (ask->with_page && on_page(desk, id)))
			return false;
		if (ask->before != TIME_NONE && held->state.updated * USEC_PER_SEC > ask->before)
			return false;
		return ask->after == TIME_NONE || held->state.updated * USEC_PER_SEC > ask->after;
	case ASK_LEAVERS:
		return held->scan != ask->scan && !held->absent && !held->rejected &&
		       held->state.status != STATUS_RESOLVED;
	case ASK_MISSING:
		return held->scan != ask->scan && !held->unlisted &&
		       (ask->disputed || !held->disputed) && in_cell(&ask->filter, &held->state);
	case ASK_STALE_COPIES:
		return held->stale_copy &&
		       (held->got_at == TIME_NONE || now - held->got_at >= ware->state.lookback);
	default:
		return false;
	}
}

/* Any of the ids come first. */
static void mix(struct desk *desk, const struct answer *answer, int64_t now)
{
	struct chance c = chance_stream((uint64_t)now, 9);

	for (int i = answer->ids - 1; i > 0; i--) {
		int j = chance_below(&c, i + 1), id = desk->ids[i];

		desk->ids[i] = desk->ids[j];
		desk->ids[j] = id;
	}
}

/* Of those whose absence is known, whoever was asked for longest ago. */
static void find_in_turn(const struct ware *ware, struct desk *desk, const struct ask *ask,
			 struct answer *answer)
{
	bool taken[MOST_THINGS + 1] = { false };

	for (int n = 0; n < ask->turn && answer->ids < IDS_MOST; n++) {
		int best = 0;

		for (int id = 1; id <= ware->top; id++) {
			const struct held *held = &ware->held[id];

			if (held->live && held->passes == 0 && is_known(held) && !taken[id] &&
			    (best == 0 || held->asked_at < ware->held[best].asked_at))
				best = id;
		}
		if (best == 0)
			return;
		taken[best] = true;
		answer->known[answer->ids] = true;
		desk->ids[answer->ids++] = best;
	}
}

static void find_ids(const struct ware *ware, struct desk *desk, const struct ask *ask, int64_t now,
		     struct answer *answer)
{
	for (int id = 1; id <= ware->top; id++) {
		const struct held *held = &ware->held[id];

		if (!held->live || !is_wanted(ware, desk, ask, id, now))
			continue;
		if (ask->kind != ASK_STALE_COPIES && ask->settled != TIME_NONE &&
		    min_i64(held->first_seen, held->state.created * USEC_PER_SEC) > ask->settled)
			continue;
		answer->n[0]++;
		if (answer->ids < ask->most) {
			answer->known[answer->ids] = held->absent;
			desk->ids[answer->ids++] = id;
		}
	}
	if (ask->by_chance)
		mix(desk, answer, now);
	if (ask->kind == ASK_SUSPECTS)
		find_in_turn(ware, desk, ask, answer);
	for (int id = 1; id <= ware->top && !answer->control; id++) {
		const struct held *held = &ware->held[id];

		if (!held->live ||
		    !(held->passes || (ask->scan && held->scan == ask->scan) || on_page(desk, id)))
			continue;
		desk->ids[answer->ids] = id;
		answer->control = true;
	}
}

/* One that nobody held was there when it was first rejected, for all that is known. */
/* One that says it was created later than AFTER is as old as when it was first seen. */
static bool is_old(const struct held *held, int64_t before, int64_t after)
{
	int64_t created = held->state.created * USEC_PER_SEC;

	if (!held->present)
		return held->rejected && held->rejected_at < before;
	return created < before || (created > after && held->first_seen < before);
}

/* Whether one still holds after a sweep that turns out to be certified. */
static bool holds_on(const struct ware *ware, const struct held *held)
{
	int64_t started = ware->state.full.started;

	return odd_holds(held) &&
	       (held->passes != 0 || started == TIME_NONE || held->rejected_last >= started);
}

static void count_seen(const struct ware *ware, const struct ask *ask, struct answer *answer)
{
	int64_t in_turn = 0;

	for (int id = 1; id <= ware->top; id++) {
		const struct held *held = &ware->held[id];
		bool seen = ask->pass ? held->passes & 1 << ask->pass : held->passes != 0;

		answer->n[0] += seen && is_old(held, ask->before, ask->after);
		answer->n[1] += held->live && held->passes == 0 && !is_known(held);
		in_turn += held->live && held->passes == 0 && is_known(held);
		answer->n[2] += (held->present || held->rejected) && seen;
		answer->n[3] += holds_on(ware, held);
	}
	answer->n[1] += min_i64(in_turn, ask->turn);
}

/* In the order of creation; old ones each by itself. */
static void tell_seen(const struct ware *ware, const struct ask *ask, struct curve_seen *seen)
{
	for (int id = 1; id <= ware->top; id++) {
		const struct held *held = &ware->held[id];
		int64_t created = min_i64(held->first_seen, held->state.created * USEC_PER_SEC);
		int at = seen->births;

		if (!held->present || held->passes == 0)
			continue;
		if (created < ask->before) {
			seen->group[seen->groups].since = held->since;
			seen->group[seen->groups++].n = 1;
			continue;
		}
		for (; at > 0 && seen->birth[at - 1].created > created; at--)
			seen->birth[at] = seen->birth[at - 1];
		seen->birth[at].created = created;
		seen->birth[at].since = held->since;
		seen->births++;
	}
}

static void count_held(const struct ware *ware, const struct ask *ask, struct answer *answer)
{
	answer->parts = ware->parts;
	for (int id = 1; id <= ware->top; id++) {
		const struct held *held = &ware->held[id];

		answer->rejected += held->rejected && !held->live;
		answer->outdated += held->rejected && held->live;
		if (!held->live || held->unlisted ||
		    (held->absent && !ask->exact && ask->kind == ASK_COUNTS))
			continue;
		answer->counts[STATUS_ANY]++;
		answer->counts[held->state.status]++;
		if (!in_cell(&ask->filter, &held->state))
			continue;
		if (ask->filter.channel == 0)
			answer->held[held->state.channel]++;
		else
			answer->held[held->state.assignee]++;
	}
}

static void count_more(const struct ware *ware, const struct desk *desk, const struct ask *ask,
		       struct answer *answer)
{
	if (ask->kind == ASK_MISSING)
		for (int id = 1; id <= ware->top; id++)
			answer->n[1] += ware->held[id].live && !ware->held[id].unlisted &&
					in_cell(&ask->filter, &ware->held[id].state);
	else if (ask->kind == ASK_UNSEEN && ask->with_page)
		for (int i = 0; i < desk->n_page; i++)
			answer->n[1] += !ware->held[desk->page_ids[i]].live &&
					!ware->held[desk->page_ids[i]].rejected;
}

static int64_t count_rejected(const struct ware *ware)
{
	int64_t n = 0;

	for (int id = 1; id <= ware->top; id++)
		n += ware->held[id].rejected && !ware->held[id].live;
	return n;
}

/* In turn, from any one on; and as a control one that could be loaded. */
static void find_rejected(const struct ware *ware, struct desk *desk, const struct ask *ask,
			  struct answer *answer)
{
	for (int i = 0; i < ware->top; i++) {
		int id = 1 + (int)((i + ask->chance) % (uint32_t)ware->top);

		answer->n[0] += odd_holds(&ware->held[id]);
		if (odd_holds(&ware->held[id]) && answer->ids < ask->most)
			desk->ids[answer->ids++] = id;
	}
	for (int id = 1; id <= ware->top && !answer->control; id++) {
		answer->control = ware->held[id].live && !ware->held[id].rejected;
		desk->ids[answer->ids] = id;
	}
}

void ware_ask(const struct ware *ware, struct desk *desk, const struct ask *ask, int64_t now,
	      struct answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	answer->deleted_lately = ware_dead(ware);
	for (int id = 1; id <= ware->top; id++) {
		const struct held *held = &ware->held[id];

		answer->live += held->live && !held->unlisted;
		answer->absent += held->live && held->absent && !held->unlisted;
		answer->deleted_lately += held->live && held->disputed;
	}
	switch (ask->kind) {
	case ASK_JOINED:
		for (int i = 0; i < desk->n_page; i++)
			answer->n[0] |= ware->held[desk->page_ids[i]].passes != 0;
		break;
	case ASK_SEEN:
		count_seen(ware, ask, answer);
		break;
	case ASK_CURVE:
		tell_seen(ware, ask, &answer->seen);
		break;
	case ASK_COUNTS:
	case ASK_CELLS:
		count_held(ware, ask, answer);
		break;
	case ASK_REJECTED:
		find_rejected(ware, desk, ask, answer);
		break;
	default:
		answer->rejected = count_rejected(ware);
		find_ids(ware, desk, ask, now, answer);
		count_more(ware, desk, ask, answer);
		break;
	}
}

/* ---- truth ----------------------------------------------------------- */

/*
 * The last version of a thing that changed at or before T, and its status
 * then; -1 when it was not there.
 */
static int version_at(const struct thing *thing, int64_t t, enum status *status)
{
	int version = -1;

	for (int i = 0; i < thing->n; i++) {
		const struct state *state = &thing->states[i];

		if (!state->gone && state->updated * USEC_PER_SEC <= t) {
			version = state->version;
			*status = state->status;
		}
	}
	return version;
}

/* Whether a thing has changed after T. */
static bool changed_since(const struct thing *thing, int64_t t)
{
	return thing->states[thing->n - 1].updated * USEC_PER_SEC > t;
}

static const char *check_thing(const struct ware *ware, const struct world *world,
			       const struct thing *thing, char *text, int size)
{
	const struct held *held = &ware->held[thing->id];
	const struct state *now = &thing->states[thing->n - 1];
	int version = held->present ? held->state.version : -1, want;
	enum status status = STATUS_ANY;
	bool jumped;

	/* One that says it is old, and that not all machines know yet, may be taken for deleted. */
	if (!ware->flaky && !(thing->exempt && world->conf.lag > 0) && held->present &&
	    !held->live && world_state(thing, world->now) && !now->gone) {
		snprintf(text, (size_t)size, "I3: %d is marked deleted, and exists", thing->id);
		return text;
	}
	if (thing->exempt || held->accepted || now->gone || world_hides(world, thing))
		return NULL;
	/* One that came after the list was proven, and that it has never shown: the next audit tells. */
	if (world->conf.hidden != STATUS_ANY && !held->present &&
	    thing->states[0].created > WORLD_BEGINS)
		return NULL;
	/* One that jumps while a scan is closed by a machine that is behind is held a cycle later. */
	jumped = world->conf.lag > 0 && changed_since(thing, ware->state.complete_as_of);
	want = version_at(thing, ware->state.complete_as_of, &status);
	if (want > version && !jumped) {
		snprintf(text, (size_t)size,
			 "I1: %d is held in version %d, but version %d is complete as of %d",
			 thing->id, version, want,
			 (int)(ware->state.complete_as_of / USEC_PER_SEC));
		return text;
	}
	if (!held->present && !jumped &&
	    thing->states[0].created * USEC_PER_SEC <= ware->state.complete_as_of) {
		snprintf(text, (size_t)size,
			 "I1: %d was created at %d, and is not held, but complete as of %d",
			 thing->id, thing->states[0].created,
			 (int)(ware->state.complete_as_of / USEC_PER_SEC));
		return text;
	}
	/*
	 * One that changes while the lists are read may go from a place that
	 * is not read yet to one that was: only what stayed has to be there.
	 */
	if (thing->jumped_at * USEC_PER_SEC > ware->state.active_as_of)
		return NULL;
	want = version_at(thing, ware->state.active_as_of, &status);
	if (!ware->shuffled && !ware->mixed && want > version && status != STATUS_RESOLVED &&
	    now->status != STATUS_RESOLVED && !changed_since(thing, ware->state.active_as_of)) {
		snprintf(text, (size_t)size,
			 "I1: %d is held in version %d, but version %d is active as of %d",
			 thing->id, version, want, (int)(ware->state.active_as_of / USEC_PER_SEC));
		return text;
	}
	return NULL;
}

const char *ware_check(const struct ware *ware, const struct world *world, char *text, int size)
{
	const char *wrong = NULL;

	if (ware->tainted || ware->flipped || world->fooled)
		return NULL;
	for (int i = 0; i < world->n && !wrong; i++)
		wrong = check_thing(ware, world, &world->things[i], text, size);
	return wrong;
}

bool ware_equals(const struct ware *ware, const struct world *world, char *text, int size)
{
	for (int i = 0; i < world->n; i++) {
		const struct thing *thing = &world->things[i];
		const struct state *state = world_state(thing, world->now);
		const struct held *held = &ware->held[thing->id];

		if ((!state && !held->live) || world_hides(world, thing))
			continue;
		/* Of what was not seen most may be too deep: what is gone is found by and by. */
		if (!state && ware->state.beyond > 0)
			continue;
		if (held->accepted)
			continue;
		if (state && held->live && !held->rejected && same_content(state, &held->state))
			continue;
		snprintf(text, (size_t)size,
			 "I2: %d is %s, and held %s (version %d.%d, held %d.%d)", thing->id,
			 state ? "there" : "gone", held->live ? "as there" : "as gone",
			 state ? state->version : 0, state ? state->silent : 0, held->state.version,
			 held->state.silent);
		return false;
	}
	return true;
}
