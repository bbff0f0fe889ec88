/* SPDX-License-Identifier: MIT */
#include "stats.h"

const char *stats_outcome_name(int outcome)
{
	static const char *const names[STATS_OUTCOMES] = {
		[STATS_OK] = "ok",
		[STATS_PARTIAL] = "partial",
		[STATS_FAILED] = "failed",
	};

	assert((size_t)outcome < ARRAY_SIZE(names));
	return names[outcome];
}

const char *stats_row_name(int row)
{
	static const char *const names[STATS_ROWS] = {
		[STATS_NEW] = "new",	     [STATS_CHANGED] = "changed",
		[STATS_DELETED] = "deleted", [STATS_REJECTED] = "rejected",
		[STATS_LATE] = "late",	     [STATS_SILENT] = "silent",
	};

	assert((size_t)row < ARRAY_SIZE(names));
	return names[row];
}

const char *stats_exception_name(int exception)
{
	static const char *const names[EXCEPTIONS] = {
		[EXCEPTION_ACCEPTED] = "accepted",
		[EXCEPTION_UNLISTED] = "unlisted",
		[EXCEPTION_DISPUTED] = "disputed",
	};

	assert((size_t)exception < ARRAY_SIZE(names));
	return names[exception];
}

const char *stats_event_name(int event)
{
	static const char *const names[STATS_EVENTS] = {
		[STATS_EVENT_KEPT] = "kept",
		[STATS_EVENT_REPEATED] = "repeated",
		[STATS_EVENT_EMPTY] = "empty",
		[STATS_EVENT_REFUSED] = "refused",
	};

	assert((size_t)event < ARRAY_SIZE(names));
	return names[event];
}

void stats_begin(struct stats *n, const char *name)
{
	*n = (struct stats){ .name = name };
	n->usable = n->unattended = n->troubled = n->complete_as_of = n->active_as_of = TIME_NONE;
	n->certified_at = n->lookback = n->live = n->uncertified = n->order = TIME_NONE;
	n->differences = n->fuse = n->proven = n->holding = n->beyond = n->paused = TIME_NONE;
	for (int i = 0; i < EXCEPTIONS; i++)
		n->exceptions[i] = TIME_NONE;
	n->event_at = n->event_delay = TIME_NONE;
	for (int kind = 0; kind < CYCLE_SCHEDULED; kind++)
		n->interval[kind] = n->attempt[kind] = n->success[kind] = n->next[kind] =
			n->took[kind] = TIME_NONE;
}

void stats_remember(struct stats *n, const struct workspace_state *state)
{
	n->complete_as_of = state->complete_as_of;
	n->active_as_of = state->active_as_of;
	n->certified_at = state->certified_at;
	n->lookback = state->lookback;
	n->live = state->live;
	n->uncertified = state->uncertified;
	n->order = state->order != ORDER_UNKNOWN;
	n->proof = state->standing.proof;
	n->proven = n->proof >= PROOF_REJECTED;
	n->holding = state->holding;
	n->beyond = state->beyond;
	for (int i = 0; i < EXCEPTIONS; i++)
		n->exceptions[i] = state->standing.exceptions[i];
	n->date_ahead = state->date_ahead;
}

static void count_rows(struct stats *n, const struct tally *tally)
{
	n->rows[STATS_NEW] += tally->fresh;
	n->rows[STATS_CHANGED] += tally->changed;
	n->rows[STATS_DELETED] += tally->deleted;
	n->rows[STATS_REJECTED] += tally->rejected;
	n->rows[STATS_LATE] += tally->late;
	n->rows[STATS_SILENT] += tally->silent;
}

void stats_count(struct stats *n, enum cycle_kind kind, const struct cycle_progress *p, int64_t now)
{
	enum stats_outcome outcome = p->state == CYCLE_DONE	 ? STATS_OK
				     : p->state == CYCLE_PARTIAL ? STATS_PARTIAL
								 : STATS_FAILED;

	n->cycles[kind][outcome]++;
	n->requests += p->requests;
	n->retried += p->retried;
	n->throttled += p->throttled;
	n->pages += p->pages;
	if (kind == CYCLE_MESSAGES) {
		n->messages += p->sum.fresh;
		n->success[kind] = outcome == STATS_OK ? now : n->success[kind];
		return;
	}
	count_rows(n, &p->sum);
	n->fuse = p->fuse_blown;
	if (outcome != STATS_OK)
		return;
	n->success[kind] = now;
	/* A cycle of changes that had to read everything did that, too. */
	if (p->strategy == STRATEGY_FULL_SWEEP)
		n->success[CYCLE_FULL] = now;
	if (kind == CYCLE_VERIFY || kind == CYCLE_REPAIR)
		n->differences = p->verdict == VERDICT_DIFFERENT ? p->n_cells : 0;
	stats_remember(n, &p->now);
	n->live = p->sum.live > 0 ? p->sum.live : p->now.live;
}
