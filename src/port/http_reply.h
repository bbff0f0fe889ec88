/* SPDX-License-Identifier: MIT */
/*
 * http_reply.h -- An HTTP reply, and the values of its headers.
 *
 * Filled by http.c while a transfer goes on, and read by the module that sent
 * the request. Knows no library.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "base.h"
#include "buf.h"
#include "err.h"

struct http_reply {
	void *tag;	/* the request's */
	struct err err; /* ERR_NONE: the far side answered, with any status */
	int status;
	int64_t date;	       /* the Date header, microseconds UTC; TIME_NONE: none to be read */
	int64_t age;	       /* the Age header, microseconds; 0: none to be read */
	int64_t retry_after;   /* the Retry-After header, microseconds; -1: none to be read */
	int64_t took;	       /* from sending to the last byte, microseconds */
	char content_type[64]; /* as err_quote() has it */
	char location[256];    /* of a redirect, which was not followed; likewise */
	bool headed;	       /* all of its headers came */
	struct buf body;
	/* private: the texts that http_read_times() reads */
	char date_text[64], retry_after_text[64];
	struct http_reply *next; /* private: the queue it stands in */
};

/* An empty reply to the request tagged TAG, whose body may grow to MAX_BODY bytes. */
struct http_reply *http_reply_new(void *tag, size_t max_body) MUST_CHECK;

/* Adds to its body; bytes that do not fit into MAX_BODY show in `full`. */
void http_reply_add(struct http_reply *reply, const char *p, size_t n);

/* The bytes that the bodies of all replies take that have not been freed. */
size_t http_reply_bodies(void) MUST_CHECK;

/* Whether S is a number of seconds; *RET is so many microseconds, of at most MOST seconds. */
bool http_reply_seconds(const char *s, int64_t most, int64_t *ret) MUST_CHECK;

/* Frees it with its body. */
void http_reply_free(struct http_reply **reply);

/*
 * Takes note of the header line at P (N bytes, with its line end), if it is one
 * that matters here. A status line begins anew: the headers before it were of
 * an interim response. An empty line ends the headers.
 */
void http_reply_header(struct http_reply *reply, const char *p, size_t n);

/*
 * Overwrites every secret that is known to redact.h wherever the reply repeats it, in a success as
 * well: no honest server repeats a secret.
 */
void http_reply_redact(struct http_reply *reply);

/* Replies that wait for somebody to take them, in the order in which they came. There are few. */
struct http_replies {
	struct http_reply *first;
};

/* Puts one behind them, which is theirs from now on. */
void http_reply_queue(struct http_replies *queue, struct http_reply *reply);

/* Takes out the first one, or with a TAG the first to that request; NULL: none. */
struct http_reply *http_reply_unqueue(struct http_replies *queue, const void *tag) MUST_CHECK;

#endif
