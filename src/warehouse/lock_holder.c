/* SPDX-License-Identifier: MIT */
#include "lock_holder.h"

#include <stdio.h>
#include <string.h>

#include "sql.h"
#include "table.h"

#define LOCK_NOT_AVAILABLE "55P03"

/* Who has it, and the statement that ends that; NULL where nobody has it any more. */
static struct table *find(struct pg *pg, bool migrating)
{
	const struct pg_step step = { .sql = sql_warehouse_lock_holder,
				      .params = { migrating ? "1" : "0" },
				      .n = 1 };
	struct table *found = NULL;
	struct err ignored;

	if (!pg_run(pg, &step, 1, &found, &ignored) || table_rows(found) == 0)
		table_free(&found);
	return found;
}

void lock_holder_advise(const char *end, struct err *err)
{
	char shown[400];

	snprintf(err->advice, sizeof(err->advice), "if it does nothing, end it: %s;",
		 err_quote(shown, sizeof(shown), end, strlen(end)));
}

void lock_holder_name(struct pg *pg, bool migrating, struct err *err)
{
	CLEANUP(table_free) struct table *found = NULL;
	size_t used = strlen(err->text);
	const char *who;
	char shown[400];

	if (strcmp(err->code, LOCK_NOT_AVAILABLE) != 0 || err->advice[0] || pg_lost(pg) ||
	    pg_busy(pg))
		return;
	found = find(pg, migrating);
	if (!found)
		return;
	who = table_get(found, 0, "lock_holder");
	snprintf(err->text + used, sizeof(err->text) - used, "; %s",
		 err_quote(shown, sizeof(shown), who, strlen(who)));
	lock_holder_advise(table_get(found, 0, "its_end"), err);
}
