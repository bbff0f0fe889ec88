/* SPDX-License-Identifier: MIT */
#include "jsontext.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* What int64_t holds whatever the digits are. */
#define SAFE_DIGITS 18

/*
 * PostgreSQL's numeric has 131,072 digits before the point and 16,383 behind;
 * these stay well inside.
 */
#define MOST_DIGITS 10000
#define MOST_EXPONENT 10000

struct repair {
	const char *p, *end;
	struct buf *out;
	size_t repaired;
};

static void replace(struct repair *r, const char *with)
{
	buf_str(r->out, with);
	r->repaired++;
}

/*
 * A backslash in a string: only \u0000 needs help. The character behind it is
 * taken along, so that \" ends nothing.
 */
static void escape(struct repair *r)
{
	if (r->end - r->p >= 6 && memcmp(r->p, "\\u0000", 6) == 0) {
		replace(r, "\\ufffd");
		r->p += 6;
		return;
	}
	buf_char(r->out, *r->p++);
	/* What follows in UTF-8, or is missing, is judged by the loop that called. */
	if (r->p<r->end && * r->p> 0x1f && *r->p < 0x7f)
		buf_char(r->out, *r->p++);
}

/* From the opening quote to behind the closing one, or to the end of the text. */
static void string(struct repair *r)
{
	buf_char(r->out, *r->p++);
	while (r->p < r->end && *r->p != '"') {
		const char *run = r->p;
		size_t len;

		while (r->p < r->end && *r->p >= 0x20 && *r->p != '"' && *r->p != '\\')
			r->p++;
		buf_add(r->out, run, (size_t)(r->p - run));
		if (r->p == r->end || *r->p == '"')
			continue;
		if (*r->p == '\\') {
			escape(r);
			continue;
		}
		len = utf8_char(r->p, (size_t)(r->end - r->p));
		if (len == 0 || *r->p == '\0')
			replace(r, UTF8_REPLACEMENT);
		else
			buf_add(r->out, r->p, len);
		r->p += len ? len : 1;
	}
	if (r->p < r->end)
		buf_char(r->out, *r->p++);
}

/*
 * Whether PostgreSQL can hold the number of LEN characters at P, whose
 * exponent's sign or first digit is at EXP.
 */
static bool fits_numeric(const char *exp, size_t len)
{
	if (len > MOST_DIGITS)
		return false;
	return !exp || labs(strtol(exp, NULL, 10)) <= MOST_EXPONENT;
}

static void number(struct repair *r)
{
	char text[MOST_DIGITS + 1];
	const char *from = r->p, *exp = NULL;
	bool whole = true;
	size_t len;

	while (r->p < r->end && (isdigit((unsigned char)*r->p) || strchr("+-.eE", *r->p)) &&
	       *r->p) {
		if (strchr(".eE", *r->p))
			whole = false;
		if (strchr("eE", *r->p))
			exp = r->p + 1;
		r->p++;
	}
	len = (size_t)(r->p - from);
	if (len <= MOST_DIGITS) {
		/* strtol() wants a NUL behind the digits, which the page does not have. */
		memcpy(text, from, len);
		text[len] = '\0';
		exp = exp ? text + (exp - from) : NULL;
	}
	if (!fits_numeric(exp, len)) {
		buf_char(r->out, '"');
		buf_add(r->out, from, len);
		buf_char(r->out, '"');
		return;
	}
	buf_add(r->out, from, len);
	if (whole && len > SAFE_DIGITS)
		buf_str(r->out, "e0");
}

/* One byte outside of strings and numbers. Returns what is wrong with it, or NULL. */
static const char *plain(struct repair *r)
{
	char c = *r->p;

	if (c == 'N' || c == 'I')
		return "NaN and Infinity are not JSON";
	if (c == '\'')
		return "a string in single quotes is not JSON";
	if (c == '/')
		return "a comment is not JSON";
	if (c == '\0' || !strchr("{}[]:, \t\r\ntruefalsn", c))
		return "a character stands where JSON has none";
	buf_char(r->out, c);
	r->p++;
	return NULL;
}

const char *jsontext_repair(const char *s, size_t n, struct buf *out, size_t *repaired)
{
	struct repair r = { s, s + n, out, 0 };
	const char *wrong = NULL;

	if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		r.p += 3;
	while (!wrong && r.p < r.end) {
		if (*r.p == '"')
			string(&r);
		else if (*r.p == '-' || isdigit((unsigned char)*r.p))
			number(&r);
		else
			wrong = plain(&r);
	}
	*repaired = r.repaired;
	return wrong;
}
