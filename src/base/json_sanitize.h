/* SPDX-License-Identifier: MIT */
/*
 * json_sanitize.h -- JSON as it arrives, made safe for what reads it next.
 *
 * Two things read our JSON: json-c, which saturates large integers, takes
 * NaN for a number and cuts keys at a NUL; and PostgreSQL's jsonb, which
 * refuses U+0000, broken UTF-8 and numbers with absurd exponents. One pass
 * before both of them repairs what has an honest equivalent and refuses what
 * has none (study of json-c 0.16: NaN, single quotes, comments, and numbers
 * such as ".5" and "1."). It does not parse: brackets and commas are json-c's
 * business.
 */
#ifndef JSON_SANITIZE_H
#define JSON_SANITIZE_H

#include "base.h"
#include "buf.h"

/*
 * Appends the N bytes at S to OUT, with these repairs:
 *   - \u0000 and a raw NUL inside a string, and bytes that are not UTF-8, become U+FFFD;
 *   - an integer beyond 18 digits gets the exponent e0, which keeps every digit through json-c;
 *   - a number that no PostgreSQL numeric can hold becomes a string of the same characters;
 *   - a byte order mark at the beginning is dropped.
 * *REPAIRED is the number of characters replaced by U+FFFD. Returns NULL
 * when all went well, else what is wrong, a constant text ("NaN is not
 * JSON"). OUT->full is set, and to be looked at, when the text did not fit.
 */
const char *json_sanitize_repair(const char *s, size_t n, struct buf *out,
				 size_t *repaired) MUST_CHECK;

#endif
