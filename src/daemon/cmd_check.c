/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "policy.h"
#include "schema.h"
#include "script.h"
#include "sql.h"
#include "timetext.h"

/* A host's clock that is off by more is worth a line; instants are the API's anyway. */
#define CLOCK_TOLERANCE (30 * USEC_PER_SEC)

static void good(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void good(const char *fmt, ...)
{
	va_list args;

	fputs("✓ ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* The first thing that is wrong decides the exit code. */
static void bad(struct context *context, const char *what, const struct err *err)
{
	printf("✗ %s: %s\n", what, err->text);
	if (context->exit == EXIT_OK)
		context->exit = policy_exit(err->kind);
}

/* ---- the API --------------------------------------------------------- */

static void check_clock(struct context *context, const struct track_conf *conf, int64_t date)
{
	int64_t ahead = clock_real(context->clock) - date;
	char by[TIMETEXT_SIZE];

	if (date == TIME_NONE)
		printf("✗ %s: the API's answers have no Date header; nothing can be said of how "
		       "far the data is complete\n",
		       conf->name);
	else if (llabs(ahead) > CLOCK_TOLERANCE)
		printf("! %s: this host's clock is %s %s the API's; see timedatectl(1)\n",
		       conf->name, duration_format(llabs(ahead), by),
		       ahead > 0 ? "ahead of" : "behind");
}

static void advise(const struct track_conf *conf, struct err *err)
{
	if (err->http_status == 401)
		err_wrap(err, "the key is not accepted; put a valid one into the workspace's "
			      "api_key_file");
	else if (err->http_status == 403)
		err_wrap(err, "the key lacks the permission to read conversations");
	else if (err->http_status == 404)
		err_wrap(err, "there is no /conversations under %s; is base_url right?",
			 conf->api.base_url);
}

static void check_api(struct context *context, const struct track_conf *conf)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(8192);
	CLEANUP(reply_free) struct http_reply *reply = NULL;
	struct client client = {
		.clock = context->clock,
		.wait = context->wait,
		.http = context->http,
		.json = context->json,
		.api = conf->api,
	};
	struct http_request request = { .method = HTTP_GET, .auth = conf->api.auth };
	struct api_filter everything = { .status = NULL };
	struct err err = ERR_INIT;
	char what[160];

	pace_begin(&client.pace, conf->per_minute, conf->reserve);
	api_list_url(&url, &conf->api, &everything, 1, 1);
	request.url = buf_text(&url);
	reply = client_call(&client, &request, &err);
	if (!reply) {
		advise(conf, &err);
		snprintf(what, sizeof(what), "API of %s", conf->name);
		bad(context, what, &err);
		return;
	}
	good("API of %s: %s answers, and takes the key", conf->name, conf->api.base_url);
	check_clock(context, conf, reply->date);
}

/* ---- the warehouse --------------------------------------------------- */

static void check_privileges(struct context *context, struct pg *pg)
{
	CLEANUP(grid_free) struct grid *missing = NULL;
	struct pg_step step = { .sql = sql_status_privileges };
	struct err err = ERR_INIT;

	if (!pg_run(pg, &step, 1, &missing, &err)) {
		bad(context, "privileges", &err);
		return;
	}
	for (int row = 0; row < grid_rows(missing); row++) {
		err_set(&err, ERR_DENIED, "missing; an administrator must run: %s",
			grid_text(missing, row, 0));
		bad(context, "privileges", &err);
	}
	if (grid_rows(missing) == 0)
		good("privileges: all that is needed");
}

static void check_warehouse(struct context *context)
{
	CLEANUP(pg_close) struct pg *pg = NULL;
	struct pg_conf conf = context_pg(context, false);
	struct err err = ERR_INIT;
	int version;

	pg = pg_open(context->wait, &conf, &err);
	if (!pg) {
		bad(context, "database", &err);
		return;
	}
	version = pg_server_version(pg);
	good("database: PostgreSQL %d.%d", version / 10000, version % 10000);
	if (!schema_check(pg, &err)) {
		bad(context, "schema", &err);
		return;
	}
	good("schema: version %d", schema_version());
	check_privileges(context, pg);
}

void cmd_check(struct context *context)
{
	const char *none[1];
	bool offline = false;
	const struct opt options[] = {
		{ .name = "offline",
		  .letter = 'o',
		  .help = "look at the configuration and the secrets only",
		  .flag = &offline },
		OPT_END,
	};

	if (!command_options(context, options, none, 0))
		return;
	if (!context_config(context)) {
		printf("✗ configuration: see above\n");
		return;
	}
	good("configuration: %s, %zu workspace%s", context->config->path,
	     context->config->n_workspaces, context->config->n_workspaces == 1 ? "" : "s");
	good("secrets: found, and readable by us alone");
	if (offline || !context_tracks(context) || !context_network(context, false))
		return;
	for (size_t i = 0; i < context->n_tracks; i++)
		check_api(context, &context->tracks[i]);
	check_warehouse(context);
}
