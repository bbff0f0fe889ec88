/* SPDX-License-Identifier: MIT */
#include "pooler.h"

#include "sql.h"

bool pooler_check(struct pg *one, struct pg *other, struct err *err)
{
	static const struct pg_step step = { .sql = sql_store_backend };
	CLEANUP(grid_free) struct grid *first = NULL;
	CLEANUP(grid_free) struct grid *second = NULL;

	if (!pg_run(one, &step, 1, &first, err) || !pg_run(other, &step, 1, &second, err))
		return false;
	if (grid_int(first, 0, 0) != grid_int(second, 0, 0))
		return true;
	return err_set(err, ERR_CONFIG,
		       "database: a pooler gives each session for one transaction, and our locks "
		       "away with it: it must be in session mode, or be left out");
}
