/* SPDX-License-Identifier: MIT */
#include "event_loop.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "clock.h"
#include "mem.h"

/*
 * One turn serves at most so many sources before its caller may look: a busy
 * socket must not hide a finished reply.
 */
#define MOST_SERVED 64

struct event_loop {
	sd_event *event;
	bool stopping, reload;
	sigset_t before;
};

struct event_loop_source {
	sd_event_source *source;
	void (*on_events)(void *arg, unsigned events);
	void (*on_time)(void *arg);
	void *arg;
};

int64_t event_loop_now(void)
{
	return clock_mono(clock_system());
}

static int on_stop(sd_event_source *s, const struct signalfd_siginfo *si, void *arg)
{
	struct event_loop *loop = arg;

	(void)s;
	(void)si;
	loop->stopping = true;
	return 0;
}

static int on_reload(sd_event_source *s, const struct signalfd_siginfo *si, void *arg)
{
	struct event_loop *loop = arg;
	struct timespec t;

	(void)s;
	(void)si;
	/*
	 * The first thing of all: systemd's reload is over when `kill` has
	 * been reaped and nobody said otherwise.
	 */
	clock_gettime(CLOCK_MONOTONIC, &t);
	event_loop_notify("RELOADING=1\nMONOTONIC_USEC=%" PRId64,
			  t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000);
	loop->reload = true;
	return 0;
}

/* How a person, or systemd, speaks to the process. */
static void mask_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	/* These two mean nothing to a daemon, for which they stay held back. */
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(how, &set, NULL);
}

void event_loop_hold_signals(void)
{
	mask_signals(SIG_BLOCK);
}

void event_loop_release_signals(void)
{
	mask_signals(SIG_UNBLOCK);
}

static bool take_signals(struct event_loop *loop, bool daemon)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (daemon)
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &loop->before);
	if (sd_event_add_signal(loop->event, NULL, SIGTERM, on_stop, loop) < 0 ||
	    sd_event_add_signal(loop->event, NULL, SIGINT, on_stop, loop) < 0)
		return false;
	return !daemon || sd_event_add_signal(loop->event, NULL, SIGHUP, on_reload, loop) >= 0;
}

/* All timers share one descriptor: it is had now, where its lack can be said, or never. */
static bool take_timers(struct event_loop *loop)
{
	return sd_event_add_time(loop->event, NULL, CLOCK_BOOTTIME, UINT64_MAX, 1, NULL, NULL) >= 0;
}

struct event_loop *event_loop_open(bool daemon, struct err *err)
{
	struct event_loop *loop = mem_new(sizeof(*loop));

	if (sd_event_new(&loop->event) < 0 || !take_signals(loop, daemon) || !take_timers(loop) ||
	    sd_event_set_watchdog(loop->event, daemon) < 0) {
		err_set(err, ERR_SYSTEM, "cannot make an event loop: are too many files open?");
		event_loop_close(&loop);
	}
	return loop;
}

/* Whether a signal has come that nobody has looked at. */
static bool is_told(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT));
}

void event_loop_close(struct event_loop **loop)
{
	if (!*loop)
		return;
	if ((*loop)->stopping || is_told()) {
		/* Told, or told once more, while it ends, it still ends in its own way. */
		signal(SIGTERM, SIG_IGN);
		signal(SIGINT, SIG_IGN);
	}
	if ((*loop)->event) {
		sigprocmask(SIG_SETMASK, &(*loop)->before, NULL);
		sd_event_unref((*loop)->event);
	}
	mem_free(loop);
}

/* How long sd_event may sleep, in its own words. */
static uint64_t patience(int64_t deadline)
{
	int64_t now = event_loop_now();

	if (deadline == TIME_NEVER)
		return UINT64_MAX;
	return deadline > now ? (uint64_t)(deadline - now) : 0;
}

enum event_loop_why event_loop_turn(struct event_loop *loop, int64_t deadline)
{
	uint64_t timeout = patience(deadline);

