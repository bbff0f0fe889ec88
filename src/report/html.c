/* SPDX-License-Identifier: MIT */
#include "html.h"

#include <string.h>

#include "utf8.h"

#define ELLIPSIS "\xe2\x80\xa6"

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* A control character of ASCII, or one of those behind it. */
static bool is_control(const char *p, size_t len)
{
	unsigned char first = (unsigned char)p[0];

	if (len == 1)
		return first < 0x20 || first == 0x7f;
	return first == 0xc2 && (unsigned char)p[1] < 0xa0;
}

static void text(struct buf *out, const char *s, size_t n)
{
	for (size_t len; n > 0; s += len, n -= len) {
		const char *name = entity(*s);

		len = utf8_char(s, n);
		if (len == 0) {
			buf_str(out, UTF8_REPLACEMENT);
			len = 1;
		} else if (name) {
			buf_str(out, name);
		} else if (!is_control(s, len)) {
			buf_add(out, s, len);
		}
	}
}

void html_text(struct buf *out, const char *s)
{
	if (s)
		text(out, s, strlen(s));
}

void html_cut(struct buf *out, const char *s, size_t most)
{
	size_t n = strlen(s), used = 0;

	while (used < n) {
		size_t len = utf8_char(s + used, n - used);

		len = len ? len : 1;
		if (used + len > most)
			break;
		used += len;
	}
	text(out, s, used);
	if (used < n)
		buf_str(out, ELLIPSIS);
}

void html_attribute(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_char(out, ' ');
	buf_str(out, name);
	buf_str(out, "=\"");
	html_text(out, value);
	buf_char(out, '"');
}
