/* SPDX-License-Identifier: MIT */
/*
 * doctor.h -- Names each obstacle in the database, with the one command that mends it.
 *
 * Asked by `check` for all obstacles, and after a refusal for the first one, so that no message
 * only says "run check".
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "base.h"
#include "err.h"
#include "pg.h"
#include "table.h"

/* One row, as below, where catalogs that the others ask are closed; for the caller to free. */
bool doctor_catalogs(struct pg *pg, struct table **found, struct err *err) MUST_CHECK;

/*
 * The obstacles in the database, the most important first; for the caller to free. The columns:
 * `kind` of the failure ("" where it is only to be known), `subject` (a word or two), `what` (a
 * sentence) and `remedy`.
 */
bool doctor_obstacles(struct pg *pg, struct table **found, struct err *err) MUST_CHECK;

/*
 * The statements that grant the privileges that the role lacks, a row each; for the caller to free.
 */
bool doctor_privileges(struct pg *pg, struct table **missing, struct err *err) MUST_CHECK;

/*
 * Whether a temporary table can be made, by making one: an event trigger of somebody's can refuse
 * a role that has the right. False: ERR has the advice, if there is one.
 */
bool doctor_temporary(struct pg *pg, struct err *err) MUST_CHECK;

/* Adds to ERR, which refused something, the first remedy that is found; else it stays as it is. */
void doctor_advise(struct pg *pg, struct err *err);

/* Sets the advice of ERR: how a connection that can only read may write. */
void doctor_read_only(struct pg *pg, struct err *err);

/* The event that the server process BACKEND waits for: `event`, a sentence; no row: it is gone. */
bool doctor_wait_event(struct pg *pg, int backend, struct table **why, struct err *err) MUST_CHECK;

/* The workspaces (NAME, or NULL: all) whose days of reports are late; see sql/status/late.sql. */
bool doctor_late(struct pg *pg, const char *name, struct table **late, struct err *err) MUST_CHECK;

#endif
