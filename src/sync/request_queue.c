/* SPDX-License-Identifier: MIT */
#include "request_queue.h"

/* Bodies that wait for their turn, in bytes: where pages are large, fewer are asked for at once. */
#define MOST_WAITING (512 << 10)

/* From so many requests a minute on, the next page is asked for while one is decoded. */
#define FAST_QUOTA 600

static struct slot *slot_at(struct request_queue *queue, int i)
{
	return &queue->slots[(queue->first + i) % REQUEST_QUEUE_MOST];
}

bool request_queue_has_room(const struct request_queue *queue)
{
	return queue->n < REQUEST_QUEUE_MOST;
}

void request_queue_push(struct request_queue *queue, const struct request *request, const char *id)
{
	*slot_at(queue, queue->n++) = (struct slot){ .request = *request, .id = id };
}

struct slot *request_queue_head(struct request_queue *queue)
{
	struct slot *slot = slot_at(queue, 0);

	return queue->n > 0 && slot->reply ? slot : NULL;
}

void request_queue_answer(const struct slot *slot, const char *workspace, const struct log *log)
{
	const struct http_reply *reply = slot->reply;
	struct log_line line;

	if (!log || log->level < LEVEL_DEBUG)
		return;
	if (slot->request.kind == REQUEST_LIST)
		log_begin(&line, LEVEL_DEBUG, NULL, "%s: page %d of the list, %d rows asked for",
			  workspace, slot->request.page, slot->request.per_page);
	else
		log_begin(&line, LEVEL_DEBUG, NULL, "%s: conversation %s", workspace, slot->id);
	log_text(&line, "workspace", workspace);
	if (slot->request.kind == REQUEST_LIST)
		log_text(&line, "status", filter_ids_status(slot->request.filter.status));
	if (reply->err.kind != ERR_NONE)
		log_text(&line, "error", reply->err.text);
	else
		log_number(&line, "http_status", reply->status);
	log_number(&line, "bytes", (int64_t)reply->body.len);
	log_number(&line, "took_usec", reply->took);
	log_number(&line, "try", slot->tries + 1);
	log_end(log, &line);
}

bool request_queue_has_reply(const struct request_queue *queue)
{
	return queue->n > 0 && queue->slots[queue->first].reply;
}

void request_queue_deliver(struct http_reply *reply)
{
	struct slot *slot = reply->tag;

	slot->reply = reply;
}

/* A new value of something that wavers; the first one counts in full. */
static int64_t moving_average(int64_t old, int64_t value)
{
	return old ? (7 * old + value) / 8 : value;
}

void request_queue_pop(struct request_queue *queue)
{
	struct slot *slot = slot_at(queue, 0);

	queue->latency = moving_average(queue->latency, slot->reply->took);
	queue->size = moving_average(queue->size, (int64_t)slot->reply->body.len);
	http_reply_free(&slot->reply);
	queue->first = (queue->first + 1) % REQUEST_QUEUE_MOST;
	queue->n--;
}

void request_queue_take_sent(struct request_queue *queue, struct sent *all)
{
	struct sent *sent = &queue->sent;

	all->requests += sent->requests;
	all->pages += sent->pages;
	all->throttled += sent->throttled;
	all->retried += sent->retried;
	all->failed += sent->failed;
	*sent = (struct sent){ 0 };
}

void request_queue_drop(struct request_queue *queue)
{
	for (; queue->n > 0; queue->n--) {
		struct slot *slot = slot_at(queue, 0);

		if (slot->sent && !slot->reply)
			http_cancel(queue->http, slot);
		http_reply_free(&slot->reply);
		queue->first = (queue->first + 1) % REQUEST_QUEUE_MOST;
	}
}

int request_queue_ahead(const struct request_queue *queue, int most)
{
	/* As many as the quota lets go while one reply is awaited, and one to be decoded. */
	int64_t ahead = queue->quota.rate_limit.usable * queue->latency / (60 * USEC_PER_SEC) + 1 +
			(queue->quota.rate_limit.usable >= FAST_QUOTA);

	ahead = min_i64(ahead, MOST_WAITING / max_i64(queue->size, 1));
	return (int)max_i64(1, min_i64(ahead, most));
}

/* ---- trying again ---------------------------------------------------- */

/* A number from 0 to 1; any will do, as long as clients differ. */
static double chance(struct request_queue *queue)
{
	queue->chance =
		queue->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(queue->chance >> 11) / (double)(UINT64_C(1) << 53);
}

bool request_queue_retry(struct request_queue *queue, const struct err *why)
{
	struct slot *slot = slot_at(queue, 0);
	int64_t when;

	slot->tries++;
	queue->sent.failed++;
	queue->sent.throttled += why->kind == ERR_SLOW_DOWN;
	if (!quota_retry(&queue->quota, why, slot->tries, chance(queue), &when))
		return false;
	queue->sent.retried++;
	slot->sent = false;
	slot->not_before = when;
	http_reply_free(&slot->reply);
	return true;
}

/* ---- sending --------------------------------------------------------- */

/* The filters as the API spells them. */
static struct api_filter api_filter_of(const struct request_queue *queue,
				       const struct filter *filter)
{
	return (struct api_filter){
		.status = filter_ids_status(filter->status),
		.channel_id = filter_ids_channel(queue->names, filter),
		.assignee_id = filter->assignee < 0 ? "unassigned"
						    : filter_ids_assignee(queue->names, filter),
	};
}

static void send(struct request_queue *queue, struct slot *slot)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(8192);
	struct http_request request = { .method = HTTP_GET, .auth = queue->api.auth, .tag = slot };
	struct api_filter filter = api_filter_of(queue, &slot->request.filter);

	if (slot->request.kind == REQUEST_LIST)
		api_list_url(&url, &queue->api, &filter, slot->request.page,
			     slot->request.per_page);
	else if (slot->request.kind == REQUEST_MESSAGES)
		api_messages_url(&url, &queue->api, slot->id, slot->request.page,
				 slot->request.per_page);
	else
		api_item_url(&url, &queue->api, slot->id);
	request.url = buf_text(&url);
	slot->sent = true;
	queue->sent.requests++;
	http_send(queue->http, &request);
}

/* Whether a request may go now; see quota_may_send(). */
static bool may_send(struct request_queue *queue, const struct slot *slot, int64_t *when, bool *ok,
		     struct err *err)
{
	bool go;

	queue->quota.spares = slot->request.spares;
	go = quota_may_send(&queue->quota, when, ok, err);
	queue->waits_until = !go && *ok ? *when : 0;
	return go;
}

bool request_queue_send(struct request_queue *queue, int64_t *when, struct err *err)
{
	bool ok = true;

	*when = TIME_NEVER;
	for (int i = 0; i < queue->n; i++) {
		struct slot *slot = slot_at(queue, i);
		int64_t later;

		if (slot->sent)
			continue;
		if (slot->not_before > clock_mono(queue->quota.clock)) {
			*when = min_i64(*when, slot->not_before);
			continue;
		}
		if (!may_send(queue, slot, &later, &ok, err)) {
			*when = min_i64(*when, later);
			return ok;
		}
		send(queue, slot);
	}
	return true;
}
