/* SPDX-License-Identifier: MIT */
#include "citus.h"

#include "grid.h"
#include "script.h"
#include "sql.h"

static void free_script(struct script **script)
{
	script_free(script);
}

static bool read_rows(struct pg *pg, const char *sql, struct grid **grid, struct err *err)
{
	struct pg_step step = { .sql = sql };

	return pg_run(pg, &step, 1, grid, err);
}

bool citus_check(struct pg *pg, struct err *err)
{
	CLEANUP(grid_free) struct grid *citus = NULL;
	CLEANUP(grid_free) struct grid *known = NULL;

	if (!read_rows(pg, sql_distribute_citus, &citus, err))
		return false;
	if (grid_rows(citus) == 0)
		return err_set(err, ERR_CONFIG,
			       "this database has no Citus; an administrator must put citus into "
			       "shared_preload_libraries of every server, restart them, and in the "
			       "database of each run: create extension citus");
	if (!read_rows(pg, sql_distribute_coordinator, &known, err))
		return false;
	if (grid_bool(known, 0, 0))
		return true;
	return err_set(err, ERR_CONFIG,
		       "Citus does not know this server as its coordinator; an administrator must "
		       "run: select citus_set_coordinator_host('THIS HOST'); and for each other "
		       "one: select citus_add_node('THAT HOST', 5432)");
}

bool citus_begun(struct pg *pg, bool *begun, struct err *err)
{
	CLEANUP(grid_free) struct grid *citus = NULL;
	CLEANUP(grid_free) struct grid *grid = NULL;

	*begun = false;
	if (!read_rows(pg, sql_distribute_citus, &citus, err))
		return false;
	if (grid_rows(citus) == 0)
		return true;
	if (!read_rows(pg, sql_distribute_begun, &grid, err))
		return false;
	*begun = grid_bool(grid, 0, 0);
	return true;
}

/* Adds the steps for one table. */
static void add_table(struct script *s, const struct grid *missing, int row)
{
	const char *table = grid_text(missing, row, 0), *key = grid_text(missing, row, 1);

	script_add(s, key ? sql_distribute_spread : sql_distribute_everywhere);
	script_text(s, table);
	if (!key)
		return;
	script_text(s, key);
	script_text(s, grid_text(missing, row, 2));
}

static void say_table(struct buf *report, const struct grid *missing, int row)
{
	const char *table = grid_text(missing, row, 0), *key = grid_text(missing, row, 1);

	if (key)
		buf_printf(report, "distributed by %s: %s\n", key, table);
	else
		buf_printf(report, "on every machine: %s\n", table);
}

static bool spread(struct pg *pg, const struct grid *missing, struct err *err)
{
	CLEANUP(free_script) struct script *s = script_new();

	script_add(s, sql_distribute_begin);
	for (int row = 0; row < grid_rows(missing); row++)
		add_table(s, missing, row);
	script_add(s, sql_distribute_commit);
	return script_run(s, pg, NULL, err) ||
	       err_wrap(err, "the warehouse is as it was, and not distributed");
}

static bool tidy(struct pg *pg, const struct grid *missing, struct err *err)
{
	CLEANUP(free_script) struct script *s = script_new();

	for (int row = 0; row < grid_rows(missing); row++) {
		script_add(s, sql_distribute_tidy);
		script_text(s, grid_text(missing, row, 0));
	}
	return script_run(s, pg, NULL, err) ||
	       err_wrap(err, "the warehouse is distributed, but what it held before still lies "
			     "on the coordinator, too");
}

bool citus_apply(struct pg *pg, bool dry_run, struct buf *report, struct err *err)
{
	CLEANUP(grid_free) struct grid *missing = NULL;

	if (!read_rows(pg, sql_distribute_missing, &missing, err))
		return false;
	if (grid_rows(missing) == 0)
		return true;
	if (!dry_run && !spread(pg, missing, err))
		return false;
	for (int row = 0; row < grid_rows(missing); row++)
		say_table(report, missing, row);
	return dry_run || tidy(pg, missing, err);
}
