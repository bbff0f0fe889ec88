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

#include "engine_types.h"
#include "order.h"
#include "overlap.h"
#include "recent.h"

/*
 * The most closing scans, each of which follows one under which rows moved. A list that moves
 * faster is left to the next cycle.
 */
#define SWEEP_CLOSINGS_MOST 8

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
	int64_t recent; /* rows on it created within the lookback before it */
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

/* How many pages so many rows take, at least 1. */
int64_t sweep_pages(int64_t rows, int per_page) MUST_CHECK;

#endif
