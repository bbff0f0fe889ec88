/* SPDX-License-Identifier: MIT */
/*
 * server.h -- the sandbox as a whole: a port, a clock, and workspaces by key.
 */
#ifndef SERVER_H
#define SERVER_H

#include "base.h"
#include "err.h"
#include "event_loop.h"
#include "options.h"

struct server;

/*
 * Makes the workspaces and listens. NULL with ERR_CONFIG (not an address, or
 * two workspaces whose ids would meet) or ERR_SYSTEM (the port is taken).
 */
struct server *server_open(struct event_loop *loop, const struct options *options,
			   struct err *err) MUST_CHECK;

/* Frees it and all that belongs to it. */
void server_close(struct server **server);

/* Notes the outcome of the events that were sent. To be called after each turn of the loop. */
void server_take_answers(struct server *server);

/* The port that it listens on. */
int server_port(const struct server *server) MUST_CHECK;

#endif
