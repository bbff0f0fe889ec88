/* SPDX-License-Identifier: MIT */
/* A secret is found in a sentence whatever it is written in, and nothing else is touched. */
#include "redact.h"

#include <stdio.h>
#include <string.h>

#include "err.h"
#include "unit.h"

#define KEY "sk_live_7f3a"

static int learn(void **fixture)
{
	(void)fixture;
	redact_learn(KEY);
	return 0;
}

static int forget(void **fixture)
{
	(void)fixture;
	redact_forget();
	return 0;
}

static const char *redacted(const char *text)
{
	static char copy[400];

	snprintf(copy, sizeof(copy), "%s", text);
	redact_text(copy, strlen(copy));
	assert_int_equal(strlen(copy), strlen(text));
	return copy;
}

static void each_encoding_is_found(void **fixture)
{
	static const char *const texts[] = {
		"the key " KEY " was revoked",
		KEY,
		"s\\u006b_live_7f3a",
		"\\u0073\\u006B\\u005f\\u006c\\u0069\\u0076\\u0065\\u005f\\u0037\\u0066\\u0033\\u00"
		"61",
		"\\x73k_live_7f3a",
		"sk%5Flive%5f7f3a",
		"%73%6b%5f%6c%69%76%65%5f%37%66%33%61",
		"sk&#95;live&#x5f;7f3a",
		"Authorization: Basic OnNrX2xpdmVfN2YzYQ==", /* ":" and the key */
		"c2tfbGl2ZV83ZjNh",
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = redacted(texts[i]);

		if (strstr(text, "live") || strstr(text, "f3a") || strstr(text, "ZV83") ||
		    strstr(text, "006c") || strstr(text, "%69") || !strchr(text, '*'))
			fail_msg("%s: %s", texts[i], text);
	}
}

static void what_is_no_secret_stays(void **fixture)
{
	static const char *const texts[] = { "",       "sk_live_7f3", "%",
					     "\\u00",  "&#",	      "100 % of \\u006b",
					     "&#107;", "%zz%",	      "sk_live_7F3A" };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(redacted(texts[i]), texts[i]);
}

static void no_sentence_has_it(void **fixture)
{
	struct err err;

	(void)fixture;
	err_set(&err, ERR_DATA, "401: %s is no key", KEY);
	assert_null(strstr(err.text, KEY));
	err_wrap(&err, "%s", KEY);
	assert_null(strstr(err.text, KEY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_encoding_is_found),
		cmocka_unit_test(what_is_no_secret_stays),
		cmocka_unit_test(no_sentence_has_it),
	};

	return cmocka_run_group_tests(tests, learn, forget);
}
