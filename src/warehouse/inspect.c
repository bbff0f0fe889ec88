/* SPDX-License-Identifier: MIT */
#include "inspect.h"

#include <string.h>

#include "script.h"
#include "sql.h"
#include "workspace_settings.h"

/* A statement whose only parameter is a text. */
static bool ask(struct warehouse *warehouse, const char *sql, const char *text,
		struct table **table, struct err *err)
{
	script_text(warehouse_call(warehouse, sql), text);
	return warehouse_run(warehouse, table, err);
}

bool inspect_clock(struct pg *pg, int64_t *now, struct err *err)
{
	static const struct pg_step step = { .sql = sql_status_clock };
	CLEANUP(table_free) struct table *table = NULL;

	if (!pg_run(pg, &step, 1, &table, err))
		return false;
	*now = table_get_int(table, 0, "now");
	return true;
}

bool inspect_owner(struct pg *pg, struct table **owner, struct err *err)
{
	static const struct pg_step step = { .sql = sql_status_owner };

	return pg_run(pg, &step, 1, owner, err);
}

bool inspect_status(struct pg *pg, const char *workspace, struct table **all, struct err *err)
{
	const struct pg_step step = {
		.sql = sql_status_workspaces,
		.params = { workspace },
		.n = 1,
	};

	return pg_run(pg, &step, 1, all, err);
}

bool inspect_is_good(const char *state)
{
	static const char *const good[] = { "well", "excepted", "loading", "asleep", "paused" };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (strcmp(state, good[i]) == 0)
			return true;
	return false;
}

bool inspect_is_complete(struct pg *pg, const char *workspace, bool *complete, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	const struct pg_step step = {
		.sql = sql_status_complete,
		.params = { workspace },
		.n = 1,
	};

	if (!pg_run(pg, &step, 1, &table, err))
		return false;
	*complete = table_rows(table) > 0 && table_get_bool(table, 0, "is_complete");
	if (!*complete && table_rows(table) > 0 && table_get(table, 0, "paused_at"))
		return err_set(
			err, ERR_BUSY,
			"%s: not complete, and paused since %s; sahut-etl resume lets it go on",
			workspace, table_get(table, 0, "paused_at"));
	return true;
}

bool inspect_load(struct warehouse *warehouse, int workspace, struct inspect_load *load,
		  struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;

	script_int(warehouse_call(warehouse, sql_plan_facts), workspace);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	load->unresolved = table_get_int(table, 0, "unresolved");
	load->changes = table_get_int(table, 0, "changes");
	load->again = table_get_int(table, 0, "again");
	load->swept_lately = table_get_int(table, 0, "swept_lately");
	load->scanned_in_vain = table_get_int(table, 0, "scanned_in_vain");
	return true;
}

bool inspect_messages(struct warehouse *warehouse, int workspace, struct inspect_messages *messages,
		      struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;

	*messages = (struct inspect_messages){ .history_at = TIME_NONE };
	script_int(warehouse_call(warehouse, sql_plan_messages), workspace);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	if (table_rows(table) == 0)
		return true;
	messages->read = true;
	messages->due = table_get_int(table, 0, "due");
	messages->to_come = table_get_int(table, 0, "to_come");
	messages->known = table_get_int(table, 0, "read_count");
	messages->pages = table_get_int(table, 0, "pages");
	messages->moved = table_get_int(table, 0, "moved");
	messages->unmoved = table_get_int(table, 0, "unmoved");
	messages->history_at = table_get_int(table, 0, "history_at");
	messages->done = table_get_bool(table, 0, "history_done");
	return true;
}

bool inspect_ledger(struct warehouse *warehouse, const char *workspace, struct table **ledger,
		    struct err *err)
{
	return ask(warehouse, sql_plan_ledger, workspace, ledger, err);
}

bool inspect_cells(struct warehouse *warehouse, int64_t run, struct table **cells, struct err *err)
{
	script_int(warehouse_call(warehouse, sql_verify_cells), run);
	return warehouse_run(warehouse, cells, err);
}

struct table *inspect_no_cells(void)
{
	static const struct {
		const char *name;
		bool is_number;
	} columns[] = {
		{ "kind", false },	   { "status", false },	     { "channel_id", false },
		{ "channel_name", false }, { "assignee_id", false }, { "assignee_name", false },
		{ "unassigned", false },   { "api", true },	     { "held", true },
		{ "rejected", true },
	};
	struct table *table = table_new(ARRAY_SIZE(columns));

	for (int c = 0; c < (int)ARRAY_SIZE(columns); c++)
		table_name(table, c, columns[c].name, columns[c].is_number);
	return table;
}

bool inspect_has_recent_cells(struct warehouse *warehouse, const char *workspace, bool *has,
			      struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;

	if (!ask(warehouse, sql_verify_recent, workspace, &table, err))
		return false;
	*has = table_get_int(table, 0, "cells") > 0;
	return true;
}

bool inspect_proof(struct warehouse *warehouse, const char *workspace, struct table **proof,
		   struct err *err)
{
	return ask(warehouse, sql_status_proof, workspace, proof, err);
}

bool inspect_conversation(struct warehouse *warehouse, const char *id, struct table **facts,
			  struct err *err)
{
	return ask(warehouse, sql_explain_conversation, id, facts, err);
}

bool inspect_versions(struct warehouse *warehouse, const char *id, struct table **versions,
		      struct err *err)
{
	return ask(warehouse, sql_explain_versions, id, versions, err);
}

bool inspect_held(struct warehouse *warehouse, const char *id, struct table **held, struct err *err)
{
	return ask(warehouse, sql_explain_held, id, held, err);
}

bool inspect_differences(struct warehouse *warehouse, const struct inspect_item *item,
			 struct table **differences, struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_explain_differences);

	script_text(s, item->id);
	script_text(s, item->fields);
	script_text(s, item->contact);
	return warehouse_run(warehouse, differences, err);
}

/* ---- configured columns ----------------------------------------------- */

/* A hundred workspaces with a hundred fields of the longest names and paths. */
#define LONGEST_FIELDS (16u << 20)

const char inspect_columns_remedy[] = "as the tables' owner: sahut-etl migrate";

static void say_columns(const struct table *found, struct buf *text)
{
	for (int row = 0; row < table_rows(found); row++) {
		buf_str(text, row > 0 ? ", "
				      : "columns of sahut_report.conversation_times are not as "
					"they are configured: ");
		buf_str(text, table_get(found, row, "name"));
	}
}

bool inspect_columns(struct pg *pg, const struct workspace_conf *conf, size_t n, struct buf *text,
		     struct err *err)
{
	CLEANUP(buf_free) struct buf configured = BUF_MAX(LONGEST_FIELDS);
	CLEANUP(table_free) struct table *found = NULL;
	struct pg_step step = { .sql = sql_schema_attributes, .n = 1 };

	workspace_settings_attributes(&configured, conf, n);
	step.params[0] = buf_text(&configured);
	if (!pg_run(pg, &step, 1, &found, err))
		return false;
	say_columns(found, text);
	return true;
}

bool inspect_columns_of(struct warehouse *warehouse, const struct workspace_conf *conf, size_t n,
			struct buf *text, struct err *err)
{
	CLEANUP(buf_free) struct buf configured = BUF_MAX(LONGEST_FIELDS);
	CLEANUP(table_free) struct table *found = NULL;

	workspace_settings_attributes(&configured, conf, n);
	if (!ask(warehouse, sql_schema_attributes, buf_text(&configured), &found, err))
		return false;
	say_columns(found, text);
	return true;
}
