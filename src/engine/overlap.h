/* SPDX-License-Identifier: MIT */
/*
 * overlap.h -- Chooses pages that overlap, so that each shows a row of the
 * page before.
 *
 * Where rows come and go in the middle of a list, or an older copy of it
 * answers, page numbers prove nothing. But two rows that have not changed
 * keep their order: when a page shows an unchanged row of the page before,
 * nothing that stood behind that row can have slipped past (PROTOCOL.md,
 * rule 4). Pages begin at multiples of their size, so the size is chosen
 * such that the next one repeats a little. Pure, like all of the engine.
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "engine_types.h"

/* So many rows of a page are kept to be recognised on the next. */
#define OVERLAP_JOINTS 100

enum overlap_fit {
	OVERLAP_JOINED,	   /* it goes on from the page before */
	OVERLAP_APART,	   /* it does not: overlap_step_back() */
	OVERLAP_ELSEWHERE, /* the last page of the list is not here any more; ask again */
};

struct overlap {
	bool backwards; /* from the last page to the first */
	int per_page;	/* to ask for at most */
	bool begun;
	int64_t offset; /* forwards: rows read; backwards: rows not read yet */
	int page, size; /* asked for last */
	int64_t base;	/* rows before the page that was fed last */
	int overlap;	/* rows of it that had been read, if none has moved */
	bool unjoined;	/* pages were too small to overlap: nothing is proven */
	bool unordered; /* an old row stood where there was none before */
	bool firm; /* the page fed last shows a row that stands apart from the outermost one, */
	bool tied; /* or it did not, and rows moved, or came in another order: of those with one
			 * time some may be missing */
	int least; /* rows that the next page is to repeat, if it can */
	int64_t most_end; /* no page may end behind that many rows: the API refuses it; 0: any */
	int n_joints;
	uint64_t joints[OVERLAP_JOINTS];
	struct row edge; /* the outermost row read */
};

/* Begins at the first page, or with `backwards` at the last. */
void overlap_begin(struct overlap *overlap, int per_page, bool backwards);

/*
 * The next page: its number and size. TOTAL rows are in the list, as far as
 * is known.
 */
void overlap_ask(struct overlap *overlap, int64_t total, struct request *request);

/*
 * The page came. REPEATED flags its rows that had been seen; one unseen and
 * not changed since OLD has always been in its place.
 */
enum overlap_fit overlap_take(struct overlap *overlap, const struct page *page,
			      const bool *repeated, int64_t old) MUST_CHECK;

/*
 * The API refuses the page that was asked for last, as one that ends too deep in the list.
 * Whether another one, that ends before it, would go on.
 */
bool overlap_refused(struct overlap *overlap) MUST_CHECK;

/* The page that begins within a list of TOTAL rows and reaches beyond its end. */
void overlap_probe(int64_t total, int per_page, struct request *request);

/*
 * Whether a list that is read from its end begins with a page that is not the end: its total has
 * more rows.
 */
bool overlap_is_short(const struct overlap *overlap, const struct page *page) MUST_CHECK;

/* How many rows stand before the page that was asked for last, and came. */
int64_t overlap_before(const struct overlap *overlap, const struct page *page) MUST_CHECK;

/* It was apart: the one before it, towards the beginning, is asked for next. */
void overlap_step_back(struct overlap *overlap, int64_t total);

/*
 * It was joined, and the next is to be asked for. MOVED: rows moved
 * meanwhile, or the whole list did.
 */
void overlap_advance(struct overlap *overlap, const struct page *page, bool moved);

/*
 * How many pages show the first ROWS rows of a list of TOTAL that nothing
 * moves, seen from where reading begins, and one row more if there is one.
 */
int64_t overlap_pages(int64_t total, int64_t rows, int per_page, bool backwards) MUST_CHECK;

/* Whether the page that was fed last is the end of the list. */
bool overlap_at_end(const struct overlap *overlap, const struct page *page) MUST_CHECK;

#endif
