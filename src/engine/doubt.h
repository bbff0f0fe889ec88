/* SPDX-License-Identifier: MIT */
/*
 * doubt.h -- a second look at conversations that came back older than they are held.
 *
 * A lagging replica shows an older copy, and so does a source that was set
 * back. Two GETs, a lookback apart, that say the same tell the one from the
 * other (PROTOCOL.md, rule 8); the warehouse keeps what the first one said.
 * Pure, like all of the engine.
 */
#ifndef DOUBT_H
#define DOUBT_H

#include "action.h"
#include "recheck.h"
#include "work.h"

enum doubt_step {
	DOUBT_ASK,
	DOUBT_VISIT,
	DOUBT_COMMIT,
	DOUBT_OVER,
};

struct doubt {
	enum doubt_step step;
	struct work work;
	struct recheck recheck;
	enum verdict verdict; /* of the cycle that this ends */
};

/* Begins to look at what is due; the cycle has come to VERDICT. */
void doubt_begin(struct doubt *doubt, enum verdict verdict);

/* What to do next, and what comes back; see engine.h. */
void doubt_next(struct doubt *doubt, struct action *action);
void doubt_item(struct doubt *doubt, enum item_outcome outcome);
void doubt_answer(struct doubt *doubt, const struct answer *answer);
void doubt_committed(struct doubt *doubt);

#endif
