/* SPDX-License-Identifier: MIT */
#include "sweep.h"

/* Pages that repeat nothing but what was seen, one after another, before a list is given up. */
#define MOST_REPEATED 5

/* Beyond what the largest total allows. */
#define MARGIN_PAGES 16

/* A total that falls below half has lost at least so many rows. */
#define LEAST_HALVED 100

int64_t sweep_pages(int64_t rows, int per_page)
{
	return rows <= per_page ? 1 : (rows + per_page - 1) / per_page;
}

void sweep_begin(struct sweep *sweep, const struct sweep_plan *plan)
{
	*sweep = (struct sweep){
		.plan = *plan,
		.started = TIME_NONE,
		.newest = TIME_NONE,
		.oldest = TIME_NONE,
		.per_page = plan->per_page,
		.page = 1,
		.largest_total = plan->expected,
	};
	if (plan->backwards)
		sweep->page = (int)sweep_pages(plan->expected, plan->per_page);
}

void sweep_resume(struct sweep *sweep, const struct sweep *state)
{
	*sweep = *state;
	sweep->asked = sweep->skip = 0;
	sweep->window_n = sweep->window_at = 0;
	sweep->has_edge = sweep->rereading = false;
	sweep->moved = true;
	sweep->stepped_back++;
	if (!sweep->begun)
		return;
	sweep->page = (int)max_i64(1, sweep->plan.backwards ? sweep->page + 1 : sweep->page - 1);
	sweep->reread_until = sweep->page;
}

bool sweep_done(const struct sweep *sweep)
{
	return sweep->end != SWEEP_RUNNING && sweep->asked == 0;
}

/* ---- what to ask for ------------------------------------------------- */

/*
 * The page of a filtered list that goes on behind OFFSET rows and repeats at
 * least the last of them. Pages begin at multiples of their size, so the
 * size is chosen: the one that brings most new rows.
 */
static void overlapping(const struct sweep *sweep, struct request *request)
{
	int64_t best = 0;

	request->page = 1;
	request->per_page = sweep->plan.per_page;
	for (int q = sweep->plan.per_page; q > 1 && sweep->offset > 0; q--) {
		int64_t repeats = sweep->offset % q;

		if (repeats > 0 && q - repeats > best) {
			best = q - repeats;
			request->page = (int)(sweep->offset / q) + 1;
			request->per_page = q;
		}
	}
}

/* The page behind the last one asked for; 0 when there is none to ask for yet, or at all. */
static int following(const struct sweep *sweep)
{
	int last = sweep->last_page_asked;

	if (sweep->asked == sweep->skip)
		return sweep->page;
	/*
	 * Until the first reply nobody knows how long the list is; a scan may
	 * stop at any page; and a second look is one look.
	 */
	if (!sweep->begun || sweep->plan.floor != TIME_NONE || sweep->rereading ||
	    sweep->reread_until)
		return 0;
	if (sweep->plan.backwards)
		return last - 1;
	return last + 1 > sweep_pages(sweep->last_total, sweep->per_page) ? 0 : last + 1;
}

bool sweep_next(struct sweep *sweep, struct request *request)
{
	int page;

	if (sweep->end != SWEEP_RUNNING || sweep->asked - sweep->skip >= sweep->plan.ahead)
		return false;
	*request = (struct request){ .kind = REQUEST_LIST,
				     .filter = sweep->plan.filter,
				     .per_page = sweep->per_page };
	if (sweep->plan.overlap) {
		if (sweep->asked > sweep->skip)
			return false;
		overlapping(sweep, request);
		sweep->overlap_page = request->page;
		sweep->overlap_size = request->per_page;
	} else {
		page = following(sweep);
		if (page < 1)
			return false;
		request->page = page;
		sweep->last_page_asked = page;
	}
	sweep->asked++;
	return true;
}

/* ---- what comes back ------------------------------------------------- */

static bool in_window(const struct sweep *sweep, uint64_t id)
{
	for (int i = 0; i < sweep->window_n; i++)
		if (sweep->window[i] == id)
			return true;
	return false;
}

static void remember(struct sweep *sweep, uint64_t id)
{
	sweep->window[sweep->window_at] = id;
	sweep->window_at = (sweep->window_at + 1) % SWEEP_WINDOW;
	if (sweep->window_n < SWEEP_WINDOW)
		sweep->window_n++;
}

/* Marks the rows that were seen lately and remembers the others. Returns how many were. */
static int note_rows(struct sweep *sweep, const struct page *page, bool *repeated)
{
	int repeats = 0;

	for (int i = 0; i < page->n; i++) {
		repeated[i] = in_window(sweep, page->rows[i].id);
		repeats += repeated[i];
	}
	for (int i = 0; i < page->n; i++)
		if (!repeated[i])
			remember(sweep, page->rows[i].id);
	sweep->rows += page->n;
	sweep->repeats += repeats;
	return repeats;
}

