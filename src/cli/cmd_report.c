/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"
#include "clock.h"
#include "command.h"
#include "nearest.h"
#include "report_catalog.h"
#include "report_data.h"
#include "report_html.h"
#include "report_proof.h"
#include "report_query.h"
#include "report_table.h"
#include "report_text.h"
#include "table_format.h"
#include "time_format.h"

/* A page with a year of days, thousands of agents, and Chart.js. */
#define LARGEST_REPORT (64u << 20)

/* The filters in words. */
#define LONGEST_WORDS 4096

/* Of a terminal that does not say; output into a pipe is not cut. */
#define USUAL_WIDTH 80

enum format {
	FORMAT_TABLE,
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_HTML,
	FORMAT_XLSX,
};

/* One report, and how it is written. */
struct report_run {
	struct app *app;
	struct report_data data;
	struct pg *pg;
	struct table *scope; /* a row for each workspace: name, period, how complete */
	struct report_period period;
	enum format format;
	struct table_format csv;
	const char *filters[REPORT_FILTERS]; /* as they were given, or NULL */
	const char *output;		     /* a file, or NULL */
	struct buf out, only;
	char since[24]; /* seconds ago: when the report was last written there */
};

/* ---- options --------------------------------------------------------- */

static bool take_format(struct report_run *run, const char *name, struct err *err)
{
	static const char *const names[] = { "table", "csv", "json", "html", "xlsx" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name) == 0) {
			run->format = (enum format)i;
			return true;
		}
	}
	return err_set(err, ERR_USAGE, "--format takes table, csv, json, html or xlsx, not \"%s\"",
		       name);
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
	const char *days[] = { run->period.from, run->period.to };

	for (size_t i = 0; i < ARRAY_SIZE(days); i++)
		if (days[i] && !is_day(days[i]))
			return err_set(err, ERR_USAGE,
				       "\"%s\" is not a day; write it as 2026-11-25", days[i]);
	if (days[0] && days[1] && strcmp(days[0], days[1]) > 0)
		return err_set(err, ERR_USAGE, "the period ends before it begins: %s to %s",
			       days[0], days[1]);
	return true;
}

/* How CSV is written: a spreadsheet wants it otherwise than a program. */
static bool take_csv(struct report_run *run, const char *reader, struct err *err)
{
	static const struct table_format plain = TABLE_FORMAT_CSV;

	run->csv = plain;
	if (!reader)
		return true;
	if (strcmp(reader, "spreadsheet") != 0 && strcmp(reader, "programs") != 0)
		return err_set(err, ERR_USAGE,
			       "--csv-for takes programs or spreadsheet, not \"%s\"", reader);
	if (run->format != FORMAT_CSV)
		return err_set(err, ERR_USAGE, "--csv-for goes with --format csv");
	if (strcmp(reader, "spreadsheet") == 0)
		run->csv = (struct table_format){
			.separator = ';',
			.point = *report_text_get(run->data.lang, "point"),
			.marked = true,
		};
	return true;
}

/* A topic that has no such thing must not look as if it were of that alone. */
static bool check_filters(const struct report_run *run, struct err *err)
{
	unsigned taken = report_query_filters(run->data.topic->name);

	for (int i = 0; i < REPORT_FILTERS; i++)
		if (run->filters[i] && !(taken & 1u << i))
			return err_set(
				err, ERR_USAGE,
				"the report %s cannot be of one %s alone: its numbers are not "
				"known by %s; report conversations takes --%s",
				run->data.topic->name, report_query_word(i), report_query_word(i),
				report_query_word(i));
	return true;
}

/* A list of everything is a file, and a workbook no text. */
static bool check_form(const struct report_run *run, struct err *err)
{
	if (run->data.topic->n_panels == 0 &&
	    (run->format == FORMAT_TABLE || run->format == FORMAT_HTML))
		return err_set(err, ERR_USAGE,
			       "the report %s is a list: choose --format csv, json or xlsx",
			       run->data.topic->name);
	if (run->format == FORMAT_XLSX && !run->output && isatty(STDOUT_FILENO))
		return err_set(err, ERR_USAGE,
			       "a terminal cannot show a workbook: name a file with --output");
	return true;
}

/* Options that are read as words first. */
struct words {
	const char *names[2], *format, *lang, *csv_for;
};

static bool read_words(struct report_run *run, const struct words *words, struct err *err)
{
	if (!words->names[0])
		return err_set(err, ERR_USAGE,
			       "which report? sahut-etl report volume, workload, backlog, "
			       "replies, conversations or freshness");
	run->data.topic = report_catalog_find(words->names[0], err);
	if (!run->data.topic)
		return false;
	if (!report_text_lang(words->lang, &run->data.lang))
		return err_set(err, ERR_USAGE, "--lang takes en or id, not \"%s\"", words->lang);
	return take_format(run, words->format, err) && take_csv(run, words->csv_for, err) &&
	       check_days(run, err) && check_filters(run, err) && check_form(run, err);
}

