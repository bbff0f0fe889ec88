/* SPDX-License-Identifier: MIT */
/*
 * busy_guard.h -- Ends a call that does not return, and a connection that makes more work than it
 * says.
 *
 * A library that reads a connection until nothing more is there reads for ever where more comes
 * than it can read: frames of HTTP/2 that say nothing, records of TLS. Nothing else is done
 * meanwhile. So such a call may take a tenth of a second of processor time; then the connection is
 * cut under it. Many short calls are no better than a long one: a connection has a quarter of a
 * second for all of them, and more only for what it says.
 */
#ifndef BUSY_GUARD_H
#define BUSY_GUARD_H

#include "base.h"

/* A connection that was opened, which any call may read from now on; or which is closed. */
void busy_guard_watch(int fd);
void busy_guard_forget(int fd);

/*
 * A call begins that reads the connection FD; -1: any of those that are watched, of which the one
 * is cut that most was read of. One call at a time.
 */
void busy_guard_begin(int fd);

/* It has ended. Whether a connection had to be cut. */
bool busy_guard_end(void) MUST_CHECK;

/* The call that ended last brought so many bytes that say something, and so many whole replies. */
void busy_guard_earn(uint64_t bytes, uint64_t replies);

#endif
