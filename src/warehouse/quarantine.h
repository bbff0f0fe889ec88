/* SPDX-License-Identifier: MIT */
/*
 * quarantine.h -- Bisects a batch that PostgreSQL refuses, and loads it
 * without the refused rows.
 *
 * The decoder rejects, item by item, those that our tables cannot hold. A row
 * that is refused here is refused by a constraint, a type or a trigger that
 * somebody added, and PostgreSQL does not name it: so it is searched for. The
 * batch's rows are merged and rolled back, up to this one or that, until the
 * first that cannot be merged is found. That one becomes a rejected item, with
 * PostgreSQL's sentence as the reason, and the search goes on behind it. Two
 * that only together are too many are told apart: the later one goes.
 *
 * Waits for its answers: it happens once in years, and lasts seconds.
 */
#ifndef QUARANTINE_H
#define QUARANTINE_H

#include "base.h"
#include "batch.h"
#include "err.h"
#include "pg.h"
#include "script.h"
#include "table.h"

/* With more bad rows than this it is not a row that is wrong, and the batch fails as it is. */
#define QUARANTINE_MOST 50

/* The commit of a batch that failed. */
struct quarantine {
	struct pg *pg;
	const struct script *commit; /* all of it, still with its texts and rows, */
	struct batch_merge merge;    /* of which these steps merge the rows staged before */
	int last;		     /* seq of the last row that is staged */
};

/*
 * Commits the batch without the rows that are refused. ERR is its failure; RESULT is the answer of
 * its last step. False with ERR as it was when no row is to blame, or too many are, and with the
 * new error when something else went wrong.
 */
bool quarantine_commit(const struct quarantine *quarantine, struct table **result,
		       struct err *err) MUST_CHECK;

/*
 * ---- a person's decisions on rejected items ----
 *
 * Each holds the instants of its workspace until it loads, is gone, or is accepted here. Needs
 * no workspace's lock: a cycle that runs sees it with its next commit.
 */

/* Which items: of the workspace of that name, or with NULL of each; with ID this one only. */
struct quarantine_which {
	const char *workspace, *id;
};

/*
 * LIST has workspace, id, state (holds, page or accepted), since, accepted_at, accepted_by
 * and reason. The caller frees it.
 */
bool quarantine_list(struct pg *pg, const struct quarantine_which *which, struct table **list,
		     struct err *err) MUST_CHECK;

/*
 * The person WHO accepts that an item is missing. ACCEPTED gets a row for each
 * workspace that has it: its name, and how many items are left that are holding
 * its instants.
 */
bool quarantine_accept(struct pg *pg, const struct quarantine_which *which, const char *who,
		       struct table **accepted, struct err *err) MUST_CHECK;

/*
 * The next cycle of changes is to fetch an item again. WANTED gets a row for each workspace
 * that has it: its name, and has_id: whether there is one that can be asked for.
 */
bool quarantine_want(struct pg *pg, const struct quarantine_which *which, struct table **wanted,
		     struct err *err) MUST_CHECK;

#endif
