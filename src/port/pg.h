/* SPDX-License-Identifier: MIT */
/*
 * pg.h -- One connection to PostgreSQL, and the scripts that run on it
 * (libpq).
 *
 * A script is a list of steps: a statement with parameters, several statements at once, or a COPY
 * with its rows. pg_start() begins it and returns; it goes on while anybody sleeps in event_loop.h;
 * pg_finish() gives its last result or its first error. pg_run() does both and waits in between,
 * which is enough for commands; the daemon's loop uses the pair, so that it decodes the next pages
 * while a merge runs.
 *
 * The first SQLSTATE of a failure is kept, also when the connection breaks right after it. A script
 * that fails inside a transaction is rolled back before pg_finish() answers. Values travel as
 * parameters or in COPY, never inside the text of a statement. Errors name a statement by the
 * comment that it begins with. Only this file's .c includes libpq; it knows no table's name.
 */
#ifndef PG_H
#define PG_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "event_loop.h"
#include "servers.h"
#include "table.h"

struct pg;

struct pg_conf {
	const char *conninfo;	 /* libpq's: keywords or a URI */
	const char *password;	 /* or NULL; wins over the conninfo's */
	const char *application; /* our name in pg_stat_activity */
	int64_t deadline;	 /* a script that takes longer is cut off, microseconds */
	/*
	 * Called by pg_run() and pg_warn_slow() when a script takes longer than PG_SLOW; or NULL.
	 * It returns true when the server answers nobody: then the connection is given up.
	 */
	bool (*slow)(void *arg, int backend);
	void *arg;
	bool readable;	      /* a server that can only be read will do */
	struct server *place; /* tried first, and then the one that is used; or NULL */
	bool pinned;	      /* no other than the first is tried */
};

#define PG_MAX_PARAMS 16

/* A script that takes longer is worth a warning, microseconds. */
#define PG_SLOW (30 * USEC_PER_SEC)

/* One step of a script. Its texts and rows must live until pg_finish(). */
struct pg_step {
	const char *sql;
	const char *params[PG_MAX_PARAMS]; /* text; NULL is NULL */
	int n;			/* how many; without any, SQL may be several statements */
	const struct buf *rows; /* for COPY ... FROM STDIN, else NULL */
	int skip; /* how many of the following steps are left out when its answer is false */
};

/*
 * Connects, to the first of the conninfo's servers that can be used. Each
 * address of each has connect_timeout for itself; after any failure the next is
 * tried. Fills in keywords that the conninfo leaves open: connect_timeout,
 * keepalives, tcp_user_timeout, target_session_attrs=read-write, and
 * sslmode=verify-full for a host that is not this machine. NULL with the
 * refusal of each of them: ERR_CONFIG (not a conninfo), ERR_DENIED (credentials
 * were refused), ERR_UNAVAILABLE or ERR_STOPPED.
 */
struct pg *pg_open(struct event_loop *loop, const struct pg_conf *conf, struct err *err) MUST_CHECK;

/* Closes it. The server ends a script that is running when it notices; see sql/session.sql. */
void pg_close(struct pg **pg);

/*
 * Whether a text is a conninfo at all, and whether a password stands in it.
 * False with ERR_CONFIG.
 */
bool pg_conninfo_check(const char *conninfo, bool *has_password, struct err *err) MUST_CHECK;

/* Begins a script. The connection must be idle. */
void pg_start(struct pg *pg, const struct pg_step *steps, size_t n);

/* Whether the script still runs. */
bool pg_busy(const struct pg *pg) MUST_CHECK;

/*
 * The outcome of the script that has ended: true and the last result that had
 * rows (*RESULT is NULL when none had; the caller frees it), or false and the
 * first error. ERR_UNCERTAIN: the connection broke while the answer to a COMMIT
 * was awaited.
 */
bool pg_finish(struct pg *pg, struct table **result, struct err *err) MUST_CHECK;

/* A whole script, waiting for its end. RESULT may be NULL for a caller that wants no rows. */
bool pg_run(struct pg *pg, const struct pg_step *steps, size_t n, struct table **result,
	    struct err *err) MUST_CHECK;

/*
 * Calls CONF->slow once when the script that runs has taken longer than PG_SLOW. For a caller that
 * does not wait in pg_run().
 */
void pg_warn_slow(struct pg *pg);

/* Runs a script of one step without parameters, as pg_run() does. */
bool pg_exec(struct pg *pg, const char *sql, struct err *err) MUST_CHECK;

/*
 * Whether the connection is gone, or of no use: the server has become
 * read-only, or is not well. It does not come back, open another.
 */
bool pg_lost(const struct pg *pg) MUST_CHECK;

/*
 * The server's process that took the connection; behind a pooler, the number that the pooler tells.
 */
int pg_backend(const struct pg *pg) MUST_CHECK;

/* The server's version as a number, 150004 for 15.4. */
int pg_server_version(const struct pg *pg) MUST_CHECK;

/* Whether a NOTIFY came since the last call, on any channel that was LISTENed to. */
bool pg_take_notify(struct pg *pg) MUST_CHECK;

/* libpq's version, for --version. */
int pg_library_version(void) MUST_CHECK;

#endif
