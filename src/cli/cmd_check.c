/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_time.h"
#include "citus.h"
#include "client.h"
#include "command.h"
#include "doctor.h"
#include "err_policy.h"
#include "forecast.h"
#include "inspect.h"
#include "mem.h"
#include "metabase_days.h"
#include "schedule_status.h"
#include "schema.h"
#include "secret.h"
#include "session.h"
#include "time_format.h"
#include "webhook_listener.h"

/* So many workspaces' time zones are compared with Metabase's. */
#define MOST_ZONES 100

/* A clock that is off by more is worth a line; instants are the API's anyway. */
#define CLOCK_TOLERANCE (30 * USEC_PER_SEC)

/* ---- lines ------------------------------------------------------------ */

static void good(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void warn(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void good(const char *fmt, ...)
{
	va_list args;

	fputs("✓ ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* A fault that does not stand in the way. */
static void warn(const char *fmt, ...)
{
	va_list args;

	fputs("! ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* A fault, and its remedy. The first one decides the exit code. */
static void bad(struct app *app, const char *what, const struct err *err, const char *remedy)
{
	printf("✗ %s: %s\n", what, err->text);
	if (remedy)
		printf("  -> %s\n", remedy);
	if (app->exit == EXIT_OK)
		app->exit = err_policy_exit(err->kind);
}

/* ---- the configuration ------------------------------------------------ */

/* A target that nothing can be told of. */
static void check_targets(const struct config *config)
{
	for (size_t i = 0; i < config->n_workspaces; i++) {
		const struct workspace_conf *conf = &config->workspaces[i];

		if (conf->messages.read != WORKSPACE_MESSAGES_OFF)
			continue;
		for (size_t j = 0; j < conf->targets.n; j++) {
			const char *metric = conf->targets.targets[j].metric;

			if (strcmp(metric, "first_reply") == 0 || strcmp(metric, "next_reply") == 0)
				warn("targets of %s: nothing is known of replies (%s), since no "
				     "messages are read\n"
				     "  -> messages: {read: replies}, in that workspace",
				     conf->name, metric);
		}
	}
}

/* ---- the API --------------------------------------------------------- */

static void check_clock(struct app *app, const struct workspace_conf *conf, int64_t date,
			const int64_t *database_ahead)
{
	int64_t now = clock_real(app->clock), ahead = date == TIME_NONE ? 0 : now - date;
	struct api_time told = { .date = date, .host = now, .database = TIME_NONE };
	char by[TIME_FORMAT_SIZE];
	struct err err;

	if (database_ahead)
		told.database = now + *database_ahead;
	if (date == TIME_NONE) {
		err_set(&err, ERR_DATA, "its answers have no Date header");
		bad(app, conf->name, &err,
		    "without it nothing can be said of how far the data is complete; if a proxy "
		    "takes it out, let it through");
	} else if (api_time_ahead(&told) > 0) {
		err_set(&err, ERR_DATA,
			"its Date is %s ahead of this host's clock and of the database's, and not "
			"believed: no instant moves",
			duration_format(api_time_ahead(&told), by));
		bad(app, conf->name, &err,
		    "timedatectl set-ntp true, on both; if they are right, the API's is wrong");
	} else if (llabs(ahead) > CLOCK_TOLERANCE) {
		warn("clock: this host's is %s %s the API's of %s\n"
		     "  -> timedatectl set-ntp true; schedules go by it, instants do not",
		     duration_format(llabs(ahead), by), ahead > 0 ? "ahead of" : "behind",
		     conf->name);
	}
}

static const char *remedy_of(const struct err *err)
{
	if (err->http_status == 401)
		return "put a valid key into the workspace's api_key_file";
	if (err->http_status == 403)
		return "let an administrator of the workspace give the key the permission to read "
		       "conversations";
	if (err->http_status == 404)
		return "correct base_url: it ends where /conversations begins, as in .../v1";
	if (err->kind == ERR_SLOW_DOWN)
		return "wait a minute; if it stays so, others use the key: raise reserve, or lower "
		       "requests_per_minute to the limit of the plan";
	if (err->kind == ERR_DATA || err->http_status >= 300)
		return "look at the answer of base_url with curl -i: it may be a proxy, or another "
		       "service";
	if (err->kind == ERR_UNAVAILABLE)
		return "see whether this host can reach it: curl -i; then base_url, http.proxy and "
		       "http.ca_file";
	return NULL;
}

/* The database's clock is ahead of the host's by so much; NULL: it is not known. */
static void check_api(struct app *app, const struct workspace_conf *conf,
		      const int64_t *database_ahead)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(8192);
	CLEANUP(http_reply_free) struct http_reply *reply = NULL;
	/* Where the warehouse knows the workspace it accounts for this request, too. */
	struct client client = app_client(app, conf);
	struct http_request request = { .method = HTTP_GET, .auth = conf->auth };
	struct api_filter everything = { .status = NULL };
	struct err err = ERR_INIT;
	char what[160];

	api_list_url(&url, &client.api, &everything, 1, 1);
	request.url = buf_text(&url);
	reply = client_call(&client, &request, &err);
	if (!reply) {
		snprintf(what, sizeof(what), "API of %s", conf->name);
		bad(app, what, &err, remedy_of(&err));
		return;
	}
	good("API of %s: %s answers, and accepts the key", conf->name, conf->base_url);
	check_clock(app, conf, reply->date, database_ahead);
}

/* ---- the warehouse --------------------------------------------------- */

static void show_obstacles(struct app *app, const struct table *found)
{
	struct err err = ERR_INIT;

	for (int row = 0; row < table_rows(found); row++) {
		const char *kind = table_get(found, row, "kind"),
			   *subject = table_get(found, row, "subject"),
			   *text = table_get(found, row, "what"),
			   *remedy = table_get(found, row, "remedy");

		if (*kind) {
			err_set(&err, err_kind_parse(kind), "%s", text);
			bad(app, subject, &err, remedy);
		} else {
			warn("%s: %s\n  -> %s", subject, text, remedy);
		}
	}
}

/* Without the catalogs nothing else can be looked at. */
static bool check_catalogs(struct app *app, struct pg *pg)
{
	CLEANUP(table_free) struct table *found = NULL;
	struct err err = ERR_INIT;

	if (doctor_catalogs(pg, &found, &err))
		show_obstacles(app, found);
	else
		bad(app, "catalogs", &err, err_policy_advice(&err));
	return found && table_rows(found) == 0;
}

/* Facts of the set-up of the database that a person has to know, or to mend. */
static void check_obstacles(struct app *app, struct pg *pg)
{
	CLEANUP(table_free) struct table *found = NULL;
	struct err err = ERR_INIT;

	if (doctor_obstacles(pg, &found, &err))
		show_obstacles(app, found);
	else
		bad(app, "database", &err, NULL);
}

static void check_privileges(struct app *app, struct pg *pg)
{
	CLEANUP(table_free) struct table *missing = NULL;
	struct err err = ERR_INIT;

	if (!doctor_privileges(pg, &missing, &err)) {
		bad(app, "privileges", &err, NULL);
		return;
	}
	for (int row = 0; row < table_rows(missing); row++) {
		char remedy[512];

		err_set(&err, ERR_DENIED, "something is missing");
		snprintf(remedy, sizeof(remedy), "an administrator must run: %s;",
			 table_get(missing, row, "remedy"));
		bad(app, "privileges", &err, remedy);
	}
	if (table_rows(missing) > 0)
		return;
	if (doctor_temporary(pg, &err))
		good("privileges: all that is needed");
	else
		bad(app, "temporary tables", &err, err_policy_advice(&err));
}

/* Days of reports that cannot be computed, with PostgreSQL's sentence. */
static void check_reports(struct app *app, struct pg *pg)
{
	CLEANUP(table_free) struct table *late = NULL;
	struct err err = ERR_INIT;

	if (!doctor_late(pg, app->workspace, &late, &err)) {
		bad(app, "reports", &err, err_policy_advice(&err));
		return;
	}
	for (int row = 0; row < table_rows(late); row++) {
		const char *kind = table_get(late, row, "error_kind"),
			   *said = table_get(late, row, "error_text");

		err_set(&err, kind ? err_kind_parse(kind) : ERR_BUSY,
			"%s days of %s (%s to %s) are not up to date since %s%s%s",
			table_get(late, row, "days"), table_get(late, row, "name"),
			table_get(late, row, "first_day"), table_get(late, row, "last_day"),
			table_get(late, row, "since"), said ? ": " : "", said ? said : "");
		bad(app, "reports", &err,
		    said ? "correct the cause that PostgreSQL names, then run: sahut-etl sync"
			 : "run: sahut-etl sync, or see whether a daemon runs");
	}
}

/* Configured fields are columns once migrate has made them. */
static void check_columns(struct app *app, struct pg *pg)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(1u << 20);
	struct err err = ERR_INIT;

	if (!inspect_columns(pg, app->config->workspaces, app->config->n_workspaces, &text, &err))
		bad(app, "attributes", &err, err_policy_advice(&err));
	else if (text.len > 0)
		warn("attributes: %s\n  -> %s", buf_text(&text), inspect_columns_remedy);
}

/* ---- events ------------------------------------------------------------ */

/* Whether the daemon listens: it refuses a GET at the path of events. */
static void check_listener(struct app *app, const struct workspace_conf *conf)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(8192);
	CLEANUP(http_reply_free) struct http_reply *reply = NULL;
	struct http_request request = { .method = HTTP_GET };
	struct err ignored;

	buf_printf(&url, "http://%s", conf->webhook.listen);
	webhook_listener_path(conf->name, &url);
	request.url = buf_text(&url);
	/* From elsewhere it is spoken to with TLS, by the server in front of it. */
	if (!http_url_allowed(request.url, &ignored))
		return;
	reply = http_call(app->http, &request, &ignored);
	if (reply && (reply->err.kind != ERR_NONE || reply->status != 405))
		warn("events of %s: no daemon takes them at %s\n"
		     "  -> systemctl status sahut-etl; a changed configuration: systemctl reload "
		     "sahut-etl",
		     conf->name, conf->webhook.listen);
}

static void check_arrival(const struct workspace_conf *conf, const struct table *all)
{
	const char *last = table_get(all, 0, "last_event_at"),
		   *delay = table_get(all, 0, "event_delay_seconds");
	int64_t unspoken = table_get_int(all, 0, "unspoken_changes");

	if (unspoken > 0)
		warn("events of %s: cycles have found %" PRId64 " changes since the last one (%s)\n"
		     "  -> is the webhook registered, and is its address reached from outside? "
		     "sahut-etl webhook register URL",
		     conf->name, unspoken, last ? last : "none has come");
	else if (!last)
		warn("events of %s: none has come yet\n"
		     "  -> sahut-etl webhook register URL, if that was not done",
		     conf->name);
	else
		good("events of %s: the last one came at %s; from an event to its row it took %s s",
		     conf->name, last, delay ? delay : "-");
}

/* Whether events can be checked, and do arrive. */
static void check_events(struct app *app, struct pg *pg)
{
	for (size_t i = 0; i < app->n_workspaces; i++) {
		const struct workspace_conf *conf = app->workspaces[i];
		CLEANUP(table_free) struct table *all = NULL;
		struct secret_lines lines = { .n = 0 };
		struct err err = ERR_INIT;

		if (!conf->webhook.listen)
			continue;
		if (!secret_read_lines(conf->webhook.secret_file, app->config->path, &lines, &err))
			bad(app, conf->name, &err,
			    "sahut-etl webhook register URL writes the secret, or put it there as "
			    "Sahut shows it");
		secret_lines_free(&lines);
		check_listener(app, conf);
		if (inspect_status(pg, conf->name, &all, &err) && table_rows(all) > 0)
			check_arrival(conf, all);
	}
}

/* A process that runs as the owner of the warehouse has all of the owner's privileges. */
static void check_owner(struct pg *pg)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct err ignored;

	if (inspect_owner(pg, &table, &ignored) && table_rows(table) > 0 &&
	    table_get_bool(table, 0, "rolsuper"))
		good("owner: %s, a superuser; a role that may do nothing else is better, and "
		     "enough "
		     "(INSTALL.md, a database)",
		     table_get(table, 0, "rolname"));
}

/* Of a distributed warehouse: whether its roles are roles on each worker, too. */
static void check_workers(struct app *app, struct pg *pg)
{
	CLEANUP(table_free) struct table *problems = NULL;
	struct err err = ERR_INIT;

	if (!citus_workers(pg, &problems, &err)) {
		bad(app, "workers", &err, err_policy_advice(&err));
		return;
	}
	for (int row = 0; problems && row < table_rows(problems); row++) {
		err_set(&err, ERR_DENIED, "%s", table_get(problems, row, "problem"));
		bad(app, table_get(problems, row, "worker"), &err,
		    table_get(problems, row, "remedy"));
	}
	if (problems && table_rows(problems) == 0)
		good("workers: the roles are there, too");
}

/* Whether the database tells the time; *DATABASE_AHEAD is by how much that is later than ours. */
static bool check_database_clock(struct app *app, struct pg *pg, int64_t *database_ahead)
{
	char by[TIME_FORMAT_SIZE];
	struct err ignored;
	int64_t now, ahead;

	if (!inspect_clock(pg, &now, &ignored))
		return false;
	ahead = clock_real(app->clock) - now;
	*database_ahead = -ahead;
	if (llabs(ahead) > CLOCK_TOLERANCE)
		warn("clock: this host's is %s %s the database's\n"
		     "  -> timedatectl set-ntp true, on both",
		     duration_format(llabs(ahead), by), ahead > 0 ? "ahead of" : "behind");
	return true;
}

/* Where only reading is possible: the setting that makes it so. */
static void find_read_only(struct app *app, struct err *err)
{
	CLEANUP(pg_close) struct pg *pg = NULL;
	struct pg_conf conf;
	struct err ignored;

	if (strcmp(err->code, "read-only") != 0 || !app_pg(app, false, &conf, &ignored))
		return;
	conf.readable = true;
	pg = session_open(app->loop, &conf, &ignored);
	if (pg)
		doctor_read_only(pg, err);
}

/* Whether the warehouse can be worked with. *DATABASE_AHEAD: see above, if it *KNOWS_TIME. */
static bool check_warehouse(struct app *app, int64_t *database_ahead, bool *knows_time)
{
	CLEANUP(pg_close) struct pg *pg = NULL;
	struct err err = ERR_INIT;
	int version, before = app->exit;

	pg = app_session(app, false, &err);
	if (!pg) {
		find_read_only(app, &err);
		bad(app, "database", &err,
		    err.advice[0] ? err.advice
				  : "correct warehouse.conninfo; psql takes the same string");
		return false;
	}
	version = pg_server_version(pg);
	good("database: PostgreSQL %d.%d", version / 10000, version % 10000);
	if (!check_catalogs(app, pg))
		return false;
	check_obstacles(app, pg);
	if (!schema_check(pg, &err) || !schema_unchanged(pg, &err)) {
		/* A role that may not even look at it needs more than the right version. */
		if (err.kind == ERR_DENIED && app->exit == before)
			check_privileges(app, pg);
		if (err.kind != ERR_DENIED || app->exit == before)
			bad(app, "schema", &err, err_policy_advice(&err));
		return false;
	}
	good("schema: version %d", schema_version());
	check_privileges(app, pg);
	check_reports(app, pg);
	check_columns(app, pg);
	check_owner(pg);
	check_workers(app, pg);
	*knows_time = check_database_clock(app, pg, database_ahead);
	check_events(app, pg);
	return app->exit == before;
}

/* ---- the schedule ------------------------------------------------------ */

static void check_quota(struct app *app, const struct workspace_conf *workspace)
{
	CLEANUP(buf_free) struct buf sum = BUF_MAX(4096);
	struct forecast forecast;
	struct err ignored;

	if (!forecast_make(app->warehouse, workspace, clock_real(app->clock), &forecast,
			   &ignored) ||
	    !forecast.known)
		return;
	forecast_sum(&forecast, &sum);
	buf_str(&sum, forecast.met ? "; " : "\n  -> ");
	forecast_outcome(&forecast, &sum);
	if (forecast.met)
		good("quota of %s: %s", workspace->name, buf_text(&sum));
	else
		warn("quota of %s: %s", workspace->name, buf_text(&sum));
}

/* Whether the database knows the time zone: its list may be older than this system's. */
static void check_zone(struct app *app, const struct workspace_conf *workspace)
{
	const struct schedule_status_night night = {
		.zone = workspace->timezone,
		.minutes = workspace->schedule.full,
		.last = TIME_NONE,
		.now = clock_real(app->clock),
	};
	int64_t at;
	struct err err;

	if (!schedule_status_find_night(app->warehouse, &night, &at, &err))
		bad(app, workspace->name, &err, "set its timezone to one that the database knows");
}

static void warn_renamed(const char *name)
{
	warn("workspace %s is in the warehouse, and not configured\n"
	     "  -> if it was renamed, and no daemon runs: select "
	     "sahut_etl.rename_workspace('%s', 'NEW NAME');",
	     name, name);
}

/* Of somebody who has a lock that looks like ours. */
static void warn_strange(const char *workspace, const char *who, const char *end)
{
	char shown[300];

	warn("workspace %s: %s has its advisory lock and not its lease, which stops nobody\n"
	     "  -> it need not be held; to end it: %s",
	     workspace, who, err_quote(shown, sizeof(shown), end, strlen(end)));
}

/*
 * Workspaces in the warehouse that have another name now, or are gone; those that a daemon worked
 * on, and nobody does; and processes with a lock that looks like ours.
 */
static void check_workspaces(struct app *app)
{
	CLEANUP(table_free) struct table *all = NULL;
	struct err ignored;

	if (!warehouse_holders(app->warehouse, &all, &ignored))
		return;
	for (int row = 0; row < table_rows(all); row++) {
		const char *name = table_get(all, row, "name");
		bool held = table_get_bool(all, row, "is_held");
		char shown[160];

		err_quote(shown, sizeof(shown), name, strlen(name));
		if (!config_find(app->config, name, &ignored) && !held)
			warn_renamed(shown);
		else if (table_get_bool(all, row, "had_daemon") && !held)
			warn("workspace %s had a daemon, and no process works on it now\n"
			     "  -> systemctl status sahut-etl",
			     shown);
		if (table_get(all, row, "stranger"))
			warn_strange(shown, table_get(all, row, "stranger"),
				     table_get(all, row, "its_end"));
	}
}

static void check_schedules(struct app *app)
{
	for (size_t i = 0; i < app->n_workspaces; i++) {
		const struct workspace_conf *workspace = app->workspaces[i];

		if (!app->warehouse)
			continue;
		check_zone(app, workspace);
		check_quota(app, workspace);
	}
	if (app->warehouse && !app->workspace)
		check_workspaces(app);
}

/* ---- Metabase --------------------------------------------------------- */

/* Whether its days and weeks are those of the workspaces. */
static void check_metabase(struct app *app)
{
	CLEANUP(buf_free) struct buf says = BUF_MAX(4096);
	const char *zones[MOST_ZONES];
	struct metabase mb = { .loop = app->loop, .http = app->http, .json = app->json };
	struct metabase_days days;
	struct err err = ERR_INIT;
	size_t n = 0;
	char *auth;

	if (!app->config->metabase.url)
		return;
	auth = metabase_header(app->config->metabase.api_key);
	mb.url = app->config->metabase.url;
	mb.auth = auth;
	for (; n < app->config->n_workspaces && n < ARRAY_SIZE(zones); n++)
		zones[n] = app->config->workspaces[n].timezone;
	if (!metabase_days_read(&mb, &days, &err))
		warn("Metabase: %s", err.text);
	else if (metabase_days_compare(&days, zones, n, &says) > 0)
		printf("! %s", buf_text(&says));
	else
		good("Metabase: its days and weeks are those of the workspace%s",
		     n == 1 ? "" : "s");
	mem_free_secret(&auth);
}

void cmd_check(struct app *app)
{
	const char *none[1];
	bool offline = false, knows_time = false;
	int64_t database_ahead;
	const struct opt options[] = {
		{ .name = "offline",
		  .letter = 'o',
		  .help = "look at the configuration and the secrets only",
		  .flag = &offline },
		OPT_END,
	};

	if (!command_options(app, options, none, 0))
		return;
	if (!app_config(app)) {
		printf("✗ configuration: see above\n");
		return;
	}
	good("configuration: %s, %zu workspace%s", app->config->path, app->config->n_workspaces,
	     app->config->n_workspaces == 1 ? "" : "s");
	good("secrets: found, and readable by us alone");
	check_targets(app->config);
	if (offline || !app_workspaces(app) || !app_network(app, false))
		return;
	/* The warehouse first: it has the quota that the API is asked under. */
	if (check_warehouse(app, &database_ahead, &knows_time) && !app_open_warehouse(app, "check"))
		return;
	for (size_t i = 0; i < app->n_workspaces; i++)
		check_api(app, app->workspaces[i], knows_time ? &database_ahead : NULL);
	check_schedules(app);
	check_metabase(app);
}
