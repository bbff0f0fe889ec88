/* SPDX-License-Identifier: MIT */
#include "metabase.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err_policy.h"
#include "mem.h"

/* The oldest version whose API is the one we speak. */
#define OLDEST 50

/* A call is tried so often, with these pauses between; a Metabase takes a minute to start. */
#define TRIES 4
#define PAUSE (500 * INT64_C(1000))
#define LONGEST_WAIT (60 * USEC_PER_SEC)
#define START_TRIES 60

#define LONGEST_URL 2048

char *metabase_header(const char *key)
{
	size_t size = strlen(key) + sizeof("x-api-key: ");
	char *auth = mem_new(size);

	snprintf(auth, size, "x-api-key: %s", key);
	return auth;
}

/* ---- reading --------------------------------------------------------- */

const char *metabase_text(const struct json_at *at, const char *key)
{
	struct json_at member = json_member(at, key);
	const char *text = "";
	struct err ignored;

	return json_string(&member, &text, &ignored) ? text : "";
}

int64_t metabase_number(const struct json_at *at, const char *key)
{
	struct json_at member = json_member(at, key);
	int64_t n = 0;
	struct err ignored;

	return json_int(&member, &n, &ignored) ? n : 0;
}

bool metabase_true(const struct json_at *at, const char *key)
{
	struct json_at member = json_member(at, key);
	CLEANUP(buf_free) struct buf text = BUF_MAX(16);

	if (json_kind(&member) != JSON_BOOL)
		return false;
	json_write(&member, &text);
	return strcmp(buf_text(&text), "true") == 0;
}

struct json_at metabase_list(const struct json_at *root)
{
	return json_kind(root) == JSON_ARRAY ? *root : json_member(root, "data");
}

static struct json *parse(struct metabase *mb, const struct http_reply *reply, struct err *err)
{
	return json_parse(mb->json, buf_text(&reply->body), reply->body.len, err);
}

/* ---- failures in plain words ----------------------------------------- */

/* The reason of a refusal: "errors": {"field": "why"}, "message", or a bare text. */
static void reason(struct metabase *mb, const struct http_reply *reply, char *to, size_t size)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct json_at root, errors, member;
	struct json_each each;
	const char *text;
	struct err ignored;

	err_quote(to, size, buf_text(&reply->body), reply->body.len);
	json = parse(mb, reply, &ignored);
	if (!json)
		return;
	root = json_root(json);
	errors = json_member(&root, "errors");
	each = json_members(&errors);
	if (json_next(&each, &member) && json_string(&member, &text, &ignored)) {
		int n = snprintf(to, size, "%s: ", member.key);

		err_quote(to + n, size - (size_t)n, text, strlen(text));
	} else if (*metabase_text(&root, "message")) {
		text = metabase_text(&root, "message");
		err_quote(to, size, text, strlen(text));
	}
}

static bool refused(struct metabase *mb, const struct http_reply *reply, struct err *err)
{
	char why[300];

	switch (reply->status) {
	case 401:
		err_set(err, ERR_DENIED,
			"Metabase does not accept the API key; make one in Admin settings, "
			"Authentication, API keys, for the group Administrators");
		break;
	case 403:
		err_set(err, ERR_DENIED,
			"Metabase says that the API key may not do this; it must belong to the "
			"group "
			"Administrators");
		break;
	case 404:
		err_set(err, ERR_MISSING, "Metabase has no such thing");
		break;
	case 429:
		err_set(err, ERR_SLOW_DOWN, "Metabase asks for a pause");
		err->wait = reply->retry_after;
		break;
	default:
		reason(mb, reply, why, sizeof(why));
		if (reply->status >= 500)
			err_set(err, ERR_UNAVAILABLE, "Metabase is not well, it answers %d: %s",
				reply->status, why);
		else if (reply->status >= 300 && reply->status < 400)
			err_set(err, ERR_CONFIG,
				"the server at this address sends us on to another place (%s): is "
				"metabase.url "
				"right?",
				reply->location);
		else
			err_set(err, ERR_DATA, "Metabase refuses it (%d): %s", reply->status, why);
	}
	err->http_status = reply->status;
	return false;
}

/* ---- calls ----------------------------------------------------------- */

static bool try_once(struct metabase *mb, const struct http_request *request, struct json **ret,
		     struct err *err)
{
	struct http_reply *reply = http_call(mb->http, request, err);
	bool ok;

