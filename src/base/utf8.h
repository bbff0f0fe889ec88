/* SPDX-License-Identifier: MIT */
/*
 * utf8.h -- Checks UTF-8 (RFC 3629), and tells which characters may be shown.
 *
 * PostgreSQL refuses overlong forms and surrogates, json-c passes them on;
 * so the judgement is made here, once, before either sees a byte.
 */
#ifndef UTF8_H
#define UTF8_H

#include "base.h"

/* U+FFFD, the character that stands where something could not be read. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/*
 * The length (1 to 4) of the character at P, of which N bytes are there; 0
 * when no valid one begins there.
 */
size_t utf8_char(const char *p, size_t n) MUST_CHECK;

/*
 * As utf8_char(), but 0 also for a character that must not reach a terminal or a log line: C0 and
 * C1 controls, DEL, line and paragraph separators, and the marks that turn the direction of writing
 * around.
 */
size_t utf8_printable(const char *p, size_t n) MUST_CHECK;

#endif
