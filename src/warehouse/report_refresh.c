/* SPDX-License-Identifier: MIT */
#include "report_refresh.h"

#include "mem.h"
#include "script.h"
#include "sql.h"

/* After a day could not be computed. */
#define RETRY (60 * USEC_PER_SEC)

struct wanted {
	int workspace;
	int64_t since; /* not before; monotonic */
};

struct report_refresh {
	struct warehouse *warehouse;
	const struct clock *clock;
	struct wanted *queue; /* a workspace that was served goes to the end */
	int n;
	bool doing; /* the first one's day is under way */
	bool ended; /* a day was tried, and its outcome was not taken yet */
	struct report_refresh_end end;
};

struct report_refresh *report_refresh_new(struct warehouse *warehouse, const struct clock *clock)
{
	struct report_refresh *refresh = mem_new(sizeof(*refresh));

	refresh->warehouse = warehouse;
	refresh->clock = clock;
	return refresh;
}

void report_refresh_free(struct report_refresh **refresh)
{
	if (!*refresh)
		return;
	mem_free(&(*refresh)->queue);
	mem_free(refresh);
}

static void append(struct report_refresh *refresh, int workspace, int64_t since)
{
	refresh->queue =
		mem_grow(refresh->queue, (size_t)(refresh->n + 1) * sizeof(*refresh->queue));
	refresh->queue[refresh->n++] = (struct wanted){ workspace, since };
}

static void remove_first(struct report_refresh *refresh)
{
	refresh->n--;
	for (int i = 0; i < refresh->n; i++)
		refresh->queue[i] = refresh->queue[i + 1];
}

void report_refresh_want(struct report_refresh *refresh, int workspace)
{
	/*
	 * The first one's day may have been read before the rows that are wanted now were written.
	 */
	for (int i = refresh->doing; i < refresh->n; i++)
		if (refresh->queue[i].workspace == workspace)
			return;
	append(refresh, workspace, 0);
}

/* The day under way is over. */
static void collect_end(struct report_refresh *refresh, int64_t now)
{
	int workspace = refresh->queue[0].workspace;
	bool more = false;

	refresh->doing = false;
	remove_first(refresh);
	refresh->ended = true;
	refresh->end = (struct report_refresh_end){ .workspace = workspace, .err = ERR_INIT };
	if (!warehouse_refreshed(refresh->warehouse, &more, &refresh->end.err)) {
		append(refresh, workspace, now + RETRY);
	} else if (more) {
		append(refresh, workspace, 0);
	}
}

/* Brings the first one whose time has come to the front. False when there is none. */
static bool choose(struct report_refresh *refresh, int64_t now, int64_t *when)
{
	for (int i = 0; i < refresh->n; i++) {
		struct wanted wanted = refresh->queue[0];

		if (wanted.since <= now)
			return true;
		*when = min_i64(*when, wanted.since);
		remove_first(refresh);
		append(refresh, wanted.workspace, wanted.since);
	}
	return false;
}

int64_t report_refresh_turn(struct report_refresh *refresh)
{
	int64_t now = clock_mono(refresh->clock), when = TIME_NEVER;

	if (refresh->doing) {
		if (warehouse_busy(refresh->warehouse))
			return TIME_NEVER;
		collect_end(refresh, now);
		/* A caller that waits for the warehouse comes first. */
		return now;
	}
	if (warehouse_free(refresh->warehouse) && choose(refresh, now, &when)) {
		refresh->doing = true;
		warehouse_refresh(refresh->warehouse, refresh->queue[0].workspace);
	}
	return when;
}

bool report_refresh_busy(const struct report_refresh *refresh)
{
	int64_t now = clock_mono(refresh->clock);

	for (int i = 0; i < refresh->n; i++)
		if (refresh->queue[i].since <= now)
			return true;
	return false;
}

bool report_refresh_take_end(struct report_refresh *refresh, struct report_refresh_end *end)
{
	if (!refresh->ended)
		return false;
	refresh->ended = false;
	*end = refresh->end;
	return true;
}

/* ---- every day, for a person ---------------------------------------------- */

/* Runs a statement that has a workspace's name as its parameter and gives one value. */
static bool ask(struct pg *pg, const char *sql, const char *workspace, struct table **table,
		struct err *err)
{
	struct script *s = script_new();
	bool ok;

	script_add(s, sql);
	script_text(s, workspace);
	ok = script_run(s, pg, table, err);
	script_free(&s);
	return ok;
}

bool report_refresh_queue_all(struct pg *pg, const char *workspace, int64_t *days, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;

	if (!ask(pg, sql_report_refresh_queue_all, workspace, &table, err))
		return false;
	*days = table_get_int(table, 0, "days");
	return true;
}

bool report_refresh_next(struct pg *pg, const char *workspace, bool *done, int64_t *left,
			 struct err *err)
{
	CLEANUP(table_free) struct table *computed = NULL;
	CLEANUP(table_free) struct table *queued = NULL;

	if (!ask(pg, sql_report_refresh_next, workspace, &computed, err) ||
	    !ask(pg, sql_report_refresh_remaining, workspace, &queued, err))
		return false;
	*done = table_get_bool(computed, 0, "was_computed");
	*left = table_get_int(queued, 0, "days");
	return true;
}
