/* SPDX-License-Identifier: MIT */
#include "jsonout.h"

#include <string.h>

#include "timetext.h"
#include "utf8.h"

static void separate(struct jsonout *out)
{
	if (out->comma)
		buf_char(out->buf, ',');
	out->comma = true;
}

void jsonout_open(struct jsonout *out, char bracket)
{
	separate(out);
	buf_char(out->buf, bracket);
	out->comma = false;
}

void jsonout_close(struct jsonout *out, char bracket)
{
	buf_char(out->buf, bracket);
	out->comma = true;
}

/* One character that cannot stand in a JSON string as it is. */
static void escape(struct buf *buf, unsigned char c)
{
	static const char short_for[] = "\bb\tt\nn\ff\rr\"\"\\\\";

	for (const char *s = short_for; *s; s += 2) {
		if ((unsigned char)*s == c) {
			buf_char(buf, '\\');
			buf_char(buf, s[1]);
			return;
		}
	}
	buf_printf(buf, "\\u%04x", c);
}

/* Whether char has a sign is the machine's choice. */
static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '"' && c != '\\';
}

static void quoted(struct buf *buf, const char *s, size_t n)
{
	const char *end = s + n;

	buf_char(buf, '"');
	while (s < end) {
		const char *run = s;
		size_t len;

		while (s < end && is_plain(*s))
			s++;
		buf_add(buf, run, (size_t)(s - run));
		if (s == end)
			break;
		len = utf8_char(s, (size_t)(end - s));
		if (len > 1)
			buf_add(buf, s, len);
		else if (len == 1)
			escape(buf, (unsigned char)*s);
		else
			buf_str(buf, UTF8_REPLACEMENT);
		s += len ? len : 1;
	}
	buf_char(buf, '"');
}

void jsonout_key(struct jsonout *out, const char *key)
{
	separate(out);
	quoted(out->buf, key, strlen(key));
	buf_char(out->buf, ':');
	out->comma = false;
}

void jsonout_text(struct jsonout *out, const char *s, size_t n)
{
	separate(out);
	quoted(out->buf, s, n);
}

void jsonout_string(struct jsonout *out, const char *s)
{
	if (s)
		jsonout_text(out, s, strlen(s));
	else
		jsonout_null(out);
}

void jsonout_int(struct jsonout *out, int64_t n)
{
	separate(out);
	buf_int(out->buf, n);
}

void jsonout_bool(struct jsonout *out, bool b)
{
	separate(out);
	buf_str(out->buf, b ? "true" : "false");
}

void jsonout_null(struct jsonout *out)
{
	separate(out);
	buf_str(out->buf, "null");
}

void jsonout_time(struct jsonout *out, int64_t t)
{
	char text[TIMETEXT_SIZE];

	if (t == TIME_NONE)
		jsonout_null(out);
	else
		jsonout_string(out, time_format(t, text));
}

void jsonout_raw(struct jsonout *out, const char *s, size_t n)
{
	separate(out);
	buf_add(out->buf, s, n);
}

void jsonout_key_string(struct jsonout *out, const char *key, const char *s)
{
	jsonout_key(out, key);
	jsonout_string(out, s);
}

void jsonout_key_int(struct jsonout *out, const char *key, int64_t n)
{
	jsonout_key(out, key);
	jsonout_int(out, n);
}

void jsonout_key_bool(struct jsonout *out, const char *key, bool b)
{
	jsonout_key(out, key);
	jsonout_bool(out, b);
}
