/* SPDX-License-Identifier: MIT */
/* A conninfo's hosts, addresses and ports, one attempt after another. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "servers.h"

/* All attempts in one line: "host/address/port", or "!" for a name without an address. */
static const char *attempts(const char *hosts, const char *addresses, const char *ports,
			    const struct server *first)
{
	static char text[2000];
	struct servers *servers = servers_new(hosts, addresses, ports, first);
	struct server server;
	struct err err = ERR_INIT;
	size_t n = 0;

	text[0] = '\0';
	if (!servers)
		return "unfit";
	for (;;) {
		switch (servers_next(servers, &server, &err)) {
		case SERVERS_END:
			servers_free(&servers);
			return text;
		case SERVERS_FAILED:
			assert_int_equal(err.kind, ERR_UNAVAILABLE);
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s!", n ? " " : "");
			break;
		case SERVERS_ONE:
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s/%s/%s",
					      n ? " " : "", server.host, server.address,
					      server.port);
		}
	}
}

static void each_host_has_its_port(void **state)
{
	(void)state;
	assert_string_equal(attempts("/a,/b,/c", NULL, "1,2,3", NULL), "/a//1 /b//2 /c//3");
	assert_string_equal(attempts("/a,@b", NULL, "7", NULL), "/a//7 @b//7");
	assert_string_equal(attempts("/a,/b", NULL, ",2", NULL), "/a//5432 /b//2");
	assert_string_equal(attempts("127.0.0.1,::1", NULL, NULL, NULL),
			    "127.0.0.1/127.0.0.1/5432 ::1/::1/5432");
}

static void without_any_there_is_one(void **state)
{
	(void)state;
	assert_string_equal(attempts(NULL, NULL, NULL, NULL), "//5432");
	assert_string_equal(attempts("", "", "", NULL), "//5432");
	assert_string_equal(attempts("/a,,/b", NULL, NULL, NULL), "/a//5432 //5432 /b//5432");
}

static void an_address_goes_with_its_name(void **state)
{
	(void)state;
	assert_string_equal(attempts("one.test,two.test", "10.0.0.1,10.0.0.2", "1", NULL),
			    "one.test/10.0.0.1/1 two.test/10.0.0.2/1");
	assert_string_equal(attempts(NULL, "10.0.0.1,10.0.0.2", "1,2", NULL),
			    "/10.0.0.1/1 /10.0.0.2/2");
	assert_string_equal(attempts("x", "no address", NULL, NULL), "!");
}

static void lists_that_do_not_fit_are_left_to_libpq(void **state)
{
	(void)state;
	assert_string_equal(attempts("/a,/b,/c", NULL, "1,2", NULL), "unfit");
	assert_string_equal(attempts("a,b", "10.0.0.1", NULL, NULL), "unfit");
	assert_string_equal(attempts("/a", NULL, "1,2", NULL), "unfit");
}

static void the_one_that_worked_comes_first(void **state)
{
	struct server first = { "/b", "", "2", false };

	(void)state;
	assert_string_equal(attempts("/a,/b,/c", NULL, "1,2,3", &first), "/b//2 /c//3 /a//1");
	first = (struct server){ "/b", "", "9", false };
	assert_string_equal(attempts("/a,/b,/c", NULL, "1,2,3", &first), "/a//1 /b//2 /c//3");
	first = (struct server){ .host = "" };
	assert_string_equal(attempts("/a,/b", NULL, "1,2", &first), "/a//1 /b//2");
}

static void the_one_to_be_avoided_comes_last(void **state)
{
	struct server avoided = { "/b", "", "2", true };

	(void)state;
	assert_string_equal(attempts("/a,/b,/c", NULL, "1,2,3", &avoided), "/c//3 /a//1 /b//2");
	assert_string_equal(attempts("/b", NULL, "2", &avoided), "/b//2");
	avoided = (struct server){ "/c", "", "3", true };
	assert_string_equal(attempts("/a,/b,/c", NULL, "1,2,3", &avoided), "/a//1 /b//2 /c//3");
}

static void a_name_without_an_address_is_one_attempt(void **state)
{
	(void)state;
	assert_string_equal(attempts("nowhere.invalid,/b", NULL, NULL, NULL), "! /b//5432");
}

static void a_server_is_named_by_what_a_person_wrote(void **state)
{
	struct server server = { "db.test", "10.0.0.1", "5432", false };
	char text[200];

	(void)state;
	assert_string_equal(servers_name(&server, text, sizeof(text)),
			    "db.test port 5432 (10.0.0.1)");
	server = (struct server){ "10.0.0.1", "10.0.0.1", "1", false };
	assert_string_equal(servers_name(&server, text, sizeof(text)), "10.0.0.1 port 1");
	server = (struct server){ "", "10.0.0.1", "1", false };
	assert_string_equal(servers_name(&server, text, sizeof(text)), "10.0.0.1 port 1");
	server = (struct server){ "", "", "5432", false };
	assert_string_equal(servers_name(&server, text, sizeof(text)),
			    "the default socket port 5432");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_host_has_its_port),
		cmocka_unit_test(without_any_there_is_one),
		cmocka_unit_test(an_address_goes_with_its_name),
		cmocka_unit_test(lists_that_do_not_fit_are_left_to_libpq),
		cmocka_unit_test(the_one_that_worked_comes_first),
		cmocka_unit_test(the_one_to_be_avoided_comes_last),
		cmocka_unit_test(a_name_without_an_address_is_one_attempt),
		cmocka_unit_test(a_server_is_named_by_what_a_person_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
