/* SPDX-License-Identifier: MIT */
/*
 * conninfo.h -- Completes a PostgreSQL connection string.
 *
 * The defaults of libpq are those of a person at a terminal; a daemon needs
 * deadlines, and a warehouse on another machine needs TLS that verifies. The
 * words of the administrator stay as they are.
 */
#ifndef CONNINFO_H
#define CONNINFO_H

#include "base.h"

#define CONNINFO_MOST 64

/* Keywords and values, as PQconnectStartParams() takes them: two arrays, each ended by a NULL. */
struct conninfo {
	const char *key[CONNINFO_MOST + 1];
	const char *value[CONNINFO_MOST + 1];
	int n;
};

/*
 * Adds a keyword; the texts are not copied. Beyond CONNINFO_MOST, more than
 * libpq knows, nothing is added.
 */
void conninfo_add(struct conninfo *info, const char *key, const char *value);

/* Gives a keyword another value, or its first; as conninfo_add(). */
void conninfo_set(struct conninfo *info, const char *key, const char *value);

/* The value of a keyword, or NULL. */
const char *conninfo_get(const struct conninfo *info, const char *key) MUST_CHECK;

/*
 * Adds the keywords that are missing: connect_timeout, keepalives,
 * tcp_user_timeout, target_session_attrs=read-write, client_encoding; and, when
 * a host is not this machine and neither the string, a service file nor
 * PGSSLMODE has another, sslmode=verify-full with the system's certificates.
 */
void conninfo_complete(struct conninfo *info);

/* Microseconds after which an address that does not answer is left for the next. */
int64_t conninfo_connect_timeout(const struct conninfo *info) MUST_CHECK;

#endif
