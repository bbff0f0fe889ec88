/* SPDX-License-Identifier: MIT */
/*
 * schema.h -- Creates and upgrades the tables, and checks their version.
 *
 * Migrations are numbered, embedded in the program, and recorded with a
 * checksum. Each runs in a transaction of its own, all under one lock.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "pg.h"

/* The version that this program reads and writes. */
int schema_version(void) MUST_CHECK;

/*
 * Whether the warehouse has that version, and the server is one we know. False
 * with ERR_CONFIG and the remedy.
 */
bool schema_check(struct pg *pg, struct err *err) MUST_CHECK;

/* Whether the migrations that were applied are those of this program. False with ERR_CONFIG. */
bool schema_unchanged(struct pg *pg, struct err *err) MUST_CHECK;

/* How a migration is wanted. */
struct schema_wish {
	bool dry_run;		/* only tell the steps */
	bool distributed;	/* over several machines, see citus.h; one that is so stays so */
	const char *attributes; /* configured fields, see workspace_settings.h; NULL: as they are */
};

/*
 * Brings the warehouse to that version. Each step that was done, or in a dry run would be, is a
 * line that is added to REPORT. Roles are made where that is allowed. False when a migration fails
 * (those before it stay), when one that was applied has changed since (ERR_CONFIG), when the
 * warehouse is newer than the program, when a database cannot hold one, and, after all else, when
 * roles are missing that this role may not make (ERR_DENIED).
 */
bool schema_migrate(struct pg *pg, const struct schema_wish *wish, struct buf *report,
		    struct err *err) MUST_CHECK;

#endif
