/* SPDX-License-Identifier: MIT */
/*
 * roster.h -- what the daemon writes down of its schedule, and reads back.
 *
 * For `status`, which looks at the warehouse alone, and for the daemon that
 * comes next. A row a workspace; nothing depends on it but what people see.
 */
#ifndef ROSTER_H
#define ROSTER_H

#include "err.h"
#include "warehouse.h"

/* What is shown of a workspace. Instants by the host's calendar; TIME_NONE: none. */
struct roster {
	int64_t incremental, verify; /* intervals */
	int full;		     /* minutes after midnight */
	const char *next_kind;
	int64_t next_at;
	const char *running; /* NULL: nothing */
	int64_t running_since;
	const char *trouble; /* NULL: none */
	int64_t trouble_since;
	int failures;
	const char *advice; /* NULL: none */
};

/* Writes it. */
bool roster_write(struct warehouse *warehouse, int workspace, const struct roster *roster,
		  struct err *err) MUST_CHECK;

/* When what was last done with success, by the database's clock; TIME_NONE: never, or long ago. */
struct roster_past {
	int64_t full_at, verify_at, cycle_at;
};

/* Reads it. */
bool roster_read(struct warehouse *warehouse, int workspace, struct roster_past *past,
		 struct err *err) MUST_CHECK;

#endif
