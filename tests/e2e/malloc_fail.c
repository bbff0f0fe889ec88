/* SPDX-License-Identifier: MIT */
/*
 * malloc_fail.c -- for LD_PRELOAD: one allocation fails.
 *
 * MALLOC_FAIL=N fails the N-th, 0 none. MALLOC_FAIL_OF=own counts those that
 * the program's own code asks for, else those of its libraries. At the end
 * the number of them is written to the file MALLOC_FAIL_COUNT, if it is set.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static struct {
	unsigned long counted, failing;
	bool own, ready;
	const char *from, *to; /* the program's code */
} state;

/* The first object is the program. */
static int look(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_LOAD && h->p_flags & PF_X) {
			state.from = (const char *)info->dlpi_addr + h->p_vaddr;
			state.to = state.from + h->p_memsz;
		}
	}
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *n = getenv("MALLOC_FAIL"), *of = getenv("MALLOC_FAIL_OF");

	dl_iterate_phdr(look, NULL);
	state.failing = n ? strtoul(n, NULL, 10) : 0;
	state.own = of && strcmp(of, "own") == 0;
	state.ready = true;
}

__attribute__((destructor)) static void finish(void)
{
	const char *path = getenv("MALLOC_FAIL_COUNT");
	char text[32];
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

	if (fd < 0)
		return;
	(void)!write(fd, text, (size_t)snprintf(text, sizeof(text), "%lu\n", state.counted));
	close(fd);
}

static bool fails(const void *caller)
{
	const char *at = caller;

	if (!state.ready || (at >= state.from && at < state.to) != state.own)
		return false;
	if (++state.counted != state.failing)
		return false;
	errno = ENOMEM;
	return true;
}

/*
 * Never fails: json-c 0.16 takes a copy of each key and uses it unseen
 * (json_tokener.c, obj_field_name), which would end every sample in a bad
 * access that is none of ours.
 */
char *strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = __libc_malloc(n);

	return copy ? memcpy(copy, s, n) : NULL;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, size);
}
