/* SPDX-License-Identifier: MIT */
#include "report_rebuild.h"

#include "script.h"
#include "sql.h"

/* Runs a statement that has a workspace's name as its parameter and gives one value. */
static bool ask(struct pg *pg, const char *sql, const char *workspace, struct table **table,
		struct err *err)
{
	struct script *s = script_new();
	bool ok;

	script_add(s, sql);
	script_text(s, workspace);
	ok = script_run(s, pg, table, err);
	script_free(&s);
	return ok;
}

bool report_rebuild_queue(struct pg *pg, const char *workspace, int64_t *days, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;

	if (!ask(pg, sql_report_refresh_queue_all, workspace, &table, err))
		return false;
	*days = table_get_int(table, 0, "days");
	return true;
}

bool report_rebuild_next(struct pg *pg, const char *workspace, bool *done, int64_t *left,
			 struct err *err)
{
	CLEANUP(table_free) struct table *computed = NULL;
	CLEANUP(table_free) struct table *queued = NULL;

	if (!ask(pg, sql_report_refresh_next, workspace, &computed, err) ||
	    !ask(pg, sql_report_refresh_remaining, workspace, &queued, err))
		return false;
	*done = table_get_bool(computed, 0, "was_computed");
	*left = table_get_int(queued, 0, "days");
	return true;
}
