/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <stdio.h>
#include <string.h>

#include "sql.h"
#include "table.h"

/* So many statements in a row must see the values that those before them left. */
#define STEPS 5

/*
 * Runs N statements. Each leaves the number of its process in the session; the last shows them all.
 */
static bool walk(struct pg *pg, int n, struct table **seen, struct err *err)
{
	struct pg_step steps[STEPS];

	for (int i = 0; i < n; i++)
		steps[i] = (struct pg_step){ .sql = sql_warehouse_backend };
	return pg_run(pg, steps, (size_t)n, seen, err);
}

static bool begin_walk(struct pg *pg, struct err *err)
{
	return pg_exec(pg, sql_warehouse_backend_anew, err);
}

static bool refuse(struct err *err)
{
	err_set(err, ERR_CONFIG,
		"database: a pooler gives each session away after a transaction, and our locks "
		"and settings with it");
	snprintf(err->advice, sizeof(err->advice),
		 "let warehouse.conninfo lead past the pooler, to PostgreSQL itself, or to a pool "
		 "in session mode (pool_mode=session)");
	return false;
}

bool session_are_two(struct pg *one, struct pg *other, struct err *err)
{
	CLEANUP(table_free) struct table *first = NULL;
	CLEANUP(table_free) struct table *second = NULL;
	CLEANUP(table_free) struct table *again = NULL;

	if (!begin_walk(one, err) || !walk(one, STEPS, &first, err) || !begin_walk(other, err) ||
	    !walk(other, STEPS, &second, err) || !walk(one, STEPS, &again, err))
		return false;
	if (table_get_int(first, 0, "steps") != STEPS ||
	    table_get_int(second, 0, "steps") != STEPS ||
	    table_get_int(again, 0, "steps") != 2 * STEPS ||
	    table_get_int(again, 0, "processes") != 1 || table_get_int(second, 0, "processes") != 1)
		return refuse(err);
	if (strcmp(table_get(again, 0, "server"), table_get(second, 0, "server")) != 0)
		return err_set(err, ERR_UNAVAILABLE,
			       "database: two connections were led to two servers");
	return table_get_int(again, 0, "pid") != table_get_int(second, 0, "pid") || refuse(err);
}

/* Whether the process that works for us is the one that took the connection. */
static bool is_direct(struct pg *pg, bool *direct, struct err *err)
{
	CLEANUP(table_free) struct table *seen = NULL;

	if (!begin_walk(pg, err) || !walk(pg, 1, &seen, err))
		return false;
	*direct = table_get_int(seen, 0, "pid") == pg_backend(pg);
	return true;
}

struct pg *session_open(struct event_loop *loop, const struct pg_conf *conf, struct err *err)
{
	struct pg *pg = pg_open(loop, conf, err);
	bool direct = false, ok = pg && is_direct(pg, &direct, err);

	if (ok && !direct) {
		CLEANUP(pg_close) struct pg *other = pg_open(loop, conf, err);

		ok = other && session_are_two(pg, other, err);
	}
	if (pg && (!ok || !pg_exec(pg, sql_pins, err)))
		pg_close(&pg);
	return pg;
}
