/* SPDX-License-Identifier: MIT */
#include "roster.h"

#include "jsonout.h"
#include "script.h"
#include "sql.h"

static void put_instant(struct jsonout *out, const char *key, int64_t t)
{
	jsonout_key(out, key);
	if (t == TIME_NONE || t == TIME_NEVER)
		jsonout_null(out);
	else
		jsonout_int(out, t);
}

static void put_text(struct jsonout *out, const char *key, const char *text)
{
	jsonout_key_string(out, key, text);
}

bool roster_write(struct warehouse *warehouse, int workspace, const struct roster *roster,
		  struct err *err)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(16384);
	struct jsonout out = JSONOUT_TO(&text);
	struct script *s;

	jsonout_open(&out, '{');
	put_instant(&out, "incremental", roster->incremental);
	put_instant(&out, "verify", roster->verify);
	put_instant(&out, "full_at", roster->full);
	put_text(&out, "next_kind", roster->next_kind);
	put_instant(&out, "next_at", roster->next_at);
	put_text(&out, "running", roster->running);
	put_instant(&out, "running_since", roster->running_since);
	put_text(&out, "trouble", roster->trouble);
	put_instant(&out, "trouble_since", roster->trouble_since);
	put_instant(&out, "failures", roster->failures);
	put_text(&out, "advice", roster->advice);
	jsonout_close(&out, '}');
	s = warehouse_call(warehouse, sql_schedule_write);
	script_int(s, workspace);
	script_text(s, buf_text(&text));
	return warehouse_run(warehouse, NULL, err);
}

bool roster_read(struct warehouse *warehouse, int workspace, struct roster_past *past,
		 struct err *err)
{
	CLEANUP(grid_free) struct grid *grid = NULL;
	struct script *s = warehouse_call(warehouse, sql_schedule_facts);

	script_int(s, workspace);
	if (!warehouse_run(warehouse, &grid, err))
		return false;
	past->full_at = grid_int(grid, 0, 0);
	past->verify_at = grid_int(grid, 0, 1);
	past->cycle_at = grid_int(grid, 0, 2);
	return true;
}
