/* SPDX-License-Identifier: MIT */
/*
 * api.h -- The endpoints of the Sahut Conversations API: requests, and checks
 * of replies.
 *
 * Builds requests as the reference has them, and tells the kind of failure that
 * an answer is; the reaction is decided elsewhere. Error objects are passed on
 * in the API's own words.
 */
#ifndef API_H
#define API_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "http.h"
#include "json.h"

/* How to reach one workspace's API. */
struct api {
	const char *base_url; /* without a slash at its end */
	const char *auth;     /* "Authorization: Bearer ...", secret */
};

/* The filters of a list, as texts; NULL leaves one out. */
struct api_filter {
	const char *status, *channel_id, *assignee_id;
};

/* Adds the URL of a page of a list. */
void api_list_url(struct buf *url, const struct api *api, const struct api_filter *filter, int page,
		  int per_page);

/*
 * Adds the URL of one conversation. An id of any characters stays one segment of the path.
 */
void api_item_url(struct buf *url, const struct api *api, const char *id);

/* Adds the URL that webhooks are registered at, or with an ID, unless that is NULL, of that one. */
void api_webhook_url(struct buf *url, const struct api *api, const char *id);

/* Adds the URL of a page of the messages of one conversation. */
void api_messages_url(struct buf *url, const struct api *api, const char *id, int page,
		      int per_page);

/* Adds the URL that conversations are created at. */
void api_create_url(struct buf *url, const struct api *api);

/*
 * Whether a reply is a success, 200 or 201. Otherwise false, with the
 * failure in ERR: its kind, the API's error.code as err->code, the status,
 * and how long it asks us to wait.
 */
bool api_check(const struct http_reply *reply, struct json_reader *reader,
	       struct err *err) MUST_CHECK;

#endif
