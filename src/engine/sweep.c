/* SPDX-License-Identifier: MIT */
#include "sweep.h"

#include <stdlib.h>

/* Pages in a row that show nothing new, or after which no fewer rows are left to be read. */
#define MOST_IN_VAIN 5
#define MOST_NO_NEARER 20

/* Beyond the pages that the largest total allows. */
#define MARGIN_PAGES 16
/* A total that falls below half has lost at least so many rows. */
#define LEAST_HALVED 100

/* A page is refused so often before that is believed: it may have been an accident. */
#define MOST_REFUSED 2

/* So often pages that overlap are tried that end nearer. */
#define MOST_NEARER 3

/* From one place it goes back so often: of two machines behind one name, one may lag for ever. */
#define MOST_RETREATS 3

void sweep_begin(struct sweep *sweep, const struct sweep_plan *plan)
{
	*sweep = (struct sweep){
		.plan = *plan,
		.started = TIME_NONE,
		.newest = TIME_NONE,
		.latest = TIME_NONE,
		.oldest = TIME_NONE,
		.per_page = plan->per_page,
		.page = 1,
		.largest_total = plan->expected,
	};
	overlap_begin(&sweep->overlap, plan->per_page, plan->backwards);
	if (plan->backwards)
		sweep->page = (int)sweep_pages(plan->expected, plan->per_page);
}

void sweep_resume(struct sweep *sweep, const struct sweep *state)
{
	*sweep = *state;
	sweep->asked = sweep->skip = 0;
	recent_clear(&sweep->window);
	sweep->watch.has_edge = sweep->rereading = false;
	sweep->moved = true;
	sweep_state_note_step(sweep, 1);
	if (!sweep->begun)
		return;
	sweep->page = (int)max_i64(1, sweep->plan.backwards ? sweep->page + 1 : sweep->page - 1);
	sweep->reread_until = sweep->page;
}

bool sweep_done(const struct sweep *sweep)
{
	return sweep->end != SWEEP_RUNNING && sweep->asked == 0;
}

/* ---- the page to ask for --------------------------------------------- */

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
	    sweep->reread_until || sweep->refused > 0)
		return 0;
	if (sweep->plan.backwards)
		return last - 1;
	return last + 1 > sweep_pages(sweep->last_total, sweep->per_page) ? 0 : last + 1;
}

/*
 * A list that ends with a full page may have been cut there, and its total with it. A page that
 * begins within it and reaches beyond its end tells: nobody refuses that. Read backwards it had
 * its end where it began; the totals that came later may be others.
 */
static bool next_probe(struct sweep *sweep, struct request *request)
{
	int64_t end = sweep->plan.backwards ? sweep->first_total : sweep->last_total;

	if (sweep->asked > sweep->skip)
		return false;
	overlap_probe(end, sweep->per_page, request);
	sweep->last_page_asked = request->page;
	sweep->last_size_asked = request->per_page;
	sweep->asked++;
	return true;
}

