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

/* A connection FD was opened, and any call may read it from now on; or it is about to be closed. */
void busy_guard_watch(int fd);
void busy_guard_forget(int fd);

/*
 * A call begins that reads the connection FD; -1: it may read any of those that are watched, and
 * then the one is cut of which most was read. One call at a time.
 */
void busy_guard_begin(int fd);

/* The call has ended. Returns whether a connection had to be cut. */
bool busy_guard_end(void) MUST_CHECK;

/*
 * The call that ended last brought so many bytes of content, and so many whole replies: its
 * connection gets time for them.
 */
void busy_guard_credit(uint64_t bytes, uint64_t replies);

#endif