static int64_t horizon(const struct sweep *sweep, const struct page *page)
{
	return page->date == TIME_NONE ? TIME_NONE : page->date - sweep->plan.lookback;
}

/* Adds the page to the evidence. False when it contradicts the order that is relied on. */
static bool note_order(struct sweep *sweep, const struct page *page, const bool *repeated)
{
	struct evidence here = { 0 };

	order_note(&here, page->rows, repeated, page->n, horizon(sweep, page));
	if (sweep->has_edge && page->n > 0 && !repeated[0] && !sweep->plan.backwards)
		order_note_pair(&here, &sweep->edge, &page->rows[0], horizon(sweep, page));
	if (order_contradicted(&here, sweep->plan.order) && !sweep->rereading)
		return false;
	/* What is read for the second time was counted the first time. */
	if (sweep->reread_until == 0) {
		sweep->evidence.pairs += here.pairs;
		for (int o = 0; o < ORDERS; o++) {
			sweep->evidence.against[o].inversions += here.against[o].inversions;
			sweep->evidence.against[o].pages += here.against[o].inversions > 0;
		}
	}
	return !order_contradicted(&here, sweep->plan.order);
}

static void begin_with(struct sweep *sweep, const struct page *page)
{
	int64_t since = page->date == TIME_NONE ? TIME_NEVER : page->date - sweep->plan.lookback;

	sweep->begun = true;
	sweep->started = page->date;
	sweep->first_total = sweep->last_total = page->total;
	for (int i = 0; i < page->n; i++) {
		sweep->newest = max_i64(sweep->newest, page->rows[i].updated_at);
		sweep->recent += page->rows[i].created_at >= since;
	}
}

/* Everything in flight was asked for under a wrong idea: its rows count, its place does not. */
static void go_to(struct sweep *sweep, int page)
{
	sweep->skip = sweep->asked;
	sweep->page = page;
	sweep->has_edge = false;
}

/*
 * How far to go back because rows have left (forwards) or come (backwards)
 * where we had read already. 0: not at all.
 */
static int64_t step(const struct sweep *sweep, const struct page *page)
{
	int64_t moved = sweep->last_total - page->total;

	if (sweep->plan.backwards) {
		/*
		 * In a proven order what is new stands at the end, where it
		 * was not yet read or is read by the closing scan.
		 */
		if (sweep->plan.order != ORDER_UNKNOWN)
			return 0;
		moved = -moved;
	}
	return moved > 0 ? (moved + sweep->per_page - 1) / sweep->per_page : 0;
}

/* Whether the page is the one at which a scan may stop. */
static bool reached_floor(struct sweep *sweep, const struct page *page)
{
	const struct row *edge;
	int64_t key = TIME_NONE;

	if (sweep->plan.floor == TIME_NONE)
		return false;
	/* The oldest row that tells its time: the last one forwards, the first one backwards. */
	for (int i = 0; i < page->n && key == TIME_NONE; i++) {
		edge = &page->rows[sweep->plan.backwards ? i : page->n - 1 - i];
		key = order_key(sweep->plan.order, edge);
	}
	if (key == TIME_NONE)
		return false;
	sweep->oldest = key;
	return key < sweep->plan.floor;
}

/* Whether the list goes on behind (forwards) or before (backwards) the page. */
static bool goes_on(const struct sweep *sweep, const struct page *page)
{
	if (sweep->plan.backwards)
		return sweep->page > 1;
	if (page->n == 0)
		return false;
	/*
	 * Of total, total_pages and what was read so far, the one that
	 * promises most is believed, until a page is empty.
	 */
	return sweep->page < sweep_pages(page->total, sweep->per_page) ||
	       sweep->page < page->total_pages ||
	       sweep->rows - sweep->repeats + sweep->per_page <= page->total ||
	       (int64_t)sweep->page * sweep->per_page > page->total + sweep->per_page;
}

static bool makes_no_sense(struct sweep *sweep, const struct page *page, int repeats)
{
	int64_t most = sweep_pages(sweep->largest_total, sweep->per_page);

	sweep->all_repeated = page->n > 0 && repeats == page->n && sweep->reread_until == 0
				      ? sweep->all_repeated + 1
				      : 0;
	if (sweep->all_repeated >= MOST_REPEATED)
		return true;
	if (page->total < sweep->first_total / 2 && sweep->first_total - page->total > LEAST_HALVED)
		return true;
	return sweep->pages > most + most / 4 + 2 * sweep->stepped_back + MARGIN_PAGES;
}

/*
 * The server may do smaller pages than it was asked for, and may not say so:
 * then all page numbers are other ones. False: begin anew with those.
 */
