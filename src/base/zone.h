/* SPDX-License-Identifier: MIT */
/*
 * zone.h -- a time zone's offsets from UTC, as the system's tzdata has them.
 *
 * The C library knows one zone at a time, through the environment, which
 * threads of other libraries read; a daemon for workspaces in several zones
 * reads the files itself (RFC 8536). Only offsets are wanted: no names of
 * zones, no broken-down times.
 */
#ifndef ZONE_H
#define ZONE_H

#include "base.h"

struct zone;

/* The zone of that name ("Asia/Jakarta"). NULL when the system has none. */
struct zone *zone_open(const char *name) MUST_CHECK;

/* Frees it. */
void zone_free(struct zone **zone);

/* How far its clocks are ahead of UTC at the instant T, microseconds both. */
int64_t zone_offset(const struct zone *zone, int64_t t) MUST_CHECK;

/*
 * The first instant at which its clocks show MINUTES after the midnight of
 * DAY (days since 1970-01-01) or, where that time of day is left out, a
 * later one: every day that exists has one, and but one.
 */
int64_t zone_instant(const struct zone *zone, int64_t day, int minutes) MUST_CHECK;

/* The day that its clocks show at the instant T. */
int64_t zone_day(const struct zone *zone, int64_t t) MUST_CHECK;

#endif
