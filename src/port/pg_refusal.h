/* SPDX-License-Identifier: MIT */
/*
 * pg_refusal.h -- Reads why a server refused a connection, and names the remedy.
 *
 * libpq keeps no SQLSTATE of a connection that failed; asked to be verbose,
 * it writes it into its message, with the routine of the server that
 * refused. Both are read here; the server's sentence, which may be in any
 * language, is only shown. Messages of libpq's own are in English, since
 * this program asks for no other.
 */
#ifndef PGREFUSAL_H
#define PGREFUSAL_H

#include "base.h"
#include "err.h"

/* The role that wanted to connect, and the database; NULL where that is not known. */
struct pg_refusal_who {
	const char *user, *dbname;
};

/*
 * Makes an error of libpq's MESSAGE: the sentence without where it was, the
 * kind, in `code` the SQLSTATE or a word for a refusal that libpq found out
 * itself ("read-only", "refused", "no-socket"), and the advice.
 */
void pg_refusal_read(struct err *err, const char *message, const struct pg_refusal_who *who);

/* The code of an error that says so, as long as only one server was tried. */
#define PG_REFUSAL_SILENT "silent"

/* Fills ERR: no answer came within PATIENCE microseconds. */
void pg_refusal_silent(struct err *err, int64_t patience);

/*
 * Adds the refusal of one server to those of the servers before it. ALL is of kind ERR_NONE before
 * the first; N is how many there are now. A refusal that a person has to mend decides the kind, the
 * code and the advice.
 */
void pg_refusal_add(struct err *all, const char *server, const struct err *one, int n);

#endif
