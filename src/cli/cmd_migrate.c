/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "report_rebuild.h"
#include "schema.h"

/*
 * The tables' owner need not be able to read the daemon's secrets, and
 * should not; the password of the daemon's role is wanted only where it is
 * the owner.
 */
static bool read_config(struct context *context)
{
	const struct config_warehouse *warehouse;

	if (!context_config_part(context, ""))
		return false;
	warehouse = &context->config->warehouse;
	if (warehouse->owner_conninfo || !warehouse->password_file)
		return true;
	config_free(&context->config);
	return context_config_part(context, "warehouse");
}

/* How long to wait for a day that the daemon is computing. */
#define INTERVAL (200 * USEC_PER_MSEC)

/* Computes all days of reports again. */
static bool rebuild(struct context *context, struct pg *pg, struct err *err)
{
	int64_t days, left = 1;
	bool done;

	if (!report_rebuild_queue(pg, context->workspace, &days, err))
		return false;
	while (left > 0) {
		if (!report_rebuild_next(pg, context->workspace, &done, &left, err))
			return false;
		if (!done && left > 0 &&
		    wait_until(context->wait, clock_mono(context->clock) + INTERVAL) == WAIT_STOP)
			return err_set(err, ERR_STOPPED, "stopped; %lld days are still queued",
				       (long long)left);
		if (context->verbose)
			fprintf(stderr, "%lld days left\n", (long long)left);
	}
	if (!context->quiet)
		printf("reports were computed again: %lld days\n", (long long)days);
	return true;
}

void cmd_migrate(struct context *context)
{
	CLEANUP(buf_free) struct buf report = BUF_MAX(65536);
	CLEANUP(pg_close) struct pg *pg = NULL;
	const char *none[1];
	struct schema_wish wish = { .dry_run = false };
	bool reports = false;
	const struct opt options[] = {
		{ .name = "dry-run",
		  .letter = 'n',
		  .help = "say what would be done",
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
	struct pg_conf conf;
	bool ok;

	if (!command_options(context, options, none, 0) || !read_config(context) ||
	    !context_network(context, false))
		return;
	conf = context_pg(context, true);
	pg = pg_open(context->wait, &conf, &err);
	ok = pg && schema_migrate(pg, &wish, &report, &err);
	fputs(buf_text(&report), stdout);
	if (!ok) {
		context_fail(context, &err);
		return;
	}
	if (reports && !wish.dry_run) {
		if (!rebuild(context, pg, &err))
			context_fail(context, &err);
		return;
	}
	if (!context->quiet && report.len == 0)
		printf("the warehouse has schema version %d; nothing to do\n", schema_version());
}
