/* SPDX-License-Identifier: MIT */
/* Memory from an arena is zeroed, aligned, apart from all other, and lives until the reset. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

static void what_comes_out_is_zeroed_even_after_a_reset(void **fixture)
{
	struct arena *arena = arena_new();

	(void)fixture;
	for (int round = 0; round < 3; round++) {
		for (size_t size = 1; size < 3000; size += 37) {
			unsigned char *p = arena_alloc(arena, size);

			for (size_t i = 0; i < size; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xa5, size);
		}
		arena_reset(arena);
	}
	arena_free(&arena);
}

static void every_piece_is_aligned_for_any_type(void **fixture)
{
	struct arena *arena = arena_new();

	(void)fixture;
	for (size_t size = 0; size < 200; size++)
		assert_int_equal((uintptr_t)arena_alloc(arena, size) % _Alignof(max_align_t), 0);
	arena_free(&arena);
}

/* Sizes around that of a block, and far beyond it. */
static void pieces_do_not_overlap_whatever_their_size(void **fixture)
{
	static const size_t sizes[] = { 16384, 1, 16383, 16385, 16368, 16, 0, 1 << 20, 7, 16384 };
	unsigned char *pieces[ARRAY_SIZE(sizes)];
	struct arena *arena = arena_new();

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		pieces[i] = arena_alloc(arena, sizes[i]);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], i + 1);
	arena_free(&arena);
}

static void an_allocation_of_nothing_is_not_null(void **fixture)
{
	struct arena *arena = arena_new();

	(void)fixture;
	assert_non_null(arena_alloc(arena, 0));
	arena_free(&arena);
}

static void a_reset_keeps_one_block_for_the_next_page(void **fixture)
{
	struct arena *arena = arena_new();
	void *first = arena_alloc(arena, 100);

	(void)fixture;
	arena_reset(arena);
	assert_ptr_equal(arena_alloc(arena, 100), first);
	arena_free(&arena);
}

static void a_reset_of_an_arena_never_used_does_nothing(void **fixture)
{
	struct arena *arena = arena_new();

	(void)fixture;
	arena_reset(arena);
	arena_reset(arena);
	arena_free(&arena);
}

static void it_goes_on_after_a_reset_that_dropped_a_large_block(void **fixture)
{
	struct arena *arena = arena_new();

	(void)fixture;
	memset(arena_alloc(arena, 10), 1, 10);
	memset(arena_alloc(arena, 1 << 20), 1, 1 << 20);
	arena_reset(arena);
	assert_int_equal(*(char *)arena_alloc(arena, 10), 0);
	arena_free(&arena);
}

static void a_text_keeps_its_nuls_and_gets_one_behind(void **fixture)
{
	struct arena *arena = arena_new();
	char *given = unit_exact("a\0b", 3);
	char *copy = arena_text(arena, given, 3);

	(void)fixture;
	assert_memory_equal(copy, "a\0b\0", 4);
	assert_string_equal(arena_text(arena, NULL, 0), "");
	free(given);
	arena_free(&arena);
}

static void a_dup_of_null_is_null(void **fixture)
{
	struct arena *arena = arena_new();

	(void)fixture;
	assert_null(arena_dup(arena, NULL));
	assert_string_equal(arena_dup(arena, ""), "");
	assert_string_equal(arena_dup(arena, "conv_1"), "conv_1");
	arena_free(&arena);
}

static void printf_writes_all_of_it(void **fixture)
{
	struct arena *arena = arena_new();
	const char *text = arena_printf(arena, "%s-%05d-%0*d", "x", 42, 20000, 7);

	(void)fixture;
	assert_int_equal(strlen(text), 8 + 20000);
	assert_memory_equal(text, "x-00042-000", 11);
	assert_int_equal(text[20007], '7');
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	arena_free(&arena);
}

static void freeing_leaves_null_and_takes_null(void **fixture)
{
	struct arena *arena = arena_new();

	(void)fixture;
	arena_free(&arena);
	assert_null(arena);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_out_is_zeroed_even_after_a_reset),
		cmocka_unit_test(every_piece_is_aligned_for_any_type),
		cmocka_unit_test(pieces_do_not_overlap_whatever_their_size),
		cmocka_unit_test(an_allocation_of_nothing_is_not_null),
		cmocka_unit_test(a_reset_keeps_one_block_for_the_next_page),
		cmocka_unit_test(a_reset_of_an_arena_never_used_does_nothing),
		cmocka_unit_test(it_goes_on_after_a_reset_that_dropped_a_large_block),
		cmocka_unit_test(a_text_keeps_its_nuls_and_gets_one_behind),
		cmocka_unit_test(a_dup_of_null_is_null),
		cmocka_unit_test(printf_writes_all_of_it),
		cmocka_unit_test(freeing_leaves_null_and_takes_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
