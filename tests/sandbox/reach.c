/* SPDX-License-Identifier: MIT */
#include "reach.h"

#include "flaw.h"
#include "mem.h"
#include "refusal.h"

/* ---- conversations that a list leaves out ------------------------------- */

static bool is_everything(const struct views_filter *filter)
{
	return filter->status == VIEWS_ANY && filter->channel == VIEWS_ANY &&
	       filter->assignee == VIEWS_ANY;
}

/* Whether some conversation that passes the filter may not be shown. */
static bool hides(const struct workspace *ws, const struct views_filter *filter)
{
	return ws->settings.window > 0 || ws->world->n_archived > 0 ||
	       (ws->settings.leaves_out < N_STATUSES && is_everything(filter)) ||
	       flaw_touches_rows(ws, filter);
}

static bool is_shown(const struct workspace *ws, const struct views_filter *filter,
		     const struct conversation *c)
{
	if (c->flags & CONVERSATION_ARCHIVED)
		return false;
	if (ws->settings.window > 0 &&
	    (int64_t)c->updated < calendar_now(ws->calendar) - ws->settings.window)
		return false;
	if (!flaw_shows(ws, filter, c))
		return false;
	return !is_everything(filter) || (int64_t)c->state.status != ws->settings.leaves_out;
}

/* All that the list shows, in its order, with room for as many more; the caller frees it. */
static uint32_t *shown(struct workspace *ws, const struct views_filter *filter, uint32_t *n)
{
	const struct view *view = views_get(ws->views, filter);
	uint32_t all = views_length(view), *numbers = mem_new((2 * all + 1) * sizeof(*numbers));

	all = views_slice(ws->views, view, 0, all, numbers);
	*n = 0;
	for (uint32_t i = 0; i < all; i++)
		if (is_shown(ws, filter, &ws->world->all[numbers[i]]))
			numbers[(*n)++] = numbers[i];
	return numbers;
}

/* ---- how far it goes --------------------------------------------------- */

/*
 * From where and how many rows may be served of the page asked for. False
 * when it is refused.
 */
static bool within_depth(const struct workspace *ws, const struct page_meta *meta, uint64_t *from,
			 uint32_t *most, struct httpd_answer *answer)
{
	static const int statuses[] = {
		[SETTINGS_400] = 400, [SETTINGS_404] = 404, [SETTINGS_422] = 422
	};
	uint64_t depth = (uint64_t)ws->settings.depth;
	int64_t beyond = ws->settings.beyond;

	*from = flaw_begins(ws, meta);
	*most = meta->per_page;
	if (depth == 0 || *from + *most <= depth)
		return true;
	if (beyond <= SETTINGS_422)
		return refusal_set(answer, statuses[beyond],
				   "page: lists go no further than %u conversations",
				   (unsigned)depth);
	if (beyond == SETTINGS_REPEAT)
		*from = depth > meta->per_page ? depth - meta->per_page : 0;
	*most = *from < depth ? (uint32_t)(depth - *from) : 0;
	return true;
}

/* The total that is told, which may stop counting somewhere. */
static void tell_total(struct workspace *ws, const struct views_filter *filter,
		       const struct flaw_counts *counts, struct page_meta *meta)
{
	meta->total = flaw_total(ws, filter, counts);
	if (ws->settings.total_most > 0 && meta->total > ws->settings.total_most)
		meta->total = (uint32_t)ws->settings.total_most;
}

bool reach_page(struct workspace *ws, const struct views_filter *filter, struct page_meta *meta,
		struct reach_rows *rows, struct httpd_answer *answer)
{
	CLEANUP(mem_free) uint32_t *all = NULL;
	struct flaw_counts counts;
	const struct view *view;
	uint64_t from;
	uint32_t most;

	rows->n = 0;
	if (!within_depth(ws, meta, &from, &most, answer))
		return false;
	if (!hides(ws, filter)) {
		view = views_get(ws->views, filter);
		counts.rows = counts.conversations = views_length(view);
		if (from < counts.rows && most > 0)
			rows->n = views_slice(ws->views, view, (uint32_t)from, most, rows->numbers);
	} else {
		all = shown(ws, filter, &counts.conversations);
		counts.rows = counts.conversations;
		flaw_repeat(ws, all, &counts.rows);
		for (uint32_t i = 0; i < most && from + i < counts.rows; i++)
			rows->numbers[rows->n++] = all[from + i];
	}
	counts.page = rows->n;
	tell_total(ws, filter, &counts, meta);
	return true;
}
