/* SPDX-License-Identifier: MIT */
/*
 * calendar.h -- Tells the time of the sandbox.
 *
 * The real time when it started, or some time before, carried on by a clock that never jumps, plus
 * the time that a test has added. So it never goes backwards, though the host's clock may. Whole
 * seconds since 1970, as the API has them.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "base.h"

struct calendar {
	int64_t base;  /* private: real time less monotonic time at the start, microseconds */
	int64_t added; /* private: microseconds */
	int64_t speed; /* private: seconds in one of ours */
};

/* The calendar as it begins, so many microseconds ago. */
struct calendar calendar_begin(int64_t ago) MUST_CHECK;

/* Seconds since 1970. */
int64_t calendar_now(const struct calendar *calendar) MUST_CHECK;

/*
 * How long so many seconds last, in microseconds of ours. Of a calendar that stands
 * still, as of one that goes.
 */
int64_t calendar_lasts(const struct calendar *calendar, int64_t seconds) MUST_CHECK;

/* From now on so many seconds pass in one of ours; with 0 it stands still. */
void calendar_hurry(struct calendar *calendar, int64_t speed);

/* Moves the time on by so many seconds, which must not be negative. */
void calendar_advance(struct calendar *calendar, int64_t seconds);

#endif
