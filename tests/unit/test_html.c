/* SPDX-License-Identifier: MIT */
/* Whatever a stranger is called, it stays text. */
#include "unit.h"

#include "html.h"

static void check(const char *text, const char *want)
{
	struct buf out = BUF_MAX(1024);

	html_text(&out, text);
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
}

static void test_markup_is_escaped(void **fixture)
{
	(void)fixture;
	check("</script><script>alert(1)</script>",
	      "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
	check("Tom & \"Jerry's\"", "Tom &amp; &quot;Jerry&#39;s&quot;");
	check("&lt;", "&amp;lt;");
}

static void test_controls_are_left_out_and_letters_stay(void **fixture)
{
	(void)fixture;
	check("a\x01"
	      "b\x1b[31m\x7f\n",
	      "ab[31m");
	check("S\xc3\xa3o \xf0\x9f\x98\x80", "S\xc3\xa3o \xf0\x9f\x98\x80");
	check("a\xc2\x9b"
	      "31mb\xc2\xa0",
	      "a31mb\xc2\xa0");
	check(NULL, "");
}

static void test_what_is_no_utf8_is_replaced(void **fixture)
{
	(void)fixture;
	check("\xff"
	      "a\xc0\x80",
	      "\xef\xbf\xbd"
	      "a\xef\xbf\xbd\xef\xbf\xbd");
	check("\xf0\x9f\x98", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_attributes_cannot_be_left(void **fixture)
{
	struct buf out = BUF_MAX(1024);

	(void)fixture;
	html_attribute(&out, "title", "\" onload=\"x");
	html_attribute(&out, "id", NULL);
	assert_string_equal(buf_text(&out), " title=\"&quot; onload=&quot;x\"");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markup_is_escaped),
		cmocka_unit_test(test_controls_are_left_out_and_letters_stay),
		cmocka_unit_test(test_what_is_no_utf8_is_replaced),
		cmocka_unit_test(test_attributes_cannot_be_left),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
