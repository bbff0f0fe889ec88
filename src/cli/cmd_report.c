/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "atomic_file.h"
#include "cell_format.h"
#include "command.h"
#include "report_catalog.h"
#include "report_html.h"
#include "report_query.h"
#include "report_table.h"
#include "report_text.h"
#include "table_format.h"
#include "time_format.h"

/* A page with a year of days, thousands of agents, and Chart.js. */
#define LARGEST_REPORT (64u << 20)

/* Of a terminal that does not say; output into a pipe is not cut. */
#define USUAL_WIDTH 80

enum format {
	FORMAT_TABLE,
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_HTML,
};

/* One report, as it was asked for. */
struct report_run {
	struct app *app;
	const struct report_catalog *topic;
	enum format format;
	enum lang lang;
	const char *from, *to; /* days, or NULL */
	const char *output;    /* a file, or NULL */
	struct pg *pg;
	struct table *scope; /* a row for each workspace: name, period, how complete */
	struct buf out;
};

/* ---- options --------------------------------------------------------- */

static bool take_format(struct report_run *run, const char *name, struct err *err)
{
	static const char *const names[] = { "table", "csv", "json", "html" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name) == 0) {
			run->format = (enum format)i;
			return true;
		}
	}
	return err_set(err, ERR_USAGE,
		       "a report is a table, csv, json or html; \"%s\" is none of them", name);
}

/* "2026-11-25", and a day that there is. */
static bool is_day(const char *text)
{
	int year, month, day, y, m, d, n = 0;

	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' ||
	    text[7] != '-' || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &n) != 3 ||
	    n != 10 || month < 1 || month > 12)
		return false;
	time_civil(time_day(year, month, day), &y, &m, &d);
	return y == year && m == month && d == day;
}

static bool check_days(const struct report_run *run, struct err *err)
{
	const char *days[] = { run->from, run->to };

	for (size_t i = 0; i < ARRAY_SIZE(days); i++)
		if (days[i] && !is_day(days[i]))
			return err_set(err, ERR_USAGE,
				       "\"%s\" is not a day; write it as 2026-11-25", days[i]);
	if (run->from && run->to && strcmp(run->from, run->to) > 0)
		return err_set(err, ERR_USAGE, "the period ends before it begins: %s to %s",
			       run->from, run->to);
	return true;
}

static bool take_options(struct report_run *run)
{
	const char *names[2], *format = "table", *lang = "en";
	const struct opt options[] = {
		{ .name = "format",
		  .letter = 'f',
		  .arg = "FORMAT",
		  .help = "table (the default), csv, json or html",
		  .value = &format },
		{ .name = "from",
		  .arg = "DAY",
		  .help = "first day; by default 30 days before the last",
		  .value = &run->from },
		{ .name = "to",
		  .arg = "DAY",
		  .help = "last day; by default the workspace's today",
		  .value = &run->to },
		{ .name = "lang",
		  .letter = 'l',
		  .arg = "LANG",
		  .help = "en (the default) or id",
		  .value = &lang },
		{ .name = "output",
		  .letter = 'o',
		  .arg = "FILE",
		  .help = "into this file, which is there whole or as it was",
		  .value = &run->output },
		OPT_END,
	};
	struct err err = ERR_INIT;

	if (!command_options(run->app, options, names, 1))
		return false;
	if (!names[0])
		err_set(&err, ERR_USAGE,
			"which report? sahut-etl report volume, workload, backlog, replies or "
			"freshness");
	else
		run->topic = report_catalog_find(names[0], &err);
	if (!run->topic || !take_format(run, format, &err) || !check_days(run, &err))
		return app_fail(run->app, &err);
	if (report_text_lang(lang, &run->lang))
		return true;
	err_set(&err, ERR_USAGE, "there are en and id; \"%s\" is none of them", lang);
	return app_fail(run->app, &err);
}

/* ---- queries --------------------------------------------------------- */

/* Asks the query NAME for a row of the scope. */
static bool ask(struct report_run *run, const char *name, int row, struct table **ret,
		struct err *err)
{
	const struct report_period period = {
		.workspace = table_get(run->scope, row, "workspace"),
		.from = table_get(run->scope, row, "from_day"),
		.to = table_get(run->scope, row, "to_day"),
	};

