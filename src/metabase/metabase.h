/* SPDX-License-Identifier: MIT */
/*
 * metabase.h -- Calls a Metabase's REST API, and explains its failures.
 *
 * Metabase does not promise that its API stays as it is; the calls made here
 * are the same from 0.50 on. It knows requests and answers; metabase_apply.h
 * decides which to send. The key is a secret: it stands in a header, and in no
 * message.
 */
#ifndef METABASE_H
#define METABASE_H

#include "buf.h"
#include "err.h"
#include "event_loop.h"
#include "http.h"
#include "json.h"

struct metabase {
	struct event_loop *loop;
	struct http *http;
	struct json_reader *json;
	const char *url;  /* as configured */
	const char *auth; /* "x-api-key: ...", or NULL */
};

/* The header that carries KEY, for the caller to free with mem_free_secret(). */
char *metabase_header(const char *key) MUST_CHECK NEVER_NULL;

/* The address is "/api" and PATH; BODY is JSON, or NULL. */
struct metabase_request {
	enum http_method method;
	const char *path;
	const struct buf *body;
};

/*
 * One call. *RET, unless RET is NULL, is the answer, for the caller to free; NULL where it was
 * empty. A call that was refused as too soon is sent again after the wait that was asked for. So is
 * one that failed on the way, unless it is a POST: that may have been done. False with ERR_DENIED,
 * ERR_MISSING (404), ERR_DATA (refused as invalid), ERR_UNAVAILABLE, ERR_CONFIG (the server is no
 * Metabase) or ERR_STOPPED.
 */
bool metabase_call(struct metabase *mb, const struct metabase_request *what, struct json **ret,
		   struct err *err) MUST_CHECK;

/* GET of PATH, which is put together as by printf(). NULL with the same errors. */
struct json *metabase_get(struct metabase *mb, struct err *err, const char *path, ...) MUST_CHECK
	PRINTF_LIKE(3, 4);

/*
 * Waits until it serves, looks that its version is one we know, and that the key is an
 * administrator's.
 */
bool metabase_check_server(struct metabase *mb, struct err *err) MUST_CHECK;

/* A member that is a string; "" for all else. Lives as long as the tree. */
const char *metabase_text(const struct json_at *at, const char *key) MUST_CHECK;

/* A member that is a whole number; 0 for all else. */
int64_t metabase_number(const struct json_at *at, const char *key) MUST_CHECK;

/* Whether a member is true. */
bool metabase_true(const struct json_at *at, const char *key) MUST_CHECK;

/* The elements of a list, which Metabase gives bare or under "data". */
struct json_at metabase_list(const struct json_at *root) MUST_CHECK;

#endif
