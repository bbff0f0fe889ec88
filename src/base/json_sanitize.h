/* SPDX-License-Identifier: MIT */
/*
 * json_sanitize.h -- Judges JSON from outside by RFC 8259, and makes it safe to
 * read.
 *
 * Two readers come after this one, and neither is strict enough. json-c
 * saturates large integers, takes NaN for a number and cuts keys at a NUL, and
 * each version of it is strict about other things (0.18 refuses every letter
 * beyond ASCII where 0.16 takes raw control characters). PostgreSQL's jsonb
 * refuses U+0000, broken UTF-8 and numbers with absurd exponents. So the whole
 * grammar is judged here, in one pass before both, and a fault that has an
 * honest equivalent is repaired: a text that passes reads the same with every
 * version of json-c.
 */
#ifndef JSON_SANITIZE_H
#define JSON_SANITIZE_H

#include "base.h"
#include "buf.h"

/* How many arrays and objects may stand in one another. */
#define JSON_SANITIZE_DEEPEST 64

/* A text to be judged, and afterwards the text to be read. */
struct json_sanitize {
	const char *s;
	size_t n;
	size_t at;	 /* how many bytes of the given text were good */
	size_t repaired; /* how many characters became U+FFFD */
};

/*
 * Judges the N bytes at S. A text with nothing to repair stays where it is;
 * otherwise OUT, which must be empty, takes the repaired one, and S and N say
 * so:
 *   - \u0000, a raw NUL inside a string, half of a surrogate pair, and bytes that are not UTF-8
 *     become U+FFFD;
 *   - any other raw control character inside a string is escaped;
 *   - an integer beyond 18 digits gets the exponent e0, which keeps every digit through json-c;
 *   - a number that no PostgreSQL numeric can hold becomes a string of the same characters;
 *   - a byte order mark at the beginning is dropped.
 * Returns NULL when all went well, else the fault, a constant text ("NaN is
 * not JSON"); JSON_SANITIZE_CUT where the text ends too early. OUT->full is set,
 * and must be looked at, when the repaired text did not fit.
 */
const char *json_sanitize_repair(struct json_sanitize *text, struct buf *out) MUST_CHECK;

/* The fault of a text that ends in the middle. */
extern const char JSON_SANITIZE_CUT[];

#endif
