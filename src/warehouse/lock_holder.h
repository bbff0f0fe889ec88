/* SPDX-License-Identifier: MIT */
/*
 * lock_holder.h -- Names the session that holds a lock which could not be had in time.
 */
#ifndef LOCK_HOLDER_H
#define LOCK_HOLDER_H

#include "err.h"
#include "pg.h"

/*
 * Adds to an ERR that says so (55P03) the session, or the prepared transaction, that most likely
 * has the lock; its advice is the statement that ends it. PG is another connection, or the same one
 * after its transaction has ended. MIGRATING: tables were to be changed, so readers are in the way
 * as well. Any other ERR stays as it is, and one that has an advice.
 */
void lock_holder_name(struct pg *pg, bool migrating, struct err *err);

/* The advice of ERR: END is the statement that ends the session that is in the way. */
void lock_holder_advise(const char *end, struct err *err);

#endif
