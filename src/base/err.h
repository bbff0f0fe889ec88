/* SPDX-License-Identifier: MIT */
/*
 * err.h -- An error: its kind, and one sentence for people.
 *
 * A function that can fail is `bool f(..., struct err *err)`: false means that
 * ERR holds a finished sentence and a kind. The kind says one thing that is
 * true of the failure. The reaction goes by the kind: the table in err_policy.c
 * has its log level, its exit code and how often it is tried again.
 *
 * Sentences are wrapped on the way up, the most general part first:
 * "utama: page 12: $.data[3].updated_at: not a time: \"yesterday\"".
 */
#ifndef ERR_H
#define ERR_H

#include "base.h"

enum err_kind {
	ERR_NONE,
	ERR_STOPPED,	 /* we were told to end; nothing is wrong */
	ERR_USAGE,	 /* the command line cannot be understood */
	ERR_CONFIG,	 /* configuration, or a schema of another version: a person must act */
	ERR_DENIED,	 /* a key, a password or a privilege is missing */
	ERR_DATA,	 /* data is not as the reference says, or was refused as invalid */
	ERR_MISSING,	 /* a thing that was asked for by name does not exist */
	ERR_UNAVAILABLE, /* API or database out of reach, or unwell: later it may work */
	ERR_SLOW_DOWN,	 /* too many requests: wait err->wait, then go on more slowly */
	ERR_BUSY,	 /* somebody else holds a lock that we need, or the quota is gone */
	ERR_CONFLICT,	 /* serialization or deadlock: the same again may work at once */
	ERR_UNCERTAIN,	 /* a COMMIT was sent and its answer lost: read back, never assume */
	ERR_SYSTEM,	 /* the operating system refused something */
	ERR_BUG,	 /* our own mistake */
};

struct err {
	enum err_kind kind;
	char code[32];	 /* of the far side: a SQLSTATE, an error.code of the API; or "" */
	int http_status; /* or 0 */
	int64_t wait;	 /* microseconds that the far side asked us to wait; 0: it did not say */
	char text[960];
	char advice[480]; /* the one thing that mends it, where that is known; or "" */
};

#define ERR_INIT \
	{ \
		.kind = ERR_NONE \
	}

/*
 * Fills ERR and returns false, so that a caller can `return err_set(...)`.
 * Forgets the error that ERR held.
 */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/*
 * Puts a context before the sentence ("utama: page 12"), a colon between.
 * Returns false, like err_set().
 */
bool err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The kind as one word for logs and metrics: "unavailable". */
const char *err_kind_name(enum err_kind kind) MUST_CHECK;

/* The kind of that name; ERR_BUG for any other. */
enum err_kind err_kind_parse(const char *name) MUST_CHECK;

/*
 * Copies the N bytes at S into BUF (SIZE bytes) so that they can stand in a
 * sentence, on a terminal or in a log: control characters and broken UTF-8
 * become \xNN, and a text that is too long ends in "...". Returns BUF.
 */
const char *err_quote(char *buf, size_t size, const char *s, size_t n);

#endif
