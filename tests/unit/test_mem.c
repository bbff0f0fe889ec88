/* SPDX-License-Identifier: MIT */
/* Memory that is there, and the end of the process where it is not. */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"

/* Linked with --wrap: the allocation with this number fails; 0, none. */
static unsigned fail_at;

void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static bool fails(void)
{
	return fail_at > 0 && --fail_at == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

static void what_is_new_is_zeroed(void **fixture)
{
	(void)fixture;
	for (int round = 0; round < 3; round++) {
		char *p = mem_new(5000);

		for (int i = 0; i < 5000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, 5000);
		mem_free(&p);
	}
}

static void nothing_is_not_null(void **fixture)
{
	void *p = mem_new(0), *q = mem_grow(NULL, 0);

	(void)fixture;
	assert_non_null(p);
	assert_non_null(q);
	mem_free(&p);
	mem_free(&q);
}

static void growing_keeps_what_was_there(void **fixture)
{
	char *p = mem_text("0123456789", 10);

	(void)fixture;
	p = mem_grow(p, 1 << 20);
	assert_string_equal(p, "0123456789");
	memset(p, 'x', 1 << 20);
	p = mem_grow(p, 3);
	assert_memory_equal(p, "xxx", 3);
	mem_free(&p);
}

static void growing_from_nothing_begins(void **fixture)
{
	char *p = mem_grow(NULL, 10);

	(void)fixture;
	memset(p, 'x', 10);
	mem_free(&p);
}

static void a_text_is_copied_with_its_nuls_and_one_behind(void **fixture)
{
	char *given = unit_exact("a\0b", 3), *p = mem_text(given, 3), *empty = mem_text(NULL, 0);

	(void)fixture;
	assert_memory_equal(p, "a\0b\0", 4);
	assert_string_equal(empty, "");
	mem_free(&p);
	mem_free(&empty);
	free(given);
}

static void freeing_leaves_null_and_takes_null(void **fixture)
{
	char *p = mem_new(10), *secret = mem_text("sk_live_x", 9);

	(void)fixture;
	mem_free(&p);
	assert_null(p);
	mem_free(&p);
	mem_free_secret(&secret);
	assert_null(secret);
	mem_free_secret(&secret);
}

/* In a child, whose words come back in SAID. Returns how it ended. */
static int end_of(void (*use)(void), unsigned at, char *said, size_t size)
{
	static const struct rlimit no_core = { 0, 0 };
	int ends[2], status;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		setrlimit(RLIMIT_CORE, &no_core);
		dup2(ends[1], STDERR_FILENO);
		fail_at = at;
		use();
		_exit(0);
	}
	close(ends[1]);
	n = read(ends[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void begin_thrice(void)
{
	for (int i = 0; i < 3; i++) {
		char *p = mem_new(1);

		mem_free(&p);
	}
}

static void grow_once(void)
{
	char *p = mem_grow(NULL, 10);

	mem_free(&p);
}

static void check_end(void (*use)(void), unsigned at, const char *who)
{
	char said[256];
	int status = end_of(use, at, said, sizeof(said));

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(said, who));
	assert_non_null(strstr(said, "out of memory; ending here"));
}

static void the_process_ends_with_a_sentence_where_there_is_none(void **state)
{
	char said[256];

	(void)state;
	for (unsigned at = 1; at <= 3; at++)
		check_end(begin_thrice, at, "mem_new");
	check_end(grow_once, 1, "mem_grow");
	assert_int_equal(end_of(begin_thrice, 4, said, sizeof(said)), 0);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_is_zeroed),
		cmocka_unit_test(nothing_is_not_null),
		cmocka_unit_test(growing_keeps_what_was_there),
		cmocka_unit_test(growing_from_nothing_begins),
		cmocka_unit_test(a_text_is_copied_with_its_nuls_and_one_behind),
		cmocka_unit_test(freeing_leaves_null_and_takes_null),
		cmocka_unit_test(the_process_ends_with_a_sentence_where_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
