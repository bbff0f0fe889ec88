/* SPDX-License-Identifier: MIT */
#include "client.h"

#include "err_policy.h"

/* Of its requests, in the ledger. */
#define PURPOSE "command"

struct api client_api(const struct workspace_conf *conf)
{
	return (struct api){ .base_url = conf->base_url, .auth = conf->auth };
}

/* Waits until a request may go. */
static bool wait_for_quota(struct client *client, struct err *err)
{
	int64_t when;
	bool ok;

	client->quota.purpose = PURPOSE;
	for (;;) {
		/* It may have been told while its last request was accounted for. */
		if (event_loop_stopping(client->loop))
			return err_set(err, ERR_STOPPED, "told to stop between two requests");
		if (quota_may_send(&client->quota, &when, &ok, err))
			return true;
		if (!ok)
			return false;
		if (event_loop_until(client->loop, when) == EVENT_LOOP_STOP)
			return err_set(err, ERR_STOPPED,
				       "told to stop while waiting for the quota");
	}
}

/* Whether the failure of the TRIES-th attempt is worth another, and waits until then. */
static bool try_again(struct client *client, const struct http_request *request,
		      const struct err *err, int tries)
{
	int64_t when;

	return quota_retry(&client->quota, err, tries, 1.0, &when) &&
	       (request->method == HTTP_GET || err_policy_again(err, ERR_ATTEMPT_WRITE, tries)) &&
	       event_loop_until(client->loop, when) != EVENT_LOOP_STOP;
}

/*
 * Writes down the outcome of a request, which was written down itself before it was sent. An error
 * of that is of no matter to the caller.
 */
static void account(struct client *client, const struct err *err)
{
	struct sent sent = {
		.requests = -quota_take_unused(&client->quota),
		.throttled = err->kind == ERR_SLOW_DOWN,
		.failed = err->kind != ERR_NONE && err->kind != ERR_SLOW_DOWN,
	};
	struct err ignored;

	if (client->quota.warehouse)
		(void)!warehouse_account(client->quota.warehouse, client->quota.workspace, PURPOSE,
					 &sent, &ignored);
}

/* A 404 is a success for a DELETE: the thing is gone. */
static bool is_done(struct client *client, const struct http_request *request,
		    const struct http_reply *reply, struct err *err)
{
	return api_check(reply, client->json, err) ||
	       (request->method == HTTP_DELETE && reply->err.kind == ERR_NONE &&
		reply->status == 204);
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
		if (is_done(client, request, reply, err)) {
			*err = (struct err)ERR_INIT;
			account(client, err);
			return reply;
		}
		account(client, err);
		http_reply_free(&reply);
		if (!try_again(client, request, err, tries))
			return NULL;
	}
}
