/* SPDX-License-Identifier: MIT */
#include "retention.h"

#include "script.h"
#include "sql.h"

/* Rows that go at a time: a fraction of a second, with all that hangs on them. */
#define SOME 500

bool retention_some(struct retention *retention, struct warehouse *warehouse, bool *over,
		    struct err *err)
{
	const struct {
		const char *sql;
		int64_t age;
	} steps[] = {
		{ sql_retain_errands, retention->runs },
		{ sql_retain_sweeps, retention->runs },
		{ sql_retain_runs, retention->runs },
		{ sql_retain_rejected_items, retention->rejected_items },
	};
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = warehouse_call(warehouse, steps[retention->step].sql);

	script_int(s, steps[retention->step].age);
	script_int(s, SOME);
	if (!warehouse_run(warehouse, &grid, err))
		return false;
	retention->removed += grid_int(grid, 0, 0);
	if (grid_int(grid, 0, 0) < SOME)
		retention->step++;
	*over = retention->step == ARRAY_SIZE(steps);
	if (*over)
		retention->step = 0;
	return true;
}
