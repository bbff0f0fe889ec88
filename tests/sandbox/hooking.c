/* SPDX-License-Identifier: MIT */
#include "hooking.h"

#include <string.h>

#include "json_writer.h"
#include "member.h"
#include "refusal.h"

#define MOST_AT_ONCE 10000

/* The members of a POST. */
struct wish {
	const char *url;
	unsigned events; /* a bit for each */
};

static bool read_events(const struct json_at *at, unsigned *ret, struct httpd_answer *answer)
{
	struct err err = ERR_INIT;
	enum webhook_event event;
	const char *name;

	if (json_kind(at) != JSON_ARRAY)
		return refusal_set(answer, 400, "events must be a list of names");
	for (size_t i = 0; i < json_length(at); i++) {
		struct json_at element = json_element(at, i);

		if (!json_string(&element, &name, &err))
			return refusal_set(answer, 400, "%s", err.text);
		if (!webhooks_event_parse(name, &event))
			return refusal_set(answer, 422, "events: there is no event of that name");
		*ret |= 1u << event;
	}
	return *ret != 0 || refusal_set(answer, 422, "events: at least one is needed");
}

static bool read_wish(const struct json_at *root, struct wish *wish, struct httpd_answer *answer)
{
	struct json_at url = json_member(root, "url"), events = json_member(root, "events");
	struct err err = ERR_INIT;

	if (url.absent || events.absent)
		return refusal_set(answer, 400, "url and events are required");
	if (!json_string(&url, &wish->url, &err))
		return refusal_set(answer, 400, "%s", err.text);
	if (!http_url_allowed(wish->url, &err))
		return refusal_set(answer, 422, "url must be https");
	return read_events(&events, &wish->events, answer);
}

void hooking_register(struct workspace *ws, const struct httpd_request *request,
		      struct httpd_answer *answer)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct json_writer out = JSON_WRITER_TO(&answer->body);
	struct err err = ERR_INIT;
	struct wish wish = { 0 };
	struct json_at root;
	int number;

	json = workspace_parse(ws, request->body, request->body_len, &err);
	if (!json) {
		refusal_set(answer, 400, "the body is not JSON: %s", err.text);
		return;
	}
	root = json_root(json);
	if (!read_wish(&root, &wish, answer))
		return;
	number = webhooks_register(ws->webhooks, wish.url, wish.events);
	answer->status = 201;
	json_writer_open(&out, '{');
	json_writer_key(&out, "data");
	webhooks_write_one(ws->webhooks, number, &out);
	json_writer_close(&out, '}');
}

void hooking_remove(struct workspace *ws, const char *id, struct httpd_answer *answer)
{
	if (webhooks_remove(ws->webhooks, id))
		answer->status = 204;
	else
		refusal_set(answer, 404, "there is no such webhook");
}

void hooking_show(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	struct json_writer out = JSON_WRITER_TO(&answer->body);

	(void)at;
	json_writer_open(&out, '{');
	webhooks_write(ws->webhooks, &out);
	json_writer_close(&out, '}');
}

void hooking_tell(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	static const char *const known[] = { "event", "id", "n", "forged", NULL };
	const char *name = "conversation.updated", *id = NULL;
	struct err err = ERR_INIT;
	enum webhook_event event;
	bool forged = false;
	int64_t n = 1;

	if (!member_all_known(at, known, &err) || !member_text(at, "event", &name, &err) ||
	    !member_text(at, "id", &id, &err) || !member_bool(at, "forged", &forged, &err) ||
	    !member_int(at, "n", (struct member_range){ 1, MOST_AT_ONCE }, &n, &err)) {
		refusal_set(answer, 400, "%s", err.text);
		return;
	}
	if (!name || !webhooks_event_parse(name, &event) || !id) {
		refusal_set(answer, 400, "an id is needed, and the name of an event");
		return;
	}
	while (n-- > 0)
		webhooks_tell_of(ws->webhooks, event, id, forged);
	buf_str(&answer->body, "{\"ok\":true}");
}
