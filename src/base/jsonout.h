/* SPDX-License-Identifier: MIT */
/*
 * jsonout.h -- JSON written straight into a buffer.
 *
 * For output that is made once and read elsewhere: log lines, status
 * --json, the sandbox's pages. It places the commas; that brackets match is
 * the caller's duty. Text that is not UTF-8 is written with U+FFFD.
 */
#ifndef JSONOUT_H
#define JSONOUT_H

#include "base.h"
#include "buf.h"

struct jsonout {
	struct buf *buf;
	bool comma; /* private: the next value needs a comma before it */
};

#define JSONOUT_TO(to) \
	{ \
		.buf = (to) \
	}

/* Opens an object ('{') or an array ('['). */
void jsonout_open(struct jsonout *out, char bracket);

/* Closes it ('}' or ']'). */
void jsonout_close(struct jsonout *out, char bracket);

/* The key of the value that follows. */
void jsonout_key(struct jsonout *out, const char *key);

/* The N bytes at S as a string. */
void jsonout_text(struct jsonout *out, const char *s, size_t n);

/* A string, or null for NULL. */
void jsonout_string(struct jsonout *out, const char *s);

/* A number, a truth value, null. */
void jsonout_int(struct jsonout *out, int64_t n);
void jsonout_bool(struct jsonout *out, bool b);
void jsonout_null(struct jsonout *out);

/* A member of an object: its key, and a string (or null for NULL), a number, a truth value. */
void jsonout_key_string(struct jsonout *out, const char *key, const char *s);
void jsonout_key_int(struct jsonout *out, const char *key, int64_t n);
void jsonout_key_bool(struct jsonout *out, const char *key, bool b);

/* An instant as RFC 3339, or null for TIME_NONE. */
void jsonout_time(struct jsonout *out, int64_t t);

/* The N bytes at S, which are JSON already. */
void jsonout_raw(struct jsonout *out, const char *s, size_t n);

#endif
