/* SPDX-License-Identifier: MIT */
/*
 * library.h -- Loads a library when it is first needed.
 *
 * Some libraries serve a few commands only, and the daemon, which runs for
 * months, must have no memory of them. Of some, each release of Debian has
 * another version under another name, of which either will do: a package that
 * was built on one release works on the next one.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stddef.h>

#include "base.h"

/* A function of a library: its name, and where its pointer lies in the caller's struct. */
struct library_function {
	const char *name;
	size_t at;
};

/*
 * Loads the first of the NAMES, which NULL ends, that is installed, and puts
 * pointers to its N FUNCTIONS into TO. NULL: none is installed, or it lacks
 * one of them; the caller does without.
 */
void *library_open(const char *const *names, const struct library_function *functions, size_t n,
		   void *to) MUST_CHECK;

/* Unloads LIBRARY, which may be NULL. */
void library_close(void **library);

#endif
