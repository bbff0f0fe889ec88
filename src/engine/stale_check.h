/* SPDX-License-Identifier: MIT */
/*
 * stale_check.h -- a second look at conversations that came back older than they are held.
 *
 * A lagging replica shows an older copy, and so does a source that was set
 * back. Two GETs, a lookback apart, that say the same tell the one from the
 * other (PROTOCOL.md, rule 8); the warehouse keeps what the first one said.
 * Pure, like all of the engine.
 */
#ifndef STALE_CHECK_H
#define STALE_CHECK_H

#include "action.h"
#include "recheck.h"

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
	enum verdict verdict; /* of the cycle that this ends */
};

/* Begins to look at what is due; the cycle has come to VERDICT. */
void stale_check_begin(struct stale_check *stale_check, enum verdict verdict);

/* What to do next, and what comes back; see engine.h. */
void stale_check_next(struct stale_check *stale_check, struct action *action);
void stale_check_item(struct stale_check *stale_check, enum item_outcome outcome);
void stale_check_answer(struct stale_check *stale_check, const struct answer *answer);
void stale_check_committed(struct stale_check *stale_check);

#endif
