/* SPDX-License-Identifier: MIT */
#include "library.h"

#include <dlfcn.h>
#include <string.h>

static void *open_first(const char *const *names)
{
	void *library = NULL;

	for (; *names && !library; names++)
		library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
	return library;
}

void *library_open(const char *const *names, const struct library_function *functions, size_t n,
		   void *to)
{
	void *library = open_first(names);

	for (size_t i = 0; library && i < n; i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function)
			library_close(&library);
		else
			memcpy((char *)to + functions[i].at, &function, sizeof(function));
	}
	return library;
}

void library_close(void **library)
{
	if (*library)
		dlclose(*library);
	*library = NULL;
}
