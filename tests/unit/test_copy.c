/* SPDX-License-Identifier: MIT */
/* Rows in PostgreSQL's binary COPY format, to the byte. */
#include "unit.h"

#include <string.h>

#include "copy.h"

#define CHECK(buf, bytes) \
	do { \
		assert_int_equal((buf)->len, sizeof(bytes) - 1); \
		assert_memory_equal((buf)->data, bytes, (buf)->len); \
		buf_free(buf); \
	} while (0)

static void a_stream_begins_with_its_signature_and_ends_in_minus_one(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_begin(&out);
	copy_end(&out);
	CHECK(&out, "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\xff\xff");
}

static void a_row_begins_with_its_number_of_columns(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_row(&out, 14);
	copy_row(&out, 256);
	CHECK(&out, "\0\x0e\x01\0");
}

static void null_is_a_length_of_minus_one_for_every_type(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_null(&out);
	copy_text(&out, NULL);
	copy_time(&out, TIME_NONE);
	copy_jsonb(&out, NULL);
	copy_bytes(&out, NULL, 5);
	CHECK(&out, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		    "\xff\xff\xff\xff");
}

static void texts_stand_as_they_are(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_text(&out, "");
	copy_text(&out, "a\tb\n\\N\"");
	copy_text(&out, "\xc3\xa9");
	CHECK(&out, "\0\0\0\0\0\0\0\x07"
		    "a\tb\n\\N\"\0\0\0\x02\xc3\xa9");
}

static void integers_are_big_endian(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_int4(&out, 0x01020304);
	copy_int4(&out, -2);
	copy_int4(&out, INT32_MIN);
	CHECK(&out, "\0\0\0\x04\x01\x02\x03\x04\0\0\0\x04\xff\xff\xff\xfe\0\0\0\x04\x80\0\0\0");
}

static void times_count_from_the_year_2000(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_time(&out, INT64_C(946684800000000));
	copy_time(&out, INT64_C(946684800000001));
	copy_time(&out, INT64_C(946684799999999));
	copy_time(&out, 0);
	CHECK(&out, "\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\x01"
		    "\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xff"
		    "\0\0\0\x08\xff\xfc\xa2\xfe\xc4\xc8\x20\0");
}

static void jsonb_has_its_version_before_it(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_jsonb(&out, "{\"a\":1}");
	CHECK(&out, "\0\0\0\x08\x01{\"a\":1}");
}

static void bytes_may_hold_nuls(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_bytes(&out, "a\0b", 3);
	copy_bytes(&out, "", 0);
	CHECK(&out, "\0\0\0\x03"
		    "a\0b\0\0\0\0");
}

static void an_empty_array_has_no_dimension(void **fixture)
{
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_texts(&out, NULL, 0);
	CHECK(&out, "\0\0\0\x0c\0\0\0\0\0\0\0\0\0\0\0\x19");
}

static void an_array_of_texts_has_one_dimension_from_one(void **fixture)
{
	static const char *const texts[] = { "refund", "" };
	struct buf out = BUF_MAX(1000);

	(void)fixture;
	copy_texts(&out, texts, 2);
	CHECK(&out, "\0\0\0\x22\0\0\0\x01\0\0\0\0\0\0\0\x19\0\0\0\x02\0\0\0\x01"
		    "\0\0\0\x06refund\0\0\0\0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_begins_with_its_signature_and_ends_in_minus_one),
		cmocka_unit_test(a_row_begins_with_its_number_of_columns),
		cmocka_unit_test(null_is_a_length_of_minus_one_for_every_type),
		cmocka_unit_test(texts_stand_as_they_are),
		cmocka_unit_test(integers_are_big_endian),
		cmocka_unit_test(times_count_from_the_year_2000),
		cmocka_unit_test(jsonb_has_its_version_before_it),
		cmocka_unit_test(bytes_may_hold_nuls),
		cmocka_unit_test(an_empty_array_has_no_dimension),
		cmocka_unit_test(an_array_of_texts_has_one_dimension_from_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
