/* SPDX-License-Identifier: MIT */
#include "conninfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uri.h"

/* libpq holds seconds in an int. */
#define LONGEST_PATIENCE INT32_MAX

void conninfo_add(struct conninfo *info, const char *key, const char *value)
{
	if (info->n == CONNINFO_MOST)
		return;
	info->key[info->n] = key;
	info->value[info->n++] = value;
}

void conninfo_set(struct conninfo *info, const char *key, const char *value)
{
	for (int i = 0; i < info->n; i++)
		if (strcmp(info->key[i], key) == 0) {
			info->value[i] = value;
			return;
		}
	conninfo_add(info, key, value);
}

const char *conninfo_get(const struct conninfo *info, const char *key)
{
	for (int i = 0; i < info->n; i++)
		if (strcmp(info->key[i], key) == 0)
			return info->value[i];
	return NULL;
}

/* The value in the string, or else in the environment, as libpq takes it. */
static const char *given(const struct conninfo *info, const char *key, const char *variable)
{
	const char *value = conninfo_get(info, key);

	return value ? value : getenv(variable);
}

/* Whether every host is a socket's directory or this machine. */
static bool all_local(const struct conninfo *info)
{
	const char *addresses = given(info, "hostaddr", "PGHOSTADDR");
	const char *hosts = addresses ? addresses : given(info, "host", "PGHOST");
	char host[64]; /* no name of this machine is longer */

	while (hosts && *hosts) {
		size_t n = strcspn(hosts, ",");

		snprintf(host, sizeof(host), "%.*s", (int)n, hosts);
		if (n > 0 && host[0] != '/' && host[0] != '@' &&
		    (n >= sizeof(host) || !uri_is_loopback(host)))
			return false;
		hosts += n + (hosts[n] == ',');
	}
	return true;
}

static void default_to(struct conninfo *info, const char *key, const char *value)
{
	if (!conninfo_get(info, key))
		conninfo_add(info, key, value);
}

void conninfo_complete(struct conninfo *info)
{
	default_to(info, "connect_timeout", "10");
	/* A server that has vanished is noticed after 20 s; the next one is tried then. */
	default_to(info, "keepalives_idle", "10");
	default_to(info, "keepalives_interval", "5");
	default_to(info, "keepalives_count", "2");
	/* Keepalives alone do not notice a peer that vanished with our data unacknowledged. */
	default_to(info, "tcp_user_timeout", "20000");
	default_to(info, "target_session_attrs", "read-write");
	default_to(info, "gssencmode", "disable");
	default_to(info, "client_encoding", "UTF8");
	if (!given(info, "service", "PGSERVICE") && !getenv("PGSSLMODE") && !all_local(info)) {
		default_to(info, "sslmode", "verify-full");
		default_to(info, "sslrootcert", "/etc/ssl/certs/ca-certificates.crt");
	}
}

int64_t conninfo_connect_timeout(const struct conninfo *info)
{
	const char *seconds = conninfo_get(info, "connect_timeout");
	int64_t n = seconds ? strtoll(seconds, NULL, 10) : 10;

	/*
	 * libpq takes anything below 2 for 2, and 0 for as long as it takes,
	 * which a daemon cannot afford.
	 */
	return max_i64(min_i64(n, LONGEST_PATIENCE), 2) * USEC_PER_SEC;
}
