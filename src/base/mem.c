/* SPDX-License-Identifier: MIT */
#include "mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes. */
#define LARGE (512 << 10)
#define MOST_FREE (1 << 20)

void mem_tune(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, MOST_FREE);
}

void mem_out(const char *who)
{
	fprintf(stderr,
		"sahut-etl: %s: out of memory; ending here, the database rolls back all that was "
		"not "
		"committed\n",
		who);
	abort();
}

void *mem_new(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		mem_out("mem_new");
	return p;
}

void *mem_grow(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);

	if (!q)
		mem_out("mem_grow");
	return q;
}

char *mem_text(const char *p, size_t n)
{
	char *copy = mem_new(n + 1);

	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

void mem_free(void *p)
{
	void **slot = p;

	free(*slot);
	*slot = NULL;
}

void mem_free_secret(char **p)
{
	if (*p)
		explicit_bzero(*p, strlen(*p));
	mem_free(p);
}
