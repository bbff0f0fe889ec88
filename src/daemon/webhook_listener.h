/* SPDX-License-Identifier: MIT */
/*
 * webhook_listener.h -- Takes the events of webhooks over HTTP.
 *
 * Served from the waiting point, as the metrics are: also while the database is
 * slow or away, an event is checked, kept in memory and answered. Workspaces
 * may share an address; each has a path of its own, /webhook/NAME. An answer
 * 200 says that the hint is kept; a body that is too large, a client that is
 * slow, and connections without number cost us little, and others nothing.
 */
#ifndef WEBHOOK_LISTENER_H
#define WEBHOOK_LISTENER_H

#include "app.h"
#include "httpd.h"
#include "workers.h"

struct webhook_listener {
	struct app *app; /* the owner's, as is the next */
	struct workers *workers;

	struct webhook_place **places; /* one for each address */
	size_t n;
};

/*
 * Listens where the workspaces are configured to, and nowhere else. False when an
 * address cannot be had, with the first failure; at the others it listens.
 */
bool webhook_listener_open(struct webhook_listener *listener, struct err *err) MUST_CHECK;

/* Stops listening. */
void webhook_listener_close(struct webhook_listener *listener);

/* The path of a workspace's events, as a URL has it, added to OUT: "/webhook/utama". */
void webhook_listener_path(const char *workspace, struct buf *out);

#endif
