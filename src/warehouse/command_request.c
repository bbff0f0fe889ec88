/* SPDX-License-Identifier: MIT */
#include "command_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "script.h"
#include "sql.h"

/* SQLSTATE program_limit_exceeded: a statement that sends a NOTIFY has no other limit to meet. */
#define QUEUE_FULL "54000"

void command_request_explain_full(struct err *err)
{
	if (strcmp(err->code, QUEUE_FULL) != 0)
		return;
	err_set(err, ERR_BUSY,
		"the server's queue of notifications is full: a session of some "
		"database listens and does not read; the daemon goes on, but cannot "
		"be told anything");
	snprintf(err->advice, sizeof(err->advice),
		 "the server's log names the process (\"NOTIFY queue is ... full\"); as an "
		 "administrator end it: select pg_terminate_backend(PID)");
}

bool command_request_ask(struct warehouse *warehouse, int workspace, const char *who,
			 struct command_request *command_request, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_command_request_ask);

	script_int(s, workspace);
	script_text(s, cycle_kind(command_request->kind)->request);
	script_text(s, who);
	if (!warehouse_run(warehouse, &table, err)) {
		command_request_explain_full(err);
		return false;
	}
	command_request->id = table_get_int(table, 0, "id");
	return true;
}

static enum verdict verdict_of(const char *name)
{
	for (int v = 0; name && v < VERDICTS; v++)
		if (strcmp(action_verdict_name((enum verdict)v), name) == 0)
			return (enum verdict)v;
	return VERDICT_NONE;
}

bool command_request_look(struct warehouse *warehouse,
			  const struct command_request *command_request,
			  struct command_request_end *end, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_command_request_look);
	const char *state, *text;

	script_int(s, command_request->id);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	*end = (struct command_request_end){ .err = ERR_INIT };
	state = table_rows(table) > 0 ? table_get(table, 0, "state") : "failed";
	end->over = state != NULL;
	end->heard = !end->over && table_get_bool(table, 0, "is_heard");
	if (!end->over)
		return true;
	text = table_get(table, 0, "error_text");
	end->verdict = verdict_of(table_get(table, 0, "verdict"));
	if (strcmp(state, "done") != 0)
		err_set(&end->err, err_kind_parse(table_get(table, 0, "error_kind")),
			"the daemon: %s", text ? text : "it was withdrawn");
	if (!table_get(table, 0, "run_id"))
		return true;
	end->run = table_get_int(table, 0, "run_id");
	end->requests = (int)table_get_int(table, 0, "requests");
	end->tally = (struct tally){ .fresh = table_get_int(table, 0, "rows_new"),
				     .changed = table_get_int(table, 0, "rows_changed"),
				     .deleted = table_get_int(table, 0, "rows_deleted"),
				     .silent = table_get_int(table, 0, "rows_silent") };
	return true;
}

void command_request_withdraw(struct warehouse *warehouse,
			      const struct command_request *command_request)
{
	struct script *s = warehouse_call(warehouse, sql_command_request_withdraw);
	struct err ignored;

	script_int(s, command_request->id);
	(void)!warehouse_run(warehouse, NULL, &ignored);
}

bool command_request_listen(struct warehouse *warehouse, struct err *err)
{
	(void)!warehouse_call(warehouse, sql_command_request_listen);
	return warehouse_run(warehouse, NULL, err);
}

bool command_request_waiting(struct warehouse *warehouse, struct table **workspaces,
			     struct err *err)
{
	script_int(warehouse_call(warehouse, sql_command_request_waiting),
		   warehouse_session(warehouse));
	return warehouse_run(warehouse, workspaces, err);
}

bool command_request_next(struct warehouse *warehouse, int workspace,
			  struct command_request *command_request, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_command_request_next);

	*command_request = (struct command_request){ .id = 0 };
	script_int(s, workspace);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	if (table_rows(table) == 0)
		return true;
	command_request->id = table_get_int(table, 0, "id");
	return cycle_kind_of_request(table_get(table, 0, "kind"), &command_request->kind) ||
	       err_set(err, ERR_BUG, "command request %" PRId64 ": unknown kind \"%s\"",
		       command_request->id, table_get(table, 0, "kind"));
}

bool command_request_finish(struct warehouse *warehouse,
			    const struct command_request *command_request,
			    const struct command_request_end *end, struct err *err)
{
	bool failed = end->err.kind != ERR_NONE;
	struct script *s = warehouse_call(warehouse, sql_command_request_finish);

	script_int(s, command_request->id);
	script_int(s, end->run);
	script_text(s, end->state);
	script_text(s, action_verdict_name(end->verdict));
	script_text(s, failed ? err_kind_name(end->err.kind) : NULL);
	script_text(s, failed ? end->err.text : NULL);
	return warehouse_run(warehouse, NULL, err);
}
