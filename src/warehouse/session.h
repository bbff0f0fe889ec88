/* SPDX-License-Identifier: MIT */
/*
 * session.h -- Opens a session of the warehouse that depends on no setting of others.
 *
 * Every command opens its connections here. Settings that change the output or the outcome of a
 * statement are set before anything else is done (sql/pins.sql), against any that a role or a
 * database has. A pooler that gives a session away between two statements is found out before
 * anything is set or locked in somebody else's session: the property that is needed is tried, many
 * times over.
 */
#ifndef SESSION_H
#define SESSION_H

#include "base.h"
#include "err.h"
#include "pg.h"

/*
 * Connects, as pg_open() says. NULL with ERR_CONFIG, too, when sessions do
 * not stay with their connections.
 */
struct pg *session_open(struct event_loop *loop, const struct pg_conf *conf,
			struct err *err) MUST_CHECK;

/*
 * Whether ONE and OTHER are two sessions of one server, each of which stays
 * with its connection. False with ERR_CONFIG when they are not sessions that
 * stay, and ERR_UNAVAILABLE when they are of two servers.
 */
bool session_are_two(struct pg *one, struct pg *other, struct err *err) MUST_CHECK;

#endif
