/* SPDX-License-Identifier: MIT */
#include "report_rebuild.h"

#include "script.h"
#include "sql.h"

/* Runs a statement that has a workspace's name as its parameter and gives one value. */
static bool ask(struct pg *pg, const char *sql, const char *workspace, struct grid **grid,
		struct err *err)
{
	struct script *s = script_new();
	bool ok;

	script_add(s, sql);
	script_text(s, workspace);
	ok = script_run(s, pg, grid, err);
	script_free(&s);
	return ok;
}

bool cycle_log_rebuild_queue(struct pg *pg, const char *workspace, int64_t *days, struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;

	if (!ask(pg, sql_report_queue_all, workspace, &grid, err))
		return false;
	*days = grid_int(grid, 0, 0);
	return true;
}

bool cycle_log_rebuild_next(struct pg *pg, const char *workspace, bool *done, int64_t *left,
			    struct err *err)
{
	CLEANUP(grid_free) struct grid *computed = NULL;
	CLEANUP(grid_free) struct grid *queued = NULL;

	if (!ask(pg, sql_report_next, workspace, &computed, err) ||
	    !ask(pg, sql_report_remaining, workspace, &queued, err))
		return false;
	*done = grid_bool(computed, 0, 0);
	*left = grid_int(queued, 0, 0);
	return true;
}
