/* SPDX-License-Identifier: MIT */
#include "bound.h"

#include "plan.h"

/* Lists that look the same whenever they are asked for. */
static bool is_stable(const struct world *world)
{
	const struct world_conf *conf = &world->conf;

	return conf->order != WORLD_UPDATED_TIES && conf->order != WORLD_SHUFFLE &&
	       (conf->flips_at == 0 || world->now < conf->flips_at) && conf->lag == 0 &&
	       !conf->no_date && (world->rests || (conf->fails == 0 && conf->slow == 0));
}

/*
 * What has changed since the watermark less the lookback, and how many are
 * not resolved. False when something is gone that is held, or is held in
 * doubt: each of those costs GETs of its own.
 */
static bool gather(const struct ware *ware, const struct world *world, struct memory *memory,
		   struct plan_facts *facts)
{
	int64_t floor = ware->memory.watermark - ware->memory.lookback;

	*facts = (struct plan_facts){ .usable = 60 };
	memory->last_total = 0;
	for (int i = 0; i < world->n; i++) {
		const struct thing *thing = &world->things[i];
		const struct state *state = world_state(thing, world->now);
		const struct held *held = &ware->held[thing->id];

		if (held->live && (!state || held->doubted || state->updated < held->state.updated))
			return false;
		if (!state)
			continue;
		memory->last_total++;
		facts->changed += state->updated * USEC_PER_SEC >= floor;
		facts->hot += state->status != STATUS_RESOLVED;
	}
	return true;
}

/* Full sweeps are proven by counting when nobody can be in doubt about what was there. */
static bool is_settled(const struct ware *ware, const struct world *world)
{
	return world->disturbed + 2 * (int)(ware->memory.lookback / USEC_PER_SEC) < world->now &&
	       world->now > 1000 + 2 * (int)(ware->memory.lookback / USEC_PER_SEC);
}

void bound_begin(struct bound *bound, const struct ware *ware, const struct world *world,
		 enum strategy strategy)
{
	struct memory memory = ware->memory;
	struct plan_facts facts;
	char text[200];

	*bound = (struct bound){ .known = false };
	if (!is_stable(world) || world_brews(world) || !gather(ware, world, &memory, &facts) ||
	    ware->memory.last_total == 0 || memory.per_page > world->conf.page || memory.full.running || ware->flipped || ware->tainted)
		return;
	if (strategy == STRATEGY_FULL_SWEEP && !is_settled(ware, world))
		return;
	if (strategy == STRATEGY_COUNT_AUDIT && !ware_equals(ware, world, text, sizeof(text)))
		return;
	bound->known = true;
	bound->most = plan_cost(strategy, &memory, &facts).most;
}

bool bound_kept(const struct bound *bound, const struct world *world, enum verdict verdict,
		int64_t began, int64_t requests, bool *tells)
{
	static const bool speaks[VERDICTS] = {
		[VERDICT_CERTIFIED] = true, [VERDICT_COMPLETE] = true, [VERDICT_ACTIVE] = true,
		[VERDICT_UNCERTIFIED] = true, [VERDICT_EQUAL] = true,
	};

	*tells = bound->known && speaks[verdict] && world->disturbed < began && is_stable(world);
	return !*tells || requests <= bound->most;
}
