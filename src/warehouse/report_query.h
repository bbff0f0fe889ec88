/* SPDX-License-Identifier: MIT */
/*
 * report_query.h -- Runs the queries of reports, by name.
 *
 * A report reads at one moment, and writes nothing: report_query_open() begins
 * that. Each figure and each topic of the reports (report_catalog.h) has a
 * statement of its name in sql/report/; most take a period, and those that show
 * the present do not. report_query_filters() tells which filters one takes.
 */
#ifndef REPORT_QUERY_H
#define REPORT_QUERY_H

#include "err.h"
#include "pg.h"
#include "table.h"

/* A report may be of one channel, agent, team or label alone. */
enum report_filter {
	REPORT_CHANNEL,
	REPORT_AGENT,
	REPORT_TEAM,
	REPORT_LABEL,
	REPORT_FILTERS,
};

/* The workspace (NULL: all of them) and the days (NULL: as is usual) that a report is about. */
struct report_period {
	const char *workspace, *from, *to;
	const char *filters[REPORT_FILTERS]; /* ids as PostgreSQL writes an array; NULL: all */
	const char *since; /* so many seconds ago, of the query that tells of changes */
};

/* The word for a filter, in options and in sentences: "channel". */
const char *report_query_word(enum report_filter filter) MUST_CHECK;

/*
 * Begins the transaction, and reads the scope: a row for each workspace with its
 * period and how complete it is. The caller frees it.
 */
bool report_query_open(struct pg *pg, const struct report_period *period, struct table **scope,
		       struct err *err) MUST_CHECK;

/*
 * Finds what the WANTED names mean, one for each filter or NULL: a row for each that there is, with
 * `what` and `ids`. The caller frees it.
 */
bool report_query_names(struct pg *pg, const char *workspace,
			const char *const wanted[REPORT_FILTERS], struct table **found,
			struct err *err) MUST_CHECK;

/* All names and ids that FILTER could have, a row for each `name`. The caller frees it. */
bool report_query_candidates(struct pg *pg, const char *workspace, enum report_filter filter,
			     struct table **names, struct err *err) MUST_CHECK;

/* The filters that the query of that name takes, which must exist: a bit for each. */
unsigned report_query_filters(const char *name) MUST_CHECK;

/* Asks the query of that name, which must exist, for one row of the scope. */
bool report_query_run(struct pg *pg, const char *name, const struct report_period *period,
		      struct table **table, struct err *err) MUST_CHECK;

/*
 * The same, some thousand rows at a time: report_query_begin() asks, and report_query_next() gives
 * the rows that follow, until it gives a table without any. Then the next query may begin. The list
 * of conversations has the configured fields behind its own columns, whose last is "timezone".
 */
bool report_query_begin(struct pg *pg, const char *name, const struct report_period *period,
			struct err *err) MUST_CHECK;
bool report_query_next(struct pg *pg, struct table **table, struct err *err) MUST_CHECK;

#endif
