/* SPDX-License-Identifier: MIT */
#include "width.h"

#include <uniwidth.h>

#include "library.h"
#include "utf8.h"

/* Debian 13 has the first, Debian 12 the second; the function is the same in both. */
static const char *const libraries[] = { "libunistring.so.5", "libunistring.so.2", NULL };

struct unistring {
	__typeof__(u8_width) *width;
};

static const struct library_function functions[] = {
	{ "u8_width", offsetof(struct unistring, width) },
};

/* Without the library: a column for each character. */
static size_t characters(const char *p, size_t n)
{
	size_t count = 0;

	for (size_t at = 0; at < n; count++) {
		size_t length = utf8_char(p + at, n - at);

		at += length ? length : 1;
	}
	return count;
}

size_t width_of(const char *p, size_t n)
{
	static struct unistring unistring;
	static void *library;
	static bool tried;

	/* Once: tables ask for each cell. */
	if (!tried)
		library = library_open(libraries, functions, ARRAY_SIZE(functions), &unistring);
	tried = true;
	return library ? (size_t)unistring.width((const uint8_t *)p, n, "UTF-8") : characters(p, n);
}
