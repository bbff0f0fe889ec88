/* SPDX-License-Identifier: MIT */
/*
 * client.h -- Sends one request and waits for its reply: for commands.
 *
 * Requests go under the same quota as all others, and into the same ledger (as
 * "command"), where the warehouse that keeps both can be reached; and they are
 * tried again by the same rules.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "api.h"
#include "http.h"
#include "quota.h"

struct client {
	struct event_loop *loop;
	struct http *http;
	struct json_reader *json;
	struct api api;
	struct quota quota;
};

/* How to reach a workspace's API; the texts stay the configuration's. */
struct api client_api(const struct workspace_conf *conf) MUST_CHECK;

/*
 * Sends the request until it is answered with success or given up. The
 * reply is the caller's to http_reply_free(). A request that is not a GET is
 * sent again only when the API refused it before doing anything (429). NULL
 * with the failure.
 */
struct http_reply *client_call(struct client *client, const struct http_request *request,
			       struct err *err) MUST_CHECK;

#endif
