/* SPDX-License-Identifier: MIT */
#include "app.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "err_policy.h"
#include "events.h"
#include "mem.h"
#include "pg_refusal.h"
#include "process.h"
#include "schema.h"
#include "secret.h"
#include "session.h"

/* A reply, decompressed: a page of a hundred conversations is 40 KiB. */
#define LARGEST_REPLY (8u << 20)

/* A page, however slowly it comes. */
#define PAGE_DEADLINE (5 * 60 * USEC_PER_SEC)

/* A statement: a merge takes a fraction of a second, the count of a sweep of millions some. */
#define STATEMENT_DEADLINE (10 * 60 * USEC_PER_SEC)

/* Of the tables' owner: an index of a large table. */
#define OWNER_DEADLINE (6 * 3600 * USEC_PER_SEC)

bool app_fail(struct app *app, const struct err *err)
{
	struct err_policy_text text;
	const char *sentence = err_policy_sentence(err, &text);
	char shown[4096];

	/* An argument may be quoted in it, or a file's name. */
	fprintf(stderr, "%s: %s\n", app->program,
		err_quote(shown, sizeof(shown), sentence, strlen(sentence)));
	app->exit = err_policy_exit(err->kind);
	return false;
}

static void take_level(struct app *app)
{
	if (!app->verbose && !app->quiet)
		app->log.level = (enum log_level)app->config->log_level;
}

bool app_config(struct app *app)
{
	return app_config_part(app, NULL);
}

bool app_config_part(struct app *app, const char *section)
{
	const char *path = app->config_path ? app->config_path : config_default_path();
	struct err err = ERR_INIT;
	char *complaints;

	app->config = config_read_part(path, section, &complaints, &err);
	if (complaints)
		fputs(complaints, stderr);
	mem_free(&complaints);
	if (!app->config)
		return app_fail(app, &err);
	take_level(app);
	return !app->workspace || config_find(app->config, app->workspace, &err) ||
	       app_fail(app, &err);
}

struct http *app_http(struct app *app, int64_t deadline, struct err *err)
{
	struct http_conf conf = {
		.ca_file = app->config->http.ca_file,
		.proxy = app->config->http.proxy,
		.proxy_login = app->config->http.proxy_login,
		.user_agent = PACKAGE_NAME "/" PACKAGE_VERSION,
		.max_body = LARGEST_REPLY,
		.connect_timeout = 10 * USEC_PER_SEC,
		.idle_timeout = 30 * USEC_PER_SEC,
		.total_timeout = deadline,
		.max_connections = 64,
	};

	return http_open(app->loop, &conf, err);
}

static bool open_http(struct app *app, struct err *err)
{
	app->http = app_http(app, PAGE_DEADLINE, err);
	return app->http != NULL;
}

bool app_network(struct app *app, bool daemon)
{
	struct err err = ERR_INIT;

	app->daemon = daemon;
	app->loop = event_loop_open(daemon, &err);
	if (!app->loop || !open_http(app, &err))
		return app_fail(app, &err);
	app->json = json_reader_new();
	return true;
}

void app_adopt(struct app *app, struct config *config)
{
	app->config = config;
	mem_free(&app->workspaces);
	take_level(app);
	/* Cannot fail: the workspace is there. */
	(void)!app_workspaces(app);
}

bool app_renew(struct app *app)
{
	struct err err = ERR_INIT;

	decode_free(&app->decode);
	http_close(&app->http);
	if (!open_http(app, &err))
		return app_fail(app, &err);
	app_reader(app);
	return true;
}

/* The program that prints the password may ask a server for it. */
#define PASSWORD_PATIENCE (30 * USEC_PER_SEC)

/* The password that a program prints, a line. */
static bool run_for_password(struct app *app, const char *command, struct err *err)
{
	struct buf out = BUF_MAX(SECRET_LONGEST + 2);
	bool ok = process_read(app->loop, command, PASSWORD_PATIENCE, &out, err);

	if (ok)
		app->password = secret_take(buf_text(&out), out.len, "its output", err);
	if (out.data)
		explicit_bzero(out.data, out.len);
	buf_free(&out);
	return app->password || err_wrap(err, "warehouse.password_command");
}

/*
 * The password as it is now: a file may have been written, and a token may have run out since the
 * last connection. One that cannot be had now may be had later.
 */
static bool read_password(struct app *app, struct err *err)
{
	const struct config_warehouse *warehouse = &app->config->warehouse;

	mem_free_secret(&app->password);
	if (warehouse->password_command) {
		if (run_for_password(app, warehouse->password_command, err))
			return true;
	} else if (warehouse->password) {
		app->password = secret_read(warehouse->password_file, app->config->path, err);
	}
	if (app->password || (!warehouse->password && !warehouse->password_command))
		return true;
	if (err->kind == ERR_CONFIG)
		err->kind = ERR_UNAVAILABLE;
	return false;
}

/*
 * A statement takes long: the server is asked on another connection why that is. True when it does
 * not speak on that one, either: it is frozen, though its host keeps connections alive.
 */
static bool log_slow(void *arg, int backend);

bool app_pg(struct app *app, bool owner, struct pg_conf *conf, struct err *err)
{
	const struct config_warehouse *warehouse = &app->config->warehouse;
	bool as_owner = owner && warehouse->owner_conninfo;

	if (!as_owner && !read_password(app, err))
		return false;
	*conf = (struct pg_conf){
		.conninfo = as_owner ? warehouse->owner_conninfo : warehouse->conninfo,
		.password = as_owner ? NULL : app->password,
		.application = PACKAGE_NAME,
		.slow = log_slow,
		.arg = app,
		.deadline = owner ? OWNER_DEADLINE : STATEMENT_DEADLINE,
		.place = as_owner ? NULL : &app->server,
	};
	return true;
}

