/* SPDX-License-Identifier: MIT */
#include "numbers.h"

const char *numbers_outcome_name(int outcome)
{
	static const char *const names[NUMBERS_OUTCOMES] = {
		[NUMBERS_OK] = "ok",
		[NUMBERS_PARTIAL] = "partial",
		[NUMBERS_FAILED] = "failed",
	};

	return names[outcome];
}

const char *numbers_row_name(int row)
{
	static const char *const names[NUMBERS_ROWS] = {
		[NUMBERS_NEW] = "new",	       [NUMBERS_CHANGED] = "changed",
		[NUMBERS_DELETED] = "deleted", [NUMBERS_REJECTED] = "rejected",
		[NUMBERS_LATE] = "late",       [NUMBERS_SILENT] = "silent",
	};

	return names[row];
}

void numbers_begin(struct numbers *n, const char *name)
{
	*n = (struct numbers){ .name = name };
	n->usable = n->troubled = n->complete_as_of = n->active_as_of = TIME_NONE;
	n->certified_at = n->lookback = n->live = n->uncertified = n->order = TIME_NONE;
	n->differences = n->fuse = TIME_NONE;
	for (int kind = 0; kind < SCHEDULE_KINDS; kind++)
		n->interval[kind] = n->attempt[kind] = n->success[kind] = n->next[kind] =
			n->took[kind] = TIME_NONE;
}

void numbers_remember(struct numbers *n, const struct workspace_state *state)
{
	n->complete_as_of = state->complete_as_of;
	n->active_as_of = state->active_as_of;
	n->certified_at = state->certified_at;
	n->lookback = state->lookback;
	n->live = state->live;
	n->uncertified = state->uncertified;
	n->order = state->order != ORDER_UNKNOWN;
}

static void count_rows(struct numbers *n, const struct tally *tally)
{
	n->rows[NUMBERS_NEW] += tally->fresh;
	n->rows[NUMBERS_CHANGED] += tally->changed;
	n->rows[NUMBERS_DELETED] += tally->deleted;
	n->rows[NUMBERS_REJECTED] += tally->rejected;
	n->rows[NUMBERS_LATE] += tally->late;
	n->rows[NUMBERS_SILENT] += tally->silent;
}

void numbers_count(struct numbers *n, enum schedule_kind kind, const struct cycle_progress *p,
		   int64_t now)
{
	enum numbers_outcome outcome = p->state == CYCLE_DONE	   ? NUMBERS_OK
				       : p->state == CYCLE_PARTIAL ? NUMBERS_PARTIAL
								   : NUMBERS_FAILED;

	n->cycles[kind][outcome]++;
	n->requests += p->requests;
	n->retried += p->retried;
	n->throttled += p->throttled;
	n->pages += p->pages;
	count_rows(n, &p->sum);
	n->fuse = p->fuse_blown;
	if (outcome != NUMBERS_OK)
		return;
	n->success[kind] = now;
	/* A cycle of changes that had to read everything did that, too. */
	if (p->strategy == STRATEGY_FULL_SWEEP)
		n->success[SCHEDULE_FULL] = now;
	if (kind == SCHEDULE_VERIFY || kind == SCHEDULE_REPAIR)
		n->differences = p->verdict == VERDICT_DIFFERENT ? p->n_cells : 0;
	numbers_remember(n, &p->now);
	n->live = p->sum.live > 0 ? p->sum.live : p->now.live;
}
