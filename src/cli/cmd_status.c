/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "schema.h"
#include "script.h"
#include "sql.h"
#include "table_format.h"
#include "time_format.h"

/* What the table for people shows, of all that there is; the rest is in --json. */
enum shown { NAME, STATE, BEHIND, COMPLETE, LAST, NEXT, ROWS, REJECTED, REQUESTS, SHOWN };

static const char *const headings[SHOWN] = {
	[NAME] = "workspace",	       [STATE] = "state",	[BEHIND] = "behind",
	[COMPLETE] = "complete as of", [LAST] = "last",		[NEXT] = "next",
	[ROWS] = "conversations",      [REJECTED] = "rejected", [REQUESTS] = "requests today",
};

static const char *get(const struct table *all, int row, const char *column)
{
	for (int c = 0; c < table_columns(all); c++)
		if (strcmp(table_column_name(all, c), column) == 0)
			return table_text(all, row, c);
	return NULL;
}

static int64_t instant(const struct table *all, int row, const char *column)
{
	const char *text = get(all, row, column);
	int64_t t;

	return text && time_parse(text, strlen(text), &t) ? t : TIME_NONE;
}

/* How long it is from one instant to another; "-" where one is not known. */
static const char *from_to(int64_t from, int64_t to, char buf[TIMETEXT_SIZE])
{
	if (from == TIME_NONE || to == TIME_NONE)
		snprintf(buf, TIMETEXT_SIZE, "-");
	else
		duration_format(max_i64(to - from, 0), buf);
	return buf;
}

/* ---- the table -------------------------------------------------------- */

static void set(struct table *shown, enum shown column, const char *text)
{
	table_set(shown, table_rows(shown) - 1, column, text ? text : "-", text ? strlen(text) : 1);
}

static void set_last(struct table *shown, const struct table *all, int row)
{
	const char *running = get(all, row, "running"), *kind = get(all, row, "last_kind");
	int64_t now = instant(all, row, "read_at");
	char text[160], time[TIMETEXT_SIZE];

	if (running)
		snprintf(text, sizeof(text), "%s for %s", running,
			 from_to(instant(all, row, "running_since"), now, time));
	else if (kind && *kind)
		snprintf(text, sizeof(text), "%s %s, %s ago", kind, get(all, row, "last_state"),
			 from_to(instant(all, row, "last_at"), now, time));
	else
		snprintf(text, sizeof(text), "-");
	set(shown, LAST, text);
}

static void set_next(struct table *shown, const struct table *all, int row)
{
	const char *kind = get(all, row, "next_kind");
	int64_t now = instant(all, row, "read_at"), at = instant(all, row, "next_at");
	char text[160], time[TIMETEXT_SIZE];

	if (!kind || at == TIME_NONE || get(all, row, "running"))
		snprintf(text, sizeof(text), "-");
	else if (at <= now)
		snprintf(text, sizeof(text), "%s now", kind);
	else
		snprintf(text, sizeof(text), "%s in %s", kind, from_to(now, at, time));
	set(shown, NEXT, text);
}

static struct table *for_people(const struct table *all)
{
	struct table *shown = table_new(SHOWN);
	char time[TIMETEXT_SIZE];

	for (int c = 0; c < SHOWN; c++)
		table_name(shown, c, headings[c], c >= ROWS);
	for (int r = 0; r < table_rows(all); r++) {
		table_add(shown);
		set(shown, NAME, get(all, r, "workspace"));
		set(shown, STATE, get(all, r, "state"));
		set(shown, BEHIND,
		    from_to(instant(all, r, "active_as_of"), instant(all, r, "read_at"), time));
		set(shown, COMPLETE, get(all, r, "complete_as_of"));
		set_last(shown, all, r);
		set_next(shown, all, r);
		set(shown, ROWS, get(all, r, "rows"));
		set(shown, REJECTED, get(all, r, "rejected"));
		set(shown, REQUESTS, get(all, r, "requests_today"));
	}
	return shown;
}

/* ---- below it ---------------------------------------------------------- */

/* A text of the warehouse as part of a sentence. */
static void quoted(struct buf *out, const char *text)
{
	char shown[512];

	buf_str(out, err_quote(shown, sizeof(shown), text ? text : "", text ? strlen(text) : 0));
}

