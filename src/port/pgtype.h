/* SPDX-License-Identifier: MIT */
/*
 * pgtype.h -- which of PostgreSQL's types are numbers.
 *
 * By their numbers in the system catalog (pg_type.dat), which are the same
 * in every server and have been since the first one. Knows no library.
 */
#ifndef PGTYPE_H
#define PGTYPE_H

#include "base.h"

/* Whether values of the type numbered OID are numbers: to stand to the right, and bare in JSON. */
bool pgtype_is_number(unsigned oid) MUST_CHECK;

#endif