static bool adopt_size(struct sweep *sweep, const struct page *page)
{
	int size = sweep->per_page;

	if (page->per_page > 0 && page->per_page < size)
		size = page->per_page;
	if (!sweep->begun && sweep->page == 1 && page->n > 0 && page->n < size &&
	    page->n < page->total)
		size = page->n;
	if (size == sweep->per_page)
		return true;
	sweep->per_page = size;
	if (sweep->page == 1 && !sweep->begun)
		return true;
	go_to(sweep, sweep->plan.backwards ? (int)sweep_pages(page->total, size) : 1);
	return false;
}

/*
 * A page of a filtered list: goes on if it shows a row of the page before,
 * else back until one does.
 */
static void take_overlapping(struct sweep *sweep, const struct page *page, int repeats)
{
	int size = page->per_page > 0 && page->per_page < sweep->overlap_size ? page->per_page
									      : sweep->overlap_size;
	int64_t base = (int64_t)(sweep->overlap_page - 1) * size;

	sweep->plan.per_page = sweep->overlap_size > size ? size : sweep->plan.per_page;
	if (sweep->offset > 0 && repeats == 0) {
		sweep->stepped_back++;
		sweep->offset = max_i64(0, base - (sweep->plan.per_page - 1));
		return;
	}
	sweep->offset = base + page->n;
	if (sweep->offset >= page->total || page->n == 0)
		sweep->end = SWEEP_ALL;
}

/* The page was read in its place: what it means for the next one. */
static void take_in_place(struct sweep *sweep, const struct page *page, const bool *repeated)
{
	int64_t back = step(sweep, page);
	bool in_order = note_order(sweep, page, repeated);

	if (sweep->reread_until && (sweep->plan.backwards ? sweep->page <= sweep->reread_until
							  : sweep->page >= sweep->reread_until))
		sweep->reread_until = 0;
	if (!in_order && !sweep->rereading) {
		sweep->rereading = true;
		go_to(sweep, sweep->page);
		return;
	}
	sweep->rereading = false;
	if (!in_order && sweep->plan.floor != TIME_NONE) {
		sweep->end = SWEEP_DISORDER;
		return;
	}
	if (!in_order)
		sweep->plan.order = ORDER_UNKNOWN;
	if (back > 0 && (sweep->plan.backwards || sweep->page > 1)) {
		int64_t to = sweep->plan.backwards ? sweep->page + back : sweep->page - back;

		sweep->stepped_back += (int)back;
		sweep->reread_until = sweep->page;
		go_to(sweep,
		      (int)min_i64(max_i64(to, 1), sweep_pages(page->total, sweep->per_page)));
		return;
	}
	if (reached_floor(sweep, page))
		sweep->end = SWEEP_FLOOR;
	else if (!goes_on(sweep, page))
		sweep->end = SWEEP_ALL;
	else
		sweep->page += sweep->plan.backwards ? -1 : 1;
	sweep->has_edge = page->n > 0 && !sweep->plan.backwards;
	if (sweep->has_edge)
		sweep->edge = page->rows[page->n - 1];
}

/* Read backwards, a list begins at its last page, which has to be found first. */
static bool is_beginning(struct sweep *sweep, const struct page *page)
{
	int last = (int)sweep_pages(page->total, sweep->per_page);

	if (!sweep->plan.backwards || sweep->page == last)
		return true;
	go_to(sweep, last);
	return false;
}

void sweep_take(struct sweep *sweep, const struct page *page)
{
	bool repeated[PAGE_ROWS_MOST];
	int repeats = note_rows(sweep, page, repeated);

	sweep->asked--;
	sweep->pages++;
	sweep->largest_total = max_i64(sweep->largest_total, page->total);
	if (sweep->skip > 0) {
		sweep->skip--;
		return;
	}
	if (sweep->end != SWEEP_RUNNING || (!sweep->plan.overlap && !adopt_size(sweep, page)))
		return;
	if (!sweep->begun) {
		if (!is_beginning(sweep, page))
			return;
		begin_with(sweep, page);
		repeats = 0;
	}
	if (makes_no_sense(sweep, page, repeats)) {
		sweep->end = SWEEP_LOST;
		return;
	}
	if (page->total != sweep->last_total ||
	    (repeats > 0 && !sweep->plan.overlap && sweep->reread_until == 0))
		sweep->moved = true;
	if (sweep->plan.overlap)
		take_overlapping(sweep, page, repeats);
	else
		take_in_place(sweep, page, repeated);
	sweep->last_total = page->total;
}

void sweep_joined(struct sweep *sweep, bool joined)
{
	if (joined || sweep->end != SWEEP_RUNNING)
		return;
	/* take_in_place() has moved on by one; the page before the one just read is two back. */
	sweep->stepped_back++;
	go_to(sweep, (int)max_i64(1, sweep->plan.backwards ? sweep->page + 2 : sweep->page - 2));
	sweep->reread_until = sweep->page;
}
