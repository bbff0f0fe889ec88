/* SPDX-License-Identifier: MIT */
#include "certificate.h"

enum order certificate_order(const struct workspace_state *state)
{
	const struct evidence *evidence = &state->full.sweep.watch.evidence;

	if (state->order != ORDER_UNKNOWN && !order_contradicted(evidence, state->order))
		return state->order;
	return order_proven(evidence);
}

bool certificate_began_fresh(const struct workspace_state *state)
{
	enum order order = certificate_order(state);

	return order != ORDER_UNKNOWN && order_ascending(order) == state->full.sweep.plan.backwards;
}

int64_t certificate_owed(const struct workspace_state *state)
{
	const struct sweep *sweep = &state->full.sweep;

	return sweep->first_total - (certificate_began_fresh(state) ? sweep->recent : 0);
}

bool certificate_is_sound(const struct workspace_state *state, int64_t total, bool all)
{
	const struct sweep *sweep = &state->full.sweep;
	int64_t most = sweep->most_total;

	if (all)
		most = max_i64(most, state->full.most_total);
	return !sweep->beyond && (state->order != ORDER_UNKNOWN || most <= total);
}

bool certificate_has_curve(const struct workspace_state *state)
{
	const struct sweep *sweep = &state->full.sweep;

	return (sweep->end == SWEEP_ALL || sweep->end == SWEEP_SHALLOW) &&
	       sweep->started != TIME_NONE && state->curve.n > 0 &&
	       state->curve.steps[0].from + state->lookback <= sweep->started;
}

bool certificate_is_snapshot(const struct workspace_state *state)
{
	const struct sweep *sweep = &state->full.sweep;

	return state->full.pass == 1 && sweep->pages - sweep->probed == 1 &&
	       sweep->end == SWEEP_ALL && sweep->rows - sweep->repeats == sweep->first_total;
}

bool certificate_needs_closing(const struct workspace_state *state)
{
	const struct sweep *sweep = &state->full.sweep;

	return (sweep->end == SWEEP_ALL || sweep->end == SWEEP_SHALLOW) && sweep->moved &&
	       sweep->started != TIME_NONE && order_by_update(certificate_order(state));
}

int64_t certificate_before(const struct workspace_state *state, int64_t started)
{
	/* The one by which its first page was judged, if it was longer. */
	int64_t lookback = max_i64(state->lookback, state->full.sweep.plan.lookback);

	return started == TIME_NONE ? TIME_NONE : started - lookback;
}

static void learn_order(struct workspace_state *state)
{
	enum order found = certificate_order(state);

	state->evidence = state->full.sweep.watch.evidence;
	if (order_contradicted(&state->evidence, state->order))
		workspace_state_demote(state);
	state->order = found;
}

void certificate_grant(struct workspace_state *state, int64_t started)
{
	const struct sweep *sweep = &state->full.sweep;
	bool fresh = certificate_began_fresh(state) && order_by_update(certificate_order(state));

	learn_order(state);
	state->needs_full = FULL_NOT_NEEDED;
	state->unproven = UNPROVEN_NOT;
	state->uncertified = 0;
	state->full.running = false;
	if (started == TIME_NONE)
		return;
	workspace_state_take_back_future(state);
	state->certified_at = max_i64(state->certified_at, started - state->lookback);
	state->watermark =
		max_i64(state->watermark, fresh ? min_i64(sweep->newest, started) : started);
	state->watermark = max_i64(state->watermark, started - state->lookback);
	workspace_state_publish_complete(state, started);
	workspace_state_forget_lateness(state, started);
}

void certificate_deny(struct workspace_state *state, enum unproven why)
{
	state->evidence = state->full.sweep.watch.evidence;
	if (order_contradicted(&state->evidence, state->order))
		workspace_state_demote(state);
	workspace_state_withhold(state, why);
	state->needs_full = state->certified_at == TIME_NONE ? FULL_FIRST_LOAD : FULL_UNCERTIFIED;
	state->uncertified++;
	state->full.running = false;
}
