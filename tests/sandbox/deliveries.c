/* SPDX-License-Identifier: MIT */
#include "deliveries.h"

#include <string.h>

#include "mem.h"

/* So many wait at most; of more the newest is lost. */
#define MOST_WAITING 20000

/* Before the second attempt, the third, ...: seconds by the sandbox's time. */
static const int64_t pauses[] = { 5, 30, 120, 600, 1800 };

struct delivery {
	struct deliveries *all;
	struct delivery *next;
	int hook;
	char *url, *signature, *body;
	size_t body_len;
	int64_t due; /* monotonic */
	size_t tries;
	bool under_way;
};

struct deliveries {
	struct http *http;
	const struct calendar *calendar;
	struct event_loop_source *timer;
	struct delivery *first;
	int64_t waiting, sent, delivered, failed, lost;
};

static void on_timer(void *arg);

struct deliveries *deliveries_new(struct event_loop *loop, struct http *http,
				  const struct calendar *calendar)
{
	struct deliveries *deliveries = mem_new(sizeof(*deliveries));

	deliveries->http = http;
	deliveries->calendar = calendar;
	deliveries->timer = event_loop_timer(loop, on_timer, deliveries);
	return deliveries;
}

/* Takes the one that LINK points to out of the list, and frees it. */
static void drop(struct deliveries *deliveries, struct delivery **link)
{
	struct delivery *d = *link;

	*link = d->next;
	if (d->under_way)
		http_cancel(deliveries->http, d);
	mem_free(&d->url);
	mem_free(&d->signature);
	mem_free(&d->body);
	mem_free(&d);
	deliveries->waiting--;
}

void deliveries_free(struct deliveries **deliveries)
{
	struct deliveries *all = *deliveries;

	if (!all)
		return;
	while (all->first)
		drop(all, &all->first);
	event_loop_forget(&all->timer);
	mem_free(deliveries);
}

void deliveries_forget(struct deliveries *deliveries, int hook)
{
	struct delivery **link = &deliveries->first;

	while (*link) {
		if ((*link)->hook == hook)
			drop(deliveries, link);
		else
			link = &(*link)->next;
	}
}

static void set_timer(struct deliveries *deliveries)
{
	int64_t at = TIME_NEVER;

	for (const struct delivery *d = deliveries->first; d; d = d->next)
		if (!d->under_way)
			at = min_i64(at, d->due);
	event_loop_timer_set(deliveries->timer, at);
}

static void post(struct delivery *d)
{
	d->under_way = true;
	d->all->sent++;
	http_send(d->all->http, &(struct http_request){ .method = HTTP_POST,
							.url = d->url,
							.auth = d->signature,
							.body = d->body,
							.body_len = d->body_len,
							.tag = d });
}

static void on_timer(void *arg)
{
	struct deliveries *deliveries = arg;
	int64_t now = event_loop_now();

	for (struct delivery *d = deliveries->first; d; d = d->next)
		if (!d->under_way && d->due <= now)
			post(d);
	set_timer(deliveries);
}

const struct calendar *deliveries_calendar(const struct deliveries *deliveries)
{
	return deliveries->calendar;
}

void deliveries_add(struct deliveries *deliveries, const struct delivery_order *order)
{
	struct delivery *d, **end = &deliveries->first;

	if (deliveries->waiting >= MOST_WAITING) {
		deliveries->lost++;
		return;
	}
	d = mem_new(sizeof(*d));
	d->all = deliveries;
	d->hook = order->hook;
	d->url = mem_text(order->url, strlen(order->url));
	d->signature = mem_text(order->signature, strlen(order->signature));
	d->body = mem_text(buf_text(order->body), order->body->len);
	d->body_len = order->body->len;
	d->due = event_loop_now() + order->wait;
	while (*end)
		end = &(*end)->next;
	*end = d;
	deliveries->waiting++;
	set_timer(deliveries);
}

static struct delivery **find(struct deliveries *deliveries, const struct delivery *d)
{
	struct delivery **link = &deliveries->first;

	while (*link != d)
		link = &(*link)->next;
	return link;
}

void deliveries_answered(struct http_reply *reply)
{
	struct delivery *d = reply->tag;
	struct deliveries *deliveries = d->all;
	bool good = reply->err.kind == ERR_NONE && reply->status / 100 == 2;

	d->under_way = false;
	deliveries->delivered += good;
	deliveries->failed += !good;
	if (good || d->tries == ARRAY_SIZE(pauses)) {
		deliveries->lost += !good;
		drop(deliveries, find(deliveries, d));
	} else {
		d->due =
			event_loop_now() + calendar_lasts(deliveries->calendar, pauses[d->tries++]);
	}
	http_reply_free(&reply);
	set_timer(deliveries);
}

void deliveries_write(const struct deliveries *deliveries, struct json_writer *out)
{
	json_writer_key_int(out, "sent", deliveries->sent);
	json_writer_key_int(out, "delivered", deliveries->delivered);
	json_writer_key_int(out, "failed", deliveries->failed);
	json_writer_key_int(out, "lost", deliveries->lost);
	json_writer_key_int(out, "waiting", deliveries->waiting);
}
