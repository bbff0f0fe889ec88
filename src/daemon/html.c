/* SPDX-License-Identifier: MIT */
#include "html.h"

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

void html_text(struct buf *out, const char *s)
{
	for (; s && *s; s++) {
		const char *name = entity(*s);

		if (name)
			buf_str(out, name);
		else if ((unsigned char)*s >= 0x20 && *s != 0x7f)
			buf_char(out, *s);
	}
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
