/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "err_policy.h"
#include "events.h"
#include "exporter.h"
#include "inspect.h"
#include "log_backoff.h"
#include "mem.h"
#include "notifier.h"
#include "reload.h"
#include "retention.h"
#include "schedule_status.h"
#include "time_format.h"
#include "webhook_listener.h"
#include "workers.h"

/* After the warehouse was lost. */
#define RETRY (5 * USEC_PER_SEC)

/* Old records leave the warehouse once a day, a little at a time. */
#define RETENTION_FIRST (2 * USEC_PER_SEC)
#define RETENTION_EVERY (24 * 3600 * USEC_PER_SEC)
#define RETENTION_PAUSE (200 * USEC_PER_MSEC)

/*
 * A connection that was cut while nothing was done, so soon after it was made, is made again when
 * it is needed, or after this.
 */
#define CUT_SOON (3 * 60 * USEC_PER_SEC)

/* The calendar may be set anew: a sleeping daemon looks at it so often. */
#define CALENDAR (60 * USEC_PER_SEC)

/* The line that systemctl status shows is written anew so often at most. */
#define STATUS_EVERY USEC_PER_SEC

struct daemon {
	struct app *app;
	struct workers workers;
	struct loop loop;
	struct reload reload;
	bool deep;	/* a reload wants new connections */
	int64_t opened; /* monotonic: when the warehouse was */
	int64_t asleep; /* it is left alone until then; TIME_NONE: it is not */
	struct metrics metrics;
	struct exporter exporter;
	struct notifier notifier;
	struct webhook_listener webhooks;
	struct complaint no_warehouse, no_file, no_reports;
	struct retention retention;
	int64_t retention_at; /* monotonic */
	char status[512];
	int64_t status_at;
};

static void log_event_text(const struct app *app, enum log_level level,
			   const struct log_event *event, const char *text)
{
	struct log_line line;

	log_begin(&line, level, event, "%s", text);
	log_end(&app->log, &line);
}

/* ---- the configuration ------------------------------------------------ */

static void show_metrics(struct daemon *d)
{
	const struct config_metrics *conf = &d->app->config->metrics;
	struct err err = ERR_INIT;

	d->metrics.stats = d->workers.stats;
	d->metrics.n = d->workers.n;
	d->exporter.file = conf->textfile;
	/* Work goes on without; the server that collects them notices. */
	if (!exporter_listen(&d->exporter, d->app->loop, conf->listen, &err))
		log_event_text(d->app, LEVEL_ERROR, &events_table()->no_metrics, err.text);
}

static void take_events(struct daemon *d)
{
	struct err err = ERR_INIT;

	/* Cycles find all that events speak of, only later. */
	if (!webhook_listener_open(&d->webhooks, &err))
		log_event_text(d->app, LEVEL_ERROR, &events_table()->no_webhook, err.text);
}

/* Says which columns of configured fields migrate has yet to make. */
static void compare_columns(struct daemon *d)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(1u << 20);
	const struct config *config = d->app->config;
	struct log_line line;
	struct err ignored;

	if (!inspect_columns_of(d->app->warehouse, config->workspaces, config->n_workspaces, &text,
				&ignored) ||
	    text.len == 0)
		return;
	log_begin(&line, LEVEL_WARNING, NULL, "%s; %s", buf_text(&text), inspect_columns_remedy);
	log_end(&d->app->log, &line);
}

/* SIGHUP came. */
static void reload(struct daemon *d)
{
	struct app *app = d->app;
	enum reload_outcome outcome = reload_config(&d->reload, app);
	struct err ignored;

	d->metrics.reload_ok = outcome != RELOAD_REFUSED;
	if (outcome != RELOAD_REFUSED) {
		d->metrics.reload_at = clock_real(app->clock);
		d->deep = d->deep || outcome == RELOAD_DEEP;
		d->asleep = TIME_NONE;
		workers_change(&d->workers, app);
		notifier_change(&d->notifier);
		show_metrics(d);
		take_events(d);
		/* If that fails the warehouse is lost, and they are made known to the next. */
		if (app->warehouse && !warehouse_lost(app->warehouse) &&
		    workers_register(&d->workers, app->warehouse, &ignored))
			compare_columns(d);
	}
	event_loop_notify("READY=1");
}

