/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "err_policy.h"
#include "inspect.h"
#include "time_format.h"

#define INTERVAL USEC_PER_SEC

/* Whether all that is asked about is complete. */
static bool are_complete(const struct app *app, struct pg *pg, bool *complete, struct err *err)
{
	*complete = true;
	for (size_t i = 0; i < app->n_workspaces && *complete; i++)
		if (!inspect_is_complete(pg, app->workspaces[i]->name, complete, err))
			return false;
	return true;
}

void cmd_wait(struct app *app)
{
	CLEANUP(pg_close) struct pg *pg = NULL;
	const char *none[1], *limit = NULL;
	int64_t patience = TIME_NEVER, began;
	bool until = false, complete = false;
	const struct opt options[] = {
		{ .name = "until-complete",
		  .help = "until the first load has ended and everything is proven",
		  .flag = &until },
		{ .name = "timeout",
		  .arg = "TIME",
		  .help = "for so long at most, such as 30m; then end with 75",
		  .value = &limit },
		OPT_END,
	};
	struct err err = ERR_INIT;

	if (!command_options(app, options, none, 0))
		return;
	if (!until)
		err_set(&err, ERR_USAGE,
			"wait needs to know for which event: sahut-etl wait --until-complete");
	else if (limit && !duration_parse(limit, &patience))
		err_set(&err, ERR_USAGE, "\"%s\" is not a time; write it as 30s, 5m or 2h", limit);
	if (err.kind != ERR_NONE) {
		app_fail(app, &err);
		return;
	}
	if (!app_config_part(app, "warehouse") || !app_workspaces(app) || !app_network(app, false))
		return;
	pg = app_warehouse_session(app, &err);
	began = event_loop_now();
	if (!pg) {
		app_fail(app, &err);
		return;
	}
	while (are_complete(app, pg, &complete, &err) && !complete) {
		if (patience != TIME_NEVER && event_loop_now() - began >= patience) {
			err_set(&err, ERR_BUSY, "not complete after %s; sahut-etl status says why",
				limit);
			break;
		}
		if (event_loop_until(app->loop, event_loop_now() + INTERVAL) == EVENT_LOOP_STOP) {
			err_set(&err, ERR_STOPPED, "told to stop before it was complete");
			break;
		}
	}
	if (!complete)
		app_fail(app, &err);
}
