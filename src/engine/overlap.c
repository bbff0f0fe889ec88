/* SPDX-License-Identifier: MIT */
#include "overlap.h"

/*
 * A page repeats at least so many rows: one that stands apart in time from
 * the outermost. Where pages came apart, it repeats one in so many.
 */
#define LEAST_OVERLAP 2
#define WIDE_OVERLAP 20

void overlap_begin(struct overlap *overlap, int per_page, bool backwards)
{
	*overlap = (struct overlap){ .backwards = backwards,
				     .per_page = per_page,
				     .least = LEAST_OVERLAP };
}

/* ---- the page to ask for --------------------------------------------- */

/*
 * The size that brings most rows beside LEAST that were read: forwards the
 * page holds those before `offset`, backwards those at it. 0 when no size
 * does, as of small pages it may be (6 rows on, with pages of 3).
 */
static int best_size(const struct overlap *overlap, int least)
{
	int best = 0;
	int64_t most = 0;

	for (int size = overlap->per_page; size > 1; size--) {
		int64_t inside = overlap->offset % size;
		int64_t brings = overlap->backwards ? inside : size - inside;

		if (overlap->most_end > 0 && overlap->offset - inside + size > overlap->most_end)
			continue;
		if (size - brings >= least && brings > most) {
			most = brings;
			best = size;
		}
	}
	return best;
}

void overlap_ask(struct overlap *overlap, int64_t total, struct request *request)
{
	int size;

	overlap->size = overlap->per_page;
	if (!overlap->begun) {
		overlap->page = 1;
		if (overlap->backwards && total > 0)
			overlap->page = (int)((total - 1) / overlap->size) + 1;
	} else {
		size = best_size(overlap, overlap->least);
		if (size == 0)
			size = best_size(overlap, 1);
		if (size > 0)
			overlap->size = size;
		else
			overlap->unjoined = true;
		overlap->page = (int)(overlap->offset / overlap->size) + 1;
		/* Backwards, the rows right before those read are a page of their own. */
		if (size == 0 && overlap->backwards && overlap->page > 1)
			overlap->page--;
	}
	request->page = overlap->page;
	request->per_page = overlap->size;
}

bool overlap_refused(struct overlap *overlap)
{
	overlap->most_end = (int64_t)overlap->page * overlap->size - 1;
	return overlap->begun &&
	       (best_size(overlap, overlap->least) > 0 || best_size(overlap, 1) > 0);
}

/* ---- the page that came ---------------------------------------------- */

int64_t overlap_before(const struct overlap *overlap, const struct page *page)
{
	bool smaller = page->per_page > 0 && page->per_page < overlap->size;

	return (int64_t)(overlap->page - 1) * (smaller ? page->per_page : overlap->size);
}

/* Which row it is, and which state of it. */
static uint64_t joint(const struct row *row)
{
	return row->id ^ (uint64_t)row->updated_at * UINT64_C(0x9e3779b97f4a7c15);
}

/* Which of the rows kept from the page before it is, unchanged; -1: none. */
static int find_joint(const struct overlap *overlap, const struct row *row)
{
	for (int i = 0; i < overlap->n_joints; i++)
		if (joint(row) == overlap->joints[i])
			return i;
	return -1;
}

/* The row of the page that has I before it, seen from where reading began. */
static const struct row *nth(const struct overlap *overlap, const struct page *page, int i)
{
	return &page->rows[overlap->backwards ? page->n - 1 - i : i];
}

/* The last row of the page that the one before showed; -1 when there is none. */
static int last_joint(const struct overlap *overlap, const struct page *page)
{
	int last = page->n - 1;

	while (last >= 0 && find_joint(overlap, nth(overlap, page, last)) < 0)
		last--;
	return last;
}

/*
 * Whether the page shows a row of the one before that stands apart in time from
 * the outermost one: then it does so from all rows that were not seen, in any
 * order that those with one and the same time are given at each request.
 */
static bool is_firm(const struct overlap *overlap, const struct page *page)
{
	for (int i = 0; i < page->n; i++) {
		const struct row *row = &page->rows[i];

		if (row->updated_at != overlap->edge.updated_at &&
		    row->created_at != overlap->edge.created_at && find_joint(overlap, row) >= 0)
			return true;
	}
	return false;
}

/*
 * Whether a list that has an order could look like this: rows that have not
 * changed stand as they stood, and among them none that is old and new to us.
 */
