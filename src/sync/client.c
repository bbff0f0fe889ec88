/* SPDX-License-Identifier: MIT */
#include "client.h"

struct api client_api(const struct workspace_conf *conf)
{
	return (struct api){ .base_url = conf->base_url, .auth = conf->auth };
}

/* Waits until a request may go. */
static bool wait_for_quota(struct client *client, struct err *err)
{
	for (;;) {
		struct warehouse_lease lease = { .want = rate_limit_want(&client->rate_limit),
						 .cap = client->rate_limit.usable };
		int64_t now = clock_mono(client->clock), when = now;

		/* It may have been told while its last request was accounted for. */
		if (event_loop_stopping(client->loop))
			return err_set(err, ERR_STOPPED, "told to stop between two requests");

		switch (rate_limit_ask(&client->rate_limit, now, &when)) {
		case RATE_LIMIT_GO:
			return true;
		case RATE_LIMIT_LEASE_FIRST:
			lease.granted = lease.want;
			if (client->warehouse &&
			    !warehouse_take_lease(client->warehouse, client->workspace, &lease,
						  err))
				return false;
			if (lease.granted == 0 && !rate_limit_bears(lease.wait))
				return rate_limit_refuse(lease.wait, err);
			rate_limit_granted(&client->rate_limit, now, lease.granted, lease.wait);
			break;
		case RATE_LIMIT_WAIT:
			if (event_loop_until(client->loop, when) == EVENT_LOOP_STOP)
				return err_set(err, ERR_STOPPED,
					       "told to stop while waiting for the quota");
			break;
		}
	}
}

/* Whether the failure of the TRIES-th attempt is worth another, and waits until then. */
static bool try_again(struct client *client, const struct http_request *request,
		      const struct err *err, int tries)
{
	int64_t now = clock_mono(client->clock), wait = rate_limit_silence(err);
	struct err ignored;
	bool again;

	if (request->method != HTTP_GET && err->kind != ERR_SLOW_DOWN)
		return false;
	again = rate_limit_retry(err, tries, 1.0, &wait);
	if (err->kind == ERR_SLOW_DOWN) {
		rate_limit_pause(&client->rate_limit, now, wait);
		if (client->warehouse)
			(void)!warehouse_pause(client->warehouse, client->workspace, wait,
					       &ignored);
	}
	return again && event_loop_until(client->loop, now + wait) != EVENT_LOOP_STOP;
}

/* One line of the ledger. What goes wrong with it is of no matter to who asked. */
static void account(struct client *client, const struct err *err)
{
	struct sent sent = {
		.requests = 1,
		.throttled = err->kind == ERR_SLOW_DOWN,
		.failed = err->kind != ERR_NONE && err->kind != ERR_SLOW_DOWN,
	};
	struct err ignored;

	if (client->warehouse)
		(void)!warehouse_account(client->warehouse, client->workspace, "command", &sent,
					 &ignored);
}

struct http_reply *client_call(struct client *client, const struct http_request *request,
			       struct err *err)
{
	for (int tries = 1;; tries++) {
		struct http_reply *reply;

		if (!wait_for_quota(client, err))
			return NULL;
		reply = http_call(client->http, request, err);
		if (!reply)
			return NULL;
		*err = (struct err)ERR_INIT;
		if (api_check(reply, client->json, err)) {
			account(client, err);
			return reply;
		}
		account(client, err);
		http_reply_free(&reply);
		if (!try_again(client, request, err, tries))
			return NULL;
	}
}
