/* SPDX-License-Identifier: MIT */
/*
 * pooler.h -- what may stand between us and PostgreSQL, and what may not.
 *
 * Locks, staging tables and settings live in a session. A pooler (pgbouncer)
 * that keeps a session for each client changes nothing; one that gives it
 * for a transaction mixes ours up with those of others.
 */
#ifndef POOLER_H
#define POOLER_H

#include "err.h"
#include "pg.h"

/*
 * Whether two connections are two sessions. False with ERR_CONFIG when they
 * are not: a session that has just become free is the next one to be given away.
 */
bool pooler_check(struct pg *one, struct pg *other, struct err *err) MUST_CHECK;

#endif
