/* SPDX-License-Identifier: MIT */
/* What goes into a URL stays one segment or one value; what is this machine is known. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "uri.h"

static void check_escape(const struct unit_row *row)
{
	struct buf url = BUF_MAX(1000);

	uri_escape(&url, row->field[0]);
	if (strcmp(buf_text(&url), row->field[1]) != 0)
		unit_differs(row, buf_text(&url));
	buf_free(&url);
}

static void all_but_unreserved_characters_are_escaped(void **fixture)
{
	(void)fixture;
	unit_table("uri/escape.txt", check_escape);
}

static void every_byte_is_either_kept_or_two_digits(void **fixture)
{
	static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-._~";
	char text[2] = "", want[4];

	(void)fixture;
	for (int c = 1; c < 256; c++) {
		struct buf url = BUF_MAX(10), hex = BUF_MAX(10);

		text[0] = (char)c;
		uri_escape(&url, text);
		buf_printf(&hex, "%%%02X", c);
		memcpy(want, strchr(kept, c) ? text : buf_text(&hex), strchr(kept, c) ? 2 : 4);
		assert_string_equal(buf_text(&url), want);
		buf_free(&url);
		buf_free(&hex);
	}
}

static void it_adds_to_what_is_there(void **fixture)
{
	struct buf url = BUF_MAX(100);

	(void)fixture;
	buf_str(&url, "https://api.sahut.id/v1?a=");
	uri_escape(&url, "b&c");
	assert_string_equal(buf_text(&url), "https://api.sahut.id/v1?a=b%26c");
	buf_free(&url);
}

static void check_address(const struct unit_row *row)
{
	char host[URI_HOST_SIZE], got[URI_HOST_SIZE + 16] = "!";
	int port;

	if (uri_address(row->field[0], host, &port))
		snprintf(got, sizeof(got), "%s %d", host, port);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void an_address_has_a_port(void **fixture)
{
	(void)fixture;
	unit_table("uri/address.txt", check_address);
}

static void check_host(const struct unit_row *row)
{
	const char *got = uri_is_loopback(row->field[0]) ? "yes" : "no";

	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void only_this_machine_is_loopback(void **fixture)
{
	(void)fixture;
	unit_table("uri/loopback.txt", check_host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_a_port),
		cmocka_unit_test(all_but_unreserved_characters_are_escaped),
		cmocka_unit_test(every_byte_is_either_kept_or_two_digits),
		cmocka_unit_test(it_adds_to_what_is_there),
		cmocka_unit_test(only_this_machine_is_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
