/* SPDX-License-Identifier: MIT */
/*
 * mem.h -- Allocates memory, or ends the process.
 *
 * The daemon is crash-only: its work was inside a transaction when memory ran
 * out, the server rolls that back, and systemd starts us again. So nothing
 * above this file ever looks at a NULL, and that keeps it short.
 */
#ifndef MEM_H
#define MEM_H

#include "base.h"

/* SIZE bytes, zeroed. Never NULL; SIZE may be 0. Freed with mem_free() or free(). */
void *mem_new(size_t size) MUST_CHECK NEVER_NULL;

/* P, moved to a place of SIZE bytes; the bytes that are new are not zeroed. Never NULL. */
void *mem_grow(void *p, size_t size) MUST_CHECK NEVER_NULL;

/* A copy of the N bytes at P, with a NUL behind them. Never NULL; the caller frees it. */
char *mem_text(const char *p, size_t n) MUST_CHECK NEVER_NULL;

/*
 * Frees the memory that *P points at and leaves NULL. For CLEANUP, P being the
 * address of a pointer of any type.
 */
void mem_free(void *p);

/* As mem_free(), for a text that was secret: its bytes are wiped first. */
void mem_free_secret(char **p);

/*
 * Large blocks are mapped one by one from now on, and given back to the system when they are freed.
 * Otherwise glibc keeps as much as was ever in use at once: after one heavy page, for months.
 */
void mem_tune(void);

/*
 * Says which library had no memory left, and aborts. Also for the layers
 * above, when a library answers NULL for this reason and no other.
 */
void mem_out(const char *who) __attribute__((noreturn));

#endif
