/* SPDX-License-Identifier: MIT */
/*
 * json_writer.h -- Writes JSON into a buffer.
 *
 * For output that is made once and read elsewhere: log lines, status
 * --json, the sandbox's pages. It places the commas; that brackets match is
 * the caller's duty. Text that is not UTF-8 is written with U+FFFD.
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include "base.h"
#include "buf.h"

struct json_writer {
	struct buf *buf;
	bool comma; /* private: the next value needs a comma before it */
};

#define JSON_WRITER_TO(to) \
	{ \
		.buf = (to) \
	}

/* Opens an object ('{') or an array ('['). */
void json_writer_open(struct json_writer *out, char bracket);

/* Closes it ('}' or ']'). */
void json_writer_close(struct json_writer *out, char bracket);

/* The key of the value that follows. */
void json_writer_key(struct json_writer *out, const char *key);

/* The N bytes at S as a string. */
void json_writer_text(struct json_writer *out, const char *s, size_t n);

/* A string, or null for NULL. */
void json_writer_string(struct json_writer *out, const char *s);

/* A number, a truth value, null. */
void json_writer_int(struct json_writer *out, int64_t n);
void json_writer_bool(struct json_writer *out, bool b);
void json_writer_null(struct json_writer *out);

/* A member of an object: its key, and a string (or null for NULL), a number, a truth value. */
void json_writer_key_string(struct json_writer *out, const char *key, const char *s);
void json_writer_key_int(struct json_writer *out, const char *key, int64_t n);
void json_writer_key_bool(struct json_writer *out, const char *key, bool b);

/* An instant as RFC 3339, or null for TIME_NONE. */
void json_writer_time(struct json_writer *out, int64_t t);

/* The N bytes at S, which are JSON already. */
void json_writer_raw(struct json_writer *out, const char *s, size_t n);

#endif
