/* SPDX-License-Identifier: MIT */
/*
 * scan.h -- Reads changes from the fresh end of a list that goes by
 * updated_at.
 *
 * A list of one page is one moment, in any order. Else a head scan (the newest
 * first) or its mirror, the tail scan, reads to the first page that is in order
 * and ends older than the watermark less the lookback. Before it is believed
 * (PROTOCOL.md, rule 5), each conversation that the warehouse holds above the
 * last row read must have been shown, or is asked for. A scan of several pages
 * under which rows moved is closed by a scan down to its own start; where those
 * have one and the same time, it is read again. The list's total against the
 * number held is a free check. Pure, like all of the engine.
 */
#ifndef SCAN_H
#define SCAN_H

#include "action.h"
#include "partition.h"
#include "recheck.h"
#include "sweep.h"
#include "workspace_state.h"

enum scan_step {
	SCAN_READ,	  /* from the fresh end to the floor */
	SCAN_FLUSH,	  /* several pages are committed before anything is asked */
	SCAN_FLUSH_PAGE,  /* so is a single one that shows something new */
	SCAN_CHECK,	  /* conversations held above the last row that were not shown */
	SCAN_RECHECK,	  /* each of those */
	SCAN_FLUSH_AGAIN, /* their answers, before all is read again, which has to show them */
	SCAN_DELETE,	  /* their answers, before another question is asked */
	SCAN_CLOSE,	  /* the scan down to its own start */
	SCAN_FLUSH_CLOSE,
	SCAN_CHECK_CLOSE, /* those that it should have shown, and did not */
	SCAN_STATUS_SUM,  /* the total is less than the held rows: is a part kept back? */
	SCAN_PUBLISH,
	SCAN_OVER,
};

struct scan {
	enum scan_step step;
	struct pending pending;
	struct sweep sweep, closing;
	int number; /* of the scan within the cycle: the rows that it showed are kept under it */
	int tries, closings;
	bool flushed;	     /* the single page was committed */
	int64_t started;     /* of the cycle: its first response's Date */
	int64_t limit;	     /* a conversation changed last before this had to be shown; TIME_NONE:
                           * not known */
	int64_t rejected;    /* held items that could not be loaded */
	int64_t unaccounted; /* of the total: by how much it is more than will be held, or less */
	struct recheck recheck;
	struct partition_counts counts;
	enum verdict verdict;
};

/*
 * Begins a scan in the order that STATE holds as proven. Its numbers are those after NUMBER, one
 * for each reading and each closing scan; no other scan of the cycle may have them.
 */
void scan_begin(struct scan *scan, const struct workspace_state *state, int number);

/* The next step, and the replies to it; see engine.h. */
void scan_next(void *self, struct workspace_state *state, bool stage_full, struct action *action);
void scan_page(void *self, struct workspace_state *state, const struct page *page);
void scan_item(void *self, struct workspace_state *state, enum item_outcome outcome,
	       int64_t updated_at);
void scan_answer(void *self, struct workspace_state *state, const struct answer *answer);
void scan_committed(void *self, struct workspace_state *state, const struct tally *tally);
bool scan_refused(void *self, struct workspace_state *state) MUST_CHECK;
bool scan_deletes(const void *self, int i) MUST_CHECK;
enum absence scan_absence(const void *self, int i) MUST_CHECK;

#endif
