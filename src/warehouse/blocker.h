/* SPDX-License-Identifier: MIT */
/*
 * blocker.h -- who stood in the way when a lock was waited for in vain.
 *
 * PostgreSQL says that it waited and not for whom. Asked right after, it
 * says who has what we want: the administrator's next query.
 */
#ifndef BLOCKER_H
#define BLOCKER_H

#include "err.h"
#include "pg.h"

/*
 * Adds to ERR, when it is a lock timeout, who most likely holds the lock:
 * process, role, program, and what it runs if that may be seen. PG must be
 * idle. Whatever goes wrong with that leaves ERR as it is.
 */
void blocker_name(struct pg *pg, struct err *err);

#endif
