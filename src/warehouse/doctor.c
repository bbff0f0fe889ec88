/* SPDX-License-Identifier: MIT */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "script.h"
#include "sql.h"

static bool ask(struct pg *pg, const char *sql, struct table **found, struct err *err)
{
	struct pg_step step = { .sql = sql };

	return pg_run(pg, &step, 1, found, err);
}

bool doctor_catalogs(struct pg *pg, struct table **found, struct err *err)
{
	return ask(pg, sql_status_catalogs, found, err);
}

bool doctor_obstacles(struct pg *pg, struct table **found, struct err *err)
{
	return ask(pg, sql_status_obstacles, found, err);
}

bool doctor_privileges(struct pg *pg, struct table **missing, struct err *err)
{
	return ask(pg, sql_status_privileges, missing, err);
}

bool doctor_temporary(struct pg *pg, struct err *err)
{
	CLEANUP(table_free) struct table *found = NULL;
	struct err ignored;

	if (pg_exec(pg, "create temporary table sahut_tried () on commit drop", err))
		return true;
	if (!pg_lost(pg) && ask(pg, sql_status_event_triggers, &found, &ignored) &&
	    table_rows(found) > 0)
		snprintf(err->advice, sizeof(err->advice), "%s", table_get(found, 0, "remedy"));
	return false;
}

void doctor_advise(struct pg *pg, struct err *err)
{
	CLEANUP(table_free) struct table *found = NULL;
	CLEANUP(table_free) struct table *missing = NULL;
	struct err ignored;

	if (pg_lost(pg) || !doctor_obstacles(pg, &found, &ignored) ||
	    !doctor_privileges(pg, &missing, &ignored))
		return;
	if (table_rows(found) > 0 && *table_get(found, 0, "kind"))
		snprintf(err->advice, sizeof(err->advice), "%s", table_get(found, 0, "remedy"));
	else if (table_rows(missing) > 0)
		snprintf(err->advice, sizeof(err->advice), "as an administrator: %s;",
			 table_get(missing, 0, "remedy"));
}

void doctor_read_only(struct pg *pg, struct err *err)
{
	CLEANUP(table_free) struct table *why = NULL;
	struct err ignored;

	if (ask(pg, sql_status_read_only, &why, &ignored) && table_rows(why) > 0)
		snprintf(err->advice, sizeof(err->advice), "%s", table_get(why, 0, "remedy"));
}

bool doctor_wait_event(struct pg *pg, int backend, struct table **why, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();

	script_add(script, sql_status_wait_event);
	script_int(script, backend);
	return script_run(script, pg, why, err);
}

bool doctor_late(struct pg *pg, const char *name, struct table **late, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();

	script_add(script, sql_status_late);
	script_text(script, name);
	return script_run(script, pg, late, err);
}