/* Sleeps, and reads the configuration again if that is asked for. False when told to stop. */
static bool sleep_until(struct daemon *d, int64_t when)
{
	while (event_loop_now() < when) {
		if (event_loop_take_reload(d->app->loop)) {
			reload(d);
			return true;
		}
		if (event_loop_turn(d->app->loop, when) == EVENT_LOOP_STOP)
			return false;
	}
	return true;
}

/* ---- the warehouse ---------------------------------------------------- */

/* Opens the warehouse and makes the workspaces known in it. */
static bool try_open(struct daemon *d, struct err *err)
{
	struct app *app = d->app;
	struct pg_conf conf;

	if (!app_pg(app, false, &conf, err))
		return false;
	app->warehouse = warehouse_open(app->loop, &conf, app->who, err);
	if (app->warehouse && command_request_listen(app->warehouse, err) &&
	    workers_register(&d->workers, app->warehouse, err)) {
		d->metrics.warehouse = 1;
		return true;
	}
	app_drop_warehouse(app);
	return false;
}

/* Opens it, however long that takes. False when told to stop. */
static bool open_store(struct daemon *d)
{
	struct app *app = d->app;

	for (;;) {
		struct err err = ERR_INIT;
		struct err_policy_text text;
		int64_t now;

		if (try_open(d, &err))
			break;
		d->metrics.warehouse = 0;
		/* Trying may have taken longer than the pause that follows. */
		now = clock_mono(app->clock);
		if (err.kind == ERR_STOPPED)
			return false;
		if (log_backoff(&d->no_warehouse, now)) {
			log_event_text(app, err_policy_level(err.kind),
				       &events_table()->warehouse_lost,
				       err_policy_sentence(&err, &text));
			event_loop_notify("STATUS=no warehouse: %s", err.text);
		}
		notifier_turn_without_warehouse(&d->notifier);
		if (err.kind == ERR_CONFIG)
			app->exit = EXIT_CONFIG;
		if (err.kind == ERR_CONFIG || !sleep_until(d, now + RETRY))
			return false;
	}
	if (log_backoff_over(&d->no_warehouse, clock_mono(app->clock), NULL))
		log_event_text(app, LEVEL_NOTICE, &events_table()->warehouse_back,
			       "the warehouse is back");
	d->opened = clock_mono(app->clock);
	if (d->metrics.connected++ == 0)
		compare_columns(d);
	workers_log_unconfigured(&d->workers, app);
	d->loop.warehouse = app->warehouse;
	d->loop.refresh = report_refresh_new(app->warehouse, app->clock);
	return true;
}

/* ---- beside the cycles ------------------------------------------------ */

/* Removes old records, if it is time. Returns when it will be. */
static int64_t retention(struct daemon *d)
{
	int64_t now = clock_mono(d->app->clock);
	struct err ignored;
	struct log_line line;
	bool over = false;

	if (now < d->retention_at)
		return d->retention_at;
	d->retention.runs = d->app->config->retention.runs;
	d->retention.rejected_items = d->app->config->retention.rejected_items;
	d->retention.agent_days = d->app->config->retention.agent_days;
	if (!retention_some(&d->retention, d->app->warehouse, &over, &ignored))
		return d->retention_at = now + RETENTION_EVERY;
	d->retention_at = now + (over ? RETENTION_EVERY : RETENTION_PAUSE);
	if (over && d->retention.removed > 0) {
		log_begin(&line, LEVEL_INFO, &events_table()->retention,
			  "%d old records were removed", (int)d->retention.removed);
		log_number(&line, "removed", d->retention.removed);
		log_end(&d->app->log, &line);
		d->retention.removed = 0;
	}
	return d->retention_at;
}

/* Tells systemd the state, if that has changed. Returns when to look again. */
static int64_t show_status(struct daemon *d)
{
	int64_t now = clock_mono(d->app->clock);
	CLEANUP(buf_free) struct buf text = BUF_MAX(sizeof(d->status) - 1);

	workers_summary(&d->workers, d->app->clock, &text);
	if (strcmp(buf_text(&text), d->status) == 0)
		return TIME_NEVER;
	if (now < d->status_at + STATUS_EVERY)
		return d->status_at + STATUS_EVERY;
	snprintf(d->status, sizeof(d->status), "%s", buf_text(&text));
	event_loop_notify("STATUS=%s", d->status);
	d->status_at = now;
	return TIME_NEVER;
}

