/* SPDX-License-Identifier: MIT */
/*
 * report_rebuild.h -- Computes every stored day of the reports again.
 *
 * For use after a backup was restored, or when a number is not believed. The
 * work that report_refresh.h does after a run is done here for all days at
 * once; a daemon that runs beside it helps. An interruption costs nothing:
 * queued days stay queued.
 */
#ifndef REPORT_REBUILD_H
#define REPORT_REBUILD_H

#include "err.h"
#include "pg.h"

/* Queues all days of the workspace of that name; of all for NULL. DAYS: how many. */
bool report_rebuild_queue(struct pg *pg, const char *workspace, int64_t *days,
			  struct err *err) MUST_CHECK;

/*
 * Computes one of them and says how many are LEFT. DONE: false when those
 * are being worked on by another process.
 */
bool report_rebuild_next(struct pg *pg, const char *workspace, bool *done, int64_t *left,
			 struct err *err) MUST_CHECK;

#endif
