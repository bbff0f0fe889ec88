/* SPDX-License-Identifier: MIT */
#include "json_sanitize.h"

#include <string.h>

#include "utf8.h"

/* The digits that int64_t always holds. */
#define SAFE_DIGITS 18

/*
 * PostgreSQL's numeric has 131,072 digits before the point and 16,383 behind;
 * digits and exponent together stay inside of both.
 */
#define MOST_DIGITS 8000
#define MOST_EXPONENT 8000

const char JSON_SANITIZE_CUT[] = "the text ends in the middle";

/* The token that the grammar allows next. */
enum wanted {
	WANT_VALUE,
	WANT_VALUE_OR_END, /* after [ */
	WANT_KEY,
	WANT_KEY_OR_END, /* after { */
	WANT_COLON,
	WANT_COMMA_OR_END,
	WANT_NOTHING, /* the text is whole */
};

struct repair {
	const char *p, *end;
	const char *copied; /* everything before it is in OUT, once anything was repaired */
	struct buf *out;
	size_t repaired;
	bool mended; /* OUT holds the text */
	enum wanted wanted;
	int depth;
	uint64_t objects; /* a bit for each level, the innermost lowest: an object, not an array */
};

/* ---- repairs ----------------------------------------------------------- */

/* Puts WITH in the place of the next N bytes. */
static void replace(struct repair *r, size_t n, const char *with)
{
	buf_add(r->out, r->copied, (size_t)(r->p - r->copied));
	buf_str(r->out, with);
	r->p += n;
	r->copied = r->p;
	r->mended = true;
}

/* Puts U+FFFD, or its escape, in the place of the next N bytes. */
static void give_up(struct repair *r, size_t n, const char *with)
{
	replace(r, n, with);
	r->repaired++;
}

