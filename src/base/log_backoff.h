/* SPDX-License-Identifier: MIT */
/*
 * log_backoff.h -- Decides when a repeated complaint may be logged again.
 *
 * One complaint stands for one thing that can go wrong with one peer ("the
 * database is away"). The idea is collectd's utils_complain.h.
 */
#ifndef LOG_BACKOFF_H
#define LOG_BACKOFF_H

#include "base.h"

/* All zero: nothing is wrong. */
struct complaint {
	int64_t since;	     /* when it began, monotonic; 0 while nothing is wrong */
	int64_t next;	     /* when to say it again */
	int64_t gap;	     /* and how much later the time after that */
	unsigned long times; /* how often it happened since it began */
};

/*
 * It went wrong (again) at NOW. True when that should be said: the first
 * time, then after a minute, two, four, ... and every hour in the end.
 */
bool log_backoff(struct complaint *c, int64_t now) MUST_CHECK;

/*
 * It went well at NOW. True when it had gone wrong before, which is worth
 * one line; *LASTED, unless it is NULL, is then for how long.
 */
bool log_backoff_over(struct complaint *c, int64_t now, int64_t *lasted) MUST_CHECK;

#endif
