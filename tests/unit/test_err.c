/* SPDX-License-Identifier: MIT */
/* A failure is a finished sentence and a kind, and hostile bytes in it are made visible. */
#include "unit.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#include "err.h"

static void setting_fills_it_and_answers_false(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	assert_int_equal(err.kind, ERR_NONE);
	assert_false(err_set(&err, ERR_DATA, "page %d: %s", 12, "broken"));
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.text, "page 12: broken");
}

static void setting_forgets_what_it_held(void **fixture)
{
	struct err err = { .code = "40001", .http_status = 429, .wait = 5, .text = "old" };

	(void)fixture;
	err_set(&err, ERR_BUG, "new");
	assert_string_equal(err.code, "");
	assert_int_equal(err.http_status, 0);
	assert_int_equal(err.wait, 0);
	assert_string_equal(err.text, "new");
}

static void the_old_sentence_may_stand_in_the_new_one(void **fixture)
{
	struct err err = { .text = "inner" };

	(void)fixture;
	err_set(&err, ERR_DATA, "outer %s outer", err.text);
	assert_string_equal(err.text, "outer inner outer");
}

static void wrapping_puts_the_general_before_and_changes_nothing_else(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	err_set(&err, ERR_SLOW_DOWN, "too many");
	memcpy(err.code, "rate_limited", 13);
	err.http_status = 429;
	err.wait = 7;
	assert_false(err_wrap(&err, "page %d", 12));
	assert_false(err_wrap(&err, "utama"));
	assert_string_equal(err.text, "utama: page 12: too many");
	assert_int_equal(err.kind, ERR_SLOW_DOWN);
	assert_string_equal(err.code, "rate_limited");
	assert_int_equal(err.http_status, 429);
	assert_int_equal(err.wait, 7);
}

static void a_sentence_that_is_too_long_loses_its_end_never_its_beginning(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	err_set(&err, ERR_DATA, "%0*d", 5000, 1);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	err_wrap(&err, "utama");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_memory_equal(err.text, "utama: 000", 10);
	err_wrap(&err, "%0*d", 5000, 1);
	assert_true(strlen(err.text) < sizeof(err.text));
}

static void every_kind_has_a_word_of_its_own(void **fixture)
{
	(void)fixture;
	for (enum err_kind a = ERR_NONE; a <= ERR_BUG; a++) {
		assert_non_null(err_kind_name(a));
		for (enum err_kind b = ERR_NONE; b < a; b++)
			assert_string_not_equal(err_kind_name(a), err_kind_name(b));
	}
	assert_string_equal(err_kind_name(ERR_UNAVAILABLE), "unavailable");
}

/* ---- err_quote -------------------------------------------------------- */

static void a_row_is_quoted_as_wanted(const struct unit_row *row)
{
	char *given = unit_exact(row->field[0], row->len[0]), buf[200];

	if (strcmp(err_quote(buf, sizeof(buf), given, row->len[0]), row->field[1]) != 0)
		unit_differs(row, buf);
	free(given);
}

static void what_is_unprintable_is_made_visible(void **fixture)
{
	(void)fixture;
	unit_table("err/quote.txt", a_row_is_quoted_as_wanted);
}

static void quoting_answers_with_the_buffer(void **fixture)
{
	char buf[20];

	(void)fixture;
	assert_ptr_equal(err_quote(buf, sizeof(buf), "x", 1), buf);
	assert_string_equal(err_quote(buf, sizeof(buf), NULL, 0), "");
}

static void a_text_that_just_fits_is_whole(void **fixture)
{
	char buf[11];

	(void)fixture;
	assert_string_equal(err_quote(buf, sizeof(buf), "0123456789", 10), "0123456789");
	assert_string_equal(err_quote(buf, sizeof(buf), "0123456789A", 11), "0123456...");
}

static void a_cut_never_splits_a_character(void **fixture)
{
	static const char in[] = "\xc3\xa9\xc3\xa9\x01\xe2\x82\xac\xc3\xa9\x1b";
	static const char *const outs[] = {
		"...",
		"\xc3\xa9...",
		"\xc3\xa9\xc3\xa9...",
		"\xc3\xa9\xc3\xa9\\x01...",
		"\xc3\xa9\xc3\xa9\\x01\xe2\x82\xac...",
		"\xc3\xa9\xc3\xa9\\x01\xe2\x82\xac\xc3\xa9...",
		"\xc3\xa9\xc3\xa9\\x01\xe2\x82\xac\xc3\xa9\\x1b",
	};

	(void)fixture;
	for (size_t size = 4; size < 30; size++) {
		char *buf = malloc(size);
		const char *best = outs[0];

		for (size_t i = 0; i < ARRAY_SIZE(outs); i++)
			if (strlen(outs[i]) < size)
				best = outs[i];
		assert_string_equal(err_quote(buf, size, in, strlen(in)), best);
		free(buf);
	}
}

static void a_tiny_buffer_is_not_overrun(void **fixture)
{
	(void)fixture;
	for (size_t size = 1; size < 5; size++) {
		char *buf = malloc(size);

		err_quote(buf, size, "abcdefgh", 8);
		assert_true(strlen(buf) < size);
		err_quote(buf, size, "\x01\x02", 2);
		assert_true(strlen(buf) < size);
		free(buf);
	}
}

/* Whatever comes in, what goes out is printable, ends, and is at most four times as long. */
static void no_bytes_get_through_that_a_terminal_obeys(void **fixture)
{
	char in[2], out[16];

	(void)fixture;
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			in[0] = (char)a;
			in[1] = (char)b;
			err_quote(out, sizeof(out), in, 2);
			assert_true(strlen(out) >= 2 && strlen(out) <= 8);
			for (const char *p = out; *p; p++)
				assert_false((unsigned char)*p < 0x20 || *p == 0x7f);
		}
	}
}

/* However long what stands before it is, a sentence ends with a whole character. */
static void a_sentence_that_is_cut_has_no_half_of_a_character(void **fixture)
{
	static char text[4000];
	struct err err;

	(void)fixture;
	for (size_t before = 0; before < 8; before++) {
		size_t n = 0;

		memset(text, 'x', before);
		for (n = before; n + 5 < sizeof(text); n += 4)
			memcpy(text + n, "\xf0\x9f\x98\x80", 4);
		text[n] = '\0';
		err_set(&err, ERR_DATA, "%s", text);
		for (int wrapped = 0; wrapped < 2; wrapped++) {
			for (size_t at = 0; err.text[at];) {
				size_t len = utf8_char(err.text + at, strlen(err.text + at));

				assert_true(len > 0);
				at += len;
			}
			err_wrap(&err, "%.*s", (int)before, "abcdefgh");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sentence_that_is_cut_has_no_half_of_a_character),
		cmocka_unit_test(setting_fills_it_and_answers_false),
		cmocka_unit_test(setting_forgets_what_it_held),
		cmocka_unit_test(the_old_sentence_may_stand_in_the_new_one),
		cmocka_unit_test(wrapping_puts_the_general_before_and_changes_nothing_else),
		cmocka_unit_test(a_sentence_that_is_too_long_loses_its_end_never_its_beginning),
		cmocka_unit_test(every_kind_has_a_word_of_its_own),
		cmocka_unit_test(what_is_unprintable_is_made_visible),
		cmocka_unit_test(quoting_answers_with_the_buffer),
		cmocka_unit_test(a_text_that_just_fits_is_whole),
		cmocka_unit_test(a_cut_never_splits_a_character),
		cmocka_unit_test(a_tiny_buffer_is_not_overrun),
		cmocka_unit_test(no_bytes_get_through_that_a_terminal_obeys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
