/* SPDX-License-Identifier: MIT */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "redact.h"
#include "utf8.h"

static const char *const names[] = {
	[ERR_NONE] = "none",	       [ERR_STOPPED] = "stopped",
	[ERR_USAGE] = "usage",	       [ERR_CONFIG] = "config",
	[ERR_DENIED] = "denied",       [ERR_DATA] = "data",
	[ERR_MISSING] = "missing",     [ERR_UNAVAILABLE] = "unavailable",
	[ERR_SLOW_DOWN] = "slow_down", [ERR_BUSY] = "busy",
	[ERR_CONFLICT] = "conflict",   [ERR_UNCERTAIN] = "uncertain",
	[ERR_SYSTEM] = "system",       [ERR_BUG] = "bug",
};

/* Of a text that was cut no half of a character stays: the warehouse would refuse that. */
static void drop_half(char *text, size_t size)
{
	size_t n = strlen(text), back = 1;

	if (n + 1 < size)
		return;
	while (back < 4 && back < n && ((unsigned char)text[n - back] & 0xc0) == 0x80)
		back++;
	if (((unsigned char)text[n - back] & 0x80) && utf8_char(text + n - back, back) != back)
		text[n - back] = '\0';
}

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list args;
	struct err fresh = { .kind = kind };

	/* The arguments may point into *ERR: print first, then overwrite. */
	va_start(args, fmt);
	vsnprintf(fresh.text, sizeof(fresh.text), fmt, args);
	va_end(args);
	drop_half(fresh.text, sizeof(fresh.text));
	redact_text(fresh.text, strlen(fresh.text));
	*err = fresh;
	return false;
}

bool err_wrap(struct err *err, const char *fmt, ...)
{
	char context[320], whole[sizeof(err->text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(context, sizeof(context), fmt, args);
	va_end(args);
	/* A sentence that is too long loses its end, never its beginning. */
	if (snprintf(whole, sizeof(whole), "%s: %s", context, err->text) < 0)
		return false;
	drop_half(whole, sizeof(whole));
	redact_text(whole, strlen(whole));
	memcpy(err->text, whole, sizeof(whole));
	return false;
}

const char *err_kind_name(enum err_kind kind)
{
	assert((size_t)kind < ARRAY_SIZE(names));
	return names[kind];
}

enum err_kind err_kind_parse(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum err_kind)i;
	return ERR_BUG;
}

const char *err_quote(char *buf, size_t size, const char *s, size_t n)
{
	size_t at = 0, out = 0,
	       cut = 0; /* up to CUT there is room for the mark that more was there */

	while (at < n) {
		size_t len = utf8_printable(s + at, n - at);
		size_t need = len ? len : 4;

		if (out + sizeof("...") <= size)
			cut = out;
		if (out + need + 1 > size) {
			snprintf(buf + cut, size - cut, "...");
			return buf;
		}
		if (len > 0)
			memcpy(buf + out, s + at, len);
		else
			snprintf(buf + out, 5, "\\x%02x", (unsigned char)s[at]);
		out += need;
		at += len ? len : 1;
	}
	buf[out] = '\0';
	return buf;
}
