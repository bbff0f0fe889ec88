/* SPDX-License-Identifier: MIT */
/* Different bytes get different numbers, of which every bit is of use. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

#define MANY 20000

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void the_same_bytes_give_the_same_number(void **fixture)
{
	char one[] = "conv_1", two[] = "conv_1";

	(void)fixture;
	assert_true(hash_bytes(HASH_START, one, 6) == hash_bytes(HASH_START, two, 6));
	assert_true(hash_string(HASH_START, one) == hash_string(HASH_START, two));
}

static void a_string_counts_with_its_nul(void **fixture)
{
	(void)fixture;
	assert_true(hash_string(HASH_START, "ab") == hash_bytes(HASH_START, "ab", 3));
	assert_true(hash_string(hash_string(HASH_START, "ab"), "c") !=
		    hash_string(hash_string(HASH_START, "a"), "bc"));
	assert_true(hash_string(hash_string(HASH_START, "a"), "") != hash_string(HASH_START, "a"));
}

static void null_differs_from_every_string(void **fixture)
{
	char text[2] = "";

	(void)fixture;
	assert_true(hash_string(HASH_START, NULL) != hash_string(HASH_START, ""));
	for (int c = 1; c < 256; c++) {
		text[0] = (char)c;
		assert_true(hash_string(HASH_START, NULL) != hash_string(HASH_START, text));
	}
}

static void the_seed_matters(void **fixture)
{
	(void)fixture;
	assert_true(hash_bytes(1, "a", 1) != hash_bytes(2, "a", 1));
	assert_true(hash_bytes(1, "", 0) != hash_bytes(2, "", 0));
}

static void every_byte_and_its_place_matter(void **fixture)
{
	unsigned char a[64], b[64];
	uint64_t whole;

	(void)fixture;
	for (int i = 0; i < 64; i++)
		a[i] = (unsigned char)(i * 7);
	whole = hash_bytes(HASH_START, a, sizeof(a));
	for (int i = 0; i < 64 * 8; i++) {
		memcpy(b, a, sizeof(a));
		b[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_true(hash_bytes(HASH_START, b, sizeof(b)) != whole);
	}
	memcpy(b, a, sizeof(a));
	b[3] = a[4];
	b[4] = a[3];
	assert_true(hash_bytes(HASH_START, b, sizeof(b)) != whole);
}

static void ids_that_differ_little_do_not_collide(void **fixture)
{
	uint64_t *all = malloc(MANY * sizeof(*all));
	char id[32];

	(void)fixture;
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "conv_%08d", i);
		all[i] = hash_string(HASH_START, id);
	}
	qsort(all, MANY, sizeof(*all), compare);
	for (int i = 1; i < MANY; i++)
		assert_true(all[i] != all[i - 1]);
	free(all);
}

/* A change of one bit in what comes in turns each bit of what comes out about every second time. */
static void all_bits_are_usable(void **fixture)
{
	int turned[64] = { 0 };
	char id[32];

	(void)fixture;
	for (int i = 0; i < 1000; i++) {
		uint64_t a, b;

		snprintf(id, sizeof(id), "conv_%06d", i);
		a = hash_string(HASH_START, id);
		id[strlen(id) - 1] ^= 1;
		b = hash_string(HASH_START, id);
		for (int bit = 0; bit < 64; bit++)
			turned[bit] += (a ^ b) >> bit & 1;
	}
	for (int bit = 0; bit < 64; bit++)
		assert_in_range(turned[bit], 350, 650);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_give_the_same_number),
		cmocka_unit_test(a_string_counts_with_its_nul),
		cmocka_unit_test(null_differs_from_every_string),
		cmocka_unit_test(the_seed_matters),
		cmocka_unit_test(every_byte_and_its_place_matter),
		cmocka_unit_test(ids_that_differ_little_do_not_collide),
		cmocka_unit_test(all_bits_are_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
