/* SPDX-License-Identifier: MIT */
/*
 * inspect.h -- Runs the queries of commands that look at the warehouse and
 * change nothing.
 *
 * The caller frees the tables; their columns have the names that the statements
 * in sql/ give them. Those that take a connection work on a warehouse whose
 * schema was not looked at, or without a warehouse.
 */
#ifndef INSPECT_H
#define INSPECT_H

#include "err.h"
#include "pg.h"
#include "table.h"
#include "warehouse.h"

/* The time of the database, microseconds. */
bool inspect_clock(struct pg *pg, int64_t *now, struct err *err) MUST_CHECK;

/* The owner of the warehouse: `rolname`, and `rolsuper`: it may do everything. One row. */
bool inspect_owner(struct pg *pg, struct table **owner, struct err *err) MUST_CHECK;

/* How the workspace of that name stands, or with NULL each of them: a row each. */
bool inspect_status(struct pg *pg, const char *workspace, struct table **all,
		    struct err *err) MUST_CHECK;

/* Whether a workspace in that state of inspect_status() needs nobody's attention. */
bool inspect_is_good(const char *state) MUST_CHECK;

/*
 * Whether the workspace of that name has an end of its first load, proven complete. False with
 * ERR_BUSY where it has not, and is paused.
 */
bool inspect_is_complete(struct pg *pg, const char *workspace, bool *complete,
			 struct err *err) MUST_CHECK;

/* Facts that the costs of a workspace's cycles depend on. */
struct inspect_load {
	int64_t unresolved;	 /* conversations held that are not resolved */
	int64_t changes;	 /* of conversations, a day */
	int64_t again;		 /* conversations that the next scan reads again, changed or not */
	int64_t swept_lately;	 /* pages that full sweeps took, in all their passes */
	int64_t scanned_in_vain; /* requests of cycles that explained nothing; or else 0 */
};

/* Reads it, for the workspace of that number. */
bool inspect_load(struct warehouse *warehouse, int workspace, struct inspect_load *load,
		  struct err *err) MUST_CHECK;

/* How far the reading of messages has come. */
struct inspect_messages {
	bool read;	      /* they are read at all */
	int64_t due, to_come; /* conversations to be read now, and of history */
	int64_t known;	      /* conversations that were read, */
	int64_t pages;	      /* and the pages that these have */
	int64_t moved;	      /* readings in which a message moved updated_at, */
	int64_t unmoved;      /* and those in which none did */
	int64_t history_at;   /* history was gone through down to there; TIME_NONE: not begun */
	bool done;	      /* it was, to its end */
};

/* Reads it, for the workspace of that number. */
bool inspect_messages(struct warehouse *warehouse, int workspace, struct inspect_messages *messages,
		      struct err *err) MUST_CHECK;

/* The requests of the last seven days, by workspace (NULL: all) and purpose. */
bool inspect_ledger(struct warehouse *warehouse, const char *workspace, struct table **ledger,
		    struct err *err) MUST_CHECK;

/*
 * The counts of the verify of a run, and the cells that differed. inspect_no_cells()
 * is such a table without a row.
 */
bool inspect_cells(struct warehouse *warehouse, int64_t run, struct table **cells,
		   struct err *err) MUST_CHECK;
struct table *inspect_no_cells(void) MUST_CHECK;

/* Whether the last verify of a workspace left cells different, less than an hour ago. */
bool inspect_has_recent_cells(struct warehouse *warehouse, const char *workspace, bool *has,
			      struct err *err) MUST_CHECK;

/*
 * How far a workspace is proven: `proof`, `why`, `next_step` and `counted`, one row; none where the
 * warehouse does not know it.
 */
bool inspect_proof(struct warehouse *warehouse, const char *workspace, struct table **proof,
		   struct err *err) MUST_CHECK;

/* The facts of a conversation, a row each: its name in `what`, and its `value`. */
bool inspect_conversation(struct warehouse *warehouse, const char *id, struct table **facts,
			  struct err *err) MUST_CHECK;

/* Each state that a conversation was seen in, a row each. */
bool inspect_versions(struct warehouse *warehouse, const char *id, struct table **versions,
		      struct err *err) MUST_CHECK;

/* Which workspace holds a conversation: `workspace`, one row, or none. */
bool inspect_held(struct warehouse *warehouse, const char *id, struct table **held,
		  struct err *err) MUST_CHECK;

/* A conversation as the API has it: its fields as JSON, and the id of its contact, or NULL. */
struct inspect_item {
	const char *id, *fields, *contact;
};

/* The fields in which it differs from the held one: `field`, `here` and `API`, a row each. */
bool inspect_differences(struct warehouse *warehouse, const struct inspect_item *item,
			 struct table **differences, struct err *err) MUST_CHECK;

/*
 * Adds to TEXT a sentence that names the columns of sahut_report.conversation_times that are not as
 * the N workspaces have them configured, without a full stop; nothing where all are. The second is
 * for a daemon, beside its work.
 */
bool inspect_columns(struct pg *pg, const struct workspace_conf *conf, size_t n, struct buf *text,
		     struct err *err) MUST_CHECK;
bool inspect_columns_of(struct warehouse *warehouse, const struct workspace_conf *conf, size_t n,
			struct buf *text, struct err *err) MUST_CHECK;

/* The remedy where they are not. */
extern const char inspect_columns_remedy[];

#endif
