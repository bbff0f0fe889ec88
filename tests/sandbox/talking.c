/* SPDX-License-Identifier: MIT */
#include "talking.h"

#include <stdio.h>
#include <string.h>

#include "listing.h"
#include "mem.h"
#include "member.h"
#include "page.h"
#include "refusal.h"

#define DEFAULT_PER_PAGE 50
#define MOST_SECONDS 100000000

/* The id is followed by "/messages", which the endpoint has seen. */
static uint32_t find(const struct workspace *ws, const char *id)
{
	const char *end = strchr(id, '/');
	char text[64];
	uint32_t number;

	snprintf(text, sizeof(text), "%.*s", end ? (int)(end - id) : (int)strlen(id), id);
	number = world_find(ws->world, text);
	if (number != WORLD_NOBODY && (ws->world->all[number].flags & CONVERSATION_GONE))
		return WORLD_NOBODY;
	return number;
}

void talking_serve(struct workspace *ws, const struct httpd_request *request, const char *id,
		   struct httpd_answer *answer)
{
	CLEANUP(mem_free) struct talk_message *list = NULL;
	struct page_meta meta = { .page = 1,
				  .per_page = DEFAULT_PER_PAGE,
				  .total_as = (enum page_total)ws->settings.total_as };
	uint32_t number = find(ws, id);
	uint64_t from;

	if (number == WORLD_NOBODY) {
		refusal_set(answer, 404, "there is no such conversation");
		return;
	}
	if (!listing_read_page(ws, request, &meta, answer))
		return;
	meta.total = talk_list(ws->talk, number, (uint32_t)calendar_now(ws->calendar), &list);
	from = (uint64_t)(meta.page - 1) * meta.per_page;
	buf_str(&answer->body, "{\"data\":[");
	for (uint64_t i = from; i < meta.total && i < from + meta.per_page; i++) {
		if (i > from)
			buf_char(&answer->body, ',');
		talk_write(ws->talk, &answer->body, number, &list[i]);
	}
	buf_str(&answer->body, "],");
	page_meta_write(&answer->body, &meta);
	buf_char(&answer->body, '}');
}

static void dump_one(struct workspace *ws, uint32_t number, struct buf *out)
{
	CLEANUP(mem_free) struct talk_message *list = NULL;
	uint32_t n = talk_list(ws->talk, number, (uint32_t)calendar_now(ws->calendar), &list);
	char id[IDENT_SIZE];

	ident_write(ws->world->tag, IDENT_CONVERSATION, number, id);
	buf_printf(out, "\"%s\":[", id);
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(out, ',');
		talk_write(ws->talk, out, number, &list[i]);
	}
	buf_char(out, ']');
}

void talking_dump(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	bool first = true;

	(void)at;
	buf_char(&answer->body, '{');
	for (uint32_t number = 0; number < ws->world->n; number++) {
		if (!conversation_listed(&ws->world->all[number]))
			continue;
		if (!first)
			buf_char(&answer->body, ',');
		first = false;
		dump_one(ws, number, &answer->body);
	}
	buf_char(&answer->body, '}');
}

/* The demand of a test. */
struct demand {
	const char *id, *type;
	int64_t late, ago, remove;
	bool moves;
};

static bool read_demand(const struct json_at *at, struct demand *d, struct err *err)
{
	static const char *const known[] = { "id", "type", "late", "ago", "moves", "remove", NULL };
	const struct member_range seconds = { 0, MOST_SECONDS };

	return member_all_known(at, known, err) && member_text(at, "id", &d->id, err) &&
	       member_text(at, "type", &d->type, err) &&
	       member_int(at, "late", seconds, &d->late, err) &&
	       member_int(at, "ago", seconds, &d->ago, err) &&
	       member_int(at, "remove", seconds, &d->remove, err) &&
	       member_bool(at, "moves", &d->moves, err);
}

static void remove_one(struct workspace *ws, uint32_t number, int64_t place)
{
	CLEANUP(mem_free) struct talk_message *list = NULL;
	uint32_t n = talk_list(ws->talk, number, (uint32_t)calendar_now(ws->calendar), &list);

	if (place <= n)
		talk_remove(ws->talk, number, list[place - 1].serial);
}

void talking_demand(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	struct demand d = { .type = "incoming", .moves = true };
	uint32_t now = (uint32_t)calendar_now(ws->calendar), number;
	struct talk_message message;
	struct err err = ERR_INIT;
	enum talk_kind kind;

	if (!read_demand(at, &d, &err) || !d.id || !talk_kind_parse(d.type, &kind)) {
		refusal_set(answer, 400, "%s", err.text[0] ? err.text : "an id and a type");
		return;
	}
	number = find(ws, d.id);
	if (number == WORLD_NOBODY) {
		refusal_set(answer, 404, "there is no such conversation");
		return;
	}
	message = (struct talk_message){ .at = now - (uint32_t)d.ago, .kind = (uint8_t)kind };
	if (d.remove > 0)
		remove_one(ws, number, d.remove);
	else
		talk_say(ws->talk, number, &message, now + (uint32_t)d.late);
	if (d.moves)
		workspace_touch(ws, number, d.late);
	buf_str(&answer->body, "{\"ok\":true}");
}
