/* SPDX-License-Identifier: MIT */
#include "blocker.h"

#include <stdio.h>
#include <string.h>

#include "sql.h"

#define LOCK_NOT_AVAILABLE "55P03"

void blocker_name(struct pg *pg, struct err *err)
{
	struct pg_step step = { .sql = sql_store_blocker };
	CLEANUP(grid_free) struct grid *grid = NULL;
	size_t used = strlen(err->text);
	char shown[400];
	struct err ignored;

	if (strcmp(err->code, LOCK_NOT_AVAILABLE) != 0 || pg_lost(pg) || pg_busy(pg) ||
	    !pg_run(pg, &step, 1, &grid, &ignored) || grid_rows(grid) == 0 ||
	    !grid_text(grid, 0, 0))
		return;
	err_quote(shown, sizeof(shown), grid_text(grid, 0, 0), strlen(grid_text(grid, 0, 0)));
	snprintf(err->text + used, sizeof(err->text) - used, "; %s", shown);
}
