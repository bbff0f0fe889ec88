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
		{ sql_retention_command_requests, retention->runs },
		{ sql_retention_sweeps, retention->runs },
		{ sql_retention_runs, retention->runs },
		{ sql_retention_rejected_items, retention->rejected_items },
		{ sql_retention_rejected_messages, retention->rejected_items },
		{ sql_retention_agent_days, retention->agent_days },
	};
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, steps[retention->step].sql);

	script_int(s, steps[retention->step].age);
	script_int(s, SOME);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	retention->removed += table_get_int(table, 0, "removed");
	if (table_get_int(table, 0, "removed") < SOME)
		retention->step++;
	*over = retention->step == ARRAY_SIZE(steps);
	if (*over)
		retention->step = 0;
	return true;
}
