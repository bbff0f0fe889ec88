/* SPDX-License-Identifier: MIT */
#include "citus.h"

#include "script.h"
#include "sql.h"
#include "table.h"

static bool read_rows(struct pg *pg, const char *sql, struct table **table, struct err *err)
{
	struct pg_step step = { .sql = sql };

	return pg_run(pg, &step, 1, table, err);
}

bool citus_check(struct pg *pg, struct err *err)
{
	CLEANUP(table_free) struct table *citus = NULL;
	CLEANUP(table_free) struct table *known = NULL;

	if (!read_rows(pg, sql_citus_citus, &citus, err))
		return false;
	if (table_rows(citus) == 0)
		return err_set(err, ERR_CONFIG,
			       "this database has no Citus; an administrator must put citus into "
			       "shared_preload_libraries of every server, restart them, and in the "
			       "database of each run: create extension citus");
	if (!read_rows(pg, sql_citus_coordinator, &known, err))
		return false;
	if (table_get_bool(known, 0, "is_known"))
		return true;
	return err_set(err, ERR_CONFIG,
		       "Citus does not know this server as its coordinator; an administrator must "
		       "run: select citus_set_coordinator_host('THIS HOST'); and for each other "
		       "one: select citus_add_node('THAT HOST', 5432)");
}

bool citus_begun(struct pg *pg, bool *begun, struct err *err)
{
	CLEANUP(table_free) struct table *citus = NULL;
	CLEANUP(table_free) struct table *table = NULL;

	*begun = false;
	if (!read_rows(pg, sql_citus_citus, &citus, err))
		return false;
	if (table_rows(citus) == 0)
		return true;
	if (!read_rows(pg, sql_citus_begun, &table, err))
		return false;
	*begun = table_get_bool(table, 0, "is_begun");
	return true;
}

/* Adds the steps for one table. */
static void add_table(struct script *s, const struct table *missing, int row)
{
	const char *table = table_get(missing, row, "name"), *key = table_get(missing, row, "key");

	script_add(s, key ? sql_citus_spread : sql_citus_everywhere);
	script_text(s, table);
	if (!key)
		return;
	script_text(s, key);
	script_text(s, table_get(missing, row, "beside"));
}

static void describe_table(struct buf *report, const struct table *missing, int row)
{
	const char *table = table_get(missing, row, "name"), *key = table_get(missing, row, "key");

	if (key)
		buf_printf(report, "distributed by %s: %s\n", key, table);
	else
		buf_printf(report, "on every machine: %s\n", table);
}

static bool spread(struct pg *pg, const struct table *missing, struct err *err)
{
	CLEANUP(script_free) struct script *s = script_new();

	script_add(s, sql_citus_begin);
	for (int row = 0; row < table_rows(missing); row++)
		add_table(s, missing, row);
	script_add(s, sql_citus_commit);
	script_add(s, sql_citus_functions);
	script_add(s, "commit");
	return script_run(s, pg, NULL, err) ||
	       err_wrap(err, "the warehouse is as it was, and not distributed");
}

/* Roles are no part of the transaction: each worker makes its own. */
static bool make_roles(struct pg *pg, struct err *err)
{
	CLEANUP(script_free) struct script *s = script_new();

	script_add(s, sql_citus_roles);
	return script_run(s, pg, NULL, err);
}

/* A migration may have made them anew. */
static bool make_functions(struct pg *pg, struct err *err)
{
	CLEANUP(script_free) struct script *s = script_new();

	script_add(s, sql_citus_functions);
	return script_run(s, pg, NULL, err);
}

static bool tidy(struct pg *pg, const struct table *missing, struct err *err)
{
	CLEANUP(script_free) struct script *s = script_new();

	for (int row = 0; row < table_rows(missing); row++) {
		script_add(s, sql_citus_tidy);
		script_text(s, table_get(missing, row, "name"));
	}
	return script_run(s, pg, NULL, err) ||
	       err_wrap(err, "the warehouse is distributed, but its earlier rows still lie "
			     "on the coordinator, too");
}

bool citus_apply(struct pg *pg, bool dry_run, struct buf *report, struct err *err)
{
	CLEANUP(table_free) struct table *missing = NULL;

	if ((!dry_run && !make_roles(pg, err)) || !read_rows(pg, sql_citus_missing, &missing, err))
		return false;
	if (table_rows(missing) == 0)
		return dry_run || make_functions(pg, err);
	if (!dry_run && !spread(pg, missing, err))
		return false;
	for (int row = 0; row < table_rows(missing); row++)
		describe_table(report, missing, row);
	return dry_run || tidy(pg, missing, err);
}

bool citus_workers(struct pg *pg, struct table **problems, struct err *err)
{
	bool begun;

	*problems = NULL;
	return citus_begun(pg, &begun, err) &&
	       (!begun || read_rows(pg, sql_citus_workers, problems, err));
}