static bool take_options(struct report_run *run)
{
	struct words words = { .format = "table", .lang = "en" };
	const struct opt options[] = {
		{ .name = "format",
		  .letter = 'f',
		  .arg = "FORMAT",
		  .help = "table (the default), csv, json, html or xlsx",
		  .value = &words.format },
		{ .name = "from",
		  .arg = "DAY",
		  .help = "first day; by default 30 days before the last",
		  .value = &run->period.from },
		{ .name = "to",
		  .arg = "DAY",
		  .help = "last day; by default the workspace's today",
		  .value = &run->period.to },
		{ .name = "channel",
		  .arg = "NAME",
		  .help = "of this channel alone, by name or id; - is none",
		  .value = &run->filters[REPORT_CHANNEL] },
		{ .name = "agent",
		  .arg = "NAME",
		  .help = "of this agent alone, by name or id; - is nobody",
		  .value = &run->filters[REPORT_AGENT] },
		{ .name = "team",
		  .arg = "NAME",
		  .help = "of this team alone, by name or id; - is none",
		  .value = &run->filters[REPORT_TEAM] },
		{ .name = "label",
		  .arg = "NAME",
		  .help = "of what carries this label now",
		  .value = &run->filters[REPORT_LABEL] },
		{ .name = "lang",
		  .letter = 'l',
		  .arg = "LANG",
		  .help = "en (the default) or id",
		  .value = &words.lang },
		{ .name = "csv-for",
		  .arg = "READER",
		  .help = "programs (the default), or spreadsheet: with ; and, in id, a "
			  "decimal comma",
		  .value = &words.csv_for },
		{ .name = "output",
		  .letter = 'o',
		  .arg = "FILE",
		  .help = "into this file, which is there whole or as it was",
		  .value = &run->output },
		OPT_END,
	};
	struct err err = ERR_INIT;

	if (!command_options(run->app, options, words.names, 1))
		return false;
	return read_words(run, &words, &err) || app_fail(run->app, &err);
}

/* ---- queries --------------------------------------------------------- */

/* Refuses a name that nothing has, with the one that may have been meant. */
static bool refuse_name(struct report_run *run, enum report_filter filter, struct err *err)
{
	CLEANUP(table_free) struct table *names = NULL;
	struct nearest nearest = nearest_to(run->filters[filter]);
	char given[128], meant[128];

	if (!report_query_candidates(run->pg, run->app->workspace, filter, &names, err))
		return false;
	for (int row = 0; row < table_rows(names); row++)
		nearest_try(&nearest, table_text(names, row, 0));
	err_quote(given, sizeof(given), run->filters[filter], strlen(run->filters[filter]));
	if (!nearest.found)
		return err_set(err, ERR_USAGE, "there is no %s \"%s\"", report_query_word(filter),
			       given);
	return err_set(err, ERR_USAGE, "there is no %s \"%s\"; did you mean \"%s\"?",
		       report_query_word(filter), given,
		       err_quote(meant, sizeof(meant), nearest.found, strlen(nearest.found)));
}

/* The ids behind the names that were given; a name that nothing has is refused. */
static bool find_filters(struct report_run *run, struct table **found, struct err *err)
{
	if (!report_query_names(run->pg, run->app->workspace, run->filters, found, err))
		return false;
	for (int row = 0; row < table_rows(*found); row++)
		for (int i = 0; i < REPORT_FILTERS; i++)
			if (strcmp(table_get(*found, row, "what"), report_query_word(i)) == 0)
				run->period.filters[i] = table_get(*found, row, "ids");
	for (int i = 0; i < REPORT_FILTERS; i++) {
		if (!run->filters[i])
			continue;
		if (!run->period.filters[i])
			return refuse_name(run, (enum report_filter)i, err);
		buf_printf(&run->only, "%s%s: %s", run->only.len > 0 ? ", " : "",
			   report_text_of(run->data.lang, "col_", report_query_word(i)),
			   run->filters[i]);
	}
	run->data.only = run->only.len > 0 ? buf_text(&run->only) : NULL;
	return true;
}

/* The workspace and the period of a row of the scope. */
static struct report_period period_of(const struct report_run *run, int row)
{
	struct report_period period = run->period;

	period.workspace = table_get(run->scope, row, "workspace");
	period.from = table_get(run->scope, row, "from_day");
	period.to = table_get(run->scope, row, "to_day");
	return period;
}

static bool ask(void *arg, const char *name, int row, struct table **ret, struct err *err)
{
	struct report_run *run = arg;
	const struct report_period period = period_of(run, row);

	return report_query_run(run->pg, name, &period, ret, err) || err_wrap(err, "%s", name);
}

