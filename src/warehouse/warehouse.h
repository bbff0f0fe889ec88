/* SPDX-License-Identifier: MIT */
/*
 * warehouse.h -- The warehouse as the loop uses it: connections, locks,
 * commits and queries.
 *
 * Two connections: on one, batches are merged and queries asked, one at
 * a time, and the workspaces' locks live on it; the other serves short
 * calls (the quota) while the first is busy. A commit or a query is
 * started, goes on while anybody waits, and is finished when it is done,
 * so that pages are decoded while PostgreSQL works. All else waits for its
 * answer.
 *
 * Only this folder sees the statements of sql/. It knows neither HTTP nor JSON
 * from the API.
 */
#ifndef WAREHOUSE_H
#define WAREHOUSE_H

#include "action.h"
#include "batch.h"
#include "err.h"
#include "pg.h"
#include "query.h"
#include "table.h"
#include "workspace_conf.h"
#include "workspace_state.h"

struct warehouse;

/*
 * Connects. WHO is written into the workspaces that are locked: command, host
 * and process. NULL with ERR_CONFIG when the schema is of another version or
 * the connections share a session, or with the error of pg_open().
 */
struct warehouse *warehouse_open(struct event_loop *loop, const struct pg_conf *conf,
				 const char *who, struct err *err) MUST_CHECK;

/* Closes it. An open transaction is rolled back, and the locks are free. */
void warehouse_close(struct warehouse **warehouse);

/* Whether a connection was lost: then close it and open another. */
bool warehouse_lost(const struct warehouse *warehouse) MUST_CHECK;

/* Warns once when the writer's work takes long; see pg_warn_slow(). */
void warehouse_warn_slow(struct warehouse *warehouse);

/*
 * A short call for a module of its own (command_request.c): begins a script with the
 * statement SQL, whose parameters follow, and runs it while the writer may
 * be busy. RESULT may be NULL.
 */
struct script *warehouse_call(struct warehouse *warehouse, const char *sql) MUST_CHECK;
bool warehouse_run(struct warehouse *warehouse, struct table **result, struct err *err) MUST_CHECK;

/* Whether somebody sent a NOTIFY since it was last taken. */
bool warehouse_take_notify(struct warehouse *warehouse) MUST_CHECK;
bool warehouse_has_notify(struct warehouse *warehouse) MUST_CHECK;

/* ---- a workspace ---- */

/*
 * Makes a workspace known, and its settings current, and gives its number.
 * Days that another time zone or other hours make untrue are queued for report_refresh.h.
 */
bool warehouse_register(struct warehouse *warehouse, const struct workspace_conf *conf, int *id,
			struct err *err) MUST_CHECK;

/* The number of the workspace of that name; 0 when the warehouse does not know it. */
bool warehouse_find(struct warehouse *warehouse, const char *name, int *id,
		    struct err *err) MUST_CHECK;

/* Whether no process works on it; false also when that cannot be told. */
bool warehouse_is_unheld(struct warehouse *warehouse, const char *name) MUST_CHECK;

/*
 * All workspaces of the warehouse: number, the process that holds it or held it last, whether one
 * does now, and its name. A table for the caller to free.
 */
bool warehouse_holders(struct warehouse *warehouse, struct table **holders,
		       struct err *err) MUST_CHECK;

/*
 * Reserved, the warehouse is free for no batch and no query, so that it comes to
 * rest and a lock can be taken: that is when warehouse_ready().
 */
void warehouse_reserve(struct warehouse *warehouse, bool reserved);

/* Whether it is reserved and at rest: the caller that reserved it may go on. */
bool warehouse_ready(const struct warehouse *warehouse) MUST_CHECK;

/*
 * Takes its lock; only while warehouse_ready(). False with ERR_BUSY, the holder's
 * name in the text and its command in err->code, when somebody else has it.
 */
bool warehouse_lock(struct warehouse *warehouse, int id, struct err *err) MUST_CHECK;

/* The holder when warehouse_lock() last said ERR_BUSY: command, host, process, role and session. */
const char *warehouse_lock_holder(const struct warehouse *warehouse) MUST_CHECK;

/* The server's process of the connection that has the leases; 0 before the first. */
int64_t warehouse_session(const struct warehouse *warehouse) MUST_CHECK;

/* Gives the lock back. Errors are ignored: the lease ends with the connection. */
void warehouse_unlock(struct warehouse *warehouse, int id);

/* The state of a workspace between cycles. */
struct warehouse_known {
	struct workspace_state state;
	int64_t sweep; /* the full sweep to go on with, or 0 */
	int batch;     /* its last batch */
	bool stale;    /* the sweep was left too long ago to go on with */
	int64_t now;   /* by the database's clock */
};

/* Reads it. */
bool warehouse_load(struct warehouse *warehouse, int id, struct warehouse_known *known,
		    struct err *err) MUST_CHECK;

/* Reads the channels and agents of a workspace, at most MOST of each, and one more. */
bool warehouse_names(struct warehouse *warehouse, int id, int most, struct filter_ids *names,
		     struct err *err) MUST_CHECK;

/*
 * Fills in the cells of CONF with those that the last verify left different,
 * if that is less than an hour ago. NAMES are the workspace's.
 */
