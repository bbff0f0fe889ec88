/* SPDX-License-Identifier: MIT */
#include "lock_holder.h"

#include <stdio.h>
#include <string.h>

#include "script.h"
#include "sql.h"
#include "table.h"

#define LOCK_NOT_AVAILABLE "55P03"

void lock_holder_name(struct pg *pg, bool migrating, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();
	CLEANUP(table_free) struct table *table = NULL;
	size_t used = strlen(err->text);
	char shown[400];
	struct err ignored;

	script_add(script, sql_warehouse_lock_holder);
	script_int(script, migrating);
	if (strcmp(err->code, LOCK_NOT_AVAILABLE) != 0 || pg_lost(pg) || pg_busy(pg) ||
	    !script_run(script, pg, &table, &ignored) || table_rows(table) == 0 ||
	    !table_get(table, 0, "lock_holder"))
		return;
	err_quote(shown, sizeof(shown), table_get(table, 0, "lock_holder"),
		  strlen(table_get(table, 0, "lock_holder")));
	snprintf(err->text + used, sizeof(err->text) - used, "; %s", shown);
}
