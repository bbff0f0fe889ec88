/* SPDX-License-Identifier: MIT */
/*
 * json_scan.h -- Finds the values of a JSON text without reading them.
 *
 * For pages that are too heavy to be held as a tree at once: the rows are found
 * in the text and read one by one, and one that is too heavy by itself is not
 * read at all. It does not judge whether the text is JSON: the parser does,
 * which reads every part that is used.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "base.h"

/* A part of a text. */
struct json_span {
	const char *p;
	size_t n;
};

/* The weight of a text. */
struct json_weight {
	size_t tree;   /* bytes of memory, as json-c holds it, about */
	size_t text;   /* bytes of text, as PostgreSQL writes it: 1e300 has 301 digits there */
	size_t values; /* and names of members, about: PostgreSQL reads each of them */
};

/*
 * The value of the last member called KEY of the object that TEXT is. False
 * when there is none, or the text breaks off, or is no object.
 */
bool json_scan_member(const struct json_span *text, const char *key,
		      struct json_span *value) MUST_CHECK;

/*
 * The next element of an array. *AT begins with the whole array, and becomes the rest of it. False
 * at the end, and when the text breaks off; in the second case *AT has something left.
 */
bool json_scan_element(struct json_span *at, struct json_span *element) MUST_CHECK;

/*
 * The next member of an object, its name without the quotes. *AT begins with the whole object, and
 * becomes the rest of it. False at the end, and when the text breaks off.
 */
bool json_scan_each(struct json_span *at, struct json_span *name,
		    struct json_span *value) MUST_CHECK;

/* The weight of a text that may be anything. */
struct json_weight json_scan_weight(const struct json_span *text) MUST_CHECK;

#endif
