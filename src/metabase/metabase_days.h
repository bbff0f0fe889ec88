/* SPDX-License-Identifier: MIT */
/*
 * metabase_days.h -- Compares Metabase's days and weeks with those of the
 * workspaces.
 *
 * The cards have the workspace's days in any case. But its
 * query builder groups instants by its report time zone, "yesterday" in a filter is
 * of that zone, and its weeks begin on Sunday unless somebody says otherwise.
 */
#ifndef METABASE_DAYS_H
#define METABASE_DAYS_H

#include "buf.h"
#include "metabase.h"

struct metabase_days {
	char zone[128]; /* its report time zone, or the one of its process */
	char week[16];	/* the day on which its weeks begin: "monday" */
};

/* Reads both from MB. */
bool metabase_days_read(struct metabase *mb, struct metabase_days *days,
			struct err *err) MUST_CHECK;

/*
 * Adds a line for each setting that does not fit the N workspaces' ZONES, and below it, after
 * "-> ", the one thing that mends it. Returns how many.
 */
int metabase_days_compare(const struct metabase_days *days, const char *const *zones, size_t n,
			  struct buf *out);

#endif
