/* SPDX-License-Identifier: MIT */
/* What arrives is mended where that is honest, refused where it is not, and never read too far. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "json_sanitize.h"
#include "utf8.h"

/* Repairs N bytes with nothing readable behind them; OUT gets the text whether it was repaired or not. */
static const char *repair(const char *s, size_t n, struct buf *out, size_t *repaired)
{
	char *given = unit_exact(s, n);
	struct json_sanitize text = { .s = given, .n = n };
	const char *wrong = json_sanitize_repair(&text, out);

	assert_true(text.at <= n);
	*repaired = text.repaired;
	if (!wrong && text.s >= given && text.s <= given + n)
		buf_add(out, text.s, text.n);
	free(given);
	return wrong;
}

/* ---- cases in files --------------------------------------------------- */

static void check_case(const char *path, const char *text, size_t n)
{
	struct buf out = BUF_MAX(1 << 20), report = BUF_MAX(1 << 20);
	size_t repaired = 99;
	const char *wrong = repair(text, n, &out, &repaired);

	if (wrong)
		buf_printf(&report, "refused: %s\n", wrong);
	else
		buf_printf(&report, "%zu repaired\n%s", repaired, buf_text(&out));
	unit_want(path, buf_text(&report));
	buf_free(&out);
	buf_free(&report);
}

static void every_case_comes_out_as_wanted(void **fixture)
{
	(void)fixture;
	unit_each("json_sanitize", ".json", check_case);
}

static void check_numbers(const struct unit_row *row)
{
	struct buf out = BUF_MAX(100);
	size_t repaired;
	const char *wrong = repair(row->field[0], row->len[0], &out, &repaired);
	const char *got = wrong ? "!" : buf_text(&out);

	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	buf_free(&out);
}

static void numbers_pass_only_as_json_writes_them(void **fixture)
{
	(void)fixture;
	unit_table("json_sanitize/numbers.txt", check_numbers);
}

static void check_grammar(const struct unit_row *row)
{
	struct buf out = BUF_MAX(1000);
	size_t repaired;
	const char *wrong = repair(row->field[0], row->len[0], &out, &repaired);

	if (strcmp(wrong ? wrong : buf_text(&out), row->field[1]) != 0)
		unit_differs(row, wrong ? wrong : buf_text(&out));
	buf_free(&out);
}

static void the_grammar_is_that_of_rfc_8259(void **fixture)
{
	(void)fixture;
	unit_table("json_sanitize/grammar.txt", check_grammar);
}

/* ---- numbers at their limits ------------------------------------------ */

/* What becomes of a number made of SIGN, DIGITS digits, a point if there is a FRACTION, and EXP. */
static char *numeral(size_t digits, size_t fraction, const char *exp)
{
	struct buf in = BUF_MAX(1 << 20), out = BUF_MAX(1 << 20);
	size_t repaired;
	char *copy;

	memset(buf_extend(&in, digits), '7', digits);
	if (fraction > 0) {
		buf_char(&in, '.');
		memset(buf_extend(&in, fraction), '3', fraction);
	}
	buf_str(&in, exp);
	assert_null(repair(buf_text(&in), in.len, &out, &repaired));
	copy = strdup(buf_text(&out));
	buf_free(&in);
	buf_free(&out);
	return copy;
}

static void check_numeral(size_t digits, size_t fraction, const char *exp, bool is_number)
{
	char *got = numeral(digits, fraction, exp);

	assert_int_equal(got[0] != '"', is_number);
	assert_int_equal(got[strlen(got) - 1] != '"', is_number);
	free(got);
}

/*
 * A numeric has 131,072 digits before the point and 16,383 behind it; what
 * stays a number must fit whatever its digits and its exponent are together.
 */
