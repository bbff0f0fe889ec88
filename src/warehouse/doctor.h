/* SPDX-License-Identifier: MIT */
/*
 * doctor.h -- Names each obstacle in the database, with the one command that mends it.
 *
 * Asked by `check` for all there is, and by whoever was refused something
 * for the first thing, so that no message says no more than "run check".
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "base.h"
#include "err.h"
#include "pg.h"
#include "table.h"

/*
 * What of the database is not as it must be, the most important first; for the caller to free:
 * `kind` of the failure ("" where it is only to be known), `subject` (a word or two), `what`
 * and `remedy`.
 */
bool doctor_obstacles(struct pg *pg, struct table **found, struct err *err) MUST_CHECK;

/* The statements that give the role what it lacks, a row each; for the caller to free. */
bool doctor_privileges(struct pg *pg, struct table **missing, struct err *err) MUST_CHECK;

/* Adds to ERR, which refused something, the first remedy that is found; else it stays as it is. */
void doctor_advise(struct pg *pg, struct err *err);

/* How a connection that can only read may write: the advice of ERR. */
void doctor_read_only(struct pg *pg, struct err *err);

/* The event that the server process BACKEND waits for, in a sentence. */
bool doctor_wait_event(struct pg *pg, int backend, struct table **why, struct err *err) MUST_CHECK;

/* The workspaces (NAME, or NULL: all) whose days of reports are late; see sql/status/late.sql. */
bool doctor_late(struct pg *pg, const char *name, struct table **late, struct err *err) MUST_CHECK;

#endif
