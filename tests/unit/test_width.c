/* SPDX-License-Identifier: MIT */
/* How many columns of a terminal a text takes. */
#include "unit.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library.h"
#include "width.h"

/* Linked with --wrap: no library is installed, or not the one of this name. */
static bool nothing_installed;
static const char *not_installed;

void *__real_dlopen(const char *name, int how);
void *__wrap_dlopen(const char *name, int how);

void *__wrap_dlopen(const char *name, int how)
{
	if (nothing_installed || (not_installed && strcmp(name, not_installed) == 0))
		return NULL;
	return __real_dlopen(name, how);
}

static size_t width(const char *s)
{
	return width_of(s, strlen(s));
}

static void wide_characters_take_two_columns_and_marks_none(void **fixture)
{
	(void)fixture;
	assert_int_equal(width(""), 0);
	assert_int_equal(width("Jakarta"), 7);
	assert_int_equal(width("\xc3\xa9"), 1);
	assert_int_equal(width("e\xcc\x81"), 1);
	assert_int_equal(width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
	assert_int_equal(width("\xed\x95\x9c"), 2);
	assert_int_equal(width("\xef\xbc\xa1"), 2);
	assert_int_equal(width("\xf0\x9f\x98\x80"), 2);
	assert_int_equal(width("\xe2\x80\x8d"), 0);
	assert_int_equal(width("\xe2\x9d\xa4\xef\xb8\x8f"), 1);
	assert_int_equal(width("\xd8\xb9"), 1);
}

/* In a process of its own, as the library stays once it is found. */
static void without_the_library_a_character_is_a_column(void **fixture)
{
	pid_t child = fork();
	int status;

	(void)fixture;
	if (child == 0) {
		nothing_installed = true;
		_exit(width("") == 0 && width("Jakarta") == 7 &&
				      width("\xc3\xa9\xe6\xbc\xa2") == 2 && width("\xff!") == 2
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void the_first_name_that_is_installed_is_taken(void **fixture)
{
	static const char *const names[] = { "libc.so.6", "libm.so.6", NULL };
	static const struct library_function sine[] = { { "sin", 0 } }, none[] = { { "sine?", 0 } };
	double (*function)(double) = NULL;
	void *library = library_open(names + 1, sine, 1, &function);

	(void)fixture;
	assert_non_null(library);
	assert_true(function(0) == 0);
	library_close(&library);
	/* The first has no such function; the second is not asked, as it is another version of it. */
	assert_null(library_open(names, none, 1, &function));
	not_installed = names[0];
	library = library_open(names, sine, 1, &function);
	assert_non_null(library);
	library_close(&library);
	library_close(&library);
	not_installed = names[1];
	assert_null(library_open(names + 1, sine, 1, &function));
	not_installed = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_library_a_character_is_a_column),
		cmocka_unit_test(the_first_name_that_is_installed_is_taken),
		cmocka_unit_test(wide_characters_take_two_columns_and_marks_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
