/* SPDX-License-Identifier: MIT */
/*
 * pg_error.h -- Turns errors of PostgreSQL into ours: the kind and the
 * sentence.
 *
 * The kind comes from the SQLSTATE (PostgreSQL's appendix A, "Error Codes").
 * Message texts are never looked at: the server may speak any language.
 */
#ifndef PG_ERROR_H
#define PG_ERROR_H

#include "base.h"
#include "err.h"

/*
 * The kind of the failure CODE, five characters; the class (the first two)
 * where the code itself is not listed.
 */
enum err_kind pg_error_kind(const char *code) MUST_CHECK;

/*
 * Fills ERR with KIND and a MESSAGE of libpq's, which ends in a newline and
 * may be of several lines.
 */
void pg_error_set(struct err *err, enum err_kind kind, const char *message);

/*
 * Whether CODE speaks of the server and not of the statement, so that another server, or another
 * session, may succeed where this one fails.
 */
bool pg_error_is_of_server(const char *code) MUST_CHECK;

#endif
