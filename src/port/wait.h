/* SPDX-License-Identifier: MIT */
/*
 * wait.h -- the one place where this process sleeps.
 *
 * Whoever waits here (for a reply, for the database, for a moment to come)
 * also serves everything else that the process has going: signals, the
 * watchdog, the metrics socket, transfers and statements in flight. So the
 * next pages travel while PostgreSQL merges the last ones, SIGTERM is
 * noticed in any phase, and code above reads as a straight line.
 *
 * Two kinds of user. Ports register sources: a descriptor or a timer, with
 * a function that moves their own state machine forward. Everybody else
 * calls wait_turn() until what they want has happened. A source's function
 * may change its own port's state and nothing else; it never calls
 * wait_turn(), and it never runs but inside of one.
 *
 * Only this file includes libsystemd's event loop and sd_notify().
 */
#ifndef WAIT_H
#define WAIT_H

#include "base.h"
#include "err.h"

struct wait;
struct wait_source;

/* What a sleeper wakes up to. */
enum wait_why {
	WAIT_READY,   /* something happened; look whether it was yours */
	WAIT_TIMEOUT, /* the deadline passed */
	WAIT_STOP,    /* the process was told to end */
};

/* What a descriptor is watched for; a set of flags. */
enum wait_events {
	WAIT_IN = 1,
	WAIT_OUT = 2,
};

/*
 * Makes the loop and takes SIGTERM and SIGINT over, for a daemon SIGHUP as
 * well; SIGPIPE is ignored. Feeds systemd's watchdog where there is one.
 * NULL with ERR_SYSTEM when the system has no descriptor left.
 */
struct wait *wait_open(bool daemon, struct err *err) MUST_CHECK;

/*
 * Gives the signals back and frees it; one that was told to end ignores them
 * from then on. All sources must have been forgotten.
 */
void wait_close(struct wait **wait);

/* Microseconds on the clock that deadlines are given in; see clock_mono(). */
int64_t wait_now(void) MUST_CHECK;

/*
 * Sleeps until some source was served or DEADLINE has come (TIME_NEVER:
 * however long that is). Serves all that is due before it returns. Once
 * stopping, it answers WAIT_STOP at once and serves nothing.
 */
enum wait_why wait_turn(struct wait *wait, int64_t deadline) MUST_CHECK;

/* Sleeps until DEADLINE whatever is served meanwhile: WAIT_TIMEOUT or WAIT_STOP. */
enum wait_why wait_until(struct wait *wait, int64_t deadline) MUST_CHECK;

/* Whether the process was told to end. */
bool wait_stopping(const struct wait *wait) MUST_CHECK;

/* As if SIGTERM had come. */
void wait_stop(struct wait *wait);

/* Whether SIGHUP came since the last call. systemd has been told RELOADING=1 by then. */
bool wait_take_reload(struct wait *wait) MUST_CHECK;

/* Whether it came and was not taken yet: then nobody should go to sleep who would take it. */
bool wait_reload_asked(const struct wait *wait) MUST_CHECK;

/* Calls FN(ARG, events) whenever FD shows one of EVENTS. The descriptor stays the caller's. */
struct wait_source *wait_watch(struct wait *wait, int fd, unsigned events,
			       void (*fn)(void *arg, unsigned events), void *arg) MUST_CHECK;

/* Watches for other events from now on. */
void wait_watch_for(struct wait_source *source, unsigned events);

/* A timer that calls FN(ARG) once for each time it is set. It begins unset. */
struct wait_source *wait_timer(struct wait *wait, void (*fn)(void *arg), void *arg) MUST_CHECK;

/* Sets it to AT, which may have passed; TIME_NEVER unsets it. */
void wait_timer_set(struct wait_source *source, int64_t at);

/* Ends a source; before its descriptor is closed, where it can. Takes NULL. */
void wait_forget(struct wait_source **source);

/*
 * Tells systemd, if it listens: "READY=1", "STATUS=...", several lines at
 * once. See sd_notify(3).
 */
void wait_notify(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* "libsystemd 252", for --version: the one that was built against, as the library does not tell. */
const char *wait_library(void) MUST_CHECK;

#endif
