/* SPDX-License-Identifier: MIT */
/*
 * servers.h -- Lists the servers that a conninfo names, one address after another.
 *
 * libpq goes on to the next address only when one refuses; when it is driven
 * step by step, a silent one is never left. So the list is ours: hosts with
 * their ports, each name with all of its addresses, and each address an
 * attempt of its own. A name is looked up when its turn comes, and not
 * before; the look-up is waited for.
 */
#ifndef SERVERS_H
#define SERVERS_H

#include "base.h"
#include "err.h"

/* One address of a server, as libpq's host, hostaddr and port take it. */
struct server {
	char host[256];	  /* a name, an address, or the directory of a socket */
	char address[72]; /* "" for a socket */
	char port[16];
	bool avoid; /* it accepts and does not answer: it is tried last */
};

struct servers;

enum servers_next {
	SERVERS_ONE,	/* here is one */
	SERVERS_FAILED, /* a name has no address: ERR says why; others may follow */
	SERVERS_END,
};

/*
 * The list that libpq's HOSTS, ADDRESSES and PORTS stand for, each separated by commas; NULL and ""
 * mean that nothing was given. When FIRST is one of them, the list begins with it, and the servers
 * before it come last; but when it is to be avoided, it comes last itself. NULL when the three do
 * not fit together; libpq then says how.
 */
struct servers *servers_new(const char *hosts, const char *addresses, const char *ports,
			    const struct server *first) MUST_CHECK;

/* Frees it. */
void servers_free(struct servers **servers);

/* The next one. */
enum servers_next servers_next(struct servers *servers, struct server *server,
			       struct err *err) MUST_CHECK;

/* A server as it stands in a sentence: "db1:5432 (10.0.0.1)". Returns BUF. */
const char *servers_name(const struct server *server, char *buf, size_t size);

#endif
