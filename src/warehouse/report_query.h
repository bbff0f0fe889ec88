/* SPDX-License-Identifier: MIT */
/*
 * report_query.h -- Runs the queries of reports, by name.
 *
 * A report reads at one moment, and writes nothing: report_query_open() begins
 * that. Each figure and each topic of the reports (report_catalog.h) has a
 * statement of its name in sql/report/; most take a period, and those that show
 * the present state take the workspace alone.
 */
#ifndef REPORT_QUERY_H
#define REPORT_QUERY_H

#include "err.h"
#include "pg.h"
#include "table.h"

/* The workspace (NULL: all of them) and the days (NULL: as is usual) that a report is about. */
struct report_period {
	const char *workspace, *from, *to;
};

/*
 * Begins the transaction, and reads the scope: a row for each workspace with its
 * period and how complete it is. The caller frees it.
 */
bool report_query_open(struct pg *pg, const struct report_period *period, struct table **scope,
		       struct err *err) MUST_CHECK;

/* Asks the query of that name, which must exist, for one row of the scope. */
bool report_query_run(struct pg *pg, const char *name, const struct report_period *period,
		      struct table **table, struct err *err) MUST_CHECK;

#endif
