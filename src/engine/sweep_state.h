/* SPDX-License-Identifier: MIT */
/*
 * sweep_state.h -- The state of a sweep: its place, the rows that it saw, its
 * end.
 *
 * Whichever way a listing is read, each page changes the same things: the rows
 * that are known, the evidence of the order, the total. sweep.h decides what is
 * read next. Pure, like all of the engine.
 */
#ifndef SWEEP_STATE_H
#define SWEEP_STATE_H

#include "engine_types.h"
#include "order.h"
#include "overlap.h"
#include "recent.h"

/* How a listing is to be read. */
struct sweep_plan {
	struct filter filter;
	int per_page; /* to ask for */
	bool backwards;
	bool probe;	  /* look behind a last page that is full: the list may be cut there */
	bool overlap;	  /* one page at a time, each with a row of the one before */
	enum order order; /* that was proven, and is watched; ORDER_UNKNOWN: none */
	int64_t floor; /* stop when in that order and older than this; TIME_NONE: read everything */
	int64_t lookback;
	int64_t expected; /* how many rows there may be: the largest total known */
	int ahead;	  /* pages that may be in flight together, at least 1 */
};

enum sweep_end {
	SWEEP_RUNNING,
	SWEEP_ALL,	/* the whole list was read */
	SWEEP_FLOOR,	/* a page in order and old enough was reached */
	SWEEP_DISORDER, /* of a scan: its order does not hold, nor did it when the page was read
			 * once more */
	SWEEP_SHALLOW,	/* the list goes on, and its pages do not: the rows that they show were
                         * read */
	SWEEP_LOST,	/* the list makes no sense: pages without end, repeated for ever, or a total
		     * that halves */
};

struct sweep {
	struct sweep_plan plan;
	enum sweep_end end;

	/* of the response that began it */
	int64_t started; /* its Date; TIME_NONE: it had none, or has not come */
	int64_t first_total;
	int64_t newest; /* newest updated_at on it */
	int64_t recent; /* rows on it created within the lookback before it, and not later */
	bool begun;

	/* its position */
	int per_page;		/* as the server does it */
	int page;		/* the next to be fed, */
	int fed;		/* and the one that was fed last in its place */
	struct overlap overlap; /* instead of those two, where pages overlap */
	int asked;		/* pages asked for and not fed */
	int skip;		/* of them, those whose place no longer matters */
	int last_page_asked, last_size_asked;
	int reread_until; /* pages up to here are read again: no evidence */
	int furthest;	  /* page that it came to; 0: none yet */
	int retreats;	  /* from there */
	bool sized;	  /* from behind: page 1 was looked at, to learn how large pages are */
	bool rereading;	  /* this page showed an inversion once */
	int refused;	  /* how often this page was refused, or empty where there must be rows */
	int64_t reach;	  /* of a shallow list: how many rows can be had */

	/* its observations */
	int64_t last_total, largest_total;
	int64_t most_total; /* of its own responses */
	int64_t latest;	    /* Date of the last response; TIME_NONE: it had none */
	int64_t oldest;	    /* key of the row it stopped at, in the order relied on */
	int pages, stepped_back;
	int in_vain;   /* pages that brought nothing, one after another; */
	int no_nearer; /* that left as many rows to be read as there were before; */
	int64_t left;  /* how many were left after the last page */
	int64_t rows, repeats;
	bool untold; /* nobody told how many there are */
	bool moved;  /* rows moved while it read: repeats, or another total */
	bool full;   /* the page at the end of the list has no room left */
	bool beyond; /* a page showed a row where its own total has none: the total is not true */
	bool probing,
		probed; /* the list ended with a full page: it is looked behind that; it was */
	enum sweep_end found; /* how it ended before that */
	struct order_watch watch;
	struct recent window; /* ids of the rows seen lately */
};

/* How many pages so many rows take, at least 1. */
static inline int64_t sweep_pages(int64_t rows, int per_page)
{
	return rows <= per_page ? 1 : (rows + per_page - 1) / per_page;
}

/* How many rows were read, each counted once. */
int64_t sweep_state_distinct(const struct sweep *sweep) MUST_CHECK;

/* How many rows stand before the page that is fed in its place. */
int64_t sweep_state_rows_before(const struct sweep *sweep) MUST_CHECK;

/* The page begins the sweep: it tells its time, its total and the newest change. */
void sweep_state_begin(struct sweep *sweep, const struct page *page);

/*
 * Counts the rows of a page, and sets those flags of REPEATED (as many as the page has rows) whose
 * rows were seen lately. Returns how many those are.
 */
int sweep_state_note_rows(struct sweep *sweep, const struct page *page, bool *repeated);

/* Adds the page to the evidence. False when it contradicts the order that is relied on. */
bool sweep_state_note_order(struct sweep *sweep, const struct page *page,
			    const bool *repeated) MUST_CHECK;

/* PAGES are read again. */
void sweep_state_note_step(struct sweep *sweep, int64_t pages);

/*
 * Judges whether the rows of a page and its total go together: BEFORE rows stand before it. One
 * with REPEATS only may be another page.
 */
void sweep_state_measure(struct sweep *sweep, const struct page *page, int64_t before, int repeats);

/*
 * Goes to a page that is not the next one. The pages in flight were asked for by mistake: their
 * rows count, their places do not.
 */
void sweep_state_go_to(struct sweep *sweep, int page);

/* Whether the page is the one at which a scan may stop. */
bool sweep_state_reached_floor(struct sweep *sweep, const struct page *page) MUST_CHECK;

/*
 * Ends the sweep as END says; but when its last page is FULL, the list may be cut there, and a look
 * behind that page is wanted first.
 */
void sweep_state_finish(struct sweep *sweep, enum sweep_end end, bool full);

/* Ends it as SWEEP_SHALLOW: the pages of the list end after so many rows. */
void sweep_state_end_at(struct sweep *sweep, int64_t rows);

/* The same where the last page may have shown fewer: it is not more than was read. */
void sweep_state_end_shallow(struct sweep *sweep, int64_t rows);

#endif
