/* SPDX-License-Identifier: MIT */
/*
 * The queue of requests, with HTTP and the warehouse's quota played by this
 * program: what is sent when, in which order it is answered, what is tried again.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "request_queue.h"
#include "warehouse.h"

#define SECOND USEC_PER_SEC
#define WAYS 64

/* ---- the world around it ------------------------------------------------------ */

static int64_t now;

static int64_t read_now(void *arg)
{
	(void)arg;
	return now;
}

static const struct clock clock_of_test = { read_now, read_now, NULL };

/* What was sent, the last WAYS of it, and what was cut off. */
static struct {
	void *tag;
	char url[256];
} sent[WAYS];
static int n_sent, n_cancelled;

void http_send(struct http *http, const struct http_request *request)
{
	(void)http;
	assert_true(n_sent < WAYS);
	sent[n_sent].tag = request->tag;
	snprintf(sent[n_sent++].url, sizeof(sent[0].url), "%s", request->url);
}

void http_cancel(struct http *http, const void *tag)
{
	(void)http;
	(void)tag;
	n_cancelled++;
}

/* The warehouse's part of the quota. */
static struct {
	int granted;  /* of each lease */
	int64_t wait; /* when none is */
	bool broken;
	int leases;
	int64_t paused;
} quota;

bool warehouse_take_lease(struct warehouse *warehouse, int id, struct warehouse_lease *lease,
			  struct err *err)
{
	(void)warehouse;
	(void)id;
	quota.leases++;
	lease->granted = quota.granted;
	lease->wait = quota.wait;
	return !quota.broken || err_set(err, ERR_UNAVAILABLE, "database: gone");
}

bool warehouse_pause(struct warehouse *warehouse, int id, int64_t usec, struct err *err)
{
	(void)warehouse;
	(void)id;
	(void)err;
	quota.paused = usec;
	return true;
}

/* ---- the queue ------------------------------------------------------------------ */

static struct request_queue queue;
static struct filter_ids names;

