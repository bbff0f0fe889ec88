/* SPDX-License-Identifier: MIT */
/*
 * report_refresh.h -- Computes the stored days that a batch has made untrue.
 *
 * Each merge queues the days that it touches (sql/merge/85_touched_days.sql).
 * They are computed again after the run, a day at a time, each in a
 * transaction of its own, while nobody else wants the writing connection.
 * One that fails is tried again later; no run fails because of it.
 */
#ifndef REPORT_REFRESH_H
#define REPORT_REFRESH_H

#include "clock.h"
#include "err.h"
#include "pg.h"
#include "warehouse.h"

struct report_refresh;

/* Nothing wanted yet. WAREHOUSE must outlive it. */
struct report_refresh *report_refresh_new(struct warehouse *warehouse,
					  const struct clock *clock) MUST_CHECK;
void report_refresh_free(struct report_refresh **refresh);

/* The queued days of a workspace are wanted: a run of it has ended. */
void report_refresh_want(struct report_refresh *refresh, int workspace);

/*
 * Begins a day when the warehouse is free, or takes the end of the one under way; never waits.
 * Returns the instant, monotonic, at which to look again at the latest.
 */
int64_t report_refresh_turn(struct report_refresh *refresh) MUST_CHECK;

/* Whether it has something to do, failed days that wait for another try aside. */
bool report_refresh_busy(const struct report_refresh *refresh) MUST_CHECK;

/* The outcome of a day. */
struct report_refresh_end {
	int workspace;
	struct err err; /* of kind ERR_NONE: it was computed */
};

/* The outcome of the last day that was tried since the last call. False when none was. */
bool report_refresh_take_end(struct report_refresh *refresh,
			     struct report_refresh_end *end) MUST_CHECK;

/*
 * ---- every day, for a person ----
 *
 * For use after a backup was restored, or when a number is not believed. A daemon that runs beside
 * it helps. An interruption costs nothing: queued days stay queued.
 */

/* Queues all days of the workspace of that name; of all workspaces for NULL. DAYS: how many. */
bool report_refresh_queue_all(struct pg *pg, const char *workspace, int64_t *days,
			      struct err *err) MUST_CHECK;

/*
 * Computes one of the queued days and says how many are LEFT. DONE: false when another process
 * works on those.
 */
bool report_refresh_next(struct pg *pg, const char *workspace, bool *done, int64_t *left,
			 struct err *err) MUST_CHECK;

#endif
