/* SPDX-License-Identifier: MIT */
/*
 * copy.h -- Writes rows in PostgreSQL's binary COPY format (SQL reference,
 * "COPY", Binary Format).
 *
 * Binary, because nothing in it has to be quoted: the bytes of any name stand
 * there as they are, with a length before them.
 */
#ifndef COPY_H
#define COPY_H

#include "base.h"
#include "buf.h"

/* The header before the first row, and the trailer behind the last. */
void copy_begin(struct buf *out);
void copy_end(struct buf *out);

/* Begins a row of so many columns; the columns follow, in the table's order. */
void copy_row(struct buf *out, int columns);

/* A NULL. */
void copy_null(struct buf *out);

/* A text; NULL is NULL. It must be UTF-8 without U+0000. */
void copy_text(struct buf *out, const char *s);

/* An integer. */
void copy_int4(struct buf *out, int32_t n);

/* A boolean. */
void copy_bool(struct buf *out, bool value);

/* A timestamptz from microseconds since 1970; TIME_NONE is NULL. */
void copy_time(struct buf *out, int64_t t);

/* A jsonb from its text; NULL is NULL. */
void copy_jsonb(struct buf *out, const char *json);

/* A bytea of N bytes; a NULL pointer is NULL. */
void copy_bytes(struct buf *out, const void *p, size_t n);

/* A text[] of N elements. */
void copy_texts(struct buf *out, const char *const *texts, size_t n);

#endif
