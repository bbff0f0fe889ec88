/* SPDX-License-Identifier: MIT */
#include "api.h"

#include <stdio.h>
#include <string.h>

#include "uri.h"

/* The bytes of an error's body that are read: it is a sentence, or not from the API. */
#define LONGEST_ERROR 65536

static void parameter(struct buf *url, char *separator, const char *key, const char *value)
{
	if (!value)
		return;
	buf_char(url, *separator);
	*separator = '&';
	buf_str(url, key);
	buf_char(url, '=');
	uri_escape(url, value);
}

static void paging(struct buf *url, char separator, int page, int per_page)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", page);
	parameter(url, &separator, "page", number);
	snprintf(number, sizeof(number), "%d", per_page);
	parameter(url, &separator, "per_page", number);
}

void api_create_url(struct buf *url, const struct api *api)
{
	buf_str(url, api->base_url);
	buf_str(url, "/conversations");
}

void api_list_url(struct buf *url, const struct api *api, const struct api_filter *filter, int page,
		  int per_page)
{
	char separator = '?';

	api_create_url(url, api);
	parameter(url, &separator, "status", filter->status);
	parameter(url, &separator, "channel_id", filter->channel_id);
	parameter(url, &separator, "assignee_id", filter->assignee_id);
	paging(url, separator, page, per_page);
}

/* Adds an id of any characters so that it stays one segment of the path. */
static void segment(struct buf *url, const char *id)
{
	/* "." and ".." are segments of another kind, and uri_escape() lets a dot be. */
	if (strcmp(id, ".") == 0 || strcmp(id, "..") == 0) {
		for (const char *p = id; *p; p++)
			buf_str(url, "%2E");
		return;
	}
	uri_escape(url, id);
}

void api_item_url(struct buf *url, const struct api *api, const char *id)
{
	api_create_url(url, api);
	buf_char(url, '/');
	segment(url, id);
}

void api_webhook_url(struct buf *url, const struct api *api, const char *id)
{
	buf_str(url, api->base_url);
	buf_str(url, "/webhooks");
	if (!id)
		return;
	buf_char(url, '/');
	segment(url, id);
}

void api_messages_url(struct buf *url, const struct api *api, const char *id, int page,
		      int per_page)
{
	api_item_url(url, api, id);
	buf_str(url, "/messages");
	paging(url, '?', page, per_page);
}

/* The kind of failure that a status is, from any endpoint. */
static enum err_kind kind_of(int status)
{
	switch (status) {
	case 401:
	case 403:
	case 407:
		return ERR_DENIED;
	case 404:
	case 410:
		return ERR_MISSING;
	case 400:
	case 405:
	case 422:
		return ERR_DATA;
	case 429:
		return ERR_SLOW_DOWN;
	case 408:
	case 425:
		return ERR_UNAVAILABLE;
	default:
		/* A redirect is not followed: the base_url is not the API's. */
		return status >= 500		       ? ERR_UNAVAILABLE
		       : status >= 300 && status < 400 ? ERR_CONFIG
						       : ERR_DATA;
	}
}

/* The content of an error object. */
struct said {
	char code[32];
	char message[400];
};

/* Reads the error object, where the body is one. */
static bool read_error(const struct http_reply *reply, struct json_reader *reader,
		       struct said *said)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct json_at root, error, at;
	struct err ignored;
	const char *value;

	if (reply->body.len > LONGEST_ERROR)
		return false;
	json = json_parse(reader, buf_text(&reply->body), reply->body.len, &ignored);
	if (!json)
		return false;
	root = json_root(json);
	error = json_member(&root, "error");
	at = json_member(&error, "code");
	if (!json_string(&at, &value, &ignored))
		return false;
	err_quote(said->code, sizeof(said->code), value, strlen(value));
	at = json_member(&error, "message");
	if (!json_string(&at, &value, &ignored))
		value = "";
	err_quote(said->message, sizeof(said->message), value, strlen(value));
	return true;
}

bool api_check(const struct http_reply *reply, struct json_reader *reader, struct err *err)
{
	struct said said = { .code = "" };
	char place[300];
	enum err_kind kind;

	if (reply->err.kind != ERR_NONE) {
		*err = reply->err;
		return false;
	}
	if (reply->status == 200 || reply->status == 201)
		return true;
	kind = kind_of(reply->status);
	/* Some say by a 403 that the quota is gone. No right comes back after some seconds. */
	if (reply->status == 403 && reply->retry_after >= 0)
		kind = ERR_SLOW_DOWN;
	if (kind == ERR_CONFIG)
		err_set(err, kind,
			"the API answers %d, a redirect to %s, which is not followed: is base_url "
			"right?",
			reply->status,
			err_quote(place, sizeof(place), reply->location, strlen(reply->location)));
	else if (read_error(reply, reader, &said))
		err_set(err, kind, "the API answers %d %s: %s", reply->status, said.code,
			said.message);
	else
		err_set(err, kind,
			"the API answers %d without an error object (content type \"%s\")",
			reply->status, reply->content_type);
	memcpy(err->code, said.code, sizeof(said.code));
	err->http_status = reply->status;
	if (reply->retry_after >= 0 && (kind == ERR_SLOW_DOWN || kind == ERR_UNAVAILABLE))
		err->wait = reply->retry_after;
	return false;
}
