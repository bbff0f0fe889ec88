/* SPDX-License-Identifier: MIT */
/*
 * sweep.h -- Reads one listing page by page.
 *
 * A sweep knows where it stands, which page to ask for next, when rows have
 * moved under it so that it must step back, and when it is over. Two ways
 * (PROTOCOL.md, rules 4 to 6): all pages in their places, forwards or
 * backwards, for a full sweep, which is proven by counting at its end; and
 * pages that overlap (overlap.h), for filtered lists and for a head scan or its
 * mirror, the tail scan, which stop at the first page that is in order and
 * old enough.
 *
 * Replies are fed in the order in which their pages were asked for. Pure: a
 * struct that can be copied, no clock, no memory of its own. It remembers a
 * bounded window of the ids that it saw; the whole set is the warehouse's
 * business.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include "sweep_state.h"

/*
 * The most closing scans, each of which follows one under which rows moved. A list that moves
 * faster is left to the next cycle.
 */
#define SWEEP_CLOSINGS_MOST 8

/* Begins to read a listing. */
void sweep_begin(struct sweep *sweep, const struct sweep_plan *plan);

/*
 * Goes on with a sweep that was interrupted when it stood as STATE says. The page before is read
 * again; when it is fed, sweep_joined() is to be told whether it still shows a stored row.
 */
void sweep_resume(struct sweep *sweep, const struct sweep *state);

/* The request to send now, if there is one: false when the sweep is over, or waits for replies. */
bool sweep_next(struct sweep *sweep, struct request *request) MUST_CHECK;

/* The reply to the oldest request that was not answered. */
void sweep_take(struct sweep *sweep, const struct page *page);

/*
 * The API refused the oldest request that was not answered (400, 404 or 422). True when
 * that says how deep the list may be read; false when it says nothing of the kind, as of
 * the first page of a list.
 */
bool sweep_refuse(struct sweep *sweep) MUST_CHECK;

/*
 * After a resume: whether the page just read shows a stored row. If not, the
 * one before is read, and asked about again. Returns whether the sweep goes on
 * from here: joined, or back where it began.
 */
bool sweep_joined(struct sweep *sweep, bool joined) MUST_CHECK;

/* Whether rows moved where their order is not settled: the rows of a scan may have a gap. */
bool sweep_shaky(const struct sweep *sweep) MUST_CHECK;

/* Whether rows moved between its pages: then a closing scan must follow. */
static inline bool sweep_has_moved(const struct sweep *sweep)
{
	return sweep->pages > 1 && sweep->moved;
}

/* Whether it is over, and nothing is in flight for it any more. */
bool sweep_done(const struct sweep *sweep) MUST_CHECK;

#endif
