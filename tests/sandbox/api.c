/* SPDX-License-Identifier: MIT */
#include "api.h"

#include <inttypes.h>

#include "endpoint.h"
#include "hooking.h"
#include "listing.h"
#include "page.h"
#include "refusal.h"
#include "talking.h"
#include "writing.h"

/* A quota refuses without counting: a client that waits as long as it says gets through. */
static bool within_quota(struct workspace *ws, int64_t now, struct httpd_answer *answer)
{
	int64_t limit = ws->settings.requests_per_minute;
	int64_t seconds;

	if (limit == 0)
		return true;
	if ((int64_t)window_count(&ws->quota, now) < limit) {
		window_add(&ws->quota, now);
		return true;
	}
	seconds = (window_relief(&ws->quota, now) + USEC_PER_SEC - 1) / USEC_PER_SEC;
	httpd_header(answer, "Retry-After", "%" PRId64, max_i64(seconds, 1));
	return refusal_set(answer, 429, "more than %" PRId64 " requests in a minute", limit);
}

static void serve_get(struct workspace *ws, const char *id, struct httpd_answer *answer)
{
	int64_t then = calendar_now(ws->calendar) - ws->settings.gets_late;
	struct world *earlier =
		ws->settings.gets_late > 0 ? world_earlier(ws->world, (uint32_t)then) : NULL;
	const struct world *world = earlier ? earlier : ws->world;
	uint32_t number = world_follow(world, world_find(world, id));

	if (number == WORLD_NOBODY)
		refusal_set(answer, 404, "there is no such conversation");
	else
		page_single(&answer->body, world, number);
	world_forget(&earlier);
}

/* The workspace and the conversation that a request is about. */
struct target {
	enum endpoint endpoint;
	const char *id;
};

static void serve(struct workspace *ws, const struct target *target,
		  const struct httpd_request *request, struct httpd_answer *answer)
{
	switch (target->endpoint) {
	case ENDPOINT_LIST:
	case ENDPOINT_COUNT:
		workspace_drift_before_list(ws);
		listing_serve(ws, request, answer);
		break;
	case ENDPOINT_GET:
		serve_get(ws, target->id, answer);
		break;
	case ENDPOINT_MESSAGES:
		talking_serve(ws, request, target->id, answer);
		break;
	case ENDPOINT_CREATE:
		writing_create(ws, request, answer);
		break;
	case ENDPOINT_UPDATE:
		writing_update(ws, request, target->id, answer);
		break;
	case ENDPOINT_WEBHOOK:
		if (target->id)
			hooking_remove(ws, target->id, answer);
		else
			hooking_register(ws, request, answer);
		break;
	default:
		refusal_set(answer, 404, "there is nothing at this address");
	}
}

void api_serve(struct workspace *ws, const struct httpd_request *request,
	       struct httpd_answer *answer)
{
	int64_t now = event_loop_now();
	const struct fault *fault;
	struct target target;

	target.endpoint = endpoint_of(request->method, request->path,
				      httpd_query(request, "per_page"), &target.id);
	answer->delay = ws->settings.latency_ms * USEC_PER_MSEC;
	stats_request(&ws->stats, target.endpoint, now);
	workspace_catch_up(ws);
	if (within_quota(ws, now, answer)) {
		fault = fault_strike(&ws->faults, target.endpoint);
		if (!fault || !fault_answer(fault, answer))
			serve(ws, &target, request, answer);
	}
	stats_answer(&ws->stats, answer->hang_up ? 0 : answer->status);
}
