/* SPDX-License-Identifier: MIT */
#include "workspace_state.h"

#include <string.h>

#include "api_time.h"

/* A lookback that was learned halves when nothing has come too late for so long. */
#define LATENESS_KEPT (7 * 24 * 3600 * USEC_PER_SEC)

static const char *const reasons[FULL_REASONS] = {
	[FULL_NOT_NEEDED] = "",
	[FULL_FIRST_LOAD] = "first_load",
	[FULL_RESUMED] = "resumed",
	[FULL_DEMOTED] = "demoted",
	[FULL_UNCERTIFIED] = "uncertified",
	[FULL_UNEXPLAINED] = "unexplained",
	[FULL_AHEAD] = "ahead",
};

const char *workspace_state_reason_name(enum full_reason reason)
{
	assert((size_t)reason < ARRAY_SIZE(reasons));
	return reasons[reason];
}

enum full_reason workspace_state_reason_parse(const char *name)
{
	for (int i = 0; i < FULL_REASONS; i++)
		if (strcmp(reasons[i], name) == 0)
			return (enum full_reason)i;
	return FULL_NOT_NEEDED;
}

static const char *const unprovens[UNPROVENS] = {
	[UNPROVEN_NOT] = "",
	[UNPROVEN_SHORT] = "short",
	[UNPROVEN_LOST] = "lost",
	[UNPROVEN_UNDATED] = "undated",
	[UNPROVEN_CUT] = "cut",
	[UNPROVEN_PARTS] = "parts",
	[UNPROVEN_UNLISTED] = "unlisted",
	[UNPROVEN_UNTOLD] = "untold",
};

const char *workspace_state_unproven_name(enum unproven why)
{
	assert((size_t)why < ARRAY_SIZE(unprovens));
	return unprovens[why];
}

enum unproven workspace_state_unproven_parse(const char *name)
{
	for (int i = 0; i < UNPROVENS; i++)
		if (strcmp(unprovens[i], name) == 0)
			return (enum unproven)i;
	return UNPROVEN_NOT;
}

bool workspace_state_is_loaded(const struct workspace_state *state)
{
	return state->certified_at != TIME_NONE || state->uncertified > 0;
}

bool workspace_state_withheld(const struct workspace_state *state)
{
	return state->unproven >= UNPROVEN_CUT;
}

enum proof workspace_state_proof_parse(const char *name)
{
	static const char *const names[PROOFS] = {
		[PROOF_NONE] = "",
		[PROOF_LOADING] = "loading",
		[PROOF_UNPROVEN] = "unproven",
		[PROOF_DEMOTED] = "demoted",
		[PROOF_REJECTED] = "rejected",
		[PROOF_DIFFERS] = "differs",
		[PROOF_EXCEPTED] = "excepted",
		[PROOF_PROVEN] = "proven",
	};

	for (int i = 0; i < PROOFS; i++)
		if (strcmp(names[i], name) == 0)
			return (enum proof)i;
	return PROOF_NONE;
}

bool workspace_state_reaches_new(const struct workspace_state *state)
{
	return !order_ascending(state->order) || state->depth == 0 ||
	       state->last_total <= state->depth;
}

void workspace_state_publish_active(struct workspace_state *state, int64_t started)
{
	if (started != TIME_NONE && state->holding == 0)
		state->active_as_of = max_i64(state->active_as_of, started - state->lookback);
}

void workspace_state_publish_complete(struct workspace_state *state, int64_t started)
{
	if (started == TIME_NONE || state->holding > 0)
		return;
	state->complete_as_of = max_i64(state->complete_as_of, started - state->lookback);
	workspace_state_publish_active(state, started);
}

static void take_back(struct workspace_state *state)
{
	if (state->complete_as_of > state->certified_at)
		state->complete_as_of = state->certified_at;
	if (state->watermark > state->certified_at)
		state->watermark = state->certified_at;
}

void workspace_state_demote(struct workspace_state *state)
{
	state->order = ORDER_UNKNOWN;
	state->needs_full = FULL_DEMOTED;
	take_back(state);
}

void workspace_state_withhold(struct workspace_state *state, enum unproven why)
{
	state->unproven = why;
	state->needs_full = FULL_UNEXPLAINED;
	if (workspace_state_withheld(state))
		take_back(state);
}

void workspace_state_doubt_future(struct workspace_state *state, int64_t now,
				  int64_t database_ahead)
{
	int64_t clock = now + max_i64(database_ahead, 0);

	/* So is a calendar that was ahead, by which sweeps are tried again. */
	if (api_time_is_ahead(state->tried_at, now))
		state->tried_at = TIME_NONE;
	if (api_time_is_ahead(state->full.started, clock) ||
	    api_time_is_ahead(state->full.sweep.started, clock))
		state->full.running = false;
	state->ahead = api_time_is_ahead(state->watermark, clock) ||
		       api_time_is_ahead(state->complete_as_of, clock) ||
		       api_time_is_ahead(state->active_as_of, clock) ||
		       api_time_is_ahead(state->certified_at, clock);
	if (state->ahead)
		state->needs_full = FULL_AHEAD;
}

void workspace_state_take_back_future(struct workspace_state *state)
{
	if (!state->ahead)
		return;
	state->ahead = false;
	state->watermark = state->complete_as_of = state->active_as_of = TIME_NONE;
	state->certified_at = state->late_at = TIME_NONE;
}

void workspace_state_learn_lateness(struct workspace_state *state, int64_t by, int64_t most)
{
	if (by < 0 || by > most)
		return;
	state->lookback = max_i64(
		state->lookback, min_i64(max_i64(2 * state->lookback, state->lookback + by), most));
	state->late_at = max_i64(state->complete_as_of, state->active_as_of);
}

void workspace_state_forget_lateness(struct workspace_state *state, int64_t now)
{
	if (state->lookback <= state->lookback_configured || state->late_at == TIME_NONE ||
	    now < state->late_at + LATENESS_KEPT)
		return;
	state->lookback = max_i64(state->lookback_configured, state->lookback / 2);
	/* The next step comes after as long again. */
	state->late_at = now;
}

void workspace_state_note_total(struct workspace_state *state, const struct page *page)
{
	curve_note(&state->curve, page->date, page->total,
		   state->order == ORDER_UNKNOWN ? CURVE_MOST : CURVE_FEW);
}
