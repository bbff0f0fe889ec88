/* SPDX-License-Identifier: MIT */
/* JSON is written with its commas in place, and every text in it is valid UTF-8. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "json_writer.h"
#include "utf8.h"

static struct buf buf = BUF_MAX(4 << 20);

static int empty_the_buffer(void **fixture)
{
	(void)fixture;
	buf_reset(&buf);
	return 0;
}

static int free_the_buffer(void **fixture)
{
	(void)fixture;
	buf_free(&buf);
	return 0;
}

static void every_kind_of_value_stands_between_commas(void **fixture)
{
	struct json_writer out = JSON_WRITER_TO(&buf);

	(void)fixture;
	json_writer_open(&out, '{');
	json_writer_key(&out, "text");
	json_writer_string(&out, "x");
	json_writer_key(&out, "none");
	json_writer_string(&out, NULL);
	json_writer_key(&out, "number");
	json_writer_int(&out, INT64_MIN);
	json_writer_key(&out, "list");
	json_writer_open(&out, '[');
	json_writer_bool(&out, true);
	json_writer_bool(&out, false);
	json_writer_null(&out);
	json_writer_open(&out, '[');
	json_writer_close(&out, ']');
	json_writer_open(&out, '{');
	json_writer_close(&out, '}');
	json_writer_raw(&out, "1.5", 3);
	json_writer_text(&out, "abc", 2);
	json_writer_close(&out, ']');
	json_writer_key(&out, "last");
	json_writer_int(&out, 0);
	json_writer_close(&out, '}');
	assert_string_equal(buf_text(&buf),
			    "{\"text\":\"x\",\"none\":null,\"number\":-9223372036854775808,"
			    "\"list\":[true,false,null,[],{},1.5,\"ab\"],\"last\":0}");
}

static void a_member_is_its_key_and_its_value(void **fixture)
{
	struct json_writer out = JSON_WRITER_TO(&buf);

	(void)fixture;
	json_writer_open(&out, '{');
	json_writer_key_string(&out, "text", "a\"b");
	json_writer_key_string(&out, "none", NULL);
	json_writer_key_int(&out, "number", INT64_MAX);
	json_writer_key_bool(&out, "yes", true);
	json_writer_key_bool(&out, "no", false);
	json_writer_close(&out, '}');
	assert_string_equal(buf_text(&buf),
			    "{\"text\":\"a\\\"b\",\"none\":null,\"number\":9223372036854775807,"
			    "\"yes\":true,\"no\":false}");
}

static void a_value_alone_has_no_comma(void **fixture)
{
	struct json_writer out = JSON_WRITER_TO(&buf);

	(void)fixture;
	json_writer_int(&out, 1);
	assert_string_equal(buf_text(&buf), "1");
}

static void an_instant_is_rfc_3339_and_none_is_null(void **fixture)
{
	struct json_writer out = JSON_WRITER_TO(&buf);

	(void)fixture;
	json_writer_open(&out, '[');
	json_writer_time(&out, INT64_C(1710491400000000));
	json_writer_time(&out, INT64_C(1710491400000001));
	json_writer_time(&out, TIME_NONE);
	json_writer_close(&out, ']');
	assert_string_equal(buf_text(&buf),
			    "[\"2024-03-15T08:30:00Z\",\"2024-03-15T08:30:00.000001Z\",null]");
}

static void a_row_is_written_as_wanted(const struct unit_row *row)
{
	char *given = unit_exact(row->field[0], row->len[0]);
	struct json_writer out = JSON_WRITER_TO(&buf);

	buf_reset(&buf);
	json_writer_text(&out, given, row->len[0]);
	if (strcmp(buf_text(&buf), row->field[1]) != 0)
		unit_differs(row, buf_text(&buf));
	free(given);
}

static void texts_are_escaped_and_mended(void **fixture)
{
	(void)fixture;
	unit_table("json_writer/texts.txt", a_row_is_written_as_wanted);
}

static void keys_are_escaped_too(void **fixture)
{
	struct json_writer out = JSON_WRITER_TO(&buf);

	(void)fixture;
	json_writer_open(&out, '{');
	json_writer_key(&out, "a\"b\n\xff");
	json_writer_null(&out);
	json_writer_close(&out, '}');
	assert_string_equal(buf_text(&buf), "{\"a\\\"b\\n" UTF8_REPLACEMENT "\":null}");
}

/* Whatever two bytes meet: between the quotes is UTF-8 without controls. */
static void any_bytes_become_valid_text(void **fixture)
{
	struct json_writer out;
	char in[2];

	(void)fixture;
	for (int i = 0; i < 65536; i++) {
		in[0] = (char)(i >> 8);
		in[1] = (char)i;
		buf_reset(&buf);
		out = (struct json_writer)JSON_WRITER_TO(&buf);
		json_writer_text(&out, in, 2);
		for (size_t at = 0; at < buf.len;) {
			size_t len = utf8_char(buf.data + at, buf.len - at);

			assert_int_not_equal(len, 0);
			assert_true((unsigned char)buf.data[at] >= 0x20);
			at += len;
		}
		assert_int_equal(buf.data[0], '"');
		assert_int_equal(buf.data[buf.len - 1], '"');
	}
}

static void a_megabyte_of_text_goes_through(void **fixture)
{
	struct json_writer out = JSON_WRITER_TO(&buf);
	char *text = malloc(1 << 20);

	(void)fixture;
	memset(text, 'x', 1 << 20);
	text[1000] = '\n';
	json_writer_text(&out, text, 1 << 20);
	assert_int_equal(buf.len, (1 << 20) + 3);
	assert_false(buf.full);
	free(text);
}

static void a_buffer_that_is_full_says_so(void **fixture)
{
	struct buf small = BUF_MAX(8);
	struct json_writer out = JSON_WRITER_TO(&small);

	(void)fixture;
	json_writer_open(&out, '[');
	json_writer_string(&out, "0123456789");
	json_writer_close(&out, ']');
	assert_true(small.full);
	buf_free(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_kind_of_value_stands_between_commas, empty_the_buffer),
		cmocka_unit_test_setup(a_member_is_its_key_and_its_value, empty_the_buffer),
		cmocka_unit_test_setup(a_value_alone_has_no_comma, empty_the_buffer),
		cmocka_unit_test_setup(an_instant_is_rfc_3339_and_none_is_null, empty_the_buffer),
		cmocka_unit_test_setup(texts_are_escaped_and_mended, empty_the_buffer),
		cmocka_unit_test_setup(keys_are_escaped_too, empty_the_buffer),
		cmocka_unit_test_setup(any_bytes_become_valid_text, empty_the_buffer),
		cmocka_unit_test_setup(a_megabyte_of_text_goes_through, empty_the_buffer),
		cmocka_unit_test(a_buffer_that_is_full_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, free_the_buffer);
}
