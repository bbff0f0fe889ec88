/* SPDX-License-Identifier: MIT */
/*
 * json.h -- Reads JSON by type; a failure names the path (json-c).
 *
 * A text is parsed into a tree; a json_at is a place in it, which knows how one got there, so that
 * every complaint names the spot: "$.data[3].updated_at: a string was expected, not a number".
 * Every text is judged and repaired by json_sanitize_repair() first, so that it is read equally
 * strictly by each version of json-c. Only this file's .c includes json-c; it knows no
 * conversation.
 */
#ifndef JSON_H
#define JSON_H

#include "base.h"
#include "buf.h"
#include "err.h"

struct json;
struct json_reader;

/* A parser, to be used again and again; it keeps its memory. */
struct json_reader *json_reader_new(void) MUST_CHECK;
void json_reader_free(struct json_reader **reader);

/*
 * Parses the N bytes at S, which must be one JSON text with nothing behind it,
 * nested no deeper than JSON_SANITIZE_DEEPEST; json_sanitize.h lists the
 * repairs. The caller frees it. NULL with ERR_DATA.
 */
struct json *json_parse(struct json_reader *reader, const char *s, size_t n,
			struct err *err) MUST_CHECK;

/* Frees the tree; no place in it may be used any more. */
void json_free(struct json **json);

enum json_kind {
	JSON_ABSENT, /* there is no such member or element */
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* A place in a tree. A value; the place it was reached from must outlive it. */
struct json_at {
	void *node; /* private */
	bool absent;
	const struct json_at *up; /* NULL at the root */
	const char *key;	  /* in an object, else NULL */
	size_t index;		  /* in an array */
};

/* The place where the tree begins. */
struct json_at json_root(const struct json *json) MUST_CHECK;

enum json_kind json_kind(const struct json_at *at) MUST_CHECK;

/* Whether it is null, or not there at all. */
bool json_is_nothing(const struct json_at *at) MUST_CHECK;

/* The member KEY of an object; absent when there is none, or AT is no object. */
struct json_at json_member(const struct json_at *at, const char *key) MUST_CHECK;

/* The I-th element of an array; absent when there is none, or AT is no array. */
struct json_at json_element(const struct json_at *at, size_t i) MUST_CHECK;

/* How many elements an array, or members an object has; 0 for all else. */
size_t json_length(const struct json_at *at) MUST_CHECK;

/* Goes over the members of an object in the order of the text. */
struct json_each {
	const struct json_at *object;
	void *entry; /* private */
};

/* Before the first member of an object; of anything else there is none. */
struct json_each json_members(const struct json_at *object) MUST_CHECK;

/* The next member; false after the last one. */
bool json_next(struct json_each *each, struct json_at *member) MUST_CHECK;

/*
 * A string; without NULs in it, as the text was repaired. False with ERR_DATA
 * for every other type.
 */
bool json_string(const struct json_at *at, const char **ret, struct err *err) MUST_CHECK;

/* A whole number that fits. False with ERR_DATA for all else. */
bool json_int(const struct json_at *at, int64_t *ret, struct err *err) MUST_CHECK;

/* Writes the value as compact JSON; an absent one as null. */
void json_write(const struct json_at *at, struct buf *out);

/* Writes the value as JSON for people, indented. */
void json_write_pretty(const struct json_at *at, struct buf *out);

/* Writes the path ("$.data[3].id"), cut where it does not fit. Returns BUF. */
const char *json_path(const struct json_at *at, char *buf, size_t size);

/* Fills ERR with the path and the type that should have been there. Returns false. */
bool json_expected(const struct json_at *at, const char *what, struct err *err);

/* json-c's version, for --version. */
const char *json_library(void) MUST_CHECK;

#endif
