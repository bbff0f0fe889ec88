/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "report_refresh.h"
#include "schema.h"
#include "workspace_settings.h"

/*
 * The tables' owner need not be able to read the daemon's secrets, and
 * should not; the password of the daemon's role is wanted only where it is
 * the owner.
 */
static bool read_config(struct app *app)
{
	const struct config_warehouse *warehouse;

	if (!app_config_part(app, ""))
		return false;
	warehouse = &app->config->warehouse;
	if (warehouse->owner_conninfo || !warehouse->password_file)
		return true;
	config_free(&app->config);
	return app_config_part(app, "warehouse");
}

/* How long to wait for a day that the daemon is computing. */
#define INTERVAL (200 * USEC_PER_MSEC)

/* Computes all days of reports again. */
static bool rebuild(struct app *app, struct pg *pg, struct err *err)
{
	int64_t days, left = 1;
	bool done;

	if (!report_refresh_queue_all(pg, app->workspace, &days, err))
		return false;
	while (left > 0) {
		if (!report_refresh_next(pg, app->workspace, &done, &left, err))
			return false;
		if (!done && left > 0 &&
		    event_loop_until(app->loop, clock_mono(app->clock) + INTERVAL) ==
			    EVENT_LOOP_STOP)
			return err_set(err, ERR_STOPPED, "stopped; %lld days are still queued",
				       (long long)left);
		if (app->verbose)
			fprintf(stderr, "%lld days left\n", (long long)left);
	}
	if (!app->quiet)
		printf("reports were computed again: %lld days\n", (long long)days);
	return true;
}

void cmd_migrate(struct app *app)
{
	CLEANUP(buf_free) struct buf report = BUF_MAX(1u << 20);
	CLEANUP(buf_free) struct buf attributes = BUF_MAX(16u << 20);
	CLEANUP(pg_close) struct pg *pg = NULL;
	const char *none[1];
	struct schema_wish wish = { .dry_run = false };
	bool reports = false;
	const struct opt options[] = {
		{ .name = "dry-run",
		  .letter = 'n',
		  .help = "print the steps, and take none",
		  .flag = &wish.dry_run },
		{ .name = "distributed",
		  .help = "spread the conversations over several machines, with Citus",
		  .flag = &wish.distributed },
		{ .name = "rebuild-reports",
		  .help = "compute all days of reports again",
		  .flag = &reports },
		OPT_END,
	};
	struct err err = ERR_INIT;
	bool ok;

	if (!command_options(app, options, none, 0) || !read_config(app) ||
	    !app_network(app, false))
		return;
	workspace_settings_attributes(&attributes, app->config->workspaces,
				      app->config->n_workspaces);
	wish.attributes = buf_text(&attributes);
	pg = app_session(app, true, &err);
	ok = pg && schema_migrate(pg, &wish, &report, &err);
	fputs(buf_text(&report), stdout);
	if (!ok) {
		app_fail(app, &err);
		return;
	}
	if (reports && !wish.dry_run) {
		if (!rebuild(app, pg, &err))
			app_fail(app, &err);
		return;
	}
	if (!app->quiet && report.len == 0)
		printf("the warehouse has schema version %d; nothing to do\n", schema_version());
}
