/* SPDX-License-Identifier: MIT */
#include "lap.h"

/*
 * A page repeats at least so many rows: one that stands apart in time from
 * the outermost. Where pages came apart, it repeats one in so many.
 */
#define LEAST_OVERLAP 2
#define WIDE_OVERLAP 20

void lap_begin(struct lap *lap, int per_page, bool backwards)
{
	*lap = (struct lap){ .backwards = backwards, .per_page = per_page, .least = LEAST_OVERLAP };
}

/* ---- what to ask for ------------------------------------------------- */

/*
 * The size that brings most rows beside LEAST that were read: forwards the
 * page holds those before `offset`, backwards those at it. 0 when no size
 * does, as of small pages it may be (6 rows on, with pages of 3).
 */
static int best_size(const struct lap *lap, int least)
{
	int best = 0;
	int64_t most = 0;

	for (int size = lap->per_page; size > 1; size--) {
		int64_t inside = lap->offset % size;
		int64_t brings = lap->backwards ? inside : size - inside;

		if (size - brings >= least && brings > most) {
			most = brings;
			best = size;
		}
	}
	return best;
}

void lap_ask(struct lap *lap, int64_t total, struct request *request)
{
	int size;

	lap->size = lap->per_page;
	if (!lap->begun) {
		lap->page = 1;
		if (lap->backwards && total > 0)
			lap->page = (int)((total - 1) / lap->size) + 1;
	} else {
		size = best_size(lap, lap->least);
		if (size == 0)
			size = best_size(lap, 1);
		if (size > 0)
			lap->size = size;
		else
			lap->unjoined = true;
		lap->page = (int)(lap->offset / lap->size) + 1;
		/* Backwards, what stands right before the rows read is a page of its own. */
		if (size == 0 && lap->backwards && lap->page > 1)
			lap->page--;
	}
	request->page = lap->page;
	request->per_page = lap->size;
}

/* ---- what comes back ------------------------------------------------- */

/* Which row it is, and which state of it. */
static uint64_t joint(const struct row *row)
{
	return row->id ^ (uint64_t)row->updated_at * UINT64_C(0x9e3779b97f4a7c15);
}

/* Which of the rows kept from the page before it is, unchanged; -1: none. */
static int find_joint(const struct lap *lap, const struct row *row)
{
	for (int i = 0; i < lap->n_joints; i++)
		if (joint(row) == lap->joints[i])
			return i;
	return -1;
}

/* The row of the page that has I before it, seen from where reading began. */
static const struct row *nth(const struct lap *lap, const struct page *page, int i)
{
	return &page->rows[lap->backwards ? page->n - 1 - i : i];
}

/* The last row of the page that the one before showed; -1 when there is none. */
static int last_joint(const struct lap *lap, const struct page *page)
{
	int last = page->n - 1;

	while (last >= 0 && find_joint(lap, nth(lap, page, last)) < 0)
		last--;
	return last;
}

/*
 * Whether the page shows a row of the one before that stands apart in time
 * from the outermost one: then it does so from all that was not seen, in
 * whatever order those with one and the same time are given at each request.
 */
static bool is_firm(const struct lap *lap, const struct page *page)
{
	for (int i = 0; i < page->n; i++) {
		const struct row *row = &page->rows[i];

		if (row->updated_at != lap->edge.updated_at &&
		    row->created_at != lap->edge.created_at && find_joint(lap, row) >= 0)
			return true;
	}
	return false;
}

/*
 * Whether a list that has an order could look like this: rows that have not
 * changed stand as they stood, and among them none that is old and new to us.
 */
static bool looks_ordered(const struct lap *lap, const struct page *page, const bool *repeated,
			  int64_t old)
{
	int last = last_joint(lap, page), place = -1;

	for (int i = 0; i <= last; i++) {
		int at = lap->backwards ? page->n - 1 - i : i;
		const struct row *row = &page->rows[at];
		int found = find_joint(lap, row);

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
static void adopt_size(struct lap *lap, const struct page *page)
{
	int size = lap->size;

	if (page->per_page > 0 && page->per_page < size)
		size = page->per_page;
	else if (!lap->begun && !lap->backwards && page->n > 0 && page->n < size &&
		 page->n < page->total)
		size = page->n;
	if (size < lap->size && lap->per_page > size)
		lap->per_page = size;
	lap->size = size;
	lap->base = (int64_t)(lap->page - 1) * size;
}

enum lap_fit lap_take(struct lap *lap, const struct page *page, const bool *repeated, int64_t old)
{
	adopt_size(lap, page);
	lap->overlap = 0;
	if (!lap->begun)
		return lap->backwards && (lap->base + lap->size < page->total ||
					  (lap->base > 0 && lap->base >= page->total))
			       ? LAP_ELSEWHERE
			       : LAP_JOINED;
	if (lap->backwards)
		lap->overlap = (int)max_i64(0, lap->base + page->n - lap->offset);
	else
		lap->overlap = (int)max_i64(0, lap->offset - lap->base);
	lap->firm = is_firm(lap, page);
	lap->unordered = lap->unordered || !looks_ordered(lap, page, repeated, old);
	return last_joint(lap, page) >= 0 || lap->unjoined ? LAP_JOINED : LAP_APART;
}

void lap_step_back(struct lap *lap, int64_t total)
{
	lap->least = (int)max_i64(LEAST_OVERLAP, lap->per_page / WIDE_OVERLAP);
	if (lap->backwards) {
		lap->offset = lap->base + lap->size + lap->per_page - 1;
		lap->begun = lap->offset < total;
	} else {
		lap->offset = lap->base - (lap->per_page - 1);
		lap->begun = lap->offset > 0;
	}
}

void lap_advance(struct lap *lap, const struct page *page, bool moved)
{
	int n = page->n < LAP_JOINTS ? page->n : LAP_JOINTS;

	lap->tied = lap->tied || (lap->begun && !lap->firm && (moved || lap->unordered));
	lap->begun = true;
	lap->n_joints = n;
	for (int i = 0; i < n; i++)
		lap->joints[i] = joint(nth(lap, page, page->n - n + i));
	if (n > 0)
		lap->edge = *nth(lap, page, page->n - 1);
	lap->offset = lap->backwards ? lap->base : lap->base + page->n;
}

bool lap_at_end(const struct lap *lap, const struct page *page)
{
	return lap->backwards ? lap->base == 0 : lap->offset >= page->total || page->n == 0;
}

int64_t lap_pages(int64_t total, int64_t rows, int per_page, bool backwards)
{
	struct request request;
	struct lap lap;
	int64_t pages = 0, read = 0;

	lap_begin(&lap, per_page, backwards);
	do {
		lap_ask(&lap, total, &request);
		pages++;
		lap.begun = true;
		lap.base = (int64_t)(request.page - 1) * request.per_page;
		lap.offset = backwards ? lap.base : min_i64(lap.base + request.per_page, total);
		read = backwards ? total - lap.offset : lap.offset;
	} while (read <= rows && read < total);
	return pages;
}