	if (!reply)
		return false;
	if (reply->err.kind != ERR_NONE) {
		*err = reply->err;
		ok = false;
	} else if (reply->status < 200 || reply->status > 299) {
		ok = refused(mb, reply, err);
	} else if (ret && reply->body.len > 0) {
		*ret = parse(mb, reply, err);
		ok = *ret != NULL;
		if (!ok)
			err_set(err, ERR_CONFIG,
				"the server at this address is no Metabase (content type \"%s\"): "
				"is "
				"metabase.url "
				"right?",
				reply->content_type);
	} else {
		ok = true;
	}
	http_reply_free(&reply);
	return ok;
}

/* Whether the failure of the TRIES-th attempt is worth another, and waits until then. */
static bool try_again(struct metabase *mb, enum http_method method, const struct err *err,
		      int tries)
{
	int64_t wait = PAUSE * (INT64_C(1) << tries);

	if (tries >= TRIES ||
	    !err_policy_again(err, method == HTTP_POST ? ERR_ATTEMPT_WRITE : ERR_ATTEMPT_READ,
			      tries))
		return false;
	if (err->kind == ERR_SLOW_DOWN)
		wait = err->wait >= 0 ? min_i64(err->wait, LONGEST_WAIT) : wait;
	return event_loop_until(mb->loop, event_loop_now() + wait) != EVENT_LOOP_STOP;
}

bool metabase_call(struct metabase *mb, const struct metabase_request *what, struct json **ret,
		   struct err *err)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
	struct http_request request = {
		.method = what->method,
		.auth = mb->auth,
		.body = what->body ? buf_text(what->body) : NULL,
		.body_len = what->body ? what->body->len : 0,
	};

	buf_printf(&url, "%s/api%s", mb->url, what->path);
	request.url = buf_text(&url);
	if (ret)
		*ret = NULL;
	for (int tries = 1;; tries++) {
		if (try_once(mb, &request, ret, err))
			return true;
		if (!try_again(mb, what->method, err, tries))
			return false;
	}
}

struct json *metabase_get(struct metabase *mb, struct err *err, const char *path, ...)
{
	char full[LONGEST_URL];
	const struct metabase_request what = { .method = HTTP_GET, .path = full };
	struct json *json = NULL;
	va_list args;

	va_start(args, path);
	vsnprintf(full, sizeof(full), path, args);
	va_end(args);
	if (!metabase_call(mb, &what, &json, err))
		return NULL;
	if (!json)
		err_set(err, ERR_DATA, "Metabase answered nothing to GET %s", full);
	return json;
}

/* ---- the first words ------------------------------------------------- */

/* Healthy, or on the way to it. */
static bool await_health(struct metabase *mb, struct err *err)
{
	for (int tries = 1;; tries++) {
		CLEANUP(json_free) struct json *json = metabase_get(mb, err, "/health");

		if (json)
			return true;
		/*
		 * While it starts it answers 503; a server that does not answer at all is not
		 * there.
		 */
		if (err->http_status != 503 || tries >= START_TRIES)
			return false;
		if (event_loop_until(mb->loop, event_loop_now() + USEC_PER_SEC) == EVENT_LOOP_STOP)
			return err_set(err, ERR_STOPPED, "told to stop while Metabase starts");
	}
}

/* "v0.58.3" and "v1.58.3" (the paid one) are 58; 0 where nothing can be read. */
static int major_of(const char *tag)
{
	const char *dot = strchr(tag, '.');

	return dot ? (int)strtol(dot + 1, NULL, 10) : 0;
}

static bool check_version(struct metabase *mb, struct err *err)
{
	CLEANUP(json_free) struct json *json = metabase_get(mb, err, "/session/properties");
	struct json_at root, version;
	const char *tag;

	if (!json)
		return false;
	root = json_root(json);
	version = json_member(&root, "version");
	tag = metabase_text(&version, "tag");
	if (*metabase_text(&root, "setup-token") && !metabase_true(&root, "has-user-setup"))
		return err_set(
			err, ERR_CONFIG,
			"this Metabase is not set up yet; open %s in a browser, make its first "
			"user, then an API key",
			mb->url);
	if (major_of(tag) >= OLDEST)
		return true;
	return err_set(err, ERR_CONFIG, "this Metabase is %s; 0.%d or newer is needed",
		       *tag ? tag : "of a version that it does not tell", OLDEST);
}

static bool check_rights(struct metabase *mb, struct err *err)
{
	CLEANUP(json_free) struct json *json = metabase_get(mb, err, "/user/current");
	struct json_at root;

	if (!json)
		return false;
	root = json_root(json);
	return metabase_true(&root, "is_superuser") ||
	       err_set(err, ERR_DENIED,
		       "the API key is not of the group Administrators; to make a database "
		       "connection it must be");
}

bool metabase_check_server(struct metabase *mb, struct err *err)
{
	return await_health(mb, err) && check_version(mb, err) && check_rights(mb, err);
}
