/* SPDX-License-Identifier: MIT */
#include "sweep_state.h"

#include "api_time.h"

int64_t sweep_state_distinct(const struct sweep *sweep)
{
	return sweep->rows - sweep->repeats;
}

int64_t sweep_state_rows_before(const struct sweep *sweep)
{
	return (int64_t)(sweep->page - 1) * sweep->per_page;
}

void sweep_state_note_step(struct sweep *sweep, int64_t pages)
{
	sweep->stepped_back = (int)min_i64(sweep->stepped_back + pages, INT32_MAX);
}

int sweep_state_note_rows(struct sweep *sweep, const struct page *page, bool *repeated)
{
	int repeats = 0;

	/* A page that was looked at to find the beginning is not read yet. */
	if (!sweep->begun) {
		recent_clear(&sweep->window);
		sweep->rows = sweep->repeats = 0;
	}
	for (int i = 0; i < page->n; i++) {
		repeated[i] = recent_has(&sweep->window, page->rows[i].id);
		repeats += repeated[i];
	}
	/* A page may show a row twice: that is one row, too, and no movement. */
	for (int i = 0; i < page->n; i++) {
		if (repeated[i] || recent_has(&sweep->window, page->rows[i].id))
			sweep->repeats++;
		else
			recent_add(&sweep->window, page->rows[i].id);
	}
	sweep->rows += page->n;
	return repeats;
}

bool sweep_state_note_order(struct sweep *sweep, const struct page *page, const bool *repeated)
{
	struct order_page rows = { page->rows, repeated, page->n, NULL, sweep->plan.backwards,
				   TIME_NONE };
	struct order_look look = { .order = sweep->plan.order,
				   .again = sweep->rereading,
				   .known = sweep->reread_until != 0,
				   .overlaps = sweep->plan.overlap };

	if (page->date != TIME_NONE)
		rows.horizon = page->date - sweep->plan.lookback;
	return order_watch_page(&sweep->watch, &rows, &look);
}

void sweep_state_begin(struct sweep *sweep, const struct page *page)
{
	int64_t since = page->date == TIME_NONE ? TIME_NEVER : page->date - sweep->plan.lookback;
	int64_t until = page->date == TIME_NONE ? TIME_NEVER : page->date + API_TIME_CLOCKS;

	sweep->begun = true;
	sweep->started = page->date;
	sweep->first_total = sweep->last_total = page->total;
	for (int i = 0; i < page->n; i++) {
		sweep->newest = max_i64(sweep->newest, page->rows[i].updated_at);
		sweep->recent +=
			page->rows[i].created_at >= since && page->rows[i].created_at <= until;
	}
}

void sweep_state_go_to(struct sweep *sweep, int page)
{
	sweep->skip = sweep->asked;
	sweep->page = page;
	sweep->watch.has_edge = false;
}

bool sweep_state_reached_floor(struct sweep *sweep, const struct page *page)
{
	int64_t key = order_last_key(sweep->plan.order, page->rows, page->n, sweep->plan.backwards);

	if (sweep->plan.floor == TIME_NONE || key == TIME_NONE)
		return false;
	sweep->oldest = key;
	return key < sweep->plan.floor;
}

void sweep_state_end_at(struct sweep *sweep, int64_t rows)
{
	sweep->end = SWEEP_SHALLOW;
	sweep->reach = rows;
}

void sweep_state_end_shallow(struct sweep *sweep, int64_t rows)
{
	sweep_state_end_at(sweep,
			   min_i64(max_i64(rows, sweep->per_page), sweep_state_distinct(sweep)));
}

void sweep_state_measure(struct sweep *sweep, const struct page *page, int64_t before, int repeats)
{
	if (repeats < page->n && before < page->total && before + page->n > page->total)
		sweep->beyond = true;
}

void sweep_state_finish(struct sweep *sweep, enum sweep_end end, bool full)
{
	if (!sweep->plan.probe || !full || end == SWEEP_LOST) {
		sweep->end = end;
		return;
	}
	sweep->probing = true;
	sweep->found = end;
	sweep->skip = sweep->asked;
}