static void what_no_numeric_holds_becomes_a_string(void **fixture)
{
	(void)fixture;
	check_numeral(4000, 0, "", true);
	check_numeral(20000, 0, "", false);
	check_numeral(200000, 0, "", false);
	check_numeral(1, 4000, "", true);
	check_numeral(1, 20000, "", false);
	check_numeral(1, 0, "e4000", true);
	check_numeral(1, 0, "e-4000", true);
	check_numeral(1, 0, "e140000", false);
	check_numeral(1, 0, "e-17000", false);
	check_numeral(1, 9000, "e-9000", false);
	check_numeral(9000, 0, "e130000", false);
}

static void an_exponent_that_no_integer_holds_is_absurd_and_no_accident(void **fixture)
{
	static const char *const exponents[] = {
		"e2147483648",
		"e-2147483648",
		"e9223372036854775807",
		"e-9223372036854775808",
		"e99999999999999999999999",
		"e-99999999999999999999999",
		"E+18446744073709551616",
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(exponents); i++)
		check_numeral(1, 0, exponents[i], false);
	check_numeral(1, 0, "e000000000000000000000000001", true);
}

/* ---- strings ---------------------------------------------------------- */

/* Any three bytes in a string: what comes out is UTF-8 without a NUL, or it is cut off by a quote. */
static void any_bytes_in_a_string_become_utf8(void **fixture)
{
	static const unsigned char bytes[] = { 0x00, 0x01, '\t', '"',  'a',  '\\', 'u',
					       '0',  0x7f, 0x80, 0xbf, 0xc2, 0xe0, 0xe2,
					       0xed, 0xf0, 0xf4, 0xff, 0x9f, 0xa0 };
	struct buf out = BUF_MAX(1000);
	char in[5] = { '"', 0, 0, 0, '"' };
	size_t n = ARRAY_SIZE(bytes), repaired;

	(void)fixture;
	for (size_t i = 0; i < n * n * n; i++) {
		in[1] = (char)bytes[i % n];
		in[2] = (char)bytes[i / n % n];
		in[3] = (char)bytes[i / n / n];
		buf_reset(&out);
		if (repair(in, 5, &out, &repaired))
			continue;
		for (size_t at = 0; at < out.len;) {
			size_t len = utf8_char(out.data + at, out.len - at);

			assert_int_not_equal(len, 0);
			assert_int_not_equal(out.data[at], '\0');
			at += len;
		}
	}
	buf_free(&out);
}

static void each_replaced_character_is_counted(void **fixture)
{
	static const struct {
		const char *text;
		size_t n, repaired;
	} cases[] = {
		{ "\"\"", 2, 0 },
		{ "\"\\u0000\"", 8, 1 },
		{ "\"\\\\u0000\"", 9, 0 },
		{ "\"\\\\\\u0000\"", 10, 1 },
		{ "\"\\u0000\\u0000\"", 14, 2 },
		{ "\"\0\0\"", 4, 2 },
		{ "\"\xff\xfe\"", 4, 2 },
		{ "\"\xed\xa0\x80\"", 5, 3 },
		{ "\"\xe2\x82\xac\"", 5, 0 },
		{ "{\"a\\u0000\":\"\xff\"}", 15, 2 },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf out = BUF_MAX(100);
		size_t repaired = 99;

		assert_null(repair(cases[i].text, cases[i].n, &out, &repaired));
		assert_int_equal(repaired, cases[i].repaired);
		buf_free(&out);
	}
}

static void a_megabyte_in_one_string_passes(void **fixture)
{
	struct buf in = BUF_MAX(2 << 20), out = BUF_MAX(4 << 20);
	size_t repaired;

	(void)fixture;
	buf_char(&in, '"');
	memset(buf_extend(&in, 1 << 20), 'x', 1 << 20);
	buf_char(&in, '"');
	assert_null(repair(buf_text(&in), in.len, &out, &repaired));
	assert_int_equal(out.len, in.len);
	assert_memory_equal(out.data, in.data, in.len);
	buf_free(&in);
	buf_free(&out);
}

/* ---- whole texts ------------------------------------------------------ */

