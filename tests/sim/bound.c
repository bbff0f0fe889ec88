/* SPDX-License-Identifier: MIT */
#include "bound.h"

#include "odd.h"
#include "plan.h"

/* In lists of a few hundred rows, pages of this size always find a smaller one to overlap with. */
#define LEAST_LAPPING 8

/* Lists that look the same whenever they are asked for. */
static bool is_stable(const struct world *world)
{
	const struct world_conf *conf = &world->conf;

	return conf->order != WORLD_UPDATED_TIES && conf->order != WORLD_SHUFFLE &&
	       (conf->flips_at == 0 || world->now < conf->flips_at) && conf->lag == 0 &&
	       !conf->no_date && conf->leaps == 0 && !world_lies(world) &&
	       (world->rests || (conf->fails == 0 && conf->slow == 0));
}

/*
 * What has changed since the watermark less the lookback, and how many are
 * not resolved. False when something is gone that is held, or is held in
 * stale copy: each of those costs GETs of its own; or is there, and was late.
 */
static bool gather(const struct ware *ware, const struct world *world,
		   struct workspace_state *state, struct plan_facts *facts)
{
	int64_t watermark = ware->state.watermark;
	int64_t floor = watermark == TIME_NONE ? TIME_NONE : watermark - ware->state.lookback;

	*facts = (struct plan_facts){ .usable = 60 };
	state->askable = odd_holding(ware);
	state->last_total = 0;
	for (int i = 0; i < world->n; i++) {
		const struct thing *thing = &world->things[i];
		const struct state *now = world_state(thing, world->now);
		const struct held *held = &ware->held[thing->id];

		if (held->live && (!now || held->stale_copy || now->updated < held->state.updated))
			return false;
		if (held->rejected &&
		    (held->of_page || !now || !now->odd ||
		     held->rejected_at + 3 * ware->state.lookback > world->now * USEC_PER_SEC))
			return false;
		if (!now)
			continue;
		if (now->odd && !held->rejected)
			return false;
		/* What comes late makes the lookback grow on the way, and others too young to count. */
		if (!held->live &&
		    now->updated * USEC_PER_SEC <= max_i64(floor, ware->state.complete_as_of))
			return false;
		state->last_total++;
		facts->changed += now->updated * USEC_PER_SEC >= floor;
		facts->unresolved += now->status != STATUS_RESOLVED;
	}
	return true;
}

static bool has_odd(const struct world *world)
{
	for (int i = 0; i < world->n; i++) {
		const struct state *now = world_state(&world->things[i], world->now);

		if (now && now->odd)
			return true;
	}
	return false;
}

/* Full sweeps are proven by counting when nobody can be in doubt about what was there. */
static bool is_settled(const struct ware *ware, const struct world *world)
{
	return world->disturbed + 2 * (int)(ware->state.lookback / USEC_PER_SEC) < world->now &&
	       world->now > 1000 + 2 * (int)(ware->state.lookback / USEC_PER_SEC);
}

void bound_begin(struct bound *bound, const struct ware *ware, const struct world *world,
		 enum strategy strategy)
{
	struct workspace_state state = ware->state;
	struct plan_facts facts;
	char text[200];

	*bound = (struct bound){ .known = false };
	if (!is_stable(world) || world_brews(world) || !gather(ware, world, &state, &facts) ||
	    ware->state.last_total == 0 || state.per_page > world->conf.page ||
	    state.full.running || ware->flipped || ware->tainted)
		return;
	if (world->now >= world->conf.mistyped_at && world->now < world->conf.mistyped_to &&
	    !world->rests)
		return;
	/*
	 * Rows that are pinned stand in the way of an order that was proven without them. Which
	 * cycle meets them first, and reads a page twice or is demoted, nobody knows.
	 */
	if (world->conf.pins > 0 && ware->state.order != ORDER_UNKNOWN)
		return;
	bound->holds = odd_holding(ware) > 0;
	/* Where rows at the end of a page tell no time, a scan cannot know that it is old enough. */
	if ((strategy == STRATEGY_HEAD_SCAN || strategy == STRATEGY_TAIL_SCAN) && has_odd(world))
		return;
	if (strategy == STRATEGY_FULL_SWEEP && !is_settled(ware, world))
		return;
	/* One that says it was created later is young for the first sweep that sees it. */
	if (strategy == STRATEGY_FULL_SWEEP && world->conf.ahead > 0)
		return;
	/* Where it ends with a full page, it is looked behind that. */
	if ((world->conf.depth > 0 && world->n > world->conf.depth - world->conf.page) ||
	    world->conf.window > 0 || world->hid_at > 0)
		return;
	if (strategy == STRATEGY_COUNT_AUDIT && !ware_equals(ware, world, text, sizeof(text)))
		return;
	/* It takes a request for each, whatever the list. */
	if (strategy == STRATEGY_HINTED)
		return;
	if (strategy == STRATEGY_ONE_PAGE && state.last_total >= state.per_page)
		return;
	bound->known = true;
	/* Pages that are too small cannot always overlap; then what is read so proves nothing. */
	if (strategy == STRATEGY_UNRESOLVED_SCAN && state.per_page < LEAST_LAPPING)
		bound->known = false;
	bound->proves = state.per_page >= LEAST_LAPPING || strategy == STRATEGY_FULL_SWEEP ||
			strategy == STRATEGY_ONE_PAGE;
	/* That filters do nothing is learned from what they show; then nothing is proven by them. */
	if (strategy == STRATEGY_UNRESOLVED_SCAN && world->conf.filtered == FILTERED_ALL)
		bound->proves = false;
	bound->most = plan_cost(strategy, &state, &facts).most;
}

bool bound_kept(const struct bound *bound, const struct world *world, enum verdict verdict,
		int64_t began, int64_t requests, bool *tells)
{
	static const bool fails[VERDICTS] = {
		[VERDICT_UNCERTIFIED] = true, [VERDICT_LOST] = true,
		[VERDICT_DEMOTED] = true,     [VERDICT_UNEXPLAINED] = true,
		[VERDICT_DIFFERENT] = true,   [VERDICT_MISSHAPEN] = true,
	};

	*tells = bound->known && (bound->proves || !fails[verdict]) && world->disturbed < began &&
		 is_stable(world);
	return !*tells || (requests <= bound->most && !fails[verdict] &&
			   (verdict != VERDICT_REJECTED || bound->holds));
}