/* Logs why a day of reports could not be computed, and writes it down. */
static void watch_refresh(struct daemon *d)
{
	struct report_refresh_end end;
	struct err_policy_text text;
	struct err ignored;

	if (!report_refresh_take_end(d->loop.refresh, &end))
		return;
	workers_note_refresh(&d->workers, end.workspace, end.err.kind == ERR_NONE);
	if (end.err.kind == ERR_NONE) {
		(void)!log_backoff_over(&d->no_reports, clock_mono(d->app->clock), NULL);
		return;
	}
	if (!warehouse_lost(d->app->warehouse))
		(void)!warehouse_note_refresh(d->app->warehouse, end.workspace, &end.err, &ignored);
	if (!log_backoff(&d->no_reports, clock_mono(d->app->clock)))
		return;
	err_wrap(&end.err, "the days of reports cannot be computed");
	log_event_text(d->app, LEVEL_ERROR, &events_table()->reports_late,
		       err_policy_sentence(&end.err, &text));
}

/* ---- the loop --------------------------------------------------------- */

/* Updates the metrics' file, and drops old texts. */
static int64_t update_metrics(struct daemon *d, bool ended)
{
	struct err err = ERR_INIT;
	int64_t when;

	d->metrics.stats = d->workers.stats;
	d->metrics.n = d->workers.n;
	if (d->reload.n > 0 && workers_have_changed(&d->workers))
		reload_forget(&d->reload);
	if (exporter_save(&d->exporter, ended, &when, &err))
		(void)!log_backoff_over(&d->no_file, clock_mono(d->app->clock), NULL);
	else if (log_backoff(&d->no_file, clock_mono(d->app->clock)))
		log_event_text(d->app, LEVEL_ERROR, &events_table()->no_metrics, err.text);
	return when;
}

/* Takes the locks that can be had. Returns when to look again. */
static int64_t hold(struct daemon *d)
{
	struct app *app = d->app;
	struct err err = ERR_INIT;
	int64_t when;

	if (!workers_take_locks(&d->workers, app, &when, &err) && !warehouse_lost(app->warehouse) &&
	    !event_loop_stopping(app->loop) &&
	    log_backoff(&d->no_warehouse, clock_mono(app->clock)))
		log_event_text(app, err_policy_level(err.kind), &events_table()->warehouse_lost,
			       err.text);
	return when;
}

/* Whether the warehouse may be left alone until a cycle is due, which `asleep` is then. */
static bool can_sleep(struct daemon *d)
{
	int64_t now = clock_mono(d->app->clock), until = workers_idle_until(&d->workers);
	int64_t after = d->app->config->warehouse.release_when_idle;
	struct err ignored;

	if (after == 0 || until == TIME_NONE || until < now + after ||
	    d->retention_at < now + USEC_PER_SEC || report_refresh_busy(d->loop.refresh) ||
	    warehouse_has_notify(d->app->warehouse) || !notifier_is_idle(&d->notifier) ||
	    !schedule_status_sleep(d->app->warehouse, clock_real(d->app->clock) + until - now,
				   &ignored))
		return false;
	d->asleep = until;
	return true;
}

/* The connection was cut. Of one that is cut again and again while it is idle nobody is in need. */
static void note_cut(struct daemon *d)
{
	int64_t now = clock_mono(d->app->clock), until = workers_idle_until(&d->workers);

	if (until != TIME_NONE && now < d->opened + CUT_SOON)
		d->asleep = min_i64(until, now + CUT_SOON);
}

