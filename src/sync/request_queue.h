/* SPDX-License-Identifier: MIT */
/*
 * request_queue.h -- Sends the requests of one workspace under its quota, and
 * hands back replies in order.
 *
 * A ring of requests. Each is sent as soon as the quota lets it, several
 * may be in flight, and their replies are handed out in the order of
 * sending. One that failed can be put back to be sent again.
 */
#ifndef REQUEST_QUEUE_H
#define REQUEST_QUEUE_H

#include "api.h"
#include "batch.h"
#include "engine_types.h"
#include "filter_ids.h"
#include "http.h"
#include "log.h"
#include "quota.h"

/* Requests in flight, at most. */
#define REQUEST_QUEUE_MOST 16

/* A request on its way, or its reply waiting for those before it. */
struct slot {
	struct request request;
	const char *id; /* of a GET; lives until it is answered */
	struct http_reply *reply;
	bool sent;
	int tries;
	int64_t not_before;
};

struct request_queue {
	/* set by the owner */
	struct http *http;
	struct api api;
	const struct filter_ids *names; /* the names of filters */
	struct quota quota;

	/* the ring: the oldest, and how many */
	struct slot slots[REQUEST_QUEUE_MOST];
	int first, n;

	int64_t latency;     /* of a reply, smoothed, microseconds; 0 before the first */
	int64_t size;	     /* of its body, bytes, likewise */
	int64_t waits_until; /* monotonic: the quota lets nothing go before; 0: it does */
	struct sent sent;    /* since the owner reset it */
	uint64_t chance;
};

/* Whether another request can be taken. */
bool request_queue_has_room(const struct request_queue *queue) MUST_CHECK;

/* Adds a request; ID is that of a GET. */
void request_queue_push(struct request_queue *queue, const struct request *request, const char *id);

/*
 * Sends the requests that the quota lets go. *WHEN is when to look again. False when the quota
 * cannot be had, with the warehouse's error.
 */
bool request_queue_send(struct request_queue *queue, int64_t *when, struct err *err) MUST_CHECK;

/* The oldest request, once its reply is there; else NULL. */
struct slot *request_queue_head(struct request_queue *queue) MUST_CHECK;

/* Logs a request that was answered, at the level debug: a line, and nothing of the content. */
void request_queue_answer(const struct slot *slot, const char *workspace, const struct log *log);

/* Whether the oldest request has its reply. */
bool request_queue_has_reply(const struct request_queue *queue) MUST_CHECK;

/* The oldest request was answered: it leaves the ring. */
void request_queue_pop(struct request_queue *queue);

/*
 * The oldest request failed. True when it will be sent again; false when that
 * has been tried often enough.
 */
bool request_queue_retry(struct request_queue *queue, const struct err *why) MUST_CHECK;

/* Adds the requests sent to ALL, and counts anew. */
void request_queue_take_sent(struct request_queue *queue, struct sent *all);

/* Cuts everything off. */
void request_queue_drop(struct request_queue *queue);

/*
 * How many pages should be in flight, as quota, latency and the size of pages
 * have it; 1 to MOST.
 */
int request_queue_ahead(const struct request_queue *queue, int most) MUST_CHECK;

/* Hands a reply to the request it answers. Takes it over. */
void request_queue_deliver(struct http_reply *reply);

#endif
