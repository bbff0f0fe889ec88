/* SPDX-License-Identifier: MIT */
#include "redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define SHORTEST 6
#define MOST_SECRETS 256

/* The secrets of the process, and their forms in base64. */
static char *secrets[MOST_SECRETS];
static size_t n_secrets;

static void keep(const char *text, size_t n)
{
	if (n < SHORTEST)
		return;
	for (size_t i = 0; i < n_secrets; i++)
		if (strlen(secrets[i]) == n && memcmp(secrets[i], text, n) == 0)
			return;
	/* When there are more, the oldest is one of a configuration that was read long ago. */
	if (n_secrets == MOST_SECRETS) {
		mem_free_secret(&secrets[0]);
		memmove(secrets, secrets + 1, --n_secrets * sizeof(*secrets));
	}
	secrets[n_secrets++] = mem_text(text, n);
}

/*
 * The digits of base64 that depend on the secret alone when BEFORE bytes, from 0 to 2, stand in
 * front of it; the digits after them depend on the bytes that follow.
 */
static void keep_base64(const char *secret, size_t before)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(secret), bits = (before + n) * 8, first = (before * 8 + 5) / 6,
	       last = bits / 6, len = 0;
	char text[512];

	for (size_t i = first; i < last && len < sizeof(text); i++) {
		unsigned value = 0;

		for (size_t bit = i * 6; bit < i * 6 + 6; bit++) {
			size_t at = bit / 8 - before;

			value = value << 1 | (((unsigned char)secret[at] >> (7 - bit % 8)) & 1);
		}
		text[len++] = digits[value];
	}
	keep(text, len);
	explicit_bzero(text, sizeof(text));
}

void redact_learn(const char *secret)
{
	if (strlen(secret) < SHORTEST)
		return;
	keep(secret, strlen(secret));
	for (size_t before = 0; before < 3; before++)
		keep_base64(secret, before);
}

void redact_forget(void)
{
	while (n_secrets > 0)
		mem_free_secret(&secrets[--n_secrets]);
}

/* The value of N digits in a base; -1 when they are none. */
static int value_of(const char *p, size_t n, int base)
{
	char digits[8], *end;
	long value;

	memcpy(digits, p, n);
	digits[n] = '\0';
	value = strtol(digits, &end, base);
	return *end || digits[0] == '-' || digits[0] == '+' || digits[0] == ' ' ? -1 : (int)value;
}

/* An HTML entity of a number; 0 when it is none. */
static size_t entity(const char *p, size_t room, int *value)
{
	size_t n = room > 3 ? strcspn(p + 2, ";") : 0;
	bool hex = p[1] == '#' && (p[2] == 'x' || p[2] == 'X');

	if (n < 1u + hex || n > 4 || n + 2 >= room || p[1] != '#')
		return 0;
	*value = value_of(p + 2 + hex, n - hex, hex ? 16 : 10);
	return n + 3;
}

/* The length of the escape that follows a backslash; 0 when it is none that matters. */
static size_t escape(const char *p, size_t room, int *value)
{
	size_t digits = room >= 6 && p[1] == 'u' ? 4 : room >= 4 && p[1] == 'x' ? 2 : 0;

	*value = digits ? value_of(p + 2, digits, 16) : '/';
	if (digits)
		return digits + 2;
	return room >= 2 && p[1] == '/' ? 2 : 0;
}

/* The length of the encoded character at P, and its VALUE; 0 when none is there. */
static size_t encoded(const char *p, const char *end, int *value)
{
	size_t room = (size_t)(end - p);

	if (*p == '\\')
		return escape(p, room, value);
	if (*p == '&')
		return entity(p, room, value);
	if (*p != '%' || room < 3)
		return 0;
	*value = value_of(p + 1, 2, 16);
	return 3;
}

/* The length of SECRET where it stands at P; 0 when it does not. */
static size_t match(const char *p, const char *end, const char *secret)
{
	const char *from = p;
	int value = -1;

	for (; *secret; secret++) {
		size_t len;

		if (p >= end)
			return 0;
		if (*p == *secret) {
			p++;
			continue;
		}
		len = encoded(p, end, &value);
		if (len == 0 || value != (unsigned char)*secret)
			return 0;
		p += len;
	}
	return (size_t)(p - from);
}

/* The plain form, which is quickly found. */
static void redact_plain(char *text, size_t n, const char *secret)
{
	size_t len = strlen(secret);
	char *end = text + n, *found;

	while ((found = memmem(text, (size_t)(end - text), secret, len))) {
		memset(found, '*', len);
		text = found + len;
	}
}

static bool has_escapes(const char *text, size_t n)
{
	return memchr(text, '%', n) || memchr(text, '\\', n) || memmem(text, n, "&#", 2);
}

void redact_text(char *text, size_t n)
{
	char *end = text + n;

	for (size_t i = 0; i < n_secrets; i++)
		redact_plain(text, n, secrets[i]);
	if (n_secrets == 0 || !has_escapes(text, n))
		return;
	for (size_t i = 0; i < n_secrets; i++)
		for (char *p = text; p < end; p++) {
			size_t len = *p == *secrets[i] || *p == '%' || *p == '\\' || *p == '&'
					     ? match(p, end, secrets[i])
					     : 0;

			memset(p, '*', len);
			p += len ? len - 1 : 0;
		}
}
