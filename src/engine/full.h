/* SPDX-License-Identifier: MIT */
/*
 * full.h -- The full sweep: reads everything, and proves that nothing was
 * skipped.
 *
 * The proof is by counting (certificate.h). Where it fails, the list is read a
 * second time from the other end; where it fails again, nothing is claimed. A
 * list that goes by updated_at and moved meanwhile is looked at once more from
 * its fresh end, since a row that changed before it was read has jumped to a
 * place that had been read. Held conversations that a certified sweep did not
 * see are suspects: each is asked for by itself. Pure, like all of the engine.
 */
#ifndef FULL_H
#define FULL_H

#include "action.h"
#include "partition.h"
#include "recheck.h"
#include "sweep.h"
#include "workspace_state.h"

enum full_step {
	FULL_READ,	/* a pass over the list */
	FULL_JOIN,	/* after a resume: does it go on where it stopped? */
	FULL_PARTITION, /* its parts, where it is too deep; */
	FULL_SAVE,	/* the rows read of them are committed, */
	FULL_SPLIT,	/* since the warehouse tells by which names a part can be split */
	FULL_FLUSH,	/* the rows of the pass are committed */
	FULL_CLOSE,	/* the closing scan */
	FULL_FLUSH_CLOSE,
	FULL_COUNT,	 /* the conversations that the pass saw are counted */
	FULL_COUNT_BOTH, /* and those that all passes saw together */
	FULL_CURVE,	 /* and when, against the totals that were told before */
	FULL_SUSPECT,	 /* which conversations were not seen, */
	FULL_RECHECK,	 /* and the API's answer for each */
	FULL_DELETE,	 /* the deletions are committed */
	FULL_STATUS_SUM, /* do the statuses add up to more than all? */
	FULL_PUBLISH,	 /* the proof is committed */
	FULL_OVER,
};

struct full {
	enum full_step step;
	struct pending pending;
	bool wants_join;
	bool looked; /* a page was looked at to find the beginning, and is not read yet */
	bool repair; /* look at all suspects, and do not stop at the fuse */
	int ahead;
	struct partition partition;
	struct sweep closing;
	int closings;
	int64_t together; /* old ones that all passes before saw together */
	bool jumpy;	  /* totals rise more often than conversations are created */
	int64_t holding;  /* items that hold the instants when those that it did not see are
                           * forgotten */
	int64_t distinct, suspects; /* as counted last: conversations seen, and not seen */
	int64_t rechecked;
	bool exhausted; /* none is left that may be asked for, however many there are */
	struct recheck recheck;
	int64_t unlisted; /* suspects that are there, as they were, and stand in no list */
	struct partition_counts counts;
	enum unproven why; /* nothing is proven, */
	bool proven;	   /* or the count says so; nothing is published yet, */
	int64_t proven_at; /* as of when */
	enum verdict verdict;
};

/* Begins a full sweep, or goes on with the one that STATE holds. AHEAD pages may be in flight. */
void full_begin(struct full *full, struct workspace_state *state, int ahead, bool repair);

/* So many pages may be in flight from now on. */
void full_set_ahead(struct full *full, struct workspace_state *state, int ahead);

/* The next step. STAGE_FULL: so much is staged that it should be committed soon. */
void full_next(void *self, struct workspace_state *state, bool stage_full, struct action *action);

/* A page came, in the order of sending. */
void full_page(void *self, struct workspace_state *state, const struct page *page);

/* The outcome of a GET; UPDATED_AT of a conversation that exists. */
void full_item(void *self, struct workspace_state *state, enum item_outcome outcome,
	       int64_t updated_at);

/* The warehouse's answer. */
void full_answer(void *self, struct workspace_state *state, const struct answer *answer);

/* The counts of the commit. */
void full_committed(void *self, struct workspace_state *state, const struct tally *tally);

/* The oldest list request was refused. False when the sweep cannot go on without it. */
bool full_refused(void *self, struct workspace_state *state) MUST_CHECK;

/*
 * Whether the commit under way marks the I-th id of the last answer as deleted, and else the
 * absence that it records for it.
 */
bool full_deletes(const void *self, int i) MUST_CHECK;
enum absence full_absence(const void *self, int i) MUST_CHECK;

#endif
