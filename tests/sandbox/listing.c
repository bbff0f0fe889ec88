/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "page.h"
#include "refusal.h"

#define DEFAULT_PER_PAGE 25

struct query {
	struct views_filter filter;
	bool nothing; /* a filter names a channel or an agent that does not exist */
	uint32_t page, per_page;
};

/* A whole number from 1 on; one that is absurdly large is as good as the largest. */
static bool read_positive(const struct httpd_request *request, const char *name, uint32_t *ret,
			  struct httpd_answer *answer)
{
	const char *text = httpd_query(request, name);
	size_t digits;

	if (!text)
		return true;
	digits = strspn(text, "0123456789");
	if (digits == 0 || text[digits] || strspn(text, "0") == digits)
		return refusal_set(answer, 400, "%s must be a whole number from 1 on", name);
	*ret = digits > 9 ? UINT32_MAX : (uint32_t)strtoul(text, NULL, 10);
	return true;
}

static bool read_status(const struct httpd_request *request, struct query *query,
			struct httpd_answer *answer)
{
	const char *text = httpd_query(request, "status");
	uint8_t status;

	if (!text)
		return true;
	if (!conversation_status_parse(text, &status))
		return refusal_set(answer, 400,
				   "status must be open, pending, resolved or snoozed");
	query->filter.status = status;
	return true;
}

/* Who filters by an id that names nothing gets nothing. */
static void read_ids(const struct workspace *ws, const struct httpd_request *request,
		     struct query *query)
{
	const char *channel = httpd_query(request, "channel_id");
	const char *assignee = httpd_query(request, "assignee_id");
	int place;

	if (channel) {
		query->filter.channel = catalogue_find(&ws->world->catalogue.channels, channel);
		query->nothing |= query->filter.channel < 0;
	}
	if (!assignee)
		return;
	place = strcmp(assignee, "unassigned") == 0
			? -1
			: catalogue_find(&ws->world->catalogue.agents, assignee);
	query->filter.assignee = place + 1;
	query->nothing |= place < 0 && strcmp(assignee, "unassigned") != 0;
}

static bool read_query(const struct workspace *ws, const struct httpd_request *request,
		       struct query *query, struct httpd_answer *answer)
{
	uint32_t most = (uint32_t)ws->settings.per_page_max;

	*query = (struct query){ .filter = VIEWS_EVERYTHING,
				 .page = 1,
				 .per_page = DEFAULT_PER_PAGE };
	if (!read_positive(request, "page", &query->page, answer) ||
	    !read_positive(request, "per_page", &query->per_page, answer) ||
	    !read_status(request, query, answer))
		return false;
	query->per_page = query->per_page < most ? query->per_page : most;
	read_ids(ws, request, query);
	return true;
}

void listing_serve(struct workspace *ws, const struct httpd_request *request,
		   struct httpd_answer *answer)
{
	CLEANUP(mem_free) uint32_t *stats = NULL;
	struct page_meta meta;
	struct query query;
	uint64_t from;
	uint32_t n = 0;

	if (!read_query(ws, request, &query, answer))
		return;
	meta = (struct page_meta){ .page = query.page, .per_page = query.per_page };
	stats = mem_new(query.per_page * sizeof(*stats));
	if (!query.nothing) {
		const struct view *view = views_get(ws->views, &query.filter);

		meta.total = views_length(view);
		from = (uint64_t)(query.page - 1) * query.per_page;
		if (from < meta.total)
			n = views_slice(ws->views, view, (uint32_t)from, query.per_page, stats);
	}
	page_list(&answer->body, ws->world, stats, n, &meta);
}
