/* SPDX-License-Identifier: MIT */
/* What the administrator left open is filled in; what was written stays. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conninfo.h"

static int clear_environment(void **fixture)
{
	(void)fixture;
	unsetenv("PGSSLMODE");
	unsetenv("PGSERVICE");
	unsetenv("PGHOST");
	unsetenv("PGHOSTADDR");
	return 0;
}

static bool wants_tls(const char *key, const char *value)
{
	struct conninfo info = { .n = 0 };
	const char *mode;

	if (key)
		conninfo_add(&info, key, value);
	conninfo_complete(&info);
	mode = conninfo_get(&info, "sslmode");
	if (mode) {
		assert_string_equal(mode, "verify-full");
		assert_non_null(conninfo_get(&info, "sslrootcert"));
	} else {
		assert_null(conninfo_get(&info, "sslrootcert"));
	}
	return mode != NULL;
}

static void what_is_missing_is_filled_in(void **fixture)
{
	static const char *const keys[] = { "connect_timeout",	    "tcp_user_timeout",
					    "target_session_attrs", "client_encoding",
					    "keepalives_idle",	    "keepalives_interval",
					    "keepalives_count" };
	struct conninfo info = { .n = 0 };

	(void)fixture;
	conninfo_complete(&info);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_non_null(conninfo_get(&info, keys[i]));
	assert_string_equal(conninfo_get(&info, "target_session_attrs"), "read-write");
	assert_string_equal(conninfo_get(&info, "client_encoding"), "UTF8");
}

static void what_was_written_stays(void **fixture)
{
	struct conninfo info = { .n = 0 };

	(void)fixture;
	conninfo_add(&info, "host", "db.example.com");
	conninfo_add(&info, "sslmode", "require");
	conninfo_add(&info, "sslrootcert", "/etc/own.pem");
	conninfo_add(&info, "connect_timeout", "3");
	conninfo_add(&info, "target_session_attrs", "any");
	conninfo_complete(&info);
	assert_string_equal(conninfo_get(&info, "sslmode"), "require");
	assert_string_equal(conninfo_get(&info, "sslrootcert"), "/etc/own.pem");
	assert_string_equal(conninfo_get(&info, "connect_timeout"), "3");
	assert_string_equal(conninfo_get(&info, "target_session_attrs"), "any");
	for (int i = 0; i < info.n; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(info.key[i], info.key[j]);
}

static void the_arrays_end_in_a_null(void **fixture)
{
	struct conninfo info = { .n = 0 };

	(void)fixture;
	conninfo_complete(&info);
	assert_null(info.key[info.n]);
	assert_null(info.value[info.n]);
}

static void beyond_what_libpq_knows_nothing_is_added(void **fixture)
{
	struct conninfo info = { .n = 0 };

	(void)fixture;
	for (int i = 0; i < CONNINFO_MOST + 5; i++)
		conninfo_add(&info, "host", "x");
	conninfo_complete(&info);
	assert_int_equal(info.n, CONNINFO_MOST);
	assert_null(info.key[CONNINFO_MOST]);
	assert_null(conninfo_get(&info, "connect_timeout"));
}

static void check_host(const struct unit_row *row)
{
	const char *got = wants_tls(row->field[0], row->field[1]) ? "tls" : "none";

	if (strcmp(got, row->field[2]) != 0)
		unit_differs(row, got);
}

static void another_machine_is_verified_and_this_one_is_not(void **fixture)
{
	(void)fixture;
	assert_false(wants_tls(NULL, NULL));
	unit_table("conninfo/hosts.txt", check_host);
}

static void a_stranger_behind_many_friends_is_found(void **fixture)
{
	char hosts[4096] = "";

	(void)fixture;
	while (strlen(hosts) < 3000)
		snprintf(hosts + strlen(hosts), 16, "localhost,");
	assert_false(wants_tls("host", hosts));
	snprintf(hosts + strlen(hosts), 16, "db.example.com");
	assert_true(wants_tls("host", hosts));
	memset(hosts, 'x', 3000);
	hosts[3000] = '\0';
	assert_true(wants_tls("host", hosts));
}

static void an_address_counts_more_than_a_name(void **fixture)
{
	struct conninfo info = { .n = 0 };

	(void)fixture;
	conninfo_add(&info, "host", "db.example.com");
	conninfo_add(&info, "hostaddr", "127.0.0.1");
	conninfo_complete(&info);
	assert_null(conninfo_get(&info, "sslmode"));
	info.n = 0;
	conninfo_add(&info, "host", "localhost");
	conninfo_add(&info, "hostaddr", "10.0.0.1");
	conninfo_complete(&info);
	assert_string_equal(conninfo_get(&info, "sslmode"), "verify-full");
}

static void who_said_otherwise_is_left_alone(void **fixture)
{
	struct conninfo info = { .n = 0 };

	(void)fixture;
	conninfo_add(&info, "host", "db.example.com");
	conninfo_add(&info, "service", "warehouse");
	conninfo_complete(&info);
	assert_null(conninfo_get(&info, "sslmode"));
	setenv("PGSSLMODE", "require", 1);
	assert_false(wants_tls("host", "db.example.com"));
	unsetenv("PGSSLMODE");
	setenv("PGSERVICE", "warehouse", 1);
	assert_false(wants_tls("host", "db.example.com"));
}

static void a_host_of_the_environment_is_one_too(void **fixture)
{
	(void)fixture;
	setenv("PGHOST", "db.example.com", 1);
	assert_true(wants_tls(NULL, NULL));
	assert_false(wants_tls("host", "/run/postgresql"));
	setenv("PGHOST", "localhost", 1);
	assert_false(wants_tls(NULL, NULL));
	setenv("PGHOSTADDR", "10.0.0.1", 1);
	assert_true(wants_tls(NULL, NULL));
}

static void check_patience(const struct unit_row *row)
{
	struct conninfo info = { .n = 0 };
	char got[32];

	conninfo_add(&info, "connect_timeout", row->field[0]);
	snprintf(got, sizeof(got), "%lld",
		 (long long)(conninfo_connect_timeout(&info) / USEC_PER_SEC));
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void patience_has_an_end_whatever_was_written(void **fixture)
{
	struct conninfo info = { .n = 0 };

	(void)fixture;
	assert_int_equal(conninfo_connect_timeout(&info), 10 * USEC_PER_SEC);
	unit_table("conninfo/patience.txt", check_patience);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_missing_is_filled_in, clear_environment),
		cmocka_unit_test_setup(what_was_written_stays, clear_environment),
		cmocka_unit_test_setup(the_arrays_end_in_a_null, clear_environment),
		cmocka_unit_test_setup(beyond_what_libpq_knows_nothing_is_added, clear_environment),
		cmocka_unit_test_setup(another_machine_is_verified_and_this_one_is_not,
				       clear_environment),
		cmocka_unit_test_setup(a_stranger_behind_many_friends_is_found, clear_environment),
		cmocka_unit_test_setup(an_address_counts_more_than_a_name, clear_environment),
		cmocka_unit_test_setup(who_said_otherwise_is_left_alone, clear_environment),
		cmocka_unit_test_setup(a_host_of_the_environment_is_one_too, clear_environment),
		cmocka_unit_test_setup(patience_has_an_end_whatever_was_written, clear_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