	for (int served = 0; served < MOST_SERVED && !loop->stopping; served++) {
		int r = sd_event_run(loop->event, served ? 0 : timeout);

		if (r < 0)
			mem_out("sd_event_run");
		if (r == 0 && served == 0)
			return EVENT_LOOP_TIMEOUT;
		if (r == 0)
			return EVENT_LOOP_READY;
	}
	return loop->stopping ? EVENT_LOOP_STOP : EVENT_LOOP_READY;
}

enum event_loop_why event_loop_until(struct event_loop *loop, int64_t deadline)
{
	enum event_loop_why why;

	do
		why = event_loop_turn(loop, deadline);
	while (why == EVENT_LOOP_READY && event_loop_now() < deadline);
	return why == EVENT_LOOP_READY ? EVENT_LOOP_TIMEOUT : why;
}

bool event_loop_stopping(const struct event_loop *loop)
{
	return loop->stopping;
}

bool event_loop_take_reload(struct event_loop *loop)
{
	bool asked = loop->reload;

	loop->reload = false;
	return asked;
}

bool event_loop_reload_asked(const struct event_loop *loop)
{
	return loop->reload;
}

static uint32_t to_epoll(unsigned events)
{
	return (events & EVENT_LOOP_IN ? EPOLLIN : 0) | (events & EVENT_LOOP_OUT ? EPOLLOUT : 0);
}

static int on_io(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	struct event_loop_source *source = arg;
	/* An error or a hang-up shows as readable: the reader then learns which. */
	unsigned in = revents & (EPOLLIN | EPOLLERR | EPOLLHUP) ? EVENT_LOOP_IN : 0;
	unsigned out = revents & (EPOLLOUT | EPOLLERR) ? EVENT_LOOP_OUT : 0;

	(void)s;
	(void)fd;
	source->on_events(source->arg, in | out);
	return 0;
}

static int on_timer(sd_event_source *s, uint64_t usec, void *arg)
{
	struct event_loop_source *source = arg;

	(void)s;
	(void)usec;
	source->on_time(source->arg);
	return 0;
}

struct event_loop_source *event_loop_watch(struct event_loop *loop, int fd, unsigned events,
					   void (*fn)(void *arg, unsigned events), void *arg)
{
	struct event_loop_source *source = mem_new(sizeof(*source));

	source->on_events = fn;
	source->arg = arg;
	if (sd_event_add_io(loop->event, &source->source, fd, to_epoll(events), on_io, source) < 0)
		mem_out("sd_event_add_io");
	return source;
}

void event_loop_watch_for(struct event_loop_source *source, unsigned events)
{
	/* Fails only for a descriptor that is closed already, which shows no events either way. */
	(void)sd_event_source_set_io_events(source->source, to_epoll(events));
}

struct event_loop_source *event_loop_timer(struct event_loop *loop, void (*fn)(void *arg),
					   void *arg)
{
	struct event_loop_source *source = mem_new(sizeof(*source));

	source->on_time = fn;
	source->arg = arg;
	if (sd_event_add_time(loop->event, &source->source, CLOCK_BOOTTIME, UINT64_MAX, 1, on_timer,
			      source) < 0)
		mem_out("sd_event_add_time");
	event_loop_timer_set(source, TIME_NEVER);
	return source;
}

void event_loop_timer_set(struct event_loop_source *source, int64_t at)
{
	if (at != TIME_NEVER)
		(void)sd_event_source_set_time(source->source, (uint64_t)max_i64(at, 0));
	(void)sd_event_source_set_enabled(source->source,
					  at == TIME_NEVER ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}

void event_loop_forget(struct event_loop_source **source)
{
	if (!*source)
		return;
	sd_event_source_disable_unref((*source)->source);
	mem_free(source);
}

void event_loop_notify(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)sd_notify(0, text);
}

const char *event_loop_library(void)
{
	return "libsystemd " LIBSYSTEMD_VERSION;
}
