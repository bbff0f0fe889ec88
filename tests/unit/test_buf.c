/* SPDX-License-Identifier: MIT */
/* A buffer grows up to its ceiling and not a byte further; what did not fit is known at the end. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

static void it_begins_without_memory_and_reads_as_empty(void **fixture)
{
	struct buf buf = BUF_MAX(10);

	(void)fixture;
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf_text(&buf), "");
	buf_free(&buf);
}

static void additions_of_every_kind_stand_one_behind_the_other(void **fixture)
{
	struct buf buf = BUF_MAX(1000);

	(void)fixture;
	buf_add(&buf, "ab", 2);
	buf_str(&buf, "cd");
	buf_char(&buf, 'e');
	buf_int(&buf, INT64_MIN);
	buf_char(&buf, ' ');
	buf_int(&buf, INT64_MAX);
	buf_printf(&buf, "<%03d|%s>", 7, "x");
	memcpy(buf_extend(&buf, 2), "yz", 2);
	assert_string_equal(buf_text(&buf),
			    "abcde-9223372036854775808 9223372036854775807<007|x>yz");
	assert_int_equal(buf.len, strlen(buf_text(&buf)));
	assert_false(buf.full);
	buf_free(&buf);
}

static void a_nul_ends_it_after_every_addition(void **fixture)
{
	struct buf buf = BUF_MAX(5000);

	(void)fixture;
	for (int i = 0; i < 5000; i++) {
		buf_char(&buf, 'x');
		assert_int_equal(buf.data[buf.len], '\0');
	}
	assert_int_equal(buf.len, 5000);
	buf_free(&buf);
}

static void nuls_inside_are_kept(void **fixture)
{
	struct buf buf = BUF_MAX(10);

	(void)fixture;
	buf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "a\0b", 4);
	buf_free(&buf);
}

static void exactly_the_ceiling_fits_by_every_way_in(void **fixture)
{
	struct buf add = BUF_MAX(5), str = BUF_MAX(5), print = BUF_MAX(5), num = BUF_MAX(5);

	(void)fixture;
	buf_add(&add, "12345", 5);
	buf_str(&str, "12345");
	buf_printf(&print, "%d", 12345);
	buf_int(&num, 12345);
	assert_string_equal(buf_text(&add), "12345");
	assert_string_equal(buf_text(&str), "12345");
	assert_string_equal(buf_text(&print), "12345");
	assert_string_equal(buf_text(&num), "12345");
	assert_false(add.full || str.full || print.full || num.full);
	buf_free(&add);
	buf_free(&str);
	buf_free(&print);
	buf_free(&num);
}

static void an_addition_that_would_pass_the_ceiling_adds_nothing(void **fixture)
{
	struct buf buf = BUF_MAX(5);

	(void)fixture;
	buf_str(&buf, "abc");
	buf_str(&buf, "def");
	assert_string_equal(buf_text(&buf), "abc");
	assert_true(buf.full);
	buf_free(&buf);
}

static void once_full_even_what_would_fit_is_left_out(void **fixture)
{
	struct buf buf = BUF_MAX(5);

	(void)fixture;
	buf_str(&buf, "toolong");
	buf_char(&buf, 'x');
	buf_str(&buf, "y");
	buf_int(&buf, 1);
	buf_printf(&buf, "z");
	assert_null(buf_extend(&buf, 1));
	assert_string_equal(buf_text(&buf), "");
	assert_true(buf.full);
	buf_free(&buf);
}

static void a_printf_that_does_not_fit_adds_nothing(void **fixture)
{
	struct buf buf = BUF_MAX(5);

	(void)fixture;
	buf_printf(&buf, "%s", "123456");
	assert_int_equal(buf.len, 0);
	assert_true(buf.full);
	buf_free(&buf);
}

static void a_ceiling_of_nothing_holds_nothing(void **fixture)
{
	struct buf buf = BUF_MAX(0);

	(void)fixture;
	buf_add(&buf, NULL, 0);
	assert_false(buf.full);
	buf_char(&buf, 'x');
	assert_true(buf.full);
	assert_string_equal(buf_text(&buf), "");
	buf_free(&buf);
}

static void a_length_that_would_wrap_around_does_not_fit(void **fixture)
{
	struct buf buf = BUF_MAX(100);

	(void)fixture;
	buf_str(&buf, "abc");
	assert_null(buf_extend(&buf, SIZE_MAX));
	assert_true(buf.full);
	assert_string_equal(buf_text(&buf), "abc");
	buf_free(&buf);
}

static void a_reset_empties_it_and_keeps_its_memory(void **fixture)
{
	struct buf buf = BUF_MAX(4);
	char *state;

	(void)fixture;
	buf_str(&buf, "abc");
	state = buf.data;
	buf_str(&buf, "def");
	buf_reset(&buf);
	assert_false(buf.full);
	assert_string_equal(buf_text(&buf), "");
	buf_str(&buf, "wxyz");
	assert_ptr_equal(buf.data, state);
	assert_string_equal(buf_text(&buf), "wxyz");
	buf_free(&buf);
}

static void after_a_free_it_can_be_used_again(void **fixture)
{
	struct buf buf = BUF_MAX(4);

	(void)fixture;
	buf_str(&buf, "abcdef");
	buf_free(&buf);
	assert_null(buf.data);
	assert_false(buf.full);
	assert_int_equal(buf.len, 0);
	buf_str(&buf, "abcd");
	assert_string_equal(buf_text(&buf), "abcd");
	buf_free(&buf);
	buf_free(&buf);
}

static void shrinking_frees_only_what_is_more_than_to_be_kept(void **fixture)
{
	struct buf buf = BUF_MAX(1 << 20);

	(void)fixture;
	buf_str(&buf, "small");
	buf_shrink(&buf, 4096);
	assert_non_null(buf.data);
	assert_int_equal(buf.len, 0);
	memset(buf_extend(&buf, 100000), 'x', 100000);
	buf_shrink(&buf, 4096);
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	buf_str(&buf, "again");
	assert_string_equal(buf_text(&buf), "again");
	buf_free(&buf);
}

static void a_megabyte_survives_growing(void **fixture)
{
	struct buf buf = BUF_MAX(2 << 20);

	(void)fixture;
	for (uint32_t i = 0; i < 1 << 18; i++)
		buf_add(&buf, &i, sizeof(i));
	assert_int_equal(buf.len, 1 << 20);
	for (uint32_t i = 0; i < 1 << 18; i++)
		assert_memory_equal(buf.data + 4 * i, &i, 4);
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_without_memory_and_reads_as_empty),
		cmocka_unit_test(additions_of_every_kind_stand_one_behind_the_other),
		cmocka_unit_test(a_nul_ends_it_after_every_addition),
		cmocka_unit_test(nuls_inside_are_kept),
		cmocka_unit_test(exactly_the_ceiling_fits_by_every_way_in),
		cmocka_unit_test(an_addition_that_would_pass_the_ceiling_adds_nothing),
		cmocka_unit_test(once_full_even_what_would_fit_is_left_out),
		cmocka_unit_test(a_printf_that_does_not_fit_adds_nothing),
		cmocka_unit_test(a_ceiling_of_nothing_holds_nothing),
		cmocka_unit_test(a_length_that_would_wrap_around_does_not_fit),
		cmocka_unit_test(a_reset_empties_it_and_keeps_its_memory),
		cmocka_unit_test(after_a_free_it_can_be_used_again),
		cmocka_unit_test(shrinking_frees_only_what_is_more_than_to_be_kept),
		cmocka_unit_test(a_megabyte_survives_growing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
