/* SPDX-License-Identifier: MIT */
#include "flaw.h"

#include <string.h>

/* "A page further on" means so many rows. */
#define PER_PAGE 100

static const struct views_filter everything = VIEWS_EVERYTHING;

static bool same_filter(const struct views_filter *a, const struct views_filter *b)
{
	return a->status == b->status && a->channel == b->channel && a->assignee == b->assignee;
}

static bool is_filtered(const struct views_filter *filter)
{
	return !same_filter(filter, &everything);
}

struct views_filter flaw_filter(const struct workspace *ws, const struct views_filter *filter)
{
	return ws->settings.filters == SETTINGS_IGNORED ? everything : *filter;
}

bool flaw_answers(const struct workspace *ws, const struct views_filter *filter,
		  struct httpd_answer *answer)
{
	int64_t filters = ws->settings.filters;

	if (!is_filtered(filter) || (filters != SETTINGS_NULL && filters != SETTINGS_OBJECT))
		return false;
	buf_str(&answer->body, filters == SETTINGS_NULL ? "null" : "{}");
	return true;
}

bool flaw_touches_rows(const struct workspace *ws, const struct views_filter *filter)
{
	return ws->settings.twice != SETTINGS_NEVER ||
	       (is_filtered(filter) && (ws->settings.filters == SETTINGS_NOTHING ||
					ws->settings.filters == SETTINGS_ASSIGNED));
}

bool flaw_shows(const struct workspace *ws, const struct views_filter *filter,
		const struct conversation *c)
{
	if (!is_filtered(filter))
		return true;
	return ws->settings.filters != SETTINGS_NOTHING &&
	       (ws->settings.filters != SETTINGS_ASSIGNED || c->state.assignee > 0);
}

/* ---- rows that come twice ------------------------------------------------- */

static void insert(uint32_t *rows, uint32_t *n, uint32_t at, uint32_t row)
{
	memmove(rows + at + 1, rows + at, (*n - at) * sizeof(*rows));
	rows[at] = row;
	(*n)++;
}

/* The same ones each time; how many rows are passed by then. */
static uint32_t repeat(const struct workspace *ws, uint32_t *rows, uint32_t *n, uint32_t at)
{
	uint32_t further = at + PER_PAGE < *n ? at + PER_PAGE : *n;

	switch ((enum settings_twice)ws->settings.twice) {
	case SETTINGS_INSTEAD:
		if (at + 1 < *n)
			rows[at + 1] = rows[at];
		return 2;
	case SETTINGS_OLDER:
		insert(rows, n, further, rows[at] | PAGE_FORMER);
		return 1;
	default:
		insert(rows, n, at + 1, rows[at]);
		return 2;
	}
}

void flaw_repeat(const struct workspace *ws, uint32_t *rows, uint32_t *n)
{
	uint32_t all = *n, at = 0;

	if (ws->settings.twice == SETTINGS_NEVER)
		return;
	while (at < *n && *n < 2 * all)
		at += !(rows[at] & PAGE_FORMER) && rows[at] % ws->settings.twice_every == 0
			      ? repeat(ws, rows, n, at)
			      : 1;
}

/* ---- totals ------------------------------------------------------------------ */

/* The one that was told before, if that is not long ago. */
static uint32_t told_before(struct workspace *ws, const struct views_filter *filter, uint32_t total)
{
	int64_t now = calendar_now(ws->calendar);
	struct workspace_told *told = NULL;

	for (size_t i = 0; i < WORKSPACE_TOLD && !told; i++)
		if (ws->told[i].at == 0 || same_filter(&ws->told[i].filter, filter))
			told = &ws->told[i];
	if (!told)
		return total;
	if (told->at + ws->settings.total_seconds <= now)
		*told = (struct workspace_told){ now, *filter, total };
	return told->total;
}

uint32_t flaw_total(struct workspace *ws, const struct views_filter *filter,
		    const struct flaw_counts *counts)
{
	static const struct views_filter resolved = { STATUS_RESOLVED, VIEWS_ANY, VIEWS_ANY };
	enum page_total as = (enum page_total)ws->settings.total_as;

	if (ws->settings.total_seconds > 0)
		return told_before(ws, filter, counts->conversations);
	if (as == PAGE_TOTAL_PAGE)
		return counts->page;
	if (as == PAGE_TOTAL_UNFILTERED)
		return views_length(views_get(ws->views, &everything));
	if (as == PAGE_TOTAL_UNRESOLVED && !is_filtered(filter))
		return counts->conversations - views_length(views_get(ws->views, &resolved));
	return ws->settings.twice == SETTINGS_COUNTED ? counts->rows : counts->conversations;
}

uint64_t flaw_begins(const struct workspace *ws, const struct page_meta *meta)
{
	uint64_t share = (uint64_t)ws->settings.pages_share;

	return (uint64_t)(meta->page - 1) *
	       (meta->per_page > share ? meta->per_page - share : meta->per_page);
}
