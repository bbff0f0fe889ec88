/* SPDX-License-Identifier: MIT */
#include "json_scan.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct json_span span(const char *text)
{
	return (struct json_span){ text, strlen(text) };
}

/* The member as text; "(none)" where there is none. */
static const char *member(const char *text, const char *key)
{
	static char found[200];
	struct json_span whole = span(text), value;

	if (!json_scan_member(&whole, key, &value))
		return "(none)";
	assert_true(value.p >= text && value.p + value.n <= text + whole.n);
	snprintf(found, sizeof(found), "%.*s", (int)value.n, value.p);
	return found;
}

static void a_member_is_found_in_the_text(void **state)
{
	(void)state;
	assert_string_equal(member("{\"a\":1,\"data\":[1,{\"data\":2}],\"b\":3}", "data"),
			    "[1,{\"data\":2}]");
	assert_string_equal(member(" {\n\"data\" : \"x,}\\\"]\" , \"b\":[ ]}\n", "data"),
			    "\"x,}\\\"]\"");
	assert_string_equal(member("{\"a\":{},\"data\":-1.5e3}", "data"), "-1.5e3");
	assert_string_equal(member("{\"data\":null}", "data"), "null");
	/* Of two, the last one, as json-c has it. */
	assert_string_equal(member("{\"data\":[1],\"data\":[2]}", "data"), "[2]");
}

static void what_is_no_object_or_breaks_off_has_no_members(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{",
		"{\"data\"",
		"{\"data\":",
		"{\"data\":[",
		"{\"data\":[1]",
		"{\"data\" 1}",
		"{\"a\":1}",
		"\"data\"",
		"{\"data\":}",
		"{\"da",
		"{\"data\":\"",
		"{data:1}",
		"{\"x\":\"\\",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(member(texts[i], "data"), "(none)");
}

/* How many elements there are; -1 when the text breaks off. */
static int count(const char *text)
{
	struct json_span at = span(text), element;
	int n = 0;

	while (json_scan_element(&at, &element)) {
		assert_true(element.n > 0);
		n++;
	}
	return at.n == 1 && *at.p == ']' ? n : -1;
}

static void elements_come_one_by_one(void **state)
{
	(void)state;
	assert_int_equal(count("[]"), 0);
	assert_int_equal(count("[ \n ]"), 0);
	assert_int_equal(count("[1]"), 1);
	assert_int_equal(count("[1,2 , {\"a\":[1,2]},\"]\",null]"), 5);
	assert_int_equal(count("["), -1);
	assert_int_equal(count("[1"), -1);
	assert_int_equal(count("[1,"), -1);
	assert_int_equal(count("[1,]"), -1);
	assert_int_equal(count("[,1]"), -1);
	assert_int_equal(count("[{]"), -1);
	assert_int_equal(count("[\"a"), -1);
	assert_int_equal(count("[1 2]"), -1);
}

static struct json_weight weigh(const char *text)
{
	struct json_span whole = span(text);

	return json_scan_weight(&whole);
}

static void the_weight_is_that_of_the_tree_and_of_the_digits(void **state)
{
	(void)state;
	assert_true(weigh("[{},{},{}]").tree > 3 * 700);
	assert_true(weigh("[[],[],[]]").tree > 3 * 300);
	assert_true(weigh("{\"a\":1,\"b\":2}").tree > weigh("[1,2]").tree);
	/* What stands in a string is no structure. */
	assert_true(weigh("\"{{{{[[[[,,,,\"").tree < 200);
	assert_int_equal(weigh("1e300").text, 305);
	assert_int_equal(weigh("[1E+300,-2.5e-300]").text, 18 + 600);
	assert_int_equal(weigh("\"1e300\"").text, 7);
	assert_int_equal(weigh("true").text, 4);
	assert_int_equal(weigh("true").values, 1);
	assert_int_equal(weigh("[1,2,3]").values, 1 + 3);
	assert_int_equal(weigh("{\"a,:{[\":1,\"b\":[]}").values, 1 + 1 + 2 + 1 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_is_found_in_the_text),
		cmocka_unit_test(what_is_no_object_or_breaks_off_has_no_members),
		cmocka_unit_test(elements_come_one_by_one),
		cmocka_unit_test(the_weight_is_that_of_the_tree_and_of_the_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
