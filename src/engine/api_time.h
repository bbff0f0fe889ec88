/* SPDX-License-Identifier: MIT */
/*
 * api_time.h -- Decides whether the time that a response tells is believed.
 *
 * Instants are the API's time (PROTOCOL.md, rule 2), so one Date that is wrong
 * would publish changes that nobody has read yet. No machine's clock is trusted
 * alone: a Date that is ahead of both the host's and the database's is none.
 * Pure, like all of the engine.
 */
#ifndef API_TIME_H
#define API_TIME_H

#include "base.h"

/* Clocks may differ by so much. */
#define API_TIME_TOLERANCE (5 * 60 * USEC_PER_SEC)

/* The clock of the Date header and the one that stamps creations differ by so much at most. */
#define API_TIME_CLOCKS (3 * USEC_PER_SEC)

/* The time that a response tells, and the times of our own clocks. */
struct api_time {
	int64_t date;		/* its Date header; TIME_NONE without one */
	int64_t age;		/* its Age header (RFC 9111), microseconds; 0 without one */
	int64_t host, database; /* TIME_NONE where it is not known */
};

/* Whether an instant lies in the future, by the latest of our clocks. */
bool api_time_is_ahead(int64_t instant, int64_t clock) MUST_CHECK;

/* By how much a Date is ahead of our clocks, when that is too much; else 0. */
int64_t api_time_ahead(const struct api_time *told) MUST_CHECK;

/*
 * When the response was made: its Date less its Age. TIME_NONE, as without a Date, when that
 * cannot be true.
 */
int64_t api_time_believed(const struct api_time *told) MUST_CHECK;

#endif
