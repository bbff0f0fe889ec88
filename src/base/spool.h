/* SPDX-License-Identifier: MIT */
/*
 * spool.h -- Keeps an output that may be longer than memory should hold.
 *
 * A writer fills a buffer and offers it now and then; the text gathered by then
 * goes into a file without a name, in TMPDIR or /tmp. At the end all of it can
 * be read as one text. A short output never leaves memory.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include "buf.h"
#include "err.h"

struct spool {
	struct buf *buf; /* where the writer writes */
	int fd;		 /* the file, or -1 while there is none */
	size_t n;	 /* private: of the mapping */
	void *map;	 /* private */
};

/* An empty spool around that buffer. */
#define SPOOL_AROUND(buffer) \
	{ \
		.buf = (buffer), .fd = -1 \
	}

/* Long enough for the name that spool_name() gives. */
#define SPOOL_NAME 32

/* Makes the file, and gives a name by which a library may open it in this process. */
bool spool_name(struct spool *spool, char name[SPOOL_NAME], struct err *err) MUST_CHECK;

/* Moves the buffer's content into the file, when it is a mebibyte or more. */
bool spool_offer(struct spool *spool, struct err *err) MUST_CHECK;

/* All that was written, as one text of *N bytes, valid until spool_free(). */
bool spool_text(struct spool *spool, const char **text, size_t *n, struct err *err) MUST_CHECK;

/* Forgets the file; the buffer stays. Fit for CLEANUP. */
void spool_free(struct spool *spool);

#endif