static void note(struct buf *out, const struct config *config, const struct table *all, int row)
{
	const char *trouble = get(all, row, "trouble"), *advice = get(all, row, "advice");
	const char *state = get(all, row, "state"), *error = get(all, row, "last_error");
	char time[TIMETEXT_SIZE];

	if (trouble) {
		/* It begins with the workspace's name. */
		quoted(out, trouble);
		buf_printf(out, " (%s times in %s)\n", get(all, row, "failures"),
			   from_to(instant(all, row, "trouble_since"), instant(all, row, "read_at"),
				   time));
	} else if (strcmp(state, "failing") == 0 && error) {
		quoted(out, get(all, row, "workspace"));
		buf_str(out, ": ");
		quoted(out, error);
		buf_char(out, '\n');
	}
	if (strcmp(state, "unattended") == 0) {
		const char *name = get(all, row, "workspace");
		struct err ignored;

		quoted(out, name);
		buf_str(out, config_find(config, name, &ignored)
				     ? ": no daemon works on it; run: systemctl status sahut-etl\n"
				     : ": it is not configured any more; what it holds stays\n");
	}
	if (advice) {
		quoted(out, get(all, row, "workspace"));
		buf_str(out, ": ");
		quoted(out, advice);
		buf_char(out, '\n');
	}
}

/* Reports that show days as they were. */
static void note_reports(struct buf *out, const struct table *all, int row)
{
	const char *since = get(all, row, "reports_late_since"),
		   *why = get(all, row, "report_error");

	if (!since)
		return;
	quoted(out, get(all, row, "workspace"));
	buf_printf(out, ": %s days of reports (%s to %s) are not up to date since %s",
		   get(all, row, "report_days_late"), get(all, row, "report_first_day"),
		   get(all, row, "report_last_day"), since);
	if (why) {
		buf_str(out, ": ");
		quoted(out, why);
	}
	buf_char(out, '\n');
}

/* Who works, said once for all that it works on. */
static void note_holders(struct buf *out, const struct table *all)
{
	const char *last = "";

	for (int r = 0; r < table_rows(all); r++) {
		const char *holder = get(all, r, "holder");

		if (!holder || strcmp(holder, last) == 0)
			continue;
		buf_str(out, "at work: ");
		quoted(out, holder);
		buf_char(out, '\n');
		last = holder;
	}
}

/* ---- colours ----------------------------------------------------------- */

/* Escape sequences are for a terminal whose user did not say otherwise (no-color.org). */
static bool wants_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static const char *colour_of(const char *state)
{
	if (!state)
		return "";
	if (strcmp(state, "failing") == 0 || strcmp(state, "unattended") == 0 ||
	    strcmp(state, "reports late") == 0)
		return "\x1b[31m";
	return strcmp(state, "late") == 0 || strcmp(state, "loading") == 0 ? "\x1b[33m" : "";
}

/* The rows are the table's last lines. */
static void print_coloured(const struct table *all, const char *text)
{
	int lines = 0, line = 0;

	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	for (; *text; line++) {
		size_t n = strcspn(text, "\n");
		int row = line - (lines - table_rows(all));
		const char *colour = row < 0 ? "\x1b[1m" : colour_of(get(all, row, "state"));

		printf("%s%.*s%s\n", colour, (int)n, text, *colour ? "\x1b[0m" : "");
		text += n + (text[n] == '\n');
	}
}

static void print(const struct config *config, const struct table *all)
{
	CLEANUP(buf_free) struct buf shown = BUF_MAX(16u << 20);
	CLEANUP(buf_free) struct buf notes = BUF_MAX(1u << 20);
	CLEANUP(table_free) struct table *table = for_people(all);

	table_format_table(table, &shown);
	if (wants_colours())
		print_coloured(all, buf_text(&shown));
	else
		fputs(buf_text(&shown), stdout);
	for (int r = 0; r < table_rows(all); r++)
		note(&notes, config, all, r);
	for (int r = 0; r < table_rows(all); r++)
		note_reports(&notes, all, r);
	note_holders(&notes, all);
	if (notes.len > 0)
		printf("\n%s", buf_text(&notes));
}

static void print_json(const struct table *all)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(16u << 20);

	table_format_json(all, &out);
	buf_char(&out, '\n');
	fputs(buf_text(&out), stdout);
}

void cmd_status(struct app *app)
{
	CLEANUP(table_free) struct table *all = NULL;
	CLEANUP(pg_close) struct pg *pg = NULL;
	CLEANUP(script_free) struct script *script = script_new();
	const char *none[1];
	bool json = false;
	const struct opt options[] = {
		{ .name = "json",
		  .letter = 'j',
		  .help = "as JSON, with all there is",
		  .flag = &json },
		OPT_END,
	};
	struct err err = ERR_INIT;

	if (!command_options(app, options, none, 0) || !app_config_part(app, "warehouse") ||
	    !app_network(app, false))
		return;
	pg = app_session(app, false, &err);
	script_add(script, sql_status_workspaces);
	script_text(script, app->workspace);
	if (!pg || !schema_check(pg, &err) || !script_run(script, pg, &all, &err))
		app_fail(app, &err);
	else if (json)
		print_json(all);
	else
		print(app->config, all);
}
