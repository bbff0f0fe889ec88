/* SPDX-License-Identifier: MIT */
#include "copy.h"

#include <endian.h>
#include <string.h>

/* 2000-01-01, where PostgreSQL counts from, in microseconds since 1970. */
#define POSTGRES_EPOCH INT64_C(946684800000000)

/* pg_type.dat: the type of a text array's elements. */
#define OID_TEXT 25

static void add16(struct buf *out, int16_t n)
{
	uint16_t be = htobe16((uint16_t)n);

	buf_add(out, &be, sizeof(be));
}

static void add32(struct buf *out, int32_t n)
{
	uint32_t be = htobe32((uint32_t)n);

	buf_add(out, &be, sizeof(be));
}

/* A value: how many bytes it has, and these, which stand there as PostgreSQL reads them. */
static void add_value(struct buf *out, const void *p, size_t n)
{
	uint32_t be = htobe32((uint32_t)n);
	char *to = buf_extend(out, sizeof(be) + n);

	if (!to)
		return;
	memcpy(to, &be, sizeof(be));
	memcpy(to + sizeof(be), p, n);
}

void copy_begin(struct buf *out)
{
	static const char signature[] = "PGCOPY\n\377\r\n";

	buf_add(out, signature, sizeof(signature)); /* its NUL belongs to it */
	add32(out, 0);
	add32(out, 0);
}

void copy_end(struct buf *out)
{
	add16(out, -1);
}

void copy_row(struct buf *out, int columns)
{
	add16(out, (int16_t)columns);
}

void copy_null(struct buf *out)
{
	add32(out, -1);
}

void copy_bytes(struct buf *out, const void *p, size_t n)
{
	if (p)
		add_value(out, p, n);
	else
		copy_null(out);
}

void copy_text(struct buf *out, const char *s)
{
	copy_bytes(out, s, s ? strlen(s) : 0);
}

void copy_int4(struct buf *out, int32_t n)
{
	uint32_t be = htobe32((uint32_t)n);

	add_value(out, &be, sizeof(be));
}

void copy_bool(struct buf *out, bool value)
{
	char byte = value ? 1 : 0;

	add_value(out, &byte, sizeof(byte));
}

void copy_time(struct buf *out, int64_t t)
{
	uint64_t be;

	if (t == TIME_NONE) {
		copy_null(out);
		return;
	}
	be = htobe64((uint64_t)(t - POSTGRES_EPOCH));
	add_value(out, &be, sizeof(be));
}

void copy_jsonb(struct buf *out, const char *json)
{
	if (!json) {
		copy_null(out);
		return;
	}
	add32(out, (int32_t)strlen(json) + 1);
	buf_char(out, 1); /* the version of jsonb's wire format */
	buf_str(out, json);
}

void copy_texts(struct buf *out, const char *const *texts, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += 4 + strlen(texts[i]);
	add32(out, (int32_t)(n > 0 ? 20 + bytes : 12));
	add32(out, n > 0); /* dimensions */
	add32(out, 0);	   /* no NULL among them */
	add32(out, OID_TEXT);
	if (n == 0)
		return;
	add32(out, (int32_t)n);
	add32(out, 1); /* the first subscript */
	for (size_t i = 0; i < n; i++)
		copy_text(out, texts[i]);
}
