/* SPDX-License-Identifier: MIT */
/*
 * unresolved_scan.h -- Reads changes in a list whose order by update is not
 * known.
 *
 * Reads the conversations that are open, pending or snoozed, in pages that
 * overlap; asks for each one that was among them and is not any more; reads
 * the new ones, when the list is known to go by creation; and counts the
 * resolved (PROTOCOL.md, rule 5). That shows the present state of every
 * conversation that is not resolved, and the resolution of each that was
 * seen before; it cannot show a resolved conversation that changes. Pure,
 * like all of the engine.
 */
#ifndef UNRESOLVED_SCAN_H
#define UNRESOLVED_SCAN_H

#include "action.h"
#include "recheck.h"
#include "sweep.h"
#include "workspace_state.h"

enum unresolved_scan_step {
	UNRESOLVED_SCAN_READ,	   /* open, pending, snoozed */
	UNRESOLVED_SCAN_NEW,	   /* conversations created lately, in a list that goes by
                                    * creation */
	UNRESOLVED_SCAN_COUNT,	   /* how many are resolved */
	UNRESOLVED_SCAN_COUNT_ALL, /* and how many there are */
	UNRESOLVED_SCAN_FLUSH,	   /* the rows read are committed */
	UNRESOLVED_SCAN_LEAVERS,   /* which conversations have left */
	UNRESOLVED_SCAN_RESOLVED,  /* where there are many: all resolved ones */
	UNRESOLVED_SCAN_RECHECK,   /* where there are few: each of them */
	UNRESOLVED_SCAN_DELETE,	   /* their answers are committed */
	UNRESOLVED_SCAN_COMPARE,   /* the counts against the held ones */
	UNRESOLVED_SCAN_PUBLISH,
	UNRESOLVED_SCAN_OVER,
};

struct unresolved_scan {
	enum unresolved_scan_step step;
	struct pending pending;
	int number;	    /* by which its rows are marked as shown */
	enum status status; /* being read */
	struct sweep sweep;
	bool resolved_read;
	bool idle;	 /* the filter does nothing: nothing more is read, nor claimed */
	bool cut_short;	 /* a list goes on behind its pages: a conversation that is not shown
                          * need not have left */
	bool begun;	 /* a response has come */
	int64_t started; /* of the cycle: its first response's Date; TIME_NONE: it has none */
	int64_t limit;	 /* a conversation first seen before this is known to every replica */
	int64_t totals[COUNTS]; /* as the API counts them */
	int64_t changes;	/* rows that the cycle has written */
	struct recheck recheck;
	enum verdict verdict;
};

/*
 * Begins a cycle of unresolved scans. All its sweeps show one set, of which the number is the one
 * after NUMBER; no other scan of the cycle may have it.
 */
void unresolved_scan_begin(struct unresolved_scan *unresolved_scan,
			   const struct workspace_state *state, int number);

/* The next step, and the replies to it; see engine.h. */
void unresolved_scan_next(void *self, struct workspace_state *state, bool stage_full,
			  struct action *action);
void unresolved_scan_page(void *self, struct workspace_state *state, const struct page *page);
void unresolved_scan_item(void *self, struct workspace_state *state, enum item_outcome outcome,
			  int64_t updated_at);
void unresolved_scan_answer(void *self, struct workspace_state *state, const struct answer *answer);
void unresolved_scan_committed(void *self, struct workspace_state *state,
			       const struct tally *tally);
bool unresolved_scan_refused(void *self, struct workspace_state *state) MUST_CHECK;
bool unresolved_scan_deletes(const void *self, int i) MUST_CHECK;
enum absence unresolved_scan_absence(const void *self, int i) MUST_CHECK;

#endif