static bool begin(void *arg, const char *name, int row, struct err *err)
{
	struct report_run *run = arg;
	const struct report_period period = period_of(run, row);

	return report_query_begin(run->pg, name, &period, err) || err_wrap(err, "%s", name);
}

static bool next(void *arg, struct table **ret, struct err *err)
{
	struct report_run *run = arg;

	return report_query_next(run->pg, ret, err);
}

/* When the report was last written to that file, a day ago where there is none; in seconds. */
static void find_last(struct report_run *run)
{
	struct stat st;
	int64_t since = 86400, now = clock_real(clock_system()) / USEC_PER_SEC;

	if (run->output && stat(run->output, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    st.st_mtime < now)
		since = now - st.st_mtime;
	snprintf(run->since, sizeof(run->since), "%" PRId64, since);
	run->period.since = run->since;
}

/* Which past days have other numbers since then, as a sentence; "" where none has. */
static bool changes(struct report_run *run, int row, struct buf *text, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;

	if (!run->data.topic->has_days)
		return true;
	if (!ask(run, "changes", row, &table, err))
		return false;
	report_proof_changes(text, run->data.lang, table);
	return true;
}

static bool open_warehouse(struct report_run *run, struct err *err)
{
	struct report_period period = run->period;

	period.workspace = run->app->workspace;
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

/* The words for a topic of which a workspace may know nothing, as of replies without messages. */
static const char *words_of_unknown(const struct report_run *run,
				    const struct report_catalog *topic)
{
	return report_text_of(run->data.lang, "unknown_", topic->name);
}

static bool tables(struct report_run *run, int row, struct err *err)
{
	CLEANUP(buf_free) struct buf changed = BUF_MAX(LONGEST_WORDS);
	struct report_table to = { .out = &run->out,
				   .lang = run->data.lang,
				   .width = width_of_terminal(),
				   .only = run->data.only };
	const char *unknown = words_of_unknown(run, run->data.topic);

	report_table_scope(&to, run->scope, row);
	if (!changes(run, row, &changed, err))
		return false;
	report_table_note(&to, buf_text(&changed));
	if (unknown) {
		CLEANUP(table_free) struct table *known = NULL;

		if (!ask(run, run->data.topic->panels[0].name, row, &known, err))
			return false;
		if (table_rows(known) == 0) {
			report_table_note(&to, unknown);
			return true;
		}
	}
	for (size_t i = 0; i < run->data.topic->n_panels; i++) {
		const struct panel *panel = &run->data.topic->panels[i];
		CLEANUP(table_free) struct table *table = NULL;

		if (!panel->terminal)
			continue;
		if (!ask(run, panel->name, row, &table, err))
			return false;
		report_table_panel(&to, panel, table);
	}
	return true;
}

/* Adds a line for each fact of a workspace that is not up to date, or not proven. */
static void add_warning(struct report_run *run, struct table *late, const struct buf *line)
{
	if (line->len == 0)
		return;
	fprintf(stderr, "%s: %s\n", run->app->program, buf_text(line));
	table_set(late, table_add(late), 0, buf_text(line), line->len);
	if (run->format == FORMAT_TABLE)
		buf_printf(&run->out, "! %s\n", buf_text(line));
	else if (run->format == FORMAT_CSV)
		table_format_remark(&run->csv, buf_text(line), &run->out);
}

/* Whether TOPIC has, or can have, numbers of single agents on single days. */
static bool names_agents(const struct report_catalog *topic)
{
	return topic->n_panels > 0 && report_query_filters(topic->name) & 1u << REPORT_AGENT;
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

		report_table_proof(&line, run->data.lang, run->scope, row);
		add_warning(run, late, &line);
		buf_reset(&line);
		report_table_late(&line, run->data.lang, run->scope, row);
		add_warning(run, late, &line);
		buf_reset(&line);
		if (names_agents(run->data.topic))
			report_table_agents(&line, run->data.lang, run->scope, row);
		add_warning(run, late, &line);
	}
	return late;
}

static bool topic(struct report_run *run, struct report_html *report,
		  const struct report_catalog *topic, int row, struct err *err)
{
	bool many = table_rows(run->scope) > 1;
	const char *unknown = words_of_unknown(run, topic);

	report_html_open_topic(report, topic, !many, many || topic != run->data.topic);
	for (size_t i = 0; i < topic->n_panels; i++) {
		CLEANUP(table_free) struct table *table = NULL;

		if (!ask(run, topic->panels[i].name, row, &table, err))
			return false;
		if (i == 0 && unknown && table_rows(table) == 0) {
			report_html_unknown(report, unknown);
			break;
		}
		report_html_panel(report, &topic->panels[i], table);
	}
	report_html_close_topic(report);
	return true;
}

/* Whether TOPIC stands on the page: it has something to show, and can be of what was asked for. */
static bool is_shown(const struct report_run *run, const struct report_catalog *topic)
{
	unsigned taken = report_query_filters(topic->name);

	for (int i = 0; i < REPORT_FILTERS; i++)
		if (run->filters[i] && !(taken & 1u << i))
			return false;
	return topic->n_panels > 0;
}

/* The topic that was asked for, and the others after it: one file tells the whole story. */
static bool workspace(struct report_run *run, struct report_html *report, int row, struct err *err)
{
	CLEANUP(buf_free) struct buf changed = BUF_MAX(LONGEST_WORDS);
	const struct report_catalog *shown[REPORT_CATALOG_MOST], *all, *first = run->data.topic;
	bool many = table_rows(run->scope) > 1;
	size_t n, count = 0;

	all = report_catalog_all(&n);
	shown[count++] = first;
	for (size_t i = 0; i < n; i++)
		if (&all[i] != first && is_shown(run, &all[i]))
			shown[count++] = &all[i];
	buf_str(report->out, "<section class=\"workspace\">\n");
	report_html_workspace(report, run->scope, row, many);
	if (!changes(run, row, &changed, err))
		return false;
	report_html_note(report, buf_text(&changed));
	if (!many)
		report_html_links(report, shown, count);
	for (size_t i = 0; i < count; i++)
		if (!topic(run, report, shown[i], row, err))
			return false;
	buf_str(report->out, "</section>\n");
	return true;
}

static bool html(struct report_run *run, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LARGEST_REPORT);
	struct report_html report = { .out = &body,
				      .lang = run->data.lang,
				      .only = run->data.only };
	const char *title = report_text_of(run->data.lang, "title_", run->data.topic->name);
	int rows = table_rows(run->scope);

	buf_printf(&body, "<h1>%s</h1>\n", title);
	for (int row = 0; row < rows; row++)
		if (!workspace(run, &report, row, err))
			return false;
	if (rows == 0)
		buf_printf(&body, "<p class=\"warn\">%s</p>\n",
			   report_text_get(run->data.lang, "no_workspace"));
	else
		report_html_foot(&report, PACKAGE_NAME " " PACKAGE_VERSION,
				 table_get(run->scope, 0, "made_at"));
	report_html_write(&run->out, run->data.lang, title, &body);
	return !body.full ||
	       err_set(err, ERR_DATA, "the report is longer than 64 MiB; ask for a shorter period");
}

