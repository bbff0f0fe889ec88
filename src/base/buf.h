/* SPDX-License-Identifier: MIT */
/*
 * buf.h -- A byte buffer that grows up to a ceiling.
 *
 * Every buffer is told at birth how large it may become, because most of its
 * content comes from the network. An addition that would pass the ceiling adds
 * nothing and sets `full`; so does every addition after it. A writer adds as it
 * likes and looks once, at the end.
 */
#ifndef BUF_H
#define BUF_H

#include "base.h"

struct buf {
	char *data; /* NULL while nothing was added; always ends in a NUL that is not counted */
	size_t len;
	size_t room; /* private */
	size_t max;
	bool full;    /* something did not fit and was left out */
	bool private; /* its bytes are overwritten before their memory is given back */
};

/* An empty buffer that may hold MAX bytes. Holds no memory yet. */
#define BUF_MAX(most) \
	{ \
		.max = (most) \
	}

/* Empties it and keeps its memory for the next user. */
void buf_reset(struct buf *buf);

/* Empties it and frees its memory. Fit for CLEANUP. */
void buf_free(struct buf *buf);

/* Empties it; frees its memory when that is more than KEEP bytes. */
void buf_shrink(struct buf *buf, size_t keep);

/* Adds N bytes. */
void buf_add(struct buf *buf, const void *p, size_t n);

/* Adds a string without its NUL. */
void buf_str(struct buf *buf, const char *s);

/* Adds one byte. */
void buf_char(struct buf *buf, char c);

/* Adds a number in decimal. */
void buf_int(struct buf *buf, int64_t n);

/* Adds the text that printf() would print. */
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* N bytes more at the end for the caller to fill, or NULL where they do not fit. */
char *buf_extend(struct buf *buf, size_t n) MUST_CHECK;

/* The content as a string; "" while empty. Valid until the next addition. */
const char *buf_text(const struct buf *buf) MUST_CHECK;

#endif
