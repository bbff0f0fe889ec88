/* SPDX-License-Identifier: MIT */
/*
 * busy_guard.h -- Ends a call that does not return, since its peer goes on and on talking.
 *
 * A library that reads a connection until nothing more is there reads for ever where more comes
 * than it can read: frames of HTTP/2 that say nothing, records of TLS. Nothing else is done
 * meanwhile. So such a call may take a tenth of a second of processor time; then the connection is
 * cut under it.
 */
#ifndef BUSY_GUARD_H
#define BUSY_GUARD_H

#include "base.h"

/* A connection that a call of busy_guard_begin(-1) may be busy with, from now on; or no more. */
void busy_guard_watch(int fd);
void busy_guard_forget(int fd);

/*
 * A call begins that reads the connection FD; -1: any of those that are watched, and those on which
 * something lies unread are cut. One call at a time.
 */
void busy_guard_begin(int fd);

/* It has ended. Whether a connection had to be cut. */
bool busy_guard_end(void) MUST_CHECK;

#endif