static const char page[] = "\xef\xbb\xbf{\"data\":[{\"id\":\"c\\u0000\xc3\xa9\xff\",\"n\":[-1.5e+3,"
			   "1234567890123456789012,1e99999,true,null]}],\"meta\":{\"\\\"\":0}}";

static void a_text_may_end_anywhere(void **fixture)
{
	(void)fixture;
	for (size_t n = 0; n < sizeof(page); n++) {
		struct buf out = BUF_MAX(1000);
		size_t repaired;

		(void)!repair(page, n, &out, &repaired);
		buf_free(&out);
	}
}

/* Whatever one byte is, what was accepted is not touched by a second repair. */
static void what_was_repaired_needs_no_repair(void **fixture)
{
	char text[sizeof(page)];
	struct buf once = BUF_MAX(1000), twice = BUF_MAX(1000);
	size_t repaired;

	(void)fixture;
	for (size_t at = 0; at < sizeof(page) - 1; at++) {
		for (int c = 0; c < 256; c++) {
			memcpy(text, page, sizeof(page));
			text[at] = (char)c;
			buf_reset(&once);
			buf_reset(&twice);
			if (repair(text, sizeof(page) - 1, &once, &repaired))
				continue;
			assert_null(repair(buf_text(&once), once.len, &twice, &repaired));
			assert_int_equal(repaired, 0);
			assert_int_equal(once.len, twice.len);
			assert_memory_equal(once.data, twice.data, once.len);
		}
	}
	buf_free(&once);
	buf_free(&twice);
}

static void a_text_with_nothing_to_repair_stays_where_it_is(void **fixture)
{
	static const char plain[] = "{\"a\":[\"\xc3\xa9\",1.5]}", marked[] = "\xef\xbb\xbf[]";
	struct buf out = BUF_MAX(100);
	struct json_sanitize text = { .s = plain, .n = sizeof(plain) - 1 };

	(void)fixture;
	assert_null(json_sanitize_repair(&text, &out));
	assert_ptr_equal(text.s, plain);
	assert_int_equal(text.n, sizeof(plain) - 1);
	text = (struct json_sanitize){ .s = marked, .n = sizeof(marked) - 1 };
	assert_null(json_sanitize_repair(&text, &out));
	assert_ptr_equal(text.s, marked + 3);
	assert_int_equal(text.n, 2);
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

static void a_fault_is_told_with_its_place(void **fixture)
{
	static const char wrong[] = "{\"a\\u0000\": [1, \xff]}";
	struct buf out = BUF_MAX(100);
	struct json_sanitize text = { .s = wrong, .n = sizeof(wrong) - 1 };

	(void)fixture;
	assert_string_equal(json_sanitize_repair(&text, &out), "a value was expected");
	assert_int_equal(text.at, 16);
	buf_free(&out);
}

static void what_does_not_fit_shows_in_the_buffer(void **fixture)
{
	struct buf out = BUF_MAX(10);
	size_t repaired;

	(void)fixture;
	assert_null(repair("\"012345678\xff\"", 12, &out, &repaired));
	assert_true(out.full);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_comes_out_as_wanted),
		cmocka_unit_test(numbers_pass_only_as_json_writes_them),
		cmocka_unit_test(what_no_numeric_holds_becomes_a_string),
		cmocka_unit_test(an_exponent_that_no_integer_holds_is_absurd_and_no_accident),
		cmocka_unit_test(any_bytes_in_a_string_become_utf8),
		cmocka_unit_test(each_replaced_character_is_counted),
		cmocka_unit_test(a_megabyte_in_one_string_passes),
		cmocka_unit_test(a_text_may_end_anywhere),
		cmocka_unit_test(what_was_repaired_needs_no_repair),
		cmocka_unit_test(the_grammar_is_that_of_rfc_8259),
		cmocka_unit_test(a_text_with_nothing_to_repair_stays_where_it_is),
		cmocka_unit_test(a_fault_is_told_with_its_place),
		cmocka_unit_test(what_does_not_fit_shows_in_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