static bool log_slow(void *arg, int backend)
{
	struct app *app = arg;
	CLEANUP(pg_close) struct pg *pg = NULL;
	CLEANUP(table_free) struct table *why = NULL;
	struct server place = app->server;
	struct log_line line;
	struct pg_conf conf;
	struct err err = ERR_INIT;
	const char *text = "and does not say why";
	bool silent;

	if (app_pg(app, false, &conf, &err)) {
		conf.slow = NULL;
		conf.place = &place;
		conf.pinned = true;
		pg = session_open(app->loop, &conf, &err);
	}
	silent = !pg && place.port[0] && strcmp(err.code, PG_REFUSAL_SILENT) == 0;
	if (silent) {
		text = "it answers nobody else either, and is left";
		app->server.avoid = true;
	}
	if (pg && doctor_wait_event(pg, backend, &why, &err) && table_rows(why) > 0)
		text = table_get(why, 0, "event");
	log_begin(&line, LEVEL_WARNING, &events_table()->database_slow,
		  "the database has not answered for %d s: %s", (int)(PG_SLOW / USEC_PER_SEC),
		  text);
	log_number(&line, "backend", backend);
	log_end(&app->log, &line);
	return silent;
}

struct pg *app_session(struct app *app, bool owner, struct err *err)
{
	struct pg_conf conf;

	return app_pg(app, owner, &conf, err) ? session_open(app->loop, &conf, err) : NULL;
}

struct pg *app_warehouse_session(struct app *app, struct err *err)
{
	struct pg *pg = app_session(app, false, err);

	if (pg && !schema_check(pg, err))
		pg_close(&pg);
	return pg;
}

struct item_privacy app_privacy(const struct app *app)
{
	const struct config_privacy *privacy = &app->config->privacy;
	struct item_privacy drop = { .drop_name = !privacy->keep_name,
				     .drop_phone = !privacy->keep_phone,
				     .hash_phone = privacy->hash_key != NULL };

	if (privacy->hash_key)
		hmac_key(&drop.key, privacy->hash_key, strlen(privacy->hash_key));
	return drop;
}

/*
 * Signals, metrics and transfers have their turn; a request to end is not lost, and is seen again.
 */
static void serve(void *arg)
{
	(void)!event_loop_turn(arg, 0);
}

void app_reader(struct app *app)
{
	struct item_privacy drop = app_privacy(app);

	if (!app->decode) {
		app->decode = decode_new(&drop);
		decode_relieve(app->decode, serve, app->loop);
	}
	explicit_bzero(&drop.key, sizeof(drop.key));
}

struct client app_client(const struct app *app, const struct workspace_conf *workspace)
{
	struct client client = {
		.quota.clock = app->clock,
		.loop = app->loop,
		.http = app->http,
		.json = app->json,
		.api = client_api(workspace),
	};
	struct err ignored;

	rate_limit_begin(&client.quota.rate_limit, (int)workspace->requests_per_minute,
			 (int)workspace->reserve);
	if (app->warehouse &&
	    warehouse_find(app->warehouse, workspace->name, &client.quota.workspace, &ignored) &&
	    client.quota.workspace > 0)
		client.quota.warehouse = app->warehouse;
	return client;
}

void app_name(struct app *app, const char *who)
{
	char host[64] = "";

	gethostname(host, sizeof(host) - 1);
	snprintf(app->who, sizeof(app->who), "%s on %s, process %d", who, host, (int)getpid());
}

bool app_open_warehouse(struct app *app, const char *who)
{
	struct pg_conf conf;
	struct err err = ERR_INIT;

	app_name(app, who);
	if (app_pg(app, false, &conf, &err))
		app->warehouse = warehouse_open(app->loop, &conf, app->who, &err);
	if (!app->warehouse)
		return app_fail(app, &err);
	app_reader(app);
	return true;
}

void app_drop_warehouse(struct app *app)
{
	warehouse_close(&app->warehouse);
}

bool app_workspaces(struct app *app)
{
	const struct config *config = app->config;
	const struct workspace_conf *only = NULL;
	struct err err = ERR_INIT;

	if (app->workspace) {
		only = config_find(config, app->workspace, &err);
		if (!only)
			return app_fail(app, &err);
	}
	app->n_workspaces = only ? 1 : config->n_workspaces;
	app->workspaces = mem_new(app->n_workspaces * sizeof(*app->workspaces));
	for (size_t i = 0; i < app->n_workspaces; i++)
		app->workspaces[i] = only ? only : &config->workspaces[i];
	return true;
}

const struct cycle_env *app_cycle_env(struct app *app)
{
	app->env = (struct cycle_env){
		.clock = app->clock,
		.http = app->http,
		.warehouse = app->warehouse,
		.decode = app->decode,
		.json = app->json,
		.held = app->daemon,
		.log = &app->log,
	};
	return &app->env;
}

void app_close(struct app *app)
{
	mem_free(&app->workspaces);
	warehouse_close(&app->warehouse);
	decode_free(&app->decode);
	json_reader_free(&app->json);
	http_close(&app->http);
	event_loop_close(&app->loop);
	mem_free_secret(&app->password);
	config_free(&app->config);
}
