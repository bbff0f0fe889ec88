/* SPDX-License-Identifier: MIT */
#include "json_writer.h"

#include <string.h>

#include "time_format.h"
#include "utf8.h"

static void separate(struct json_writer *out)
{
	if (out->comma)
		buf_char(out->buf, ',');
	out->comma = true;
}

void json_writer_open(struct json_writer *out, char bracket)
{
	separate(out);
	buf_char(out->buf, bracket);
	out->comma = false;
}

void json_writer_close(struct json_writer *out, char bracket)
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

void json_writer_key(struct json_writer *out, const char *key)
{
	separate(out);
	quoted(out->buf, key, strlen(key));
	buf_char(out->buf, ':');
	out->comma = false;
}

void json_writer_text(struct json_writer *out, const char *s, size_t n)
{
	separate(out);
	quoted(out->buf, s, n);
}

void json_writer_string(struct json_writer *out, const char *s)
{
	if (s)
		json_writer_text(out, s, strlen(s));
	else
		json_writer_null(out);
}

void json_writer_int(struct json_writer *out, int64_t n)
{
	separate(out);
	buf_int(out->buf, n);
}

void json_writer_bool(struct json_writer *out, bool b)
{
	separate(out);
	buf_str(out->buf, b ? "true" : "false");
}

void json_writer_null(struct json_writer *out)
{
	separate(out);
	buf_str(out->buf, "null");
}

void json_writer_time(struct json_writer *out, int64_t t)
{
	char text[TIME_FORMAT_SIZE];

	if (t == TIME_NONE)
		json_writer_null(out);
	else
		json_writer_string(out, time_format(t, text));
}

void json_writer_raw(struct json_writer *out, const char *s, size_t n)
{
	separate(out);
	buf_add(out->buf, s, n);
}

void json_writer_key_string(struct json_writer *out, const char *key, const char *s)
{
	json_writer_key(out, key);
	json_writer_string(out, s);
}

void json_writer_key_int(struct json_writer *out, const char *key, int64_t n)
{
	json_writer_key(out, key);
	json_writer_int(out, n);
}

void json_writer_key_bool(struct json_writer *out, const char *key, bool b)
{
	json_writer_key(out, key);
	json_writer_bool(out, b);
}
