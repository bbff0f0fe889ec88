/* SPDX-License-Identifier: MIT */
#include "control.h"

#include <string.h>

#include "demand.h"
#include "dump.h"
#include "hooking.h"
#include "json_writer.h"
#include "member.h"
#include "page.h"
#include "refusal.h"
#include "talking.h"

/* The year 2100: the times of conversations must fit in 32 bits. */
#define LAST_SECOND INT64_C(4102444800)

/* A day in a second is fast enough. */
#define FASTEST 86400

static void say_done(struct httpd_answer *answer)
{
	buf_str(&answer->body, "{\"ok\":true}");
}

static void serve_dump(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	(void)at;
	dump_write(ws, &answer->body);
}

static void serve_stats(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	const struct views_filter everything = VIEWS_EVERYTHING;
	struct json_writer out = JSON_WRITER_TO(&answer->body);

	(void)at;
	json_writer_open(&out, '{');
	stats_write(&ws->stats, &out);
	json_writer_key_int(&out, "changes", (int64_t)changes_made(ws->changes));
	json_writer_key_int(&out, "awaited", changes_awaited(ws->changes));
	json_writer_key_int(&out, "conversations", views_length(views_get(ws->views, &everything)));
	json_writer_close(&out, '}');
}

static void serve_stats_reset(struct workspace *ws, const struct json_at *at,
			      struct httpd_answer *answer)
{
	(void)at;
	stats_reset(&ws->stats);
	say_done(answer);
}

static void serve_config(struct workspace *ws, const struct json_at *at,
			 struct httpd_answer *answer)
{
	struct settings settings = ws->settings;
	struct err err = ERR_INIT;

	if (!settings_change(&settings, at, &err)) {
		refusal_set(answer, 400, "%s", err.text);
		return;
	}
	workspace_configure(ws, &settings);
	say_done(answer);
}

static void serve_clock(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	static const char *const known[] = { "advance", "speed", NULL };
	struct member_range range = { 0, LAST_SECOND - calendar_now(ws->calendar) },
			    speeds = { 0, FASTEST };
	int64_t seconds = 0, speed = -1;
	struct err err = ERR_INIT;

	if (!member_all_known(at, known, &err) ||
	    !member_int(at, "advance", range, &seconds, &err) ||
	    !member_int(at, "speed", speeds, &speed, &err)) {
		refusal_set(answer, 400, "%s", err.text);
		return;
	}
	calendar_advance(ws->calendar, seconds);
	if (speed >= 0)
		calendar_hurry(ws->calendar, speed);
	buf_str(&answer->body, "{\"now\":");
	page_time(&answer->body, (uint32_t)calendar_now(ws->calendar));
	buf_char(&answer->body, '}');
}

static void serve_fault(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	struct err err = ERR_INIT;

	if (fault_add(&ws->faults, at, &err))
		say_done(answer);
	else
		refusal_set(answer, 400, "%s", err.text);
}

static void serve_fault_clear(struct workspace *ws, const struct json_at *at,
			      struct httpd_answer *answer)
{
	(void)at;
	fault_clear(&ws->faults);
	say_done(answer);
}

static void serve_item(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	static const char *const known[] = { "id", "raw", NULL };
	const char *id = NULL, *raw = NULL;
	struct err err = ERR_INIT;
	uint32_t number;

	if (!member_all_known(at, known, &err) || !member_text(at, "id", &id, &err) ||
	    !member_text(at, "raw", &raw, &err)) {
		refusal_set(answer, 400, "%s", err.text);
		return;
	}
	number = id ? world_find(ws->world, id) : WORLD_NOBODY;
	if (number == WORLD_NOBODY || !conversation_listed(&ws->world->all[number])) {
		refusal_set(answer, 404, "id: there is no such conversation");
		return;
	}
	world_set_raw(ws->world, number, raw);
	say_done(answer);
}

static const struct route {
	const char *method, *path;
	bool reads; /* wants the JSON of a body */
	void (*serve)(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer);
} routes[] = {
	{ "GET", "/_sandbox/dump", false, serve_dump },
	{ "GET", "/_sandbox/stats", false, serve_stats },
	{ "POST", "/_sandbox/stats/reset", false, serve_stats_reset },
	{ "POST", "/_sandbox/change", true, demand_serve },
	{ "POST", "/_sandbox/config", true, serve_config },
	{ "POST", "/_sandbox/clock", true, serve_clock },
	{ "POST", "/_sandbox/fault", true, serve_fault },
	{ "DELETE", "/_sandbox/fault", false, serve_fault_clear },
	{ "POST", "/_sandbox/item", true, serve_item },
	{ "GET", "/_sandbox/webhooks", false, hooking_show },
	{ "POST", "/_sandbox/event", true, hooking_tell },
	{ "GET", "/_sandbox/messages", false, talking_dump },
	{ "POST", "/_sandbox/message", true, talking_demand },
};

static const struct route *find_route(const struct httpd_request *request)
{
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
		if (strcmp(routes[i].method, request->method) == 0 &&
		    strcmp(routes[i].path, request->path) == 0)
			return &routes[i];
	return NULL;
}

void control_serve(struct workspace *ws, const struct httpd_request *request,
		   struct httpd_answer *answer)
{
	const struct route *route = find_route(request);
	CLEANUP(json_free) struct json *json = NULL;
	struct err err = ERR_INIT;
	struct json_at root;

	workspace_catch_up(ws);
	if (!route) {
		refusal_set(answer, 404, "there is nothing at this address");
		return;
	}
	if (!route->reads) {
		route->serve(ws, NULL, answer);
		return;
	}
	json = workspace_parse(ws, request->body, request->body_len, &err);
	if (!json) {
		refusal_set(answer, 400, "%s", err.text);
		return;
	}
	root = json_root(json);
	route->serve(ws, &root, answer);
}