bool warehouse_last_cells(struct warehouse *warehouse, int id, const struct filter_ids *names,
			  struct engine_conf *conf, struct err *err) MUST_CHECK;

/* ---- the quota ---- */

/* Requests that may be sent within the next second. */
struct warehouse_lease {
	int want, cap; /* how many, under a cap a minute, */
	int64_t run;   /* for a run, or 0: */
	const char *purpose;
	int unused;   /* how many of the lease before were not sent */
	int share;    /* of messages: percent of the cap that others leave; 0: of others */
	bool spares;  /* and leaves a tenth of that to more urgent ones */
	int granted;  /* may be fewer; */
	int64_t wait; /* when none, for how long, microseconds */
};

/* Asks for a lease; it is written down as sent. */
bool warehouse_take_lease(struct warehouse *warehouse, int id, struct warehouse_lease *lease,
			  struct err *err) MUST_CHECK;

/*
 * The API asked for silence of so many microseconds; every process that uses the warehouse keeps
 * it.
 */
bool warehouse_pause(struct warehouse *warehouse, int id, int64_t usec, struct err *err) MUST_CHECK;

/*
 * Messages of the conversations IDS, an array as PostgreSQL writes one, are due, where messages are
 * read.
 */
bool warehouse_make_messages_due(struct warehouse *warehouse, int id, const char *ids,
				 struct err *err) MUST_CHECK;

/* ---- a run ---- */

struct warehouse_run {
	int workspace;
	enum cycle_kind kind;
	const char *strategy;
	int64_t id;    /* given by warehouse_begin_run() */
	int64_t sweep; /* the full sweep that it works on, or 0; see warehouse_begin_sweep() */
};

/* Begins a run. One that another process left behind is marked interrupted. */
bool warehouse_begin_run(struct warehouse *warehouse, struct warehouse_run *run,
			 struct err *err) MUST_CHECK;

/*
 * A full sweep begins within the run, whose `sweep` it becomes. One that
 * still runs is abandoned.
 */
bool warehouse_begin_sweep(struct warehouse *warehouse, struct warehouse_run *run,
			   struct err *err) MUST_CHECK;

/* How a run ended that failed, or was stopped. */
struct warehouse_end {
	int workspace;
	int64_t run;
	enum cycle_kind kind; /* for the ledger */
	const char *state;    /* failed or partial */
	const struct err *why;
	const struct sent *sent; /* since the last commit */
};

/* Ends such a run; its commits stay. */
bool warehouse_end_run(struct warehouse *warehouse, const struct warehouse_end *end,
		       struct err *err) MUST_CHECK;

/*
 * Fills ERR with ERR_DATA: pages of the workspace's list are none, since more than a
 * few of their items could not be loaded; with the reason for one of them.
 */
void warehouse_explain_misshapen(struct warehouse *warehouse, int id, struct err *err);

/* Writes requests into the ledger that no batch accounts for. */
bool warehouse_account(struct warehouse *warehouse, int id, const char *purpose,
		       const struct sent *sent, struct err *err) MUST_CHECK;

/* ---- commits and queries: started here, finished below ---- */

/* Whether one is under way. */
bool warehouse_busy(const struct warehouse *warehouse) MUST_CHECK;

/*
 * Whether another may be started: none is under way, the end of the last one was
 * heard of, and the warehouse is not reserved.
 */
bool warehouse_free(const struct warehouse *warehouse) MUST_CHECK;

/*
 * Merges a batch, and with it everything that becomes true by it, in one
 * transaction. Its stage must stay as it is until the end.
 */
void warehouse_commit(struct warehouse *warehouse, const struct batch *batch);

/* Puts a query of the engine's. */
void warehouse_ask(struct warehouse *warehouse, const struct query *query);

/*
 * Starts the commit or the query that has just failed once more, if it was
 * a conflict with another transaction, and not for the last time (err_policy).
 * The buffers it was made of must still be there. False when it is to be given up.
 */
bool warehouse_again(struct warehouse *warehouse, const struct err *why) MUST_CHECK;

/* Computes the next queued day of a workspace's reports. */
void warehouse_refresh(struct warehouse *warehouse, int workspace);

/* Whether that is done, and MORE days are queued. False with the error. */
bool warehouse_refreshed(struct warehouse *warehouse, bool *more, struct err *err) MUST_CHECK;

/*
 * Leaves word that a workspace's days could not be computed, and why; reports show it. It goes when
 * one could.
 */
bool warehouse_note_refresh(struct warehouse *warehouse, int workspace, const struct err *why,
			    struct err *err) MUST_CHECK;

/*
 * The result of the commit. Where PostgreSQL refused a row, it is done again without it
 * (quarantine.h), and waited for. False with the error of the whole transaction.
 */
bool warehouse_committed(struct warehouse *warehouse, struct tally *tally,
			 struct err *err) MUST_CHECK;

/*
 * The answer, and the ids that came with it: a table whose first column has
 * them, for the caller to free; NULL without any.
 */
bool warehouse_answered(struct warehouse *warehouse, struct answer *answer, struct table **ids,
			struct err *err) MUST_CHECK;

#endif
