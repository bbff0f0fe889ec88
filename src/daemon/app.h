/* SPDX-License-Identifier: MIT */
/*
 * app.h -- Opens the parts that a command needs, and closes them in reverse
 * order.
 *
 * Made by main(), and passed to the command, which opens the parts that it
 * needs. Every failure has been said on stderr when a function here answers
 * false; `exit` then holds the exit code.
 */
#ifndef APP_H
#define APP_H

#include "client.h"
#include "clock.h"
#include "config.h"
#include "cycle.h"
#include "decode.h"
#include "event_loop.h"
#include "http.h"
#include "log.h"
#include "opt.h"
#include "warehouse.h"

struct command;

struct app {
	/* from the command line */
	const char *program;
	const char *config_path, *workspace;
	bool verbose, quiet;
	struct opt_args args; /* the arguments behind the command's name */
	const struct command *command;

	bool daemon; /* it holds the workspaces' locks for all of its cycles */
	int exit;    /* the status that main() returns */
	struct log log;
	struct log_stream stream;
	const struct clock *clock;

	struct config *config;
	struct event_loop *loop;
	struct http *http;
	struct json_reader *json;
	struct decode *decode;
	char *password;	      /* of the warehouse, as it was read last; secret */
	struct server server; /* of the warehouse, the one that was used last */
	struct warehouse *warehouse;
	char who[160]; /* the command, this host and this process, once the warehouse is open */
	struct cycle_env env;			  /* see app_cycle_env() */
	const struct workspace_conf **workspaces; /* that the command is about; see
						   * app_workspaces() */
	size_t n_workspaces;
};

/*
 * Says a failure on stderr, with its remedy, and sets `exit` by its kind. Returns false.
 */
bool app_fail(struct app *app, const struct err *err);

/* Reads the configuration; every error in it is said. */
bool app_config(struct app *app) MUST_CHECK;

/* The same, with the secrets of SECTION only; see config_read_part(). */
bool app_config_part(struct app *app, const char *section) MUST_CHECK;

/* The loop and HTTP. DAEMON: SIGHUP is taken, too. */
bool app_network(struct app *app, bool daemon) MUST_CHECK;

/*
 * HTTP of one's own, as the configuration has it, for transfers that end within DEADLINE. NULL with
 * ERR_CONFIG.
 */
struct http *app_http(struct app *app, int64_t deadline, struct err *err) MUST_CHECK;

/* The reader of pages. */
void app_reader(struct app *app);

/* The personal data that the configuration keeps. The caller wipes the key in it. */
struct item_privacy app_privacy(const struct app *app) MUST_CHECK;

/*
 * A client of the workspace's API. It shares the quota through the warehouse
 * where that is open and has the workspace.
 */
struct client app_client(const struct app *app, const struct workspace_conf *workspace) MUST_CHECK;

/* Fills in `who` for the command WHO. */
void app_name(struct app *app, const char *who);

/* The warehouse, and the reader of pages. WHO is the command's name. */
bool app_open_warehouse(struct app *app, const char *who) MUST_CHECK;

/* Closes the warehouse's connections, to open them again. */
void app_drop_warehouse(struct app *app);

/* The workspaces that the command is about: the one named by -w, or all. Fills `workspaces`. */
bool app_workspaces(struct app *app) MUST_CHECK;

/*
 * Another configuration takes the place of the present one, which the caller frees. The new one has
 * the workspace that -w names.
 */
void app_adopt(struct app *app, struct config *config);

/* HTTP, and the reader of pages, anew: as the configuration has them now. */
bool app_renew(struct app *app) MUST_CHECK;

/* The ports that cycles share; current as long as the app and its warehouse are open. */
const struct cycle_env *app_cycle_env(struct app *app) MUST_CHECK;

/*
 * How to connect to the warehouse: as the daemon, or as the tables' owner. The password is read, or
 * made by its command, each time; it lives until the next call. False when it cannot be had.
 */
bool app_pg(struct app *app, bool owner, struct pg_conf *conf, struct err *err) MUST_CHECK;

/* A connection of one's own, beside `warehouse`: as the daemon, or as the owner. NULL with ERR. */
struct pg *app_session(struct app *app, bool owner, struct err *err) MUST_CHECK;

/* The same, as the daemon, to a warehouse whose schema is the one of this program. */
struct pg *app_warehouse_session(struct app *app, struct err *err) MUST_CHECK;

/* Closes all that is open. */
void app_close(struct app *app);

#endif
