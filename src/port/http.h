/* SPDX-License-Identifier: MIT */
/*
 * http.h -- Sends many HTTP requests at once and returns their replies one by
 * one (libcurl).
 *
 * http_send() starts a transfer and returns; the transfer goes on while anybody
 * sleeps in event_loop.h; http_take() hands out the replies that are complete.
 * So pages travel while the database works. A caller that wants just one reply
 * has http_call().
 *
 * It always insists on https, or http to a loopback address, and on TLS 1.2 or
 * newer with the certificate and the name verified. It follows no redirect, so
 * that no key reaches another host, and knows no cookie, no netrc, and no proxy
 * from the environment. Replies are decompressed, and counted after that: a
 * reply that would be larger than the ceiling is cut off and fails.
 *
 * It does not know JSON, pages, retries or the meaning of a status code. Only
 * this file's .c includes libcurl.
 */
#ifndef HTTP_H
#define HTTP_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "event_loop.h"
#include "http_reply.h"

struct http;

struct http_conf {
	const char *ca_file; /* PEM; NULL: the system's */
	const char *proxy;   /* a URL; NULL: none. Never used for loopback */
	char *proxy_login;   /* user:password, secret, or NULL */
	const char *user_agent;
	size_t max_body;	 /* bytes of a reply, decompressed */
	int64_t connect_timeout; /* the three deadlines of a transfer, microseconds: to be
				  * connected, */
	int64_t idle_timeout;	 /* to hear next to nothing (under 100 bytes a second), */
	int64_t total_timeout;	 /* and to be over */
	int max_connections;	 /* kept open, all hosts together */
};

enum http_method {
	HTTP_GET,
	HTTP_POST,
	HTTP_PATCH,
	HTTP_PUT,
	HTTP_DELETE,
};

struct http_request {
	enum http_method method;
	const char *url;
	const char *
		auth; /* a whole header with a secret in it, "Authorization: Bearer ..."; or NULL */
	const char *body; /* JSON, or NULL for none; copied */
	size_t body_len;
	void *tag; /* whose request it is; comes back with the reply */
};

/* Copies the texts that CONF points to. NULL with ERR_CONFIG when the CA file cannot be read. */
struct http *http_open(struct event_loop *loop, const struct http_conf *conf,
		       struct err *err) MUST_CHECK;

/* Cuts off the transfers in flight, forgets replies that were not taken, closes all connections. */
void http_close(struct http **http);

/*
 * Whether a URL is one that http_send() will use: https, or http to a
 * loopback address; no user name in it. False with ERR_CONFIG.
 */
bool http_url_allowed(const char *url, struct err *err) MUST_CHECK;

/*
 * The scheme, host and port of a URL ("https://api.sahut.id"), for messages;
 * the buffer is returned.
 */
const char *http_url_origin(const char *url, char *buf, size_t size);

/*
 * Starts a request. Always ends in one reply, even when it cannot be sent,
 * unless it is cancelled.
 */
void http_send(struct http *http, const struct http_request *request);

/* The next reply that is there, for the caller to free (http_reply_free), or NULL. Never waits. */
struct http_reply *http_take(struct http *http) MUST_CHECK;

/* Cuts off all requests with this tag and forgets their replies. */
void http_cancel(struct http *http, const void *tag);

/*
 * One request, and its reply, for the caller to http_reply_free(); other replies stay
 * queued. NULL with ERR_STOPPED when the process was told to end. That the
 * transfer failed stands in the reply.
 */
struct http_reply *http_call(struct http *http, const struct http_request *request,
			     struct err *err) MUST_CHECK;

/* libcurl and the libraries that it was built with, for --version. */
const char *http_library(void) MUST_CHECK;

/*
 * Reads the three forms of an HTTP date (RFC 9110, 5.6.7) as microseconds
 * UTC. False when S is none of them, to the letter, or no such day exists.
 */
bool http_date(const char *s, int64_t *ret) MUST_CHECK;

/*
 * Reads a Retry-After header (RFC 9110, 10.2.3): whole seconds, or a date,
 * which is measured against DATE, the same response's own clock (TIME_NONE:
 * there was none, and a date cannot be read). *RET is microseconds to wait,
 * 0 when the moment has passed, and never more than a day. False when it is
 * neither form.
 */
bool http_retry_after(const char *s, int64_t date, int64_t *ret) MUST_CHECK;

/* All headers are in: reads the times in them. */
void http_read_times(struct http_reply *reply);

#endif
