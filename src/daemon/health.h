/* SPDX-License-Identifier: MIT */
/*
 * health.h -- Judges the health of a workspace: one word and one sentence.
 *
 * Pure. One failure is no illness yet: the next cycles may repair it. A failure
 * that lasts longer than a few intervals is one. A workspace that the API keeps
 * from being proven is named, and is no illness either: the process does all it
 * can.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include "buf.h"
#include "stats.h"

enum health {
	HEALTH_WELL,
	HEALTH_DIFFERS,	   /* the counts differed when they were last compared */
	HEALTH_EXCEPTED,   /* proven, but for some that are known */
	HEALTH_LOADING,	   /* the first load is under way */
	HEALTH_UNPROVEN,   /* loaded, and never proven */
	HEALTH_DEMOTED,	   /* proven once, and not any more */
	HEALTH_REJECTED,   /* items that could not be loaded hold the instants */
	HEALTH_PAUSED,	   /* a person has stopped its schedule */
	HEALTH_STANDBY,	   /* another process works on it */
	HEALTH_LATE,	   /* no cycle has come to its end for too long */
	HEALTH_CLOCK,	   /* the API tells a time that has not come */
	HEALTH_REPORTS,	   /* the days of reports cannot be computed */
	HEALTH_FAILING,	   /* cycles fail, and have for too long */
	HEALTH_UNATTENDED, /* nobody works on it, and it cannot be taken */
};

/* How the workspace is at NOW, by the calendar. */
enum health health_of(const struct stats *stats, int64_t now) MUST_CHECK;

/* Whether somebody should look. */
bool health_is_bad(enum health health) MUST_CHECK;

/* "well", "loading", ... */
const char *health_name(enum health health) MUST_CHECK;

/* The sentence: "utama: failing for 12m: 401 ...". */
void health_describe(const struct stats *stats, int64_t now, struct buf *out);

#endif