/* Works until told to stop, or the warehouse is lost. True to go on. */
static bool work(struct daemon *d)
{
	struct app *app = d->app;
	bool ended = true;

	while (!d->deep) {
		int64_t next = update_metrics(d, ended);

		if (warehouse_take_notify(app->warehouse))
			workers_notify(&d->workers, app);
		next = min_i64(next, hold(d));
		next = min_i64(next, workers_start(&d->workers, app, &d->loop));
		next = min_i64(next, retention(d));
		next = min_i64(next, notifier_turn(&d->notifier, ended));
		next = min_i64(next, show_status(d));
		warehouse_warn_slow(app->warehouse);
		if (warehouse_lost(app->warehouse))
			next = 0;
		if (loop_round(&d->loop, next) == EVENT_LOOP_STOP)
			return false;
		if (event_loop_take_reload(app->loop))
			reload(d);
		ended = workers_finish(&d->workers, app);
		watch_refresh(d);
		if (warehouse_lost(app->warehouse)) {
			note_cut(d);
			return true;
		}
		if (can_sleep(d))
			return true;
	}
	return true;
}

/* Between two warehouses: work under way has failed. False when the daemon cannot go on. */
static bool begin_anew(struct daemon *d)
{
	struct app *app = d->app;

	if (d->asleep != TIME_NONE && !d->deep) {
		workers_sleep(&d->workers, app->clock);
	} else {
		d->metrics.warehouse = 0;
		d->asleep = TIME_NONE;
		workers_disconnect(&d->workers, app->clock, d->deep);
	}
	report_refresh_free(&d->loop.refresh);
	app_drop_warehouse(app);
	if (!d->deep)
		return true;
	d->deep = false;
	if (!app_renew(app))
		return false;
	d->loop.http = app->http;
	return true;
}

/* Sleeps as long as the warehouse is left alone. False when told to stop. */
static bool sleep_through(struct daemon *d)
{
	const struct clock *clock = d->app->clock;
	int64_t now = clock_mono(clock), until = d->asleep, at = clock_real(clock) + until - now;
	char time[TIME_FORMAT_SIZE];

	if (until == TIME_NONE)
		return true;
	d->metrics.asleep_until = at;
	(void)!update_metrics(d, true);
	event_loop_notify("STATUS=the warehouse is left alone until %s",
			  time_format(at / USEC_PER_SEC * USEC_PER_SEC, time));
	while (now < until && clock_real(clock) < at && d->asleep != TIME_NONE &&
	       !workers_have_hints(&d->workers)) {
		if (!sleep_until(d, min_i64(until, now + CALENDAR)))
			return false;
		now = clock_mono(clock);
	}
	d->asleep = d->metrics.asleep_until = TIME_NONE;
	d->status[0] = '\0';
	return true;
}

static void begin(struct daemon *d)
{
	struct app *app = d->app;
	int64_t now = clock_real(app->clock);

	workers_begin(&d->workers, app);
	d->loop = (struct loop){ .event_loop = app->loop, .http = app->http };
	d->retention_at = clock_mono(app->clock) + RETENTION_FIRST;
	d->asleep = TIME_NONE;
	d->metrics = (struct metrics){
		.started = now, .asleep_until = TIME_NONE, .reload_ok = 1, .reload_at = now
	};
	notifier_begin(&d->notifier, app, &d->metrics);
	d->exporter.metrics = &d->metrics;
	d->exporter.clock = app->clock;
	show_metrics(d);
	d->webhooks.app = app;
	d->webhooks.workers = &d->workers;
	take_events(d);
}

static void end(struct daemon *d)
{
	exporter_close(&d->exporter);
	notifier_end(&d->notifier);
	webhook_listener_close(&d->webhooks);
	workers_end(&d->workers);
	reload_forget(&d->reload);
	report_refresh_free(&d->loop.refresh);
	mem_free(&d->loop.cycles);
}

void cmd_run(struct app *app)
{
	const char *none[1];
	const struct opt options[] = { OPT_END };
	struct daemon d = { .app = app };

	if (!command_options(app, options, none, 0) || !app_config(app) || !app_workspaces(app) ||
	    !app_network(app, true))
		return;
	app_reader(app);
	app_name(app, "daemon");
	begin(&d);
	log_event_text(app, LEVEL_NOTICE, &events_table()->started,
		       PACKAGE_NAME " " PACKAGE_VERSION " runs");
	event_loop_notify("READY=1");
	while (open_store(&d) && work(&d) && begin_anew(&d) && sleep_through(&d))
		continue;
	event_loop_notify("STOPPING=1");
	end(&d);
	log_event_text(app, LEVEL_NOTICE, &events_table()->stopping, "stopping");
}