static bool looks_ordered(const struct overlap *overlap, const struct page *page,
			  const bool *repeated, int64_t old)
{
	int last = last_joint(overlap, page), place = -1;

	for (int i = 0; i <= last; i++) {
		int at = overlap->backwards ? page->n - 1 - i : i;
		const struct row *row = &page->rows[at];
		int found = find_joint(overlap, row);

		if (found >= 0 && found < place)
			return false;
		if (found >= 0)
			place = found;
		if (!repeated[at] && row->updated_at != TIME_NONE && row->updated_at < old)
			return false;
	}
	return true;
}

/* The server may do smaller pages than it was asked for: then they begin elsewhere. */
static void adopt_size(struct overlap *overlap, const struct page *page)
{
	int size = overlap->size;

	if (page->per_page > 0 && page->per_page < size)
		size = page->per_page;
	else if (!overlap->begun && !overlap->backwards && page->n > 0 && page->n < size &&
		 page->n < page->total)
		size = page->n;
	if (size < overlap->size && overlap->per_page > size)
		overlap->per_page = size;
	overlap->size = size;
	overlap->base = (int64_t)(overlap->page - 1) * size;
}

enum overlap_fit overlap_take(struct overlap *overlap, const struct page *page,
			      const bool *repeated, int64_t old)
{
	adopt_size(overlap, page);
	overlap->overlap = 0;
	if (!overlap->begun)
		return overlap->backwards && (overlap->base + overlap->size < page->total ||
					      (overlap->base > 0 && overlap->base >= page->total))
			       ? OVERLAP_ELSEWHERE
			       : OVERLAP_JOINED;
	if (overlap->backwards)
		overlap->overlap = (int)max_i64(0, overlap->base + page->n - overlap->offset);
	else
		overlap->overlap = (int)max_i64(0, overlap->offset - overlap->base);
	overlap->firm = is_firm(overlap, page);
	overlap->unordered = overlap->unordered || !looks_ordered(overlap, page, repeated, old);
	return last_joint(overlap, page) >= 0 || overlap->unjoined ? OVERLAP_JOINED : OVERLAP_APART;
}

void overlap_probe(int64_t total, int per_page, struct request *request)
{
	int size = per_page - 1;

	while (size > 1 && total % size == 0)
		size--;
	/* Where no size does, the page behind the last one. */
	request->per_page = size > 1 ? size : per_page;
	request->page = (int)(total / request->per_page) + 1;
}

bool overlap_is_short(const struct overlap *overlap, const struct page *page)
{
	return !overlap->begun && overlap->backwards && overlap->base + page->n < page->total;
}

void overlap_step_back(struct overlap *overlap, int64_t total)
{
	overlap->least = (int)max_i64(LEAST_OVERLAP, overlap->per_page / WIDE_OVERLAP);
	if (overlap->backwards) {
		overlap->offset = overlap->base + overlap->size + overlap->per_page - 1;
		overlap->begun = overlap->offset < total;
	} else {
		overlap->offset = overlap->base - (overlap->per_page - 1);
		overlap->begun = overlap->offset > 0;
	}
}

void overlap_advance(struct overlap *overlap, const struct page *page, bool moved)
{
	int n = page->n < OVERLAP_JOINTS ? page->n : OVERLAP_JOINTS;

	overlap->tied = overlap->tied ||
			(overlap->begun && !overlap->firm && (moved || overlap->unordered));
	overlap->begun = true;
	overlap->n_joints = n;
	for (int i = 0; i < n; i++)
		overlap->joints[i] = joint(nth(overlap, page, page->n - n + i));
	if (n > 0)
		overlap->edge = *nth(overlap, page, page->n - 1);
	overlap->offset = overlap->backwards ? overlap->base : overlap->base + page->n;
}

bool overlap_at_end(const struct overlap *overlap, const struct page *page)
{
	return overlap->backwards ? overlap->base == 0
				  : overlap->offset >= page->total || page->n == 0;
}

int64_t overlap_pages(int64_t total, int64_t rows, int per_page, bool backwards)
{
	struct request request;
	struct overlap overlap;
	int64_t pages = 0, read = 0;

	overlap_begin(&overlap, per_page, backwards);
	do {
		overlap_ask(&overlap, total, &request);
		pages++;
		overlap.begun = true;
		overlap.base = (int64_t)(request.page - 1) * request.per_page;
		overlap.offset =
			backwards ? overlap.base : min_i64(overlap.base + request.per_page, total);
		read = backwards ? total - overlap.offset : overlap.offset;
	} while (read <= rows && read < total);
	return pages;
}
