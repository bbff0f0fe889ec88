/* SPDX-License-Identifier: MIT */
/*
 * pgtext.h -- what PostgreSQL says, as a sentence of ours.
 */
#ifndef PGTEXT_H
#define PGTEXT_H

#include "err.h"

/* Fills ERR with a message of libpq's, which ends in a newline and may be of several lines. */
void pgtext_error(struct err *err, enum err_kind kind, const char *message);

#endif
