/* SPDX-License-Identifier: MIT */
/* Memory that is there. That the process ends where it is not cannot be shown in one that goes on. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

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

/* A fuse that was never lit burns nothing. */
static void all_succeed_while_no_failure_was_asked_for(void **fixture)
{
	(void)fixture;
	mem_fail_at(0);
	for (int i = 0; i < 100; i++) {
		char *p = mem_new(1);

		p = mem_grow(p, 2);
		mem_free(&p);
	}
}

static void the_allocations_before_the_one_that_is_to_fail_succeed(void **fixture)
{
	(void)fixture;
	mem_fail_at(4);
	for (int i = 0; i < 3; i++) {
		char *p = mem_new(1);

		mem_free(&p);
	}
	mem_fail_at(0);
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
		cmocka_unit_test(all_succeed_while_no_failure_was_asked_for),
		cmocka_unit_test(the_allocations_before_the_one_that_is_to_fail_succeed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
