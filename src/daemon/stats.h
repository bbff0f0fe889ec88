/* SPDX-License-Identifier: MIT */
/*
 * stats.h -- Counts and measures a workspace while the process runs.
 *
 * Plain numbers: the workers count here; metrics.h and health.h read them.
 * Instants are microseconds by the calendar, TIME_NONE where there is none.
 */
#ifndef STATS_H
#define STATS_H

#include "cycle.h"
#include "schedule.h"

enum stats_outcome {
	STATS_OK,
	STATS_PARTIAL, /* stopped cleanly, goes on later */
	STATS_FAILED,
	STATS_OUTCOMES,
};

enum stats_row {
	STATS_NEW,
	STATS_CHANGED,
	STATS_DELETED,
	STATS_REJECTED,
	STATS_LATE,
	STATS_SILENT,
	STATS_ROWS,
};

/* The outcomes of an event of a webhook. */
enum stats_event {
	STATS_EVENT_KEPT,
	STATS_EVENT_REPEATED, /* all that it said was waiting already */
	STATS_EVENT_EMPTY,    /* it is about no conversation */
	STATS_EVENT_REFUSED,  /* its signature is wrong or missing */
	STATS_EVENTS,
};

struct stats {
	const char *name; /* of the workspace */

	/* as configured */
	int64_t interval[CYCLE_SCHEDULED]; /* TIME_NONE: comes when it is needed */
	int64_t usable;			   /* requests a minute that are ours */

	/* as it is */
	int64_t held;		 /* 1: this process works on it; 0: another one does */
	int64_t paused;		 /* since when a person has paused it */
	int64_t unattended;	 /* since when nobody works on it */
	int64_t running;	 /* 1: a cycle runs */
	int64_t failures;	 /* in a row */
	int64_t troubled;	 /* since when it fails */
	const char *trouble;	 /* why; NULL: it does not */
	int64_t report_failures; /* in a row, of computing days of reports */
	int64_t complete_as_of, active_as_of, certified_at, lookback;
	int64_t live, uncertified, order, differences, fuse;
	int64_t proven;		 /* 1: complete_as_of is proven, but for exceptions */
	int64_t holding, beyond; /* items that hold the instants; conversations that lie too deep */
	int64_t exceptions[EXCEPTIONS];
	enum proof proof;
	int64_t date_ahead; /* of a Date that was not believed; 0: all were */

	/* by kind of cycle */
	int64_t attempt[CYCLE_SCHEDULED], success[CYCLE_SCHEDULED], next[CYCLE_SCHEDULED];
	int64_t took[CYCLE_SCHEDULED]; /* microseconds, of the last one */

	/* since the process began */
	int64_t cycles[CYCLE_SCHEDULED][STATS_OUTCOMES];
	int64_t requests, retried, throttled, pages;
	int64_t rows[STATS_ROWS];
	int64_t events[STATS_EVENTS];

	/* of webhooks */
	int64_t event_at;    /* when one was taken last */
	int64_t event_delay; /* of the oldest hint of the last cycle that looked at some */
	int64_t unspoken;    /* changes that cycles found of which none spoke; 0: events come */
	int64_t messages;    /* read for the first time */
};

/* All that is not known yet is TIME_NONE, and counters are 0. */
void stats_begin(struct stats *stats, const char *name);

/* Figures of the workspace that the warehouse keeps. */
void stats_remember(struct stats *stats, const struct workspace_state *state);

/* A cycle of a kind came to its end, at NOW by the calendar. */
void stats_count(struct stats *stats, enum cycle_kind kind, const struct cycle_progress *progress,
		 int64_t now);

/* "ok", "partial", "failed"; "new", "changed", ... */
const char *stats_outcome_name(int outcome) MUST_CHECK;
const char *stats_row_name(int row) MUST_CHECK;

/* "accepted", "unlisted", "disputed". */
const char *stats_exception_name(int exception) MUST_CHECK;

/* "kept", "repeated", "empty", "refused". */
const char *stats_event_name(int event) MUST_CHECK;

#endif
