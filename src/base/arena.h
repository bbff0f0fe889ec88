/* SPDX-License-Identifier: MIT */
/*
 * arena.h -- Allocates memory that is freed together: of one page, one
 * command or one file.
 *
 * Nothing in an arena is freed by itself. That is the point: a function that
 * decodes a page never has to know which others still look at it.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdarg.h>

#include "base.h"

struct arena;

/* An empty arena. */
struct arena *arena_new(void) MUST_CHECK;

/* Frees it with all that is in it. */
void arena_free(struct arena **arena);

/* Forgets all that is in it; keeps one block, so that the next page needs none. */
void arena_reset(struct arena *arena);

/* SIZE bytes, zeroed, aligned for any type. Never NULL. They live until the reset. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK NEVER_NULL;

/* The N bytes at P, with a NUL behind them. */
char *arena_text(struct arena *arena, const char *p, size_t n) MUST_CHECK;

/* The string S, or NULL for NULL. */
char *arena_dup(struct arena *arena, const char *s) MUST_CHECK;

/* The text that printf() would print. */
char *arena_printf(struct arena *arena, const char *fmt, ...) MUST_CHECK PRINTF_LIKE(2, 3);

#endif
