/* SPDX-License-Identifier: MIT */
/*
 * metabase_apply.h -- Puts the dashboards into a Metabase; a second time
 * changes nothing.
 *
 * In order: the database connection, the settings of its columns, collections,
 * cards, dashboards. The wish stands in etc/metabase/dashboards.json.
 */
#ifndef METABASE_APPLY_H
#define METABASE_APPLY_H

#include "metabase_object.h"

/* The warehouse, as Metabase is to reach it. */
struct metabase_apply_database {
	const char *host, *dbname, *user;
	const char *password; /* or NULL */
	int64_t port;
};

/*
 * Brings Metabase to the wanted form. RUN has the connection, the memory and the options; the
 * report is added to line by line. False with the failure: objects that were written before stay,
 * are remembered, and are not written again by the next run.
 */
bool metabase_apply_all(struct metabase_run *run, const struct metabase_apply_database *database,
			struct err *err) MUST_CHECK;

#endif
