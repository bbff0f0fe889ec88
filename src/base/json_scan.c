/* SPDX-License-Identifier: MIT */
#include "json_scan.h"

#include <string.h>

/*
 * Of json-c 0.16 and 0.17, on a machine of 64 bits, with the overhead of malloc(): an empty object
 * has a table of 16 entries, an empty array room for 32 values; a member has its key, and its part
 * of a table that doubles.
 */
#define OBJECT_BYTES 800
#define ARRAY_BYTES 400
#define MEMBER_BYTES 130
#define VALUE_BYTES 80

/* No number has a larger exponent, after json_sanitize_repair(). */
#define MOST_EXPONENT 8000

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

/* To behind the string that begins at P; NULL when it has no end. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		p += *p == '\\';
	return p < end ? p + 1 : NULL;
}

/* To behind the value that begins at P; NULL when it breaks off, or there is none. */
static const char *skip_value(const char *p, const char *end)
{
	const char *from = p;
	size_t depth = 0;

	while (p && p < end) {
		if (*p == '"')
			p = skip_string(p, end);
		else if (*p == '{' || *p == '[')
			depth++, p++;
		else if (depth > 0 && (*p == '}' || *p == ']'))
			depth--, p++;
		else if (depth == 0 && strchr(",:}] \t\r\n", *p))
			return p > from ? p : NULL;
		else
			p++;
		if (p && depth == 0 && (p[-1] == '"' || p[-1] == '}' || p[-1] == ']'))
			return p;
	}
	return depth == 0 && p > from ? p : NULL;
}

bool json_scan_each(struct json_span *at, struct json_span *name, struct json_span *value)
{
	const char *p = skip_blanks(at->p, at->p + at->n), *end = at->p + at->n, *after;

	/* Before the first there is the brace, and before each other one a comma. */
	if (p == end || (*p != '{' && *p != ','))
		return false;
	p = skip_blanks(p + 1, end);
	*at = (struct json_span){ p, (size_t)(end - p) };
	if (p == end || *p != '"')
		return false;
	after = skip_string(p, end);
	if (!after)
		return false;
	*name = (struct json_span){ p + 1, (size_t)(after - 1 - (p + 1)) };
	p = skip_blanks(after, end);
	if (p == end || *p != ':')
		return false;
	p = skip_blanks(p + 1, end);
	after = skip_value(p, end);
	if (!after)
		return false;
	*value = (struct json_span){ p, (size_t)(after - p) };
	after = skip_blanks(after, end);
	*at = (struct json_span){ after, (size_t)(end - after) };
	return true;
}

bool json_scan_member(const struct json_span *text, const char *key, struct json_span *value)
{
	struct json_span at = *text, name, each;
	size_t len = strlen(key);
	bool found = false;

	while (json_scan_each(&at, &name, &each)) {
		if (name.n != len || memcmp(name.p, key, len) != 0)
			continue;
		*value = each;
		found = true;
	}
	return found && at.n > 0 && *at.p == '}';
}

bool json_scan_element(struct json_span *at, struct json_span *element)
{
	const char *p = skip_blanks(at->p, at->p + at->n), *end = at->p + at->n, *after;

	/* Before the first there is the bracket, and before each other one a comma. */
	if (p == end || (*p != '[' && *p != ','))
		return false;
	after = skip_blanks(p + 1, end);
	if (*p == '[' && after < end && *after == ']') {
		*at = (struct json_span){ after, (size_t)(end - after) };
		return false;
	}
	p = after;
	after = skip_value(p, end);
	if (!after)
		return false;
	*element = (struct json_span){ p, (size_t)(after - p) };
	after = skip_blanks(after, end);
	*at = (struct json_span){ after, (size_t)(end - after) };
	return true;
}

/* The digits that the exponent behind P adds to a number's text. */
static size_t exponent(const char *p, const char *end)
{
	size_t n = 0;

	p += p < end && (*p == '+' || *p == '-');
	for (; p < end && *p >= '0' && *p <= '9' && n < MOST_EXPONENT; p++)
		n = n * 10 + (size_t)(*p - '0');
	return n;
}

struct json_weight json_scan_weight(const struct json_span *text)
{
	struct json_weight weight = { VALUE_BYTES, text->n, 1 };
	const char *p = text->p, *end = text->p + text->n;

	while (p < end) {
		const char *from = p;

		if (*p == '"') {
			p = skip_string(p, end);
			p = p ? p : end;
			weight.tree += (size_t)(p - from);
			continue;
		}
		weight.values += *p == '{' || *p == '[' || *p == ':' || *p == ',';
		if (*p == '{')
			weight.tree += OBJECT_BYTES;
		else if (*p == '[')
			weight.tree += ARRAY_BYTES;
		else if (*p == ':')
			weight.tree += MEMBER_BYTES;
		else if (*p == ',')
			weight.tree += VALUE_BYTES;
		else if ((*p == 'e' || *p == 'E') && p > text->p && p[-1] >= '0' && p[-1] <= '9')
			weight.text += exponent(p + 1, end);
		p++;
	}
	return weight;
}