static bool write_tables(struct report_run *run, struct err *err)
{
	for (int row = 0; row < table_rows(run->scope); row++)
		if (!tables(run, row, err))
			return false;
	if (table_rows(run->scope) == 0)
		buf_printf(&run->out, "%s\n", report_text_get(run->data.lang, "no_workspace"));
	return true;
}

static bool write_report(struct report_run *run, struct spool *to, struct err *err)
{
	CLEANUP(table_free) struct table *late = NULL;

	if (run->format == FORMAT_CSV)
		table_format_begin(&run->csv, &run->out);
	late = begin_with_late(run);
	run->data.source = (struct report_source){ ask, begin, next, run };
	run->data.scope = run->scope;
	run->data.warnings = late;
	switch (run->format) {
	case FORMAT_HTML:
		return html(run, err);
	case FORMAT_CSV:
		return report_data_csv(&run->data, &run->csv, to, err);
	case FORMAT_JSON:
		return report_data_json(&run->data, to, err);
	case FORMAT_XLSX:
		return report_data_xlsx(&run->data, to, err);
	case FORMAT_TABLE:
		break;
	}
	return write_tables(run, err);
}

static bool deliver(const struct report_run *run, struct spool *from, struct err *err)
{
	const char *text;
	size_t n;

	if (run->out.full)
		return err_set(err, ERR_DATA,
			       "the report is longer than 64 MiB; ask for a shorter period");
	if (!spool_text(from, &text, &n, err))
		return false;
	if (run->output && strcmp(run->output, "-") != 0)
		return atomic_file_write(run->output, text, n, err);
	command_print(text, n);
	return true;
}

static bool report(struct report_run *run, struct err *err)
{
	CLEANUP(table_free) struct table *found = NULL;
	CLEANUP(spool_free) struct spool spool = SPOOL_AROUND(&run->out);

	find_last(run);
	return open_warehouse(run, err) && find_filters(run, &found, err) &&
	       write_report(run, &spool, err) && deliver(run, &spool, err);
}

void cmd_report(struct app *app)
{
	struct report_run run = {
		.app = app,
		.out = BUF_MAX(LARGEST_REPORT),
		.only = BUF_MAX(LONGEST_WORDS),
	};
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
	if (!report(&run, &err))
		app_fail(app, &err);
	buf_free(&run.out);
	buf_free(&run.only);
	table_free(&run.scope);
	pg_close(&run.pg);
}
