/* SPDX-License-Identifier: MIT */
#include "message_decode.h"

#include <string.h>

#include "hash.h"
#include "mem.h"
#include "message.h"

struct message_decode {
	struct message_reader reader;
};

struct message_decode *message_decode_new(void)
{
	struct message_decode *decode = mem_new(sizeof(*decode));

	decode->reader.json = json_reader_new();
	decode->reader.arena = arena_new();
	return decode;
}

void message_decode_free(struct message_decode **decode)
{
	if (!*decode)
		return;
	json_reader_free(&(*decode)->reader.json);
	arena_free(&(*decode)->reader.arena);
	mem_free(decode);
}

/* Whether a message is kept under `read: replies`: its sender may have spoken to the customer. */
static bool is_turn(const struct message *message)
{
	return !message->note && strcmp(message->type, "activity") != 0;
}

/* Where the rows of a page go to. */
struct rows {
	struct message_reader *reader;
	struct stage *stage;
	struct stage_place place;
};

static void reject(struct rows *rows, const struct json_span *text, const struct message *known,
		   const struct err *why)
{
	const char *members[MESSAGE_MEMBERS];
	struct stage_bad_message bad = { .id = known->id, .reason = why->text };

	bad.n_members = message_members(rows->reader, text, members);
	bad.members = members;
	stage_reject_message(rows->stage, &rows->place, &bad);
}

/* Reads the messages of the page and stages them. */
static void take_rows(struct rows *rows, struct message_list *list, struct message_origin *origin,
		      struct message_page *page)
{
	struct json_span text;

	while (message_list_next(list, &text)) {
		struct message message;
		struct err why;

		rows->place.place = (list->page - 1) * list->per_page + list->n;
		if (!message_read(rows->reader, &text, &message, &why)) {
			message.created_at = TIME_NONE;
			reject(rows, &text, &message, &why);
		} else if (origin->all || is_turn(&message)) {
			stage_message(rows->stage, &rows->place, &message);
		}
		origin->last = message.id ? message.id : "";
		origin->last_written = message.created_at;
		page->rows[list->n - 1].id = hash_string(HASH_START, origin->last);
		page->rows[list->n - 1].created_at = message.created_at;
	}
}

/* A number that a page says of itself, and its own rows contradict, is not believed. */
static void correct(struct message_list *list, int n, int asked)
{
	if (n > list->per_page)
		list->per_page = asked;
	if (list->total < (int64_t)(list->page - 1) * list->per_page + n && n > 0)
		list->untold = true;
}

/*
 * The array is whole, and has no more than a page may have. Of a page of which so many were ASKED
 * for.
 */
static bool is_whole(struct message_list *list, int asked, struct err *err)
{
	struct message_list rest = *list;
	struct json_span text;

	while (message_list_next(&rest, &text))
		;
	correct(list, rest.n, asked);
	return (rest.rest.n > 0 && *rest.rest.p == ']') ||
	       err_set(err, ERR_DATA, "$.data: a page of at most %d messages was expected",
		       PAGE_ROWS_MOST);
}

bool message_decode_page(struct message_decode *decode, const struct buf *body,
			 struct message_origin *origin, struct message_page *page, struct err *err)
{
	struct message_list list = { .page = page->page, .per_page = page->per_page };
	struct rows rows = { .reader = &decode->reader,
			     .stage = origin->stage,
			     .place = { .conversation = origin->conversation,
					.reading = origin->number,
					.observed_at = origin->observed_at } };
	bool ok = message_list_begin(&decode->reader, buf_text(body), body->len, &list, err) &&
		  is_whole(&list, page->per_page, err);

	origin->last = "";
	origin->last_written = TIME_NONE;
	if (ok) {
		take_rows(&rows, &list, origin, page);
		page->total = list.untold ? -1 : list.total;
		page->page = list.page;
		page->per_page = list.per_page;
		page->n = list.n;
	}
	message_list_end(&decode->reader);
	return ok;
}
