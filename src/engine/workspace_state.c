/* SPDX-License-Identifier: MIT */
#include "workspace_state.h"

#include <string.h>

static const char *const reasons[FULL_REASONS] = {
	[FULL_NOT_NEEDED] = "",
	[FULL_FIRST_LOAD] = "first_load",
	[FULL_RESUMED] = "resumed",
	[FULL_DEMOTED] = "demoted",
	[FULL_UNCERTIFIED] = "uncertified",
	[FULL_UNEXPLAINED] = "unexplained",
};

const char *workspace_state_reason_name(enum full_reason reason)
{
	return reasons[reason];
}

enum full_reason workspace_state_reason_parse(const char *name)
{
	for (int i = 0; i < FULL_REASONS; i++)
		if (strcmp(reasons[i], name) == 0)
			return (enum full_reason)i;
	return FULL_NOT_NEEDED;
}

void workspace_state_publish_active(struct workspace_state *state, int64_t started)
{
	if (started != TIME_NONE)
		state->active_as_of = max_i64(state->active_as_of, started - state->lookback);
}

void workspace_state_publish_complete(struct workspace_state *state, int64_t started)
{
	if (started == TIME_NONE)
		return;
	state->complete_as_of = max_i64(state->complete_as_of, started - state->lookback);
	workspace_state_publish_active(state, started);
}

void workspace_state_demote(struct workspace_state *state)
{
	state->order = ORDER_UNKNOWN;
	state->needs_full = FULL_DEMOTED;
	if (state->complete_as_of > state->certified_at)
		state->complete_as_of = state->certified_at;
	if (state->watermark > state->certified_at)
		state->watermark = state->certified_at;
}
