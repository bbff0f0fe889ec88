/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <stdlib.h>
#include <string.h>

#include "flaw.h"
#include "mem.h"
#include "page.h"
#include "reach.h"
#include "refusal.h"

#define DEFAULT_PER_PAGE 25

struct query {
	struct views_filter filter;
	bool nothing; /* a filter names a channel or an agent that does not exist */
	struct page_meta meta;
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

/* A filter by an id that names nothing shows nothing. */
static bool read_ids(const struct workspace *ws, const struct httpd_request *request,
		     struct query *query, struct httpd_answer *answer)
{
	const char *channel = httpd_query(request, "channel_id");
	const char *assignee = httpd_query(request, "assignee_id");
	int place;

	if (channel) {
		query->filter.channel = catalogue_find(&ws->world->catalogue.channels, channel);
		query->nothing |= query->filter.channel < 0;
	}
	if (!assignee)
		return true;
	if (strcmp(assignee, "unassigned") == 0 && ws->settings.unassigned_refused)
		return refusal_set(answer, 400, "assignee_id must be the id of an agent");
	place = strcmp(assignee, "unassigned") == 0
			? -1
			: catalogue_find(&ws->world->catalogue.agents, assignee);
	query->filter.assignee = place + 1;
	query->nothing |= place < 0 && strcmp(assignee, "unassigned") != 0;
	return true;
}

bool listing_read_page(const struct workspace *ws, const struct httpd_request *request,
		       struct page_meta *meta, struct httpd_answer *answer)
{
	uint32_t most = (uint32_t)ws->settings.per_page_max;

	if (!read_positive(request, "page", &meta->page, answer) ||
	    !read_positive(request, "per_page", &meta->per_page, answer))
		return false;
	meta->per_page = meta->per_page < most ? meta->per_page : most;
	return true;
}

static bool read_query(const struct workspace *ws, const struct httpd_request *request,
		       struct query *query, struct httpd_answer *answer)
{
	*query = (struct query){ .filter = VIEWS_EVERYTHING,
				 .meta = { .page = 1,
					   .per_page = DEFAULT_PER_PAGE,
					   .total_as = (enum page_total)ws->settings.total_as } };
	if (!listing_read_page(ws, request, &query->meta, answer) ||
	    !read_status(request, query, answer))
		return false;
	if (ws->settings.per_page_untold &&
	    !read_positive(request, "per_page", &query->meta.per_page_told, answer))
		return false;
	query->meta.per_page = (uint32_t)max_i64(query->meta.per_page, ws->settings.per_page_least);
	return read_ids(ws, request, query, answer);
}

static void serve(struct workspace *ws, const struct httpd_request *request,
		  struct httpd_answer *answer)
{
	CLEANUP(mem_free) uint32_t *numbers = NULL;
	struct reach_rows rows = { .n = 0 };
	struct views_filter filter;
	struct page_meta meta;
	struct query query;

	if (!read_query(ws, request, &query, answer) || flaw_answers(ws, &query.filter, answer))
		return;
	filter = flaw_filter(ws, &query.filter);
	meta = query.meta;
	rows.numbers = numbers = mem_new(meta.per_page * sizeof(*numbers));
	if ((!query.nothing || ws->settings.filters == SETTINGS_IGNORED) &&
	    !reach_page(ws, &filter, &meta, &rows, answer))
		return;
	page_list(&answer->body, ws->world, numbers, rows.n, &meta);
}

/* As the lists were a while ago. */
static void serve_late(struct workspace *ws, const struct httpd_request *request,
		       struct httpd_answer *answer)
{
	int64_t then = calendar_now(ws->calendar) - ws->settings.lists_late;
	struct world *world = ws->world, *earlier = world_earlier(world, (uint32_t)then);
	struct views *views = ws->views;

	ws->world = earlier;
	ws->views = views_new(earlier, views_order(views), world->seed);
	serve(ws, request, answer);
	views_free(&ws->views);
	ws->views = views;
	ws->world = world;
	world_forget(&earlier);
}

void listing_serve(struct workspace *ws, const struct httpd_request *request,
		   struct httpd_answer *answer)
{
	if (ws->settings.lists_late > 0)
		serve_late(ws, request, answer);
	else
		serve(ws, request, answer);
}