bool sweep_next(struct sweep *sweep, struct request *request)
{
	int page;

	if (sweep->end != SWEEP_RUNNING || sweep->asked - sweep->skip >= sweep->plan.ahead)
		return false;
	*request = (struct request){ .kind = REQUEST_LIST,
				     .filter = sweep->plan.filter,
				     .per_page = sweep->per_page };
	if (sweep->probing)
		return next_probe(sweep, request);
	if (sweep->plan.overlap) {
		if (sweep->asked > sweep->skip)
			return false;
		overlap_ask(&sweep->overlap,
			    sweep->pages > 0 ? sweep->last_total : sweep->plan.expected, request);
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

/* ---- the page that came ---------------------------------------------- */

/*
 * How far to go back because rows have left (forwards) or come (backwards)
 * where we had read already. 0: not at all.
 */
static int64_t step(const struct sweep *sweep, const struct page *page)
{
	int64_t moved = sweep->last_total - page->total;

	if (sweep->plan.backwards) {
		/*
		 * In a proven order new rows stand at the end, which was not yet read or is read by
		 * the closing scan.
		 */
		if (sweep->plan.order != ORDER_UNKNOWN)
			return 0;
		moved = -moved;
	}
	return moved > 0 ? (moved + sweep->per_page - 1) / sweep->per_page : 0;
}

/* Whether the list goes on behind (forwards) or before (backwards) the page. */
static bool goes_on(const struct sweep *sweep, const struct page *page)
{
	if (sweep->plan.backwards)
		return sweep->page > 1;
	if (page->n == 0)
		return false;
	/*
	 * Of total, total_pages and the rows read so far, the one that promises most is believed,
	 * until a page is empty.
	 */
	return sweep->page < sweep_pages(page->total, sweep->per_page) ||
	       sweep->page < page->total_pages ||
	       sweep_state_distinct(sweep) + sweep->per_page <= page->total ||
	       (int64_t)sweep->page * sweep->per_page > page->total + sweep->per_page;
}

/* Its end lies too deep: it is read from its first page on. The response that began it stays. */
static void turn_round(struct sweep *sweep)
{
	sweep->plan.backwards = false;
	sweep->moved = sweep->moved || sweep->begun;
	sweep->in_vain = sweep->furthest = sweep->reread_until = 0;
	recent_clear(&sweep->window);
	sweep->rows = sweep->repeats = 0;
	sweep_state_go_to(sweep, 1);
}

/* The page cannot be had, and the list goes on behind it: here its pages end. */
static void stop_short(struct sweep *sweep)
{
	if (++sweep->refused < MOST_REFUSED) {
		sweep_state_go_to(sweep, sweep->page);
		return;
	}
	sweep_state_end_shallow(sweep, sweep_state_rows_before(sweep));
}

/* Whether there must be rows on a page that has none. */
static bool is_cut_off(const struct sweep *sweep, const struct page *page)
{
	return page->n == 0 && sweep->page > 1 && sweep_state_rows_before(sweep) < page->total;
}

/* Pages became smaller on the way: goes on a page before the first row that was not read. */
static void renumber(struct sweep *sweep, const struct page *page, int size)
{
	bool backwards = sweep->plan.backwards;
	int64_t rows = (int64_t)(backwards ? sweep->page : sweep->page - 1) * sweep->per_page;
	int64_t last = sweep_pages(page->total, size), back = step(sweep, page) + 1, to;

	sweep->per_page = size;
	to = backwards ? sweep_pages(rows, size) : rows / size + 1;
	sweep->reread_until = (int)min_i64(to, last);
	sweep->furthest = 0;
	sweep_state_note_step(sweep, back);
	sweep_state_go_to(sweep, (int)max_i64(1, min_i64(backwards ? to + back : to - back, last)));
}

/*
 * Whether the page has as many rows as its place in the list says. One page
 * alone does not tell whether pages are smaller or the total lies.
 */
static bool is_filled(const struct sweep *sweep, const struct page *page)
{
	int64_t before = sweep_state_rows_before(sweep);

	return page->n == max_i64(0, min_i64(sweep->per_page, page->total - before));
}

/*
 * Whether rows are still owed when the last page was read, and it has fewer rows than belong there,
 * or some of the page before.
 */
static bool ends_in_vain(const struct sweep *sweep, const struct page *page, int repeats)
{
	return !sweep->plan.backwards && sweep->page > 1 && page->total == sweep->last_total &&
	       (repeats > 0 || !is_filled(sweep, page)) &&
	       sweep_state_distinct(sweep) < min_i64(sweep->first_total, page->total);
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
	if (size < sweep->per_page && sweep->begun) {
		renumber(sweep, page, size);
		return false;
	}
	sweep->per_page = size;
	/* A list that begins at its end is measured at its first page, if there is a stale copy. */
	if (sweep->begun || sweep->page == 1 || sweep->sized || is_filled(sweep, page))
		return true;
	sweep->sized = true;
	sweep_state_go_to(sweep, 1);
	return false;
}

/*
 * Whether the page stands in the order that is relied on, or may be fed all
 * the same. False: it is to be read once more, or a scan is over.
 */
static bool passes(struct sweep *sweep, bool in_order)
{
	if (!in_order && !sweep->rereading) {
		sweep->rereading = true;
		return false;
	}
	sweep->rereading = false;
	if (!in_order && sweep->plan.floor != TIME_NONE) {
		sweep->end = SWEEP_DISORDER;
		return false;
	}
	if (!in_order)
		sweep->plan.order = ORDER_UNKNOWN;
	return true;
}

bool sweep_shaky(const struct sweep *sweep)
{
	return sweep->overlap.tied || sweep->overlap.unjoined;
}

/* How a list that was read to its end came out. */
static enum sweep_end all_of(const struct sweep *sweep, const struct page *page)
{
	if (sweep->plan.order == ORDER_UNKNOWN && (sweep_shaky(sweep) || sweep->overlap.unordered))
		return SWEEP_LOST;
	/*
	 * Fewer than there were all the time: pages that join by chance, in a
	 * list without order.
	 */
	if (sweep->beyond)
		return SWEEP_LOST;
	return sweep_state_distinct(sweep) < min_i64(sweep->first_total, page->total) ? SWEEP_LOST
										      : SWEEP_ALL;
}

static void take_probe(struct sweep *sweep, const struct page *page, int repeats)
{
	int size = sweep->last_size_asked;

	size = page->per_page > 0 ? (int)min_i64(size, page->per_page) : size;
	/* All that the total counts was read: a row that is new to us stands behind that. */
	repeats = sweep->plan.overlap ? 0 : repeats;
	sweep_state_measure(sweep, page, (int64_t)(sweep->last_page_asked - 1) * size, repeats);
	sweep->moved = sweep->moved || page->total != sweep->last_total;
	sweep->probing = false;
	sweep->probed = true;
	sweep->end = sweep->plan.overlap && sweep->beyond ? SWEEP_LOST : sweep->found;
}

/* The page overlaps the one before: if it joins, the sweep goes on from it. */
static void take_overlapping(struct sweep *sweep, const struct page *page, const bool *repeated,
			     int repeats)
{
	int64_t old =
		sweep->started == TIME_NONE ? TIME_NONE : sweep->started - sweep->plan.lookback;
	enum overlap_fit fit = overlap_take(&sweep->overlap, page, repeated, old);

	if (fit == OVERLAP_ELSEWHERE)
		return;
	sweep_state_measure(sweep, page, sweep->overlap.base, 0);
	if (overlap_is_short(&sweep->overlap, page)) {
		if (++sweep->refused >= MOST_REFUSED)
			sweep_state_end_at(sweep, sweep->overlap.base + page->n);
		return;
	}
	/* Backwards it is the first page that may be cut. */
	if (!sweep->begun || !sweep->plan.backwards)
		sweep->full = page->n > 0 && page->n == sweep->overlap.size;
	if (!sweep->begun) {
		sweep_state_begin(sweep, page);
		repeats = 0;
	}
	sweep->per_page = sweep->overlap.per_page;
	if (page->total != sweep->last_total ||
	    (!sweep->rereading && repeats != sweep->overlap.overlap))
		sweep->moved = true;
	if (fit == OVERLAP_APART) {
		sweep_state_note_step(sweep, 1);
		overlap_step_back(&sweep->overlap, page->total);
		return;
	}
	if (!passes(sweep, sweep_state_note_order(sweep, page, repeated)))
		return;
	overlap_advance(&sweep->overlap, page, sweep->moved);
	if (sweep_state_reached_floor(sweep, page))
		sweep_state_finish(sweep,
				   sweep->plan.probe && sweep->beyond ? SWEEP_LOST : SWEEP_FLOOR,
				   sweep->plan.backwards && sweep->full);
	else if (overlap_at_end(&sweep->overlap, page))
		sweep_state_finish(sweep, all_of(sweep, page), sweep->full);
}

/* Read backwards, a list begins at its last page, which has to be found first. */
static bool is_beginning(struct sweep *sweep, const struct page *page)
{
	int last = (int)sweep_pages(page->total, sweep->per_page);

	if (!sweep->plan.backwards || sweep->page == last)
		return true;
	sweep_state_go_to(sweep, last);
	return false;
}

/* Whether to go back: from one place not for ever, and in all not more than the list has pages. */
static bool may_step_back(struct sweep *sweep, int64_t back)
{
	bool backwards = sweep->plan.backwards;

	if (sweep->furthest == 0 ||
	    (backwards ? sweep->page < sweep->furthest : sweep->page > sweep->furthest)) {
		sweep->furthest = sweep->page;
		sweep->retreats = 0;
	}
	if (back == 0 || (!backwards && sweep->page == 1) || sweep->retreats >= MOST_RETREATS ||
	    sweep->stepped_back > sweep_pages(sweep->largest_total, sweep->per_page))
		return false;
	sweep->retreats++;
	return true;
}

static void step_back(struct sweep *sweep, const struct page *page, int64_t back)
{
	int64_t to = sweep->plan.backwards ? sweep->page + back : sweep->page - back;

	to = min_i64(max_i64(to, 1), sweep_pages(page->total, sweep->per_page));
	sweep_state_note_step(sweep, llabs(to - sweep->page));
	sweep->reread_until = sweep->page;
	sweep_state_go_to(sweep, (int)to);
}

/* To the next page, or the end. */
static void move_on(struct sweep *sweep, const struct page *page, int repeats)
{
	sweep->refused = 0;
	sweep_state_measure(sweep, page, sweep_state_rows_before(sweep), repeats);
	if (!sweep->plan.backwards)
		sweep->full = page->total > 0 && page->total % sweep->per_page == 0;
	if (!goes_on(sweep, page) && ends_in_vain(sweep, page, repeats))
		sweep_state_end_shallow(sweep, sweep->rows);
	else if (!goes_on(sweep, page))
		sweep_state_finish(sweep, SWEEP_ALL, sweep->full);
	else
		sweep->page += sweep->plan.backwards ? -1 : 1;
	order_watch_edge(&sweep->watch, page->rows, page->n, sweep->plan.backwards);
}

/* The page was read in its place: finds the next one. */
static void take_in_place(struct sweep *sweep, const struct page *page, const bool *repeated,
			  int repeats)
{
	int64_t back;
	bool in_order;

	if (sweep->plan.backwards && is_cut_off(sweep, page)) {
		turn_round(sweep);
		return;
	}
	if (!adopt_size(sweep, page) || (!sweep->begun && !is_beginning(sweep, page)))
		return;
	/* It may be another page, which is shown in place of one that lies too deep. */
	if (sweep->plan.backwards && !sweep->begun &&
	    sweep_state_rows_before(sweep) + page->n > page->total) {
		turn_round(sweep);
		return;
	}
	if (!sweep->begun) {
		sweep_state_begin(sweep, page);
		sweep->full = page->n == sweep->per_page;
	} else if (page->total != sweep->last_total || (repeats > 0 && sweep->reread_until == 0)) {
		sweep->moved = true;
	}
	back = step(sweep, page);
	in_order = sweep_state_note_order(sweep, page, repeated);
	sweep->fed = sweep->page;
	if (sweep->reread_until && (sweep->plan.backwards ? sweep->page <= sweep->reread_until
							  : sweep->page >= sweep->reread_until))
		sweep->reread_until = 0;
	if (!passes(sweep, in_order)) {
		sweep->skip = sweep->asked;
		return;
	}
	if (may_step_back(sweep, back)) {
		step_back(sweep, page, back);
		return;
	}
	if (!sweep->plan.backwards && is_cut_off(sweep, page))
		stop_short(sweep);
	else
		move_on(sweep, page, repeats);
}

/* Whether the page brings nothing; neither does one without a row where the total has some. */
static bool is_no_news(const struct sweep *sweep, const struct page *page, int repeats)
{
	int64_t before = sweep->plan.overlap ? overlap_before(&sweep->overlap, page)
					     : sweep_state_rows_before(sweep);
	bool empty_rightly = page->n == 0 && before >= page->total;

	return repeats == page->n && !empty_rightly && sweep->reread_until == 0;
}

/* The runaway fuse (PROTOCOL.md, rule 10): whether the list makes sense with this page. */
static bool makes_sense(struct sweep *sweep, const struct page *page, int repeats)
{
	/* Of small pages that overlap, each may bring half of its rows. */
	int size = sweep->plan.overlap ? (sweep->per_page + 1) / 2 : sweep->per_page;
	int64_t most = sweep_pages(sweep->largest_total, size);
	int64_t left = page->total - sweep_state_distinct(sweep);

	sweep->no_nearer = left < sweep->left ? 0 : sweep->no_nearer + (repeats < page->n);
	sweep->left = left;
	sweep->in_vain = is_no_news(sweep, page, repeats) ? sweep->in_vain + 1 : 0;
	if (sweep->in_vain >= MOST_IN_VAIN || sweep->no_nearer >= MOST_NO_NEARER)
		return false;
	if (page->total < sweep->first_total / 2 && sweep->first_total - page->total > LEAST_HALVED)
		return false;
	/* Pages that are read again on the way back cost more, but a list is not read for ever. */
	return sweep->pages <=
	       most + most / 4 + 2 * min_i64(sweep->stepped_back, most) + MARGIN_PAGES;
}

/*
 * The list makes no sense with this page; but pages without end that all show the last rows that
 * can be had, and not the first page, are its depth.
 */
static void give_up(struct sweep *sweep, const struct page *page)
{
	int pages = sweep->plan.overlap ? sweep->pages : sweep->page;
	bool vain = sweep->in_vain >= MOST_IN_VAIN;

	if (vain && sweep->plan.backwards && !sweep->plan.overlap)
		turn_round(sweep);
	else if (vain && page->n > 0 && !sweep->plan.backwards && pages > MOST_IN_VAIN + 1 &&
		 sweep_state_distinct(sweep) < page->total)
		sweep_state_end_shallow(sweep,
					(int64_t)(sweep->page - MOST_IN_VAIN) * sweep->per_page);
	else
		sweep->end = SWEEP_LOST;
}

/* Pages that overlap may end elsewhere, nearer; if none can, that was all. */
static bool refuse_overlapping(struct sweep *sweep)
{
	struct overlap *overlap = &sweep->overlap;

	if (!overlap->begun && overlap->page == 1)
		return false;
	if (++sweep->refused <= MOST_NEARER && overlap_refused(overlap))
		return true;
	sweep->end = SWEEP_SHALLOW;
	sweep->reach = overlap->begun && !overlap->backwards ? overlap->offset : 0;
	return true;
}

static bool refuse_in_place(struct sweep *sweep)
{
	if (sweep->page == 1)
		return false;
	if (sweep->begun)
		stop_short(sweep);
	else
		turn_round(sweep);
	return true;
}

bool sweep_refuse(struct sweep *sweep)
{
	sweep->asked--;
	sweep->pages++;
	if (sweep->skip > 0 || sweep->end != SWEEP_RUNNING) {
		sweep->skip -= sweep->skip > 0;
		return true;
	}
	/* The list ends just where its pages do, as it is said: nobody knows. */
	if (sweep->probing) {
		sweep_state_end_at(sweep, sweep->last_total - 1);
		return true;
	}
	return sweep->plan.overlap ? refuse_overlapping(sweep) : refuse_in_place(sweep);
}

void sweep_take(struct sweep *sweep, const struct page *page)
{
	bool repeated[PAGE_ROWS_MOST];
	int repeats = sweep_state_note_rows(sweep, page, repeated);

	sweep->asked--;
	sweep->pages++;
	sweep->untold = sweep->untold || page->untold;
	sweep->largest_total = max_i64(sweep->largest_total, page->total);
	sweep->most_total = max_i64(sweep->most_total, page->total);
	sweep->latest = page->date;
	if (sweep->skip > 0 || sweep->end != SWEEP_RUNNING) {
		sweep->skip -= sweep->skip > 0;
		return;
	}
	if (sweep->probing)
		take_probe(sweep, page, repeats);
	else if (!makes_sense(sweep, page, repeats))
		give_up(sweep, page);
	else if (sweep->plan.overlap)
		take_overlapping(sweep, page, repeated, repeats);
	else
		take_in_place(sweep, page, repeated, repeats);
	sweep->last_total = page->total;
}

bool sweep_joined(struct sweep *sweep, bool joined)
{
	int64_t last = sweep_pages(sweep->last_total, sweep->per_page);

	if (joined || sweep->end != SWEEP_RUNNING ||
	    (sweep->plan.backwards ? sweep->fed >= last : sweep->fed <= 1))
		return true;
	sweep_state_note_step(sweep, 1);
	sweep_state_go_to(sweep, sweep->fed + (sweep->plan.backwards ? 1 : -1));
	sweep->reread_until = sweep->page;
	return false;
}
