/* SPDX-License-Identifier: MIT */
/*
 * recheck.h -- Asks for conversations one by one, and judges the answers.
 *
 * When a list should have shown a conversation and did not, it is asked for
 * by itself. Only the documented 404 says that it is gone, and only while a
 * control, a conversation that was seen a moment ago, still answers 200
 * (PROTOCOL.md, rule 6): the 404 has to be there before the control and
 * after it. Too many deletions within a week are not believed. Pure, like
 * all of the engine.
 */
#ifndef RECHECK_H
#define RECHECK_H

#include "action.h"

enum recheck_step {
	RECHECK_ASK,	 /* each of the ids */
	RECHECK_CONTROL, /* some answered 404: does the control still answer 200? */
	RECHECK_AGAIN,	 /* it does: each 404 is asked for once more */
	RECHECK_OVER,
};

struct recheck {
	enum recheck_step step;
	int n, next;		   /* ids of the last answer to ask for, and which is next */
	bool control;		   /* the answer brought a conversation known to be there, */
	int control_at;		   /* as its last id */
	bool repair;		   /* a person wants deletions believed, however many */
	int64_t live;		   /* conversations held, for the fuse */
	int64_t deleted_lately;	   /* within a week */
	int64_t after, limit;	   /* one that changed last between these should have been shown */
	uint8_t outcome[IDS_MOST]; /* of each: an item_outcome */
	/* of each: a list missed it before, and it is unchanged since */
	bool known[IDS_MOST];
	bool withheld[IDS_MOST]; /* of each: it is there, as it was, and was not shown */
	int gone, merged, unchanged;
	bool disputed;	     /* no 404 was believed, */
	bool api_unreliable; /* the control answered 404 too, or there is none */
	bool fuse_blown;
};

/*
 * Begins to ask for the first MOST of the ids that ANSWER brought. One that
 * is there and has an updated_at at or before LIMIT counts as unchanged; but
 * at or before AFTER, it is an older copy than the one held, and says nothing.
 */
void recheck_begin(struct recheck *recheck, const struct answer *answer, int most, int64_t after,
		   int64_t limit);

/*
 * Gives the next request; false when all have been asked for, the control too
 * where it is needed.
 */
bool recheck_next(const struct recheck *recheck, struct request *request) MUST_CHECK;

/* The outcome of the last request; UPDATED_AT is that of a conversation that exists. */
void recheck_take(struct recheck *recheck, enum item_outcome outcome, int64_t updated_at);

/* Whether all has been asked for and heard. */
bool recheck_over(const struct recheck *recheck) MUST_CHECK;

/* How many the commit that follows takes away. */
int recheck_losses(const struct recheck *recheck) MUST_CHECK;

/* Whether some 404 was not believed: that conversation will be missed again. */
bool recheck_disputed(const struct recheck *recheck) MUST_CHECK;

/*
 * The absence that may be recorded of the I-th id: it is not in the list that should have shown it,
 * and a GET knows it or does not.
 */
enum absence recheck_absence(const struct recheck *recheck, int i) MUST_CHECK;

/* Whether the I-th id is to be marked deleted, or merged into another. */
bool recheck_deletes(const struct recheck *recheck, int i) MUST_CHECK;

#endif
