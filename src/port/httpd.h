/* SPDX-License-Identifier: MIT */
/*
 * httpd.h -- A small HTTP server inside the event loop (libmicrohttpd).
 *
 * Serves the daemon's metrics and the sandbox's API. One function answers every
 * request; it runs inside event_loop_turn() and must be quick. HTTP/1.1 with
 * keep-alive, no TLS: it is for loopback. While nobody asks, nothing wakes up.
 * Bodies are wiped when they were answered. Only this file's .c includes
 * libmicrohttpd; it knows no path. It sends two statuses by itself: 413 (the
 * request is too large) and 500 (the answer is too large).
 */
#ifndef HTTPD_H
#define HTTPD_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "event_loop.h"

struct httpd;

/* Bytes that the body of a request, and of an answer, may have. */
#define HTTPD_MOST_ASKED ((size_t)1 << 20)
#define HTTPD_MOST_ANSWERED ((size_t)1 << 30)

/* A request that has arrived whole. All texts live until the answer was given. */
struct httpd_request {
	const char *method; /* "GET" */
	const char *path;   /* decoded, without the query: "/v1/conversations" */
	const char *body;   /* "" for none */
	size_t body_len;
	void *connection; /* private */
};

#define HTTPD_MOST_HEADERS 8

/*
 * The answer, filled by the function that serves. It begins as an empty 200.
 * The memory of the body goes to the server, which sends it without a copy.
 * A Date header is added, from the real clock, unless there is one.
 */
struct httpd_answer {
	int status;
	const char *content_type; /* a constant; NULL: "application/json", unless a header says */
	struct buf body;
	struct {
		const char *name; /* a constant */
		char value[192];
	} headers[HTTPD_MOST_HEADERS];
	int n_headers;

	/* Acts that a healthy server does not do; for the sandbox's faults. */
	int64_t delay;	  /* microseconds before the answer goes out */
	bool hang_up;	  /* close the connection instead of answering */
	size_t cut_after; /* close it after so many bytes of the body; 0: after all of them */
	bool no_date;	  /* leave the Date header out */
};

/*
 * Adds a header to an answer; the value is cut where it is too long. One
 * header too many is left out.
 */
void httpd_header(struct httpd_answer *answer, const char *name, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* A header of the request, or NULL. */
const char *httpd_request_header(const struct httpd_request *request, const char *name) MUST_CHECK;

/*
 * A parameter of the request's query, decoded, or NULL; so is one without
 * "=". The first of several.
 */
const char *httpd_query(const struct httpd_request *request, const char *name) MUST_CHECK;

struct httpd_conf {
	const char *host; /* an address: "127.0.0.1", "::1" */
	int port;	  /* 0: any that is free */
	void (*serve)(void *arg, const struct httpd_request *request, struct httpd_answer *answer);
	void *arg;
	int most_quiet;	   /* of more connections that wait for no answer, since they ask nothing or
			 * have not asked to the end, the oldest is closed; 0: none is */
	size_t most_asked; /* bytes of a body; of more nothing is read. 0: HTTPD_MOST_ASKED, and
                            * a larger body is read to its end */
	unsigned patience; /* seconds of silence that end a connection; 0: 120 */
};

/*
 * Listens, and calls CONF->serve for each request from then on. NULL with
 * ERR_CONFIG (not an address) or ERR_SYSTEM (it is not this machine's, or the port
 * is taken).
 */
struct httpd *httpd_open(struct event_loop *loop, const struct httpd_conf *conf,
			 struct err *err) MUST_CHECK;

/* Cuts off all connections and stops listening. */
void httpd_close(struct httpd **httpd);

/* The port that it listens on. */
int httpd_port(const struct httpd *httpd) MUST_CHECK;

/* libmicrohttpd's version, for --version. */
const char *httpd_library(void) MUST_CHECK;

#endif
