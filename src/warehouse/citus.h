/* SPDX-License-Identifier: MIT */
/*
 * citus.h -- Distributes a warehouse over several machines, with Citus.
 *
 * Conversations and the rows that belong to them lie where the conversation's
 * id puts them; the rows that they refer to are on every machine; all others
 * stay on the coordinator, where the daemon connects. docs/DISTRIBUTED.md has
 * the rules for statements.
 */
#ifndef CITUS_H
#define CITUS_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "pg.h"
#include "table.h"

/*
 * Whether Citus is there and knows this server as its coordinator. False with ERR_CONFIG and the
 * remedy for an administrator.
 */
bool citus_check(struct pg *pg, struct err *err) MUST_CHECK;

/* Whether the warehouse is distributed; *BEGUN is false where there is no Citus. */
bool citus_begun(struct pg *pg, bool *begun, struct err *err) MUST_CHECK;

/*
 * Distributes the tables that are not distributed yet, in one transaction,
 * after the migrations. Each step that was done, or with DRY_RUN would be, is a
 * line that is added to REPORT; none where all is as it should be. The roles of
 * the warehouse and their members are made on each worker where they are
 * missing.
 */
bool citus_apply(struct pg *pg, bool dry_run, struct buf *report, struct err *err) MUST_CHECK;

/*
 * The problems that keep a role of ours from working on a worker, in a new
 * table that the caller frees: a row for each with the columns worker, problem
 * and remedy. NULL in *PROBLEMS where the warehouse is not distributed.
 */
bool citus_workers(struct pg *pg, struct table **problems, struct err *err) MUST_CHECK;

#endif
