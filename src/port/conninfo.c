/* SPDX-License-Identifier: MIT */
#include "conninfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uri.h"

void conninfo_add(struct conninfo *info, const char *key, const char *value)
{
	if (info->n == CONNINFO_MOST)
		return;
	info->key[info->n] = key;
	info->value[info->n++] = value;
}

const char *conninfo_get(const struct conninfo *info, const char *key)
{
	for (int i = 0; i < info->n; i++)
		if (strcmp(info->key[i], key) == 0)
			return info->value[i];
	return NULL;
}

/* Whether every host is a socket's directory or this machine. */
static bool all_local(const struct conninfo *info)
{
	const char *addresses = conninfo_get(info, "hostaddr");
	const char *hosts = addresses ? addresses : conninfo_get(info, "host");
	char list[1024], *save = NULL;

	snprintf(list, sizeof(list), "%s", hosts ? hosts : "");
	for (char *host = strtok_r(list, ",", &save); host; host = strtok_r(NULL, ",", &save))
		if (host[0] != '/' && host[0] != '@' && !uri_is_loopback(host))
			return false;
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
	default_to(info, "keepalives_idle", "30");
	default_to(info, "keepalives_interval", "10");
	default_to(info, "keepalives_count", "3");
	/* Keepalives alone do not notice a peer that vanished with our data unacknowledged. */
	default_to(info, "tcp_user_timeout", "60000");
	default_to(info, "target_session_attrs", "read-write");
	default_to(info, "gssencmode", "disable");
	default_to(info, "client_encoding", "UTF8");
	if (!conninfo_get(info, "service") && !getenv("PGSSLMODE") && !all_local(info)) {
		default_to(info, "sslmode", "verify-full");
		default_to(info, "sslrootcert", "/etc/ssl/certs/ca-certificates.crt");
	}
}

int64_t conninfo_patience(const struct conninfo *info)
{
	const char *seconds = conninfo_get(info, "connect_timeout");

	/*
	 * libpq takes anything below 2 for 2, and 0 for as long as it takes,
	 * which a daemon cannot afford.
	 */
	return max_i64(seconds ? strtol(seconds, NULL, 10) : 10, 2) * USEC_PER_SEC;
}