	return report_query_run(run->pg, name, &period, ret, err) || err_wrap(err, "%s", name);
}

static bool open_warehouse(struct report_run *run, struct err *err)
{
	const struct report_period period = { run->app->workspace, run->from, run->to };

	run->pg = app_warehouse_session(run->app, err);
	if (!run->pg || !report_query_open(run->pg, &period, &run->scope, err))
		return false;
	for (int row = 0; row < table_rows(run->scope); row++) {
		const char *from = table_get(run->scope, row, "from_day");
		const char *to = table_get(run->scope, row, "to_day");

		if (strcmp(from, to) > 0)
			return err_set(err, ERR_USAGE, "the period ends before it begins: %s to %s",
				       from, to);
	}
	return true;
}

/* ---- forms ----------------------------------------------------------- */

static int width_of_terminal(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	int n = columns ? (int)strtol(columns, NULL, 10) : 0;

	if (n <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		n = size.ws_col;
	return n >= 40 ? n : USUAL_WIDTH;
}

static bool tables(struct report_run *run, int row, struct err *err)
{
	struct report_table to = { &run->out, run->lang, width_of_terminal() };

	report_table_scope(&to, run->scope, row);
	for (size_t i = 0; i < run->topic->n_panels; i++) {
		const struct panel *panel = &run->topic->panels[i];
		CLEANUP(table_free) struct table *table = NULL;

		if (!panel->terminal)
			continue;
		if (!ask(run, panel->name, row, &table, err))
			return false;
		report_table_panel(&to, panel, table);
	}
	return true;
}

/* Adds the rows of MORE to *ALL; the columns of both are the same. */
static void append(struct table **all, const struct table *more)
{
	if (!*all) {
		*all = table_new(table_columns(more));
		for (int c = 0; c < table_columns(more); c++)
			table_name(*all, c, table_column_name(more, c), table_is_number(more, c));
	}
	for (int r = 0; r < table_rows(more); r++) {
		int row = table_add(*all);

		for (int c = 0; c < table_columns(more); c++) {
			const char *text = table_text(more, r, c);

			table_set_text(*all, row, c, text);
		}
	}
}

/* Adds a line for each fact of a workspace that is not up to date, or not proven. */
static void add_warning(struct report_run *run, struct table *late, const struct buf *line)
{
	if (line->len == 0)
		return;
	fprintf(stderr, "%s: %s\n", run->app->program, buf_text(line));
	table_set(late, table_add(late), 0, buf_text(line), line->len);
	if (run->format == FORMAT_TABLE || run->format == FORMAT_CSV)
		buf_printf(&run->out, "%s %s\n", run->format == FORMAT_TABLE ? "!" : "#",
			   buf_text(line));
}

/*
 * The missing proof, and the days that are not up to date, come before all else: on stderr, in the
 * first lines of a table, and in the first members of an array. A page has them in its head.
 */
static struct table *begin_with_late(struct report_run *run)
{
	struct table *late = table_new(1);

	table_name(late, 0, "warning", false);
	for (int row = 0; row < table_rows(run->scope); row++) {
		CLEANUP(buf_free) struct buf line = BUF_MAX(4096);

		report_table_proof(&line, run->lang, run->scope, row);
		add_warning(run, late, &line);
		buf_reset(&line);
		report_table_late(&line, run->lang, run->scope, row);
		add_warning(run, late, &line);
	}
	return late;
}

/* Two arrays become one. */
static void write_json(const struct table *first, const struct table *then, struct buf *out)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LARGEST_REPORT);
	bool both = table_rows(first) > 0 && table_rows(then) > 0;

	table_format_json(first, &text);
	buf_add(out, buf_text(&text), text.len - 1);
	buf_str(out, both ? "," : "");
	buf_reset(&text);
	table_format_json(then, &text);
	buf_str(out, buf_text(&text) + 1);
	buf_char(out, '\n');
}

