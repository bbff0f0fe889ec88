/* SPDX-License-Identifier: MIT */
#include "json_sanitize.h"

#include <string.h>

#include "utf8.h"

/* What int64_t holds whatever the digits are. */
#define SAFE_DIGITS 18

/*
 * PostgreSQL's numeric has 131,072 digits before the point and 16,383 behind;
 * digits and exponent together stay inside of both.
 */
#define MOST_DIGITS 8000
#define MOST_EXPONENT 8000

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

/* Printable, and of one byte; whether char has a sign is the machine's choice. */
static bool is_ascii(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f;
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
	if (r->p < r->end && is_ascii(*r->p))
		buf_char(r->out, *r->p++);
}

/* From the opening quote to behind the closing one, or to the end of the text. */
static void string(struct repair *r)
{
	buf_char(r->out, *r->p++);
	while (r->p < r->end && *r->p != '"') {
		const char *run = r->p;
		size_t len;

		while (r->p < r->end && is_ascii(*r->p) && *r->p != '"' && *r->p != '\\')
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

/* A number as it stands in the text. */
struct number {
	const char *end;
	size_t digits; /* before the point */
	bool whole;    /* without a point and an exponent */
	int exponent;  /* without its sign, and no larger than can matter */
	bool good;     /* as JSON writes numbers; json-c takes ".5" and "1." as well */
};

static bool next_is(const char *p, const char *end, const char *set)
{
	return p < end && *p != '\0' && strchr(set, *p);
}

/* Goes over digits, of which there must be one. */
static void digits(struct number *number, const char *end)
{
	const char *from = number->end;

	while (next_is(number->end, end, "0123456789"))
		number->end++;
	number->good = number->good && number->end > from;
}

static struct number measure(const char *p, const char *end)
{
	const char *first = p + (*p == '-');
	struct number n = { .end = first, .whole = true, .good = true };

	digits(&n, end);
	n.digits = (size_t)(n.end - first);
	if (n.digits > 1 && *first == '0')
		n.good = false;
	if (next_is(n.end, end, ".")) {
		n.end++;
		n.whole = false;
		digits(&n, end);
	}
	if (next_is(n.end, end, "eE")) {
		n.end++;
		n.whole = false;
		n.end += next_is(n.end, end, "+-");
		p = n.end;
		digits(&n, end);
		for (; p < n.end && n.exponent <= MOST_EXPONENT; p++)
			n.exponent = n.exponent * 10 + (*p - '0');
	}
	return n;
}

/* Returns what is wrong with the number, or NULL. */
static const char *number(struct repair *r)
{
	struct number n = measure(r->p, r->end);
	size_t len = (size_t)(n.end - r->p);
	bool fits = len <= MOST_DIGITS && n.exponent <= MOST_EXPONENT;

	if (!n.good || next_is(n.end, r->end, "0123456789.+-eE"))
		return "a number is not written as JSON has it";
	if (!fits)
		buf_char(r->out, '"');
	buf_add(r->out, r->p, len);
	if (!fits)
		buf_char(r->out, '"');
	else if (n.whole && n.digits > SAFE_DIGITS)
		buf_str(r->out, "e0");
	r->p = n.end;
	return NULL;
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

const char *json_sanitize_repair(const char *s, size_t n, struct buf *out, size_t *repaired)
{
	struct repair r = { s, s + n, out, 0 };
	const char *wrong = NULL;

	if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		r.p += 3;
	while (!wrong && r.p < r.end) {
		if (*r.p == '"')
			string(&r);
		else if (next_is(r.p, r.end, "-0123456789"))
			wrong = number(&r);
		else
			wrong = plain(&r);
	}
	*repaired = r.repaired;
	return wrong;
}
