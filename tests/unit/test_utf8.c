/* SPDX-License-Identifier: MIT */
/* Which bytes are characters, asked of every one there is. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define SURROGATES_FROM 0xd800u
#define SURROGATES_TO 0xdfffu
#define LAST 0x10ffffu

/* Writes a code point as UTF-8 would have it, whether or not it may. Returns the length. */
static size_t encode(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static void every_character_has_its_length_and_surrogates_none(void **fixture)
{
	char text[4];

	(void)fixture;
	for (uint32_t c = 0; c <= LAST + 1000; c++) {
		size_t n = encode(c, text);
		bool valid = c <= LAST && (c < SURROGATES_FROM || c > SURROGATES_TO);

		if (utf8_char(text, n) != (valid ? n : 0))
			fail_msg("U+%04X has length %zu", c, utf8_char(text, n));
	}
}

static void a_character_cut_off_is_none(void **fixture)
{
	char text[4];

	(void)fixture;
	for (uint32_t c = 0; c <= LAST; c += 97) {
		size_t n = encode(c, text);

		for (size_t cut = 0; cut < n; cut++) {
			char *exact = unit_exact(text, cut);

			assert_int_equal(utf8_char(exact, cut), 0);
			free(exact);
		}
	}
}

static void overlong_forms_are_none(void **fixture)
{
	(void)fixture;
	for (uint32_t c = 0; c < 0x80; c++) {
		char two[] = { (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) };

		assert_int_equal(utf8_char(two, 2), 0);
	}
	for (uint32_t c = 0; c < 0x800; c++) {
		char three[] = { (char)0xe0, (char)(0x80 | c >> 6), (char)(0x80 | (c & 0x3f)) };

		assert_int_equal(utf8_char(three, 3), 0);
	}
	for (uint32_t c = 0; c < 0x10000; c += 3) {
		char four[] = { (char)0xf0, (char)(0x80 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
				(char)(0x80 | (c & 0x3f)) };

		assert_int_equal(utf8_char(four, 4), 0);
	}
}

/* No sequence is a character but those that encode() writes. */
static void of_all_pairs_only_the_known_ones_are_characters(void **fixture)
{
	char text[4];
	int found = 0;

	(void)fixture;
	for (int i = 0; i < 65536; i++) {
		text[0] = (char)(i >> 8);
		text[1] = (char)i;
		found += utf8_char(text, 2) == 2;
	}
	assert_int_equal(found, 0x800 - 0x80);
}

static void of_all_triples_only_the_known_ones_are_characters(void **fixture)
{
	char text[4];
	int found = 0;

	(void)fixture;
	for (int i = 0xc00000; i <= 0xffffff; i++) {
		text[0] = (char)(i >> 16);
		text[1] = (char)(i >> 8);
		text[2] = (char)i;
		found += utf8_char(text, 3) == 3;
	}
	assert_int_equal(found, 0x10000 - 0x800 - 0x800);
}

static void a_tail_that_is_none_spoils_it(void **fixture)
{
	(void)fixture;
	assert_int_equal(utf8_char("\xc3(", 2), 0);
	assert_int_equal(utf8_char("\xe2\x82(", 3), 0);
	assert_int_equal(utf8_char("\xe2(\xac", 3), 0);
	assert_int_equal(utf8_char("\xf0\x9f\x98(", 4), 0);
	assert_int_equal(utf8_char("\xf0\x9f(\x80", 4), 0);
	assert_int_equal(utf8_char("\x80", 1), 0);
	assert_int_equal(utf8_char("\xf8\x88\x80\x80\x80", 5), 0);
	assert_int_equal(utf8_char("\xff", 1), 0);
}

/* ---- what may be shown ------------------------------------------------ */

static bool is_dangerous(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= SURROGATES_FROM && c <= SURROGATES_TO);
}

static void only_what_disturbs_nothing_is_printable(void **fixture)
{
	char text[4];

	(void)fixture;
	for (uint32_t c = 0; c <= LAST; c++) {
		size_t n = encode(c, text);

		if (utf8_printable(text, n) != (is_dangerous(c) ? 0 : n))
			fail_msg("U+%04X", c);
	}
	assert_int_equal(utf8_printable("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_has_its_length_and_surrogates_none),
		cmocka_unit_test(a_character_cut_off_is_none),
		cmocka_unit_test(overlong_forms_are_none),
		cmocka_unit_test(of_all_pairs_only_the_known_ones_are_characters),
		cmocka_unit_test(of_all_triples_only_the_known_ones_are_characters),
		cmocka_unit_test(a_tail_that_is_none_spoils_it),
		cmocka_unit_test(only_what_disturbs_nothing_is_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