/* ---- strings ----------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit of the \uXXXX at P; -1 where none begins there. */
static int code_unit(const char *p, const char *end)
{
	int unit = 0;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(p[i]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static bool is_high(int unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(int unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

/* The fault of the digits at P. */
static const char *no_unit(const char *p, const char *end)
{
	while (p < end && hex_digit(*p) >= 0)
		p++;
	return p == end ? JSON_SANITIZE_CUT : "\\u is not followed by four hexadecimal digits";
}

/* A \uXXXX. Returns the fault, or NULL. */
static const char *unicode_escape(struct repair *r)
{
	int unit = code_unit(r->p, r->end);

	if (unit < 0)
		return no_unit(r->p + 2, r->end);
	if (is_high(unit) && is_low(code_unit(r->p + 6, r->end)))
		r->p += 12;
	else if (unit == 0 || is_high(unit) || is_low(unit))
		give_up(r, 6, "\\ufffd");
	else
		r->p += 6;
	return NULL;
}

/* A backslash in a string. Returns the fault, or NULL. */
static const char *escape(struct repair *r)
{
	if (r->end - r->p < 2)
		return JSON_SANITIZE_CUT;
	if (r->p[1] == 'u')
		return unicode_escape(r);
	if (r->p[1] == '\0' || !strchr("\"\\/bfnrt", r->p[1]))
		return "a backslash is followed by none of \" \\ / b f n r t u";
	r->p += 2;
	return NULL;
}

/* A byte of a string that is neither printable ASCII nor a backslash. */
static void odd_byte(struct repair *r)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char c = (unsigned char)*r->p;
	char escaped[] = "\\u00xx";
	size_t len;

	if (c > 0 && c < 0x20) {
		escaped[4] = digits[c >> 4];
		escaped[5] = digits[c & 0xf];
		replace(r, 1, escaped);
		return;
	}
	len = c == 0 ? 0 : utf8_char(r->p, (size_t)(r->end - r->p));
	if (len == 0)
		give_up(r, 1, UTF8_REPLACEMENT);
	else
		r->p += len;
}

/* Neither a control character, nor a quote or a backslash, and of one byte. */
static bool is_ordinary(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* From the opening quote to behind the closing one. Returns the fault, or NULL. */
static const char *string(struct repair *r)
{
	const char *wrong = NULL;

	r->p++;
	while (!wrong) {
		while (r->p < r->end && is_ordinary(*r->p))
			r->p++;
		if (r->p == r->end)
			return JSON_SANITIZE_CUT;
		if (*r->p == '"')
			break;
		if (*r->p == '\\')
			wrong = escape(r);
		else
			odd_byte(r);
	}
	r->p += !wrong;
	return wrong;
}

/* ---- numbers ----------------------------------------------------------- */

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

/* Returns the fault of the number, or NULL. */
static const char *number(struct repair *r)
{
	struct number n = measure(r->p, r->end);
	size_t len = (size_t)(n.end - r->p);

	if (!n.good && n.end == r->end)
		return JSON_SANITIZE_CUT;
	if (!n.good || next_is(n.end, r->end, "0123456789.+-eE"))
		return "a number is not written as JSON has it";
	if (len > MOST_DIGITS || n.exponent > MOST_EXPONENT) {
		replace(r, 0, "\"");
		r->p = n.end;
		replace(r, 0, "\"");
	} else {
		r->p = n.end;
		if (n.whole && n.digits > SAFE_DIGITS)
			replace(r, 0, "e0");
	}
	return NULL;
}

/* ---- the grammar ------------------------------------------------------- */

/* Something was read to its end: a value, an array or an object. */
static void value_ends(struct repair *r)
{
	r->wanted = r->depth > 0 ? WANT_COMMA_OR_END : WANT_NOTHING;
}

static const char *opens(struct repair *r, bool object)
{
	if (r->depth == JSON_SANITIZE_DEEPEST)
		return "arrays and objects stand too deep in one another";
	r->depth++;
	r->objects = r->objects << 1 | object;
	r->wanted = object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
	r->p++;
	return NULL;
}

static void closes(struct repair *r)
{
	r->depth--;
	r->objects >>= 1;
	r->p++;
	value_ends(r);
}

/* true, false or null. Returns the fault, or NULL. */
static const char *literal(struct repair *r, const char *word)
{
	size_t len = strlen(word), there = (size_t)(r->end - r->p);

	if (memcmp(r->p, word, there < len ? there : len) != 0)
		return "a word is none of true, false and null";
	if (there < len)
		return JSON_SANITIZE_CUT;
	r->p += len;
	return NULL;
}

/* The fault of a text that begins no value, by its first character. */
static const char *no_value(char c)
{
	switch (c) {
	case 'N':
	case 'I':
		return "NaN and Infinity are no values";
	case '\'':
		return "a string stands in single quotes";
	case '/':
		return "a comment stands here";
	default:
		return "a value was expected";
	}
}

static const char *value(struct repair *r)
{
	const char *wrong;

	switch (*r->p) {
	case '{':
		return opens(r, true);
	case '[':
		return opens(r, false);
	case '"':
		wrong = string(r);
		break;
	case 't':
		wrong = literal(r, "true");
		break;
	case 'f':
		wrong = literal(r, "false");
		break;
	case 'n':
		wrong = literal(r, "null");
		break;
	default:
		wrong = next_is(r->p, r->end, "-0123456789") ? number(r) : no_value(*r->p);
	}
	if (!wrong)
		value_ends(r);
	return wrong;
}

static const char *key(struct repair *r)
{
	if (*r->p != '"')
		return "a name in double quotes was expected";
	r->wanted = WANT_COLON;
	return string(r);
}

static const char *comma_or_end(struct repair *r)
{
	bool object = r->objects & 1;

	if (*r->p == (object ? '}' : ']')) {
		closes(r);
		return NULL;
	}
	if (*r->p != ',')
		return object ? "a comma or } was expected" : "a comma or ] was expected";
	r->wanted = object ? WANT_KEY : WANT_VALUE;
	r->p++;
	return NULL;
}

/* One token. Returns the fault, or NULL. */
static const char *token(struct repair *r)
{
	switch (r->wanted) {
	case WANT_VALUE_OR_END:
		if (*r->p != ']')
			return value(r);
		closes(r);
		return NULL;
	case WANT_VALUE:
		return value(r);
	case WANT_KEY_OR_END:
		if (*r->p != '}')
			return key(r);
		closes(r);
		return NULL;
	case WANT_KEY:
		return key(r);
	case WANT_COLON:
		if (*r->p != ':')
			return "a colon was expected";
		r->wanted = WANT_VALUE;
		r->p++;
		return NULL;
	case WANT_COMMA_OR_END:
		return comma_or_end(r);
	default:
		return "something stands behind the end of the text";
	}
}

const char *json_sanitize_repair(struct json_sanitize *text, struct buf *out)
{
	struct repair r = { .p = text->s, .end = text->s + text->n, .out = out };
	const char *from = text->s, *wrong = NULL;

	if (text->n >= 3 && memcmp(text->s, "\xef\xbb\xbf", 3) == 0)
		from = r.p += 3;
	r.copied = from;
	while (!wrong && r.p < r.end) {
		if (next_is(r.p, r.end, " \t\r\n"))
			r.p++;
		else
			wrong = token(&r);
	}
	if (!wrong && r.wanted != WANT_NOTHING)
		wrong = JSON_SANITIZE_CUT;
	text->at = (size_t)(r.p - text->s);
	text->repaired = r.repaired;
	if (wrong)
		return wrong;
	text->s = from;
	text->n = (size_t)(r.end - from);
	if (r.mended) {
		buf_add(out, r.copied, (size_t)(r.end - r.copied));
		text->s = buf_text(out);
		text->n = out->len;
	}
	return NULL;
}