static int begin(void **state)
{
	(void)state;
	now = 1000 * SECOND;
	n_sent = n_cancelled = 0;
	memset(&quota, 0, sizeof(quota));
	quota.granted = 100;
	queue = (struct request_queue){ .quota = { .clock = &clock_of_test,
						   .warehouse = (struct warehouse *)&quota },
					.api = { "http://api", "Authorization: Bearer x" },
					.names = &names,
					.chance = 1 };
	rate_limit_begin(&queue.quota.rate_limit, 60, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	request_queue_drop(&queue);
	return 0;
}

static void push_page(int page)
{
	const struct request request = { .kind = REQUEST_LIST, .page = page, .per_page = 100 };

	request_queue_push(&queue, &request, NULL);
}

/* Sends what may go. Returns when to look again. */
static int64_t send_all(void)
{
	struct err err = ERR_INIT;
	int64_t when;

	if (!request_queue_send(&queue, &when, &err))
		fail_msg("%s", err.text);
	return when;
}

/* The I-th request that was sent is answered, with so many bytes after so long. */
static void answer(int i, size_t bytes, int64_t took)
{
	struct http_reply *reply = http_reply_new(sent[i].tag, 1 << 20);

	memset(buf_extend(&reply->body, bytes), ' ', bytes);
	reply->status = 200;
	reply->took = took;
	request_queue_deliver(reply);
}

static int head_page(void)
{
	struct slot *slot = request_queue_head(&queue);

	return slot ? slot->request.page : 0;
}

/* ---- order ------------------------------------------------------------------------ */

static void replies_are_taken_in_the_order_of_sending(void **state)
{
	(void)state;
	for (int page = 1; page <= 3; page++)
		push_page(page);
	assert_int_equal(send_all(), TIME_NEVER);
	assert_int_equal(n_sent, 3);
	assert_non_null(strstr(sent[2].url, "page=3"));
	answer(2, 10, 1);
	answer(1, 10, 1);
	assert_false(request_queue_has_reply(&queue));
	assert_int_equal(head_page(), 0);
	answer(0, 10, 1);
	for (int page = 1; page <= 3; page++) {
		assert_int_equal(head_page(), page);
		request_queue_pop(&queue);
	}
	assert_int_equal(head_page(), 0);
	assert_int_equal(queue.sent.requests, 3);
}

static void the_ring_goes_round(void **state)
{
	(void)state;
	for (int page = 1; page <= 3 * REQUEST_QUEUE_MOST; page++) {
		push_page(page);
		send_all();
		answer(page - 1, 1, 1);
		assert_int_equal(head_page(), page);
		request_queue_pop(&queue);
	}
}

static void a_full_ring_has_no_room(void **state)
{
	(void)state;
	for (int page = 1; page <= REQUEST_QUEUE_MOST; page++) {
		assert_true(request_queue_has_room(&queue));
		push_page(page);
	}
	assert_false(request_queue_has_room(&queue));
}

static void a_conversation_is_asked_for_by_its_id(void **state)
{
	const struct request request = { .kind = REQUEST_GET };

	(void)state;
	request_queue_push(&queue, &request, "conv/1");
	send_all();
	assert_string_equal(sent[0].url, "http://api/conversations/conv%2F1");
}

/* ---- the quota -------------------------------------------------------------------- */

static void nothing_goes_before_the_quota_allows_it(void **state)
{
	(void)state;
	quota.granted = 0;
	quota.wait = 3 * SECOND;
	push_page(1);
	assert_int_equal(send_all(), now + 3 * SECOND);
	assert_int_equal(n_sent, 0);
	assert_int_equal(queue.waits_until, now + 3 * SECOND);
	now += 3 * SECOND;
	quota.granted = 1;
	assert_int_equal(send_all(), TIME_NEVER);
	assert_int_equal(n_sent, 1);
	assert_int_equal(queue.waits_until, 0);
}

static void a_lease_is_used_up_before_another_is_taken(void **state)
{
	(void)state;
	quota.granted = 2;
	for (int page = 1; page <= 4; page++)
		push_page(page);
	send_all();
	assert_int_equal(n_sent, 4);
	assert_int_equal(quota.leases, 2);
}

static void a_silence_that_nobody_stands_through_ends_the_cycle(void **state)
{
	struct err err = ERR_INIT;
	int64_t when;

	(void)state;
	quota.granted = 0;
	quota.wait = 3600 * SECOND;
	push_page(1);
	assert_false(request_queue_send(&queue, &when, &err));
	assert_int_equal(err.kind, ERR_SLOW_DOWN);
}

static void without_the_warehouse_nothing_is_sent(void **state)
{
	struct err err = ERR_INIT;
	int64_t when;

	(void)state;
	quota.broken = true;
	push_page(1);
	assert_false(request_queue_send(&queue, &when, &err));
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
	assert_int_equal(n_sent, 0);
}

/* ---- trying again ------------------------------------------------------------------ */

static void what_fails_is_sent_again_later_and_not_for_ever(void **state)
{
	struct err why = ERR_INIT;
	int tries = 0;

	(void)state;
	err_set(&why, ERR_UNAVAILABLE, "connection refused");
	push_page(1);
	do {
		assert_int_equal(send_all(), TIME_NEVER);
		answer(tries++, 0, 1);
		assert_int_equal(head_page(), 1);
		if (!request_queue_retry(&queue, &why))
			break;
		assert_null(request_queue_head(&queue));
		now += 3600 * SECOND;
	} while (tries < WAYS);
	assert_int_equal(tries, n_sent);
	assert_int_equal(queue.sent.requests, tries);
	assert_int_equal(queue.sent.retried, tries - 1);
	assert_int_equal(queue.sent.failed, tries);
	assert_in_range(tries, 2, 10);
}

static void others_go_on_while_one_waits_for_its_second_try(void **state)
{
	struct err why = ERR_INIT;
	int64_t when;

	(void)state;
	err_set(&why, ERR_UNAVAILABLE, "reset");
	why.wait = 5 * SECOND;
	push_page(1);
	push_page(2);
	send_all();
	answer(0, 0, 1);
	assert_true(request_queue_retry(&queue, &why));
	push_page(3);
	when = send_all();
	assert_int_equal(n_sent, 3);
	assert_true(when >= now + 5 * SECOND && when < now + 60 * SECOND);
	now = when;
	send_all();
	assert_int_equal(n_sent, 4);
	assert_non_null(strstr(sent[3].url, "page=1&"));
}

static void a_429_silences_everybody_who_uses_the_key(void **state)
{
	struct err why = ERR_INIT;
	int64_t when;

	(void)state;
	err_set(&why, ERR_SLOW_DOWN, "429");
	why.wait = 7 * SECOND;
	push_page(1);
	push_page(2);
	send_all();
	answer(0, 0, 1);
	assert_true(request_queue_retry(&queue, &why));
	assert_in_range(quota.paused, 7 * SECOND, 8 * SECOND);
	assert_int_equal(queue.sent.throttled, 1);
	push_page(3);
	when = send_all();
	assert_int_equal(n_sent, 2);
	assert_true(when >= now + 7 * SECOND);
}

static void what_was_refused_as_wrong_is_not_tried_again(void **state)
{
	struct err why = ERR_INIT;

	(void)state;
	err_set(&why, ERR_DATA, "400");
	why.http_status = 400;
	push_page(1);
	send_all();
	answer(0, 0, 1);
	assert_false(request_queue_retry(&queue, &why));
}

/* ---- how many in flight ------------------------------------------------------------- */

static void pages_ahead_are_those_that_the_quota_lets_go_while_one_is_awaited(void **state)
{
	(void)state;
	assert_int_equal(request_queue_ahead(&queue, REQUEST_QUEUE_MOST), 1);
	rate_limit_begin(&queue.quota.rate_limit, 6000, 0);
	push_page(1);
	send_all();
	answer(0, 1000, 50 * USEC_PER_MSEC);
	request_queue_pop(&queue);
	/* 100 a second, of which 50 ms are 5; the one that is decoded, and the one behind it. */
	assert_int_equal(request_queue_ahead(&queue, REQUEST_QUEUE_MOST), 7);
	assert_int_equal(request_queue_ahead(&queue, 3), 3);
}

static void large_pages_are_asked_for_one_at_a_time(void **state)
{
	(void)state;
	rate_limit_begin(&queue.quota.rate_limit, 60000, 0);
	push_page(1);
	send_all();
	answer(0, 1 << 20, SECOND);
	request_queue_pop(&queue);
	assert_int_equal(request_queue_ahead(&queue, REQUEST_QUEUE_MOST), 1);
}

/* ---- the end --------------------------------------------------------------------------- */

static void what_is_in_flight_is_cut_off_and_nothing_else(void **state)
{
	(void)state;
	for (int page = 1; page <= 3; page++)
		push_page(page);
	quota.granted = 2;
	send_all();
	answer(0, 10, 1);
	push_page(4);
	queue.quota.rate_limit.tokens = 0;
	request_queue_drop(&queue);
	assert_int_equal(n_cancelled, 2);
	assert_true(request_queue_has_room(&queue));
	assert_null(request_queue_head(&queue));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(replies_are_taken_in_the_order_of_sending),
		TEST(the_ring_goes_round),
		TEST(a_full_ring_has_no_room),
		TEST(a_conversation_is_asked_for_by_its_id),
		TEST(nothing_goes_before_the_quota_allows_it),
		TEST(a_lease_is_used_up_before_another_is_taken),
		TEST(a_silence_that_nobody_stands_through_ends_the_cycle),
		TEST(without_the_warehouse_nothing_is_sent),
		TEST(what_fails_is_sent_again_later_and_not_for_ever),
		TEST(others_go_on_while_one_waits_for_its_second_try),
		TEST(a_429_silences_everybody_who_uses_the_key),
		TEST(what_was_refused_as_wrong_is_not_tried_again),
		TEST(pages_ahead_are_those_that_the_quota_lets_go_while_one_is_awaited),
		TEST(large_pages_are_asked_for_one_at_a_time),
		TEST(what_is_in_flight_is_cut_off_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
