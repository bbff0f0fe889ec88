/* SPDX-License-Identifier: MIT */
/*
 * refresh.h -- the stored days of reports, made true again.
 *
 * What is merged queues the days that it touches (sql/merge/85_touched_days.sql).
 * They are computed again after the run, a day at a time, each in a
 * transaction of its own, while nobody else wants the writing connection.
 * One that fails is tried again later; no run fails because of it.
 */
#ifndef REFRESH_H
#define REFRESH_H

#include "clock.h"
#include "err.h"
#include "warehouse.h"

struct refresh;

/* Nothing wanted yet. STORE must outlive it. */
struct refresh *refresh_new(struct warehouse *warehouse, const struct clock *clock) MUST_CHECK;
void refresh_free(struct refresh **refresh);

/* The queued days of a workspace are wanted: some of its runs has ended. */
void refresh_want(struct refresh *refresh, int workspace);

/*
 * Does what can be done now: begins a day when the warehouse is free, or hears
 * of the end of the one under way. Returns when to look again at the latest.
 */
int64_t refresh_turn(struct refresh *refresh) MUST_CHECK;

/* Whether it has something to do, failed days that wait for another try aside. */
bool refresh_busy(const struct refresh *refresh) MUST_CHECK;

/* What went wrong since the last call, and in which workspace. False when nothing did. */
bool refresh_take_error(struct refresh *refresh, int *workspace, struct err *err) MUST_CHECK;

#endif
