/* SPDX-License-Identifier: MIT */
#include "ingest.h"

#include <string.h>

/* A page that does not tell how many rows there are is asked for again, at most so often. */
#define UNTOLD_TRIES 2

void ingest_begin(struct ingest *ingest)
{
	ingest->stage = stage_new();
	stage_reset(ingest->stage, clock_real(ingest->clock));
	ingest->told = TIME_NONE;
	ingest->total = -1;
}

void ingest_end(struct ingest *ingest)
{
	stage_free(&ingest->stage);
	table_free(&ingest->page);
	table_free(&ingest->ids);
	message_batch_end(&ingest->messages);
}

static void note_page(struct ingest *ingest, const struct page *page)
{
	ingest->pages++;
	ingest->rows += page->n;
	ingest->total = page->total;
	ingest->at_page = page->page;
	ingest->last_page = sweep_pages(page->total, page->per_page > 0 ? page->per_page : 1);
}

/* When a reply was made, as far as that is believed. */
static int64_t date_of(struct ingest *ingest, const struct http_reply *reply)
{
	int64_t date =
		engine_date(ingest->engine, reply->date, reply->age, clock_real(ingest->clock));

	ingest->told = max_i64(ingest->told, date);
	return date;
}

/*
 * Whether a page without a total is asked for again. One answer that lacks it costs no proof; but
 * a list that never tells it is read all the same.
 */
static bool must_tell(const struct ingest *ingest, const struct slot *slot)
{
	return !ingest->untold && ingest->engine->state.unproven != UNPROVEN_UNTOLD &&
	       slot->tries < UNTOLD_TRIES;
}

/*
 * Reads a list page into the batch and feeds it to the engine. False with
 * ERR_DATA when it is none.
 */
static bool take_page(struct ingest *ingest, struct slot *slot, struct err *err)
{
	const struct http_reply *reply = slot->reply;
	struct page page = { .date = date_of(ingest, reply),
			     .filter = slot->request.filter,
			     .page = slot->request.page,
			     .per_page = slot->request.per_page,
			     .must_tell = must_tell(ingest, slot) };

	if (!decode_page(ingest->decode, buf_text(&reply->body), reply->body.len, ingest->stage,
			 &page)) {
		*err = *decode_error(ingest->decode);
		return err_wrap(err, "page %d of the list", slot->request.page);
	}
	for (int i = 0; i < page.n; i++)
		page.rejected += page.rows[i].created_at == TIME_NONE;
	ingest->untold = ingest->untold || page.untold;
	note_page(ingest, &page);
	table_free(&ingest->page);
	ingest->page = decode_ids(ingest->decode);
	engine_page(ingest->engine, &page);
	return true;
}

/*
 * Takes a conversation that is not there, or is another one now: the engine may declare it deleted.
 */
static bool take_item(struct ingest *ingest, struct slot *slot, struct err *err)
{
	const struct http_reply *reply = slot->reply;
	struct decode_one one = { .id = slot->id, .date = date_of(ingest, reply) };

	if (reply->status >= 400) {
		engine_item(ingest->engine, ITEM_GONE, TIME_NONE);
		return true;
	}
	if (stage_is_too_much(ingest->stage, err))
		return false;
	if (!decode_item(ingest->decode, buf_text(&reply->body), reply->body.len, ingest->stage,
			 &one)) {
		*err = *decode_error(ingest->decode);
		return err_wrap(err, "conversation %s", one.id);
	}
	table_set_text(ingest->ids, slot->request.item, ID_MERGED_INTO, one.other);
	engine_item(ingest->engine, one.same ? ITEM_HERE : ITEM_MERGED, one.updated_at);
	return true;
}

/* Whether a status says that the thing asked for is not there, or never can be. */
static bool is_refused(int status)
{
	return status == 400 || status == 404 || status == 422;
}

/*
 * Whether the reply answers the request: a success, or of a GET the documented 404; where nothing
 * depends on it, any refusal.
 */
static bool is_answer(struct ingest *ingest, const struct slot *slot, struct err *err)
{
	int status = slot->reply->status;

	if (api_check(slot->reply, ingest->json, err))
		return true;
	if (slot->request.kind == REQUEST_LIST)
		return false;
	return (status == 404 && strcmp(err->code, "not_found") == 0) ||
	       (slot->request.kind == REQUEST_GET && is_refused(status) &&
		engine_ignores_refusal(ingest->engine));
}

static struct message_env message_env(struct ingest *ingest, int64_t date)
{
	return (struct message_env){ ingest->engine, ingest->ids, ingest->stage, date };
}

static bool take_messages(struct ingest *ingest, struct slot *slot, struct err *err)
{
	const struct message_env env = message_env(ingest, date_of(ingest, slot->reply));
	int n = 0;

	if (!message_batch_take(&ingest->messages, &env, slot, &n, err))
		return false;
	ingest->pages++;
	ingest->rows += n;
	return true;
}

static bool take_answer(struct ingest *ingest, struct slot *slot, struct err *err)
{
	if (slot->request.kind == REQUEST_LIST)
		return take_page(ingest, slot, err);
	return slot->request.kind == REQUEST_GET ? take_item(ingest, slot, err)
						 : take_messages(ingest, slot, err);
}

/*
 * Whether the reply refuses a page as one that the list does not have, and the engine can go
 * on without it.
 */
static bool is_refusal(struct ingest *ingest, const struct slot *slot)
{
	return slot->request.kind == REQUEST_LIST && is_refused(slot->reply->status) &&
	       engine_refused(ingest->engine);
}

bool ingest_reply(struct ingest *ingest, struct slot *slot, struct err *err)
{
	return is_answer(ingest, slot, err) ? take_answer(ingest, slot, err)
					    : is_refusal(ingest, slot);
}

void ingest_stage_messages(struct ingest *ingest)
{
	const struct message_env env = message_env(ingest, ingest->told);

	message_batch_stage(&ingest->messages, &env);
}
