/* SPDX-License-Identifier: MIT */
#include "dump.h"

#include "json_writer.h"
#include "mem.h"
#include "page.h"

static void put_key(struct buf *out, const char *key)
{
	buf_printf(out, ",\"%s\":", key);
}

/* PLACE counts from 1; 0 is nobody. */
static void put_id(struct buf *out, const struct catalogue_list *list, uint8_t place)
{
	if (place)
		buf_printf(out, "\"%s\"", list->entries[place - 1].id);
	else
		buf_str(out, "null");
}

static void put_past(struct buf *out, const struct world *world, const struct world_past *past)
{
	const struct conversation_state *state = &past->state;

	buf_str(out, "{\"at\":");
	page_time(out, past->at);
	put_key(out, "status");
	buf_printf(out, "\"%s\"", conversation_status_name(state->status));
	put_key(out, "assignee_id");
	put_id(out, &world->catalogue.agents, state->assignee);
	put_key(out, "team_id");
	put_id(out, &world->catalogue.teams, state->team);
	put_key(out, "labels");
	page_labels(out, world, state->labels);
	if (past->silent)
		buf_str(out, ",\"silent\":true");
	buf_char(out, '}');
}

/* Entries know only the one before them, so they are collected from the last to the first. */
static void put_history(struct buf *out, const struct world *world, uint32_t last)
{
	CLEANUP(mem_free) uint32_t *entries = NULL;
	uint32_t n = 0;

	for (uint32_t entry = last; entry; entry = world->past[entry].before)
		n++;
	entries = mem_new(n * sizeof(*entries));
	for (uint32_t entry = last, i = n; entry; entry = world->past[entry].before)
		entries[--i] = entry;
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(out, ',');
		put_past(out, world, &world->past[entries[i]]);
	}
}

static void put_conversation(struct buf *out, const struct world *world, uint32_t number)
{
	const struct conversation *c = &world->all[number];
	const char *raw = world_raw(world, number);

	page_true_item(out, world, number);
	out->len--;
	put_key(out, "history");
	buf_char(out, '[');
	if (c->history)
		put_history(out, world, c->history);
	else
		put_past(out, world, &(struct world_past){ .at = world->start, .state = c->state });
	buf_char(out, ']');
	if (raw) {
		struct json_writer text = JSON_WRITER_TO(out);

		put_key(out, "raw");
		json_writer_string(&text, raw);
	}
	buf_char(out, '}');
}

static void put_conversations(struct workspace *ws, struct buf *out)
{
	const struct views_filter everything = VIEWS_EVERYTHING;
	const struct view *view = views_get(ws->views, &everything);
	uint32_t n = views_length(view);
	CLEANUP(mem_free) uint32_t *stats = mem_new(n * sizeof(*stats));

	n = views_slice(ws->views, view, 0, n, stats);
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(out, ',');
		put_conversation(out, ws->world, stats[i]);
	}
}

static void put_departures(struct buf *out, const struct world *world)
{
	for (uint32_t i = 0; i < world->n_departures; i++) {
		const struct world_departure *d = &world->departures[i];
		char id[IDENT_SIZE];

		ident_write(world->tag, IDENT_CONVERSATION, d->number, id);
		buf_printf(out, "%s{\"id\":\"%s\",\"at\":", i > 0 ? "," : "", id);
		page_time(out, d->at);
		if (d->into != WORLD_NOBODY) {
			ident_write(world->tag, IDENT_CONVERSATION, d->into, id);
			buf_printf(out, ",\"merged_into\":\"%s\"", id);
		}
		buf_char(out, '}');
	}
}

void dump_write(struct workspace *ws, struct buf *out)
{
	buf_str(out, "{\"now\":");
	page_time(out, (uint32_t)calendar_now(ws->calendar));
	put_key(out, "order");
	buf_printf(out, "\"%s\"", order_traits(views_order(ws->views))->name);
	put_key(out, "conversations");
	buf_char(out, '[');
	put_conversations(ws, out);
	buf_char(out, ']');
	put_key(out, "deleted");
	buf_char(out, '[');
	put_departures(out, ws->world);
	buf_str(out, "]}");
}
