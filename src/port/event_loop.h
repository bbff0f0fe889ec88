/* SPDX-License-Identifier: MIT */
/*
 * event_loop.h -- The one place where the process sleeps: timers, sockets and
 * signals (sd-event).
 *
 * A caller that waits here (for a reply, for the database, for a moment to
 * come) also serves everything else that the process has going: signals, the
 * watchdog, the metrics socket, transfers and statements in flight. So the next
 * pages travel while PostgreSQL merges the last ones, SIGTERM is noticed in any
 * phase, and code above reads as a straight line.
 *
 * Two kinds of user. Ports register sources: a descriptor or a timer, with a
 * function that moves their own state machine forward. Every other caller
 * repeats event_loop_turn() until the thing that it waits for has happened. A
 * source's function may change its own port's state and nothing else; it never
 * calls event_loop_turn(), and it never runs but inside of one.
 *
 * Only this file includes libsystemd's event loop and sd_notify().
 */
#ifndef EVENT_LOOP_H
#define EVENT_LOOP_H

#include "base.h"
#include "err.h"

struct event_loop;
struct event_loop_source;

/* The reasons to wake up. */
enum event_loop_why {
	EVENT_LOOP_READY,   /* something happened; look whether it was yours */
	EVENT_LOOP_TIMEOUT, /* the deadline passed */
	EVENT_LOOP_STOP,    /* the process was told to end */
};

/* The events that a descriptor is watched for; a set of flags. */
enum event_loop_events {
	EVENT_LOOP_IN = 1,
	EVENT_LOOP_OUT = 2,
};

/*
 * Holds SIGHUP, SIGTERM and SIGINT back from now on, until event_loop_open()
 * takes them over: a signal that comes meanwhile is not lost, and does not end
 * the process. SIGUSR1 and SIGUSR2 are held back for good.
 */
void event_loop_hold_signals(void);

/* Signals have their default effect again. */
void event_loop_release_signals(void);

/*
 * Makes the loop and takes SIGTERM and SIGINT over, for a daemon SIGHUP as
 * well; SIGPIPE is ignored. Feeds systemd's watchdog where there is one.
 * NULL with ERR_SYSTEM when the system has no descriptor left.
 */
struct event_loop *event_loop_open(bool daemon, struct err *err) MUST_CHECK;

/*
 * Gives the signals back and frees it; one that was told to end ignores them
 * from then on. All sources must have been forgotten.
 */
void event_loop_close(struct event_loop **loop);

/* Microseconds on the clock that deadlines are given in; see clock_mono(). */
int64_t event_loop_now(void) MUST_CHECK;

/*
 * Sleeps until some source was served or DEADLINE has come (TIME_NEVER: without
 * a limit). Serves all that is due before it returns. Once stopping, it answers
 * EVENT_LOOP_STOP at once and serves nothing.
 */
enum event_loop_why event_loop_turn(struct event_loop *loop, int64_t deadline) MUST_CHECK;

/* Sleeps until DEADLINE, and serves sources meanwhile: EVENT_LOOP_TIMEOUT or EVENT_LOOP_STOP. */
enum event_loop_why event_loop_until(struct event_loop *loop, int64_t deadline) MUST_CHECK;

/* Whether the process was told to end. */
bool event_loop_stopping(const struct event_loop *loop) MUST_CHECK;

/* Whether SIGHUP came since the last call. systemd has been told RELOADING=1 by then. */
bool event_loop_take_reload(struct event_loop *loop) MUST_CHECK;

/* Whether SIGHUP came and was not taken yet: then a caller that would take it must not sleep. */
bool event_loop_reload_asked(const struct event_loop *loop) MUST_CHECK;

/* Calls FN(ARG, events) whenever FD shows one of EVENTS. The descriptor stays the caller's. */
struct event_loop_source *event_loop_watch(struct event_loop *loop, int fd, unsigned events,
					   void (*fn)(void *arg, unsigned events),
					   void *arg) MUST_CHECK;

/* Watches for other events from now on. */
void event_loop_watch_for(struct event_loop_source *source, unsigned events);

/* A timer that calls FN(ARG) once for each time it is set. It begins unset. */
struct event_loop_source *event_loop_timer(struct event_loop *loop, void (*fn)(void *arg),
					   void *arg) MUST_CHECK;

/* Sets it to AT, which may have passed; TIME_NEVER unsets it. */
void event_loop_timer_set(struct event_loop_source *source, int64_t at);

/* Ends a source; before its descriptor is closed, where it can. Takes NULL. */
void event_loop_forget(struct event_loop_source **source);

/*
 * Tells systemd, if it listens: "READY=1", "STATUS=...", several lines at
 * once. See sd_notify(3).
 */
void event_loop_notify(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* "libsystemd 252", for --version: the one that was built against, as the library does not tell. */
const char *event_loop_library(void) MUST_CHECK;

#endif
