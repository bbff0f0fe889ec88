/* SPDX-License-Identifier: MIT */
#include "retain.h"

#include "script.h"
#include "sql.h"

/* Rows that go at a time: a fraction of a second, with all that hangs on them. */
#define SOME 500

bool retain_some(struct retain *retain, struct warehouse *warehouse, bool *over, struct err *err)
{
	const struct {
		const char *sql;
		int64_t age;
	} steps[] = {
		{ sql_retain_errands, retain->runs },
		{ sql_retain_sweeps, retain->runs },
		{ sql_retain_runs, retain->runs },
		{ sql_retain_rejected_items, retain->rejected_items },
	};
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = warehouse_call(warehouse, steps[retain->step].sql);

	script_int(s, steps[retain->step].age);
	script_int(s, SOME);
	if (!warehouse_run(warehouse, &grid, err))
		return false;
	retain->removed += grid_int(grid, 0, 0);
	if (grid_int(grid, 0, 0) < SOME)
		retain->step++;
	*over = retain->step == ARRAY_SIZE(steps);
	if (*over)
		retain->step = 0;
	return true;
}