static bool raw(struct report_run *run, const struct table *late, struct err *err)
{
	CLEANUP(table_free) struct table *all = NULL;

	for (int row = 0; row < table_rows(run->scope); row++) {
		CLEANUP(table_free) struct table *table = NULL;

		if (!ask(run, run->topic->name, row, &table, err))
			return false;
		append(&all, table);
	}
	if (!all)
		all = table_new(1);
	if (run->format == FORMAT_CSV)
		table_format_csv(all, &run->out);
	else
		write_json(late, all, &run->out);
	return true;
}

static bool topic(struct report_run *run, struct report_html *report,
		  const struct report_catalog *topic, int row, struct err *err)
{
	bool many = table_rows(run->scope) > 1;

	report_html_open_topic(report, topic, !many, many || topic != run->topic);
	for (size_t i = 0; i < topic->n_panels; i++) {
		CLEANUP(table_free) struct table *table = NULL;

		if (!ask(run, topic->panels[i].name, row, &table, err))
			return false;
		report_html_panel(report, &topic->panels[i], table);
	}
	report_html_close_topic(report);
	return true;
}

/* The topic that was asked for, and the others after it: one file tells the whole story. */
static bool workspace(struct report_run *run, struct report_html *report, int row, struct err *err)
{
	bool many = table_rows(run->scope) > 1;
	size_t n;
	const struct report_catalog *all = report_catalog_all(&n);

	buf_str(report->out, "<section class=\"workspace\">\n");
	report_html_workspace(report, run->scope, row, many);
	if (!many)
		report_html_links(report, run->topic);
	if (!topic(run, report, run->topic, row, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (&all[i] != run->topic && !topic(run, report, &all[i], row, err))
			return false;
	buf_str(report->out, "</section>\n");
	return true;
}

static bool html(struct report_run *run, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LARGEST_REPORT);
	struct report_html report = { &body, run->lang };
	const char *title = report_text_of(run->lang, "title_", run->topic->name);
	int rows = table_rows(run->scope);

	buf_printf(&body, "<h1>%s</h1>\n", title);
	for (int row = 0; row < rows; row++)
		if (!workspace(run, &report, row, err))
			return false;
	if (rows == 0)
		buf_printf(&body, "<p class=\"warn\">%s</p>\n",
			   report_text_get(run->lang, "no_workspace"));
	else
		report_html_foot(&report, PACKAGE_NAME " " PACKAGE_VERSION,
				 table_get(run->scope, 0, "made_at"));
	report_html_write(&run->out, run->lang, title, &body);
	return !body.full || err_set(err, ERR_DATA, "the report is longer than 64 MiB");
}

static bool write_report(struct report_run *run, struct err *err)
{
	CLEANUP(table_free) struct table *late = begin_with_late(run);

	if (run->format == FORMAT_HTML)
		return html(run, err);
	if (run->format != FORMAT_TABLE)
		return raw(run, late, err);
	for (int row = 0; row < table_rows(run->scope); row++)
		if (!tables(run, row, err))
			return false;
	if (table_rows(run->scope) == 0)
		buf_printf(&run->out, "%s\n", report_text_get(run->lang, "no_workspace"));
	return true;
}

static bool deliver(const struct report_run *run, struct err *err)
{
	if (run->out.full)
		return err_set(err, ERR_DATA, "the report is longer than 64 MiB");
	if (run->output && strcmp(run->output, "-") != 0)
		return atomic_file_write(run->output, &run->out, err);
	command_print(buf_text(&run->out), run->out.len);
	return true;
}

void cmd_report(struct app *app)
{
	struct report_run run = { .app = app, .out = BUF_MAX(LARGEST_REPORT) };
	const struct workspace_conf *known = NULL;
	struct err err = ERR_INIT;

	if (!take_options(&run) || !app_config_part(app, "warehouse"))
		return;
	if (app->workspace)
		known = config_find(app->config, app->workspace, &err);
	if (app->workspace && !known) {
		app_fail(app, &err);
		return;
	}
	if (!app_network(app, false))
		return;
	if (!open_warehouse(&run, &err) || !write_report(&run, &err) || !deliver(&run, &err))
		app_fail(app, &err);
	buf_free(&run.out);
	table_free(&run.scope);
	pg_close(&run.pg);
}
