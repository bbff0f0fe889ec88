/* SPDX-License-Identifier: MIT */
/*
 * clock.h -- Reads the clock; tests replace it.
 *
 * Two clocks, both in microseconds. `mono` measures intervals: it never
 * jumps, and it goes on while the machine sleeps. `real` is the calendar,
 * in UTC since 1970; it is for people to read and for schedules, never for
 * the protocol, whose time is the API's.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include "base.h"

struct clock {
	int64_t (*mono)(void *arg);
	int64_t (*real)(void *arg);
	void *arg;
};

/* The clocks of the operating system. */
const struct clock *clock_system(void) MUST_CHECK;

/* Microseconds since some moment before this process began. */
int64_t clock_mono(const struct clock *clock) MUST_CHECK;

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_real(const struct clock *clock) MUST_CHECK;

#endif
