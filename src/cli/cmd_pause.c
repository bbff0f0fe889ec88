/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "schedule_status.h"

/* The number of a workspace, which is made known if it is not yet. */
static bool find(struct app *app, const struct workspace_conf *workspace, int *id, struct err *err)
{
	return warehouse_find(app->warehouse, workspace->name, id, err) &&
	       (*id > 0 || warehouse_register(app->warehouse, workspace, id, err));
}

static void say(const struct app *app, const char *name, const struct table *was, bool pause)
{
	const char *since = table_get(was, 0, "was_since"), *by = table_get(was, 0, "was_by");

	if (app->quiet)
		return;
	if (pause && since)
		printf("%s: it was paused already, since %s by %s\n", name, since, by ? by : "");
	else if (pause)
		printf("%s: paused; a cycle that runs stops after its batch. To go on: sahut-etl "
		       "-w %s resume\n",
		       name, name);
	else if (since)
		printf("%s: goes on, after a pause since %s\n", name, since);
	else
		printf("%s: it was not paused\n", name);
}

static void set_all(struct app *app, bool pause)
{
	const char *none[1];
	const struct opt options[] = { OPT_END };
	struct err err = ERR_INIT;

	if (!command_options(app, options, none, 0) || !app_config_part(app, "warehouse") ||
	    !app_workspaces(app) || !app_network(app, false) ||
	    !app_open_warehouse(app, pause ? "pause" : "resume"))
		return;
	for (size_t i = 0; i < app->n_workspaces; i++) {
		CLEANUP(table_free) struct table *was = NULL;
		const struct workspace_conf *workspace = app->workspaces[i];
		int id;

		if (!find(app, workspace, &id, &err) ||
		    !schedule_status_pause(app->warehouse, id, pause ? app->who : NULL, &was,
					   &err)) {
			err_wrap(&err, "%s", workspace->name);
			app_fail(app, &err);
			return;
		}
		say(app, workspace->name, was, pause);
	}
}

void cmd_pause(struct app *app)
{
	set_all(app, true);
}

void cmd_resume(struct app *app)
{
	set_all(app, false);
}
