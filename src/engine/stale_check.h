/* SPDX-License-Identifier: MIT */
/*
 * stale_check.h -- Looks a second time at conversations that came back older
 * than they are held.
 *
 * A lagging replica shows an older copy, and so does a source that was set
 * back. Two GETs, a lookback apart, that say the same tell the one from the
 * other (PROTOCOL.md, rule 8); the warehouse keeps the copy of the first one.
 * Pure, like all of the engine.
 */
#ifndef STALE_CHECK_H
#define STALE_CHECK_H

#include "action.h"
#include "recheck.h"
#include "workspace_state.h"

enum stale_check_step {
	STALE_CHECK_ASK,
	STALE_CHECK_RECHECK,
	STALE_CHECK_COMMIT,
	STALE_CHECK_OVER,
};

struct stale_check {
	enum stale_check_step step;
	struct pending pending;
	struct recheck recheck;
	int64_t started;      /* no commit of this phase publishes: TIME_NONE */
	enum verdict verdict; /* of the cycle that this ends */
};

/* Begins to look at the copies that are due; the cycle has come to VERDICT. */
void stale_check_begin(struct stale_check *stale_check, enum verdict verdict);

/* The next step, and the replies to it; see engine.h. */
void stale_check_next(void *self, struct workspace_state *state, bool stage_full,
		      struct action *action);
void stale_check_item(void *self, struct workspace_state *state, enum item_outcome outcome,
		      int64_t updated_at);
void stale_check_answer(void *self, struct workspace_state *state, const struct answer *answer);
void stale_check_committed(void *self, struct workspace_state *state, const struct tally *tally);

#endif
