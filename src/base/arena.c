/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"

#define BLOCK_SIZE 16384
#define ALIGN _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct block *blocks; /* the one at the head is being filled */
};

struct arena *arena_new(void)
{
	return mem_new(sizeof(struct arena));
}

/* Frees the list from B on. */
static void blocks_free(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		mem_free(&b);
		b = next;
	}
}

void arena_free(struct arena **arena)
{
	if (!*arena)
		return;
	blocks_free((*arena)->blocks);
	mem_free(arena);
}

void arena_reset(struct arena *arena)
{
	struct block *keep = arena->blocks;

	if (!keep)
		return;
	blocks_free(keep->next);
	keep->next = NULL;
	keep->used = 0;
	if (keep->size > BLOCK_SIZE) {
		blocks_free(keep);
		arena->blocks = NULL;
	}
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *b = arena->blocks;
	size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
	void *p;

	if (!b || b->size - b->used < need) {
		size_t room = need > BLOCK_SIZE ? need : BLOCK_SIZE;

		b = mem_new(sizeof(*b) + room);
		b->size = room;
		b->next = arena->blocks;
		arena->blocks = b;
	}
	p = b->data + b->used;
	b->used += need;
	return memset(p, 0, size);
}

char *arena_text(struct arena *arena, const char *p, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

char *arena_dup(struct arena *arena, const char *s)
{
	return s ? arena_text(arena, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args, again;
	int n;
	char *s;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	s = arena_alloc(arena, n < 0 ? 1 : (size_t)n + 1);
	if (n > 0)
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}
