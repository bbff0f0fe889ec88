/* SPDX-License-Identifier: MIT */
#include "buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->full = false;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_free(struct buf *buf)
{
	if (buf->private && buf->data)
		explicit_bzero(buf->data, buf->room);
	mem_free(&buf->data);
	buf->len = buf->room = 0;
	buf->full = false;
}

void buf_shrink(struct buf *buf, size_t keep)
{
	if (buf->room > keep)
		buf_free(buf);
	else
		buf_reset(buf);
}

/* Makes room. Private bytes are moved by hand: realloc() would leave the old ones behind. */
static void grow(struct buf *buf, size_t room)
{
	char *old = buf->data;

	if (!buf->private) {
		buf->data = mem_grow(old, room);
	} else {
		buf->data = mem_new(room);
		if (old) {
			memcpy(buf->data, old, buf->len + 1);
			explicit_bzero(old, buf->room);
			mem_free(&old);
		}
	}
	buf->room = room;
}

char *buf_extend(struct buf *buf, size_t n)
{
	char *p;

	if (buf->full || n > buf->max - buf->len) {
		buf->full = true;
		return NULL;
	}
	if (buf->len + n + 1 > buf->room) {
		size_t room = buf->room ? buf->room : 64;

		while (room < buf->len + n + 1)
			room += room / 2;
		grow(buf, room);
	}
	p = buf->data + buf->len;
	buf->len += n;
	buf->data[buf->len] = '\0';
	return p;
}

void buf_add(struct buf *buf, const void *p, size_t n)
{
	char *to = buf_extend(buf, n);

	if (to && n > 0)
		memcpy(to, p, n);
}

void buf_str(struct buf *buf, const char *s)
{
	buf_add(buf, s, strlen(s));
}

void buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_int(struct buf *buf, int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, n);

	buf_add(buf, digits, (size_t)len);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list args, again;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n >= 0) {
		char *to = buf_extend(buf, (size_t)n);

		/* There is always room for a NUL behind the bytes that were asked for. */
		if (to)
			vsnprintf(to, (size_t)n + 1, fmt, again);
	}
	va_end(again);
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}
