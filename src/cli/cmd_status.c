/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "err_policy.h"
#include "inspect.h"
#include "messages.h"
#include "table_format.h"
#include "table_print.h"
#include "time_format.h"

/* The columns of the table for people; --json has all of them. */
enum shown { NAME, STATE, BEHIND, COMPLETE, LAST, NEXT, ROWS, REJECTED, REQUESTS, SHOWN };

static const char *const headings[SHOWN] = {
	[NAME] = "workspace",	       [STATE] = "state",	[BEHIND] = "behind",
	[COMPLETE] = "complete as of", [LAST] = "last",		[NEXT] = "next",
	[ROWS] = "conversations",      [REJECTED] = "rejected", [REQUESTS] = "requests today",
};

/* From the one that is needed most; those at the end go where a line would be too long. */
static const enum shown kept[SHOWN] = {
	NAME, STATE, BEHIND, COMPLETE, ROWS, LAST, NEXT, REJECTED, REQUESTS,
};

#define NEVER_RAN "never ran"

/* Of one that is proven, but for those that are known. */
#define EXCEPTED "excepted"

/* The first four stay, however narrow it is. */
#define LEAST 4

/* Between two columns. */
#define GAP 2

/* Of a terminal that does not say, and of output that is no terminal. */
#define USUAL_WIDTH 80

static int64_t instant(const struct table *all, int row, const char *column)
{
	const char *text = table_get(all, row, column);
	int64_t t;

	return text && time_parse(text, strlen(text), &t) ? t : TIME_NONE;
}

/* How long it is from one instant to another; "-" where one is not known. */
static const char *from_to(int64_t from, int64_t to, char buf[TIME_FORMAT_SIZE])
{
	if (from == TIME_NONE || to == TIME_NONE)
		snprintf(buf, TIME_FORMAT_SIZE, "-");
	else
		duration_format(max_i64(to - from, 0), buf);
	return buf;
}

/* ---- the table -------------------------------------------------------- */

static void set(struct table *shown, enum shown column, const char *text)
{
	table_set_text(shown, table_rows(shown) - 1, column, text ? text : "-");
}

static void set_last(struct table *shown, const struct table *all, int row)
{
	const char *running = table_get(all, row, "running"),
		   *kind = table_get(all, row, "last_kind");
	int64_t now = instant(all, row, "read_at");
	char text[160], time[TIME_FORMAT_SIZE];

	if (running)
		snprintf(text, sizeof(text), "%s for %s", running,
			 from_to(instant(all, row, "running_since"), now, time));
	else if (kind && *kind)
		snprintf(text, sizeof(text), "%s %s, %s ago", kind,
			 table_get(all, row, "last_state"),
			 from_to(instant(all, row, "last_at"), now, time));
	else
		snprintf(text, sizeof(text), "-");
	set(shown, LAST, text);
}

static void set_next(struct table *shown, const struct table *all, int row)
{
	const char *kind = table_get(all, row, "next_kind");
	int64_t now = instant(all, row, "read_at"), at = instant(all, row, "next_at");
	char text[160], time[TIME_FORMAT_SIZE];

	if (!kind || at == TIME_NONE || table_get(all, row, "running"))
		snprintf(text, sizeof(text), "-");
	else if (at <= now)
		snprintf(text, sizeof(text), "%s now", kind);
	else
		snprintf(text, sizeof(text), "%s in %s", kind, from_to(now, at, time));
	set(shown, NEXT, text);
}

/* Of one that is proven but for some, how many those are. */
static void set_state(struct table *shown, const struct table *all, int row)
{
	const char *state = table_get(all, row, "state");
	char text[64];

	if (strcmp(state, EXCEPTED) != 0) {
		set(shown, STATE, state);
		return;
	}
	snprintf(text, sizeof(text), "well but for %" PRId64,
		 table_get_int(all, row, "accepted") + table_get_int(all, row, "unlisted") +
			 table_get_int(all, row, "disputed"));
	set(shown, STATE, text);
}

static struct table *all_columns(const struct table *all)
{
	struct table *shown = table_new(SHOWN);
	char time[TIME_FORMAT_SIZE];

	for (int c = 0; c < SHOWN; c++)
		table_name(shown, c, headings[c], c >= ROWS);
	for (int r = 0; r < table_rows(all); r++) {
		table_add(shown);
		set(shown, NAME, table_get(all, r, "workspace"));
		set_state(shown, all, r);
		set(shown, BEHIND,
		    from_to(instant(all, r, "active_as_of"), instant(all, r, "read_at"), time));
		set(shown, COMPLETE, table_get(all, r, "complete_as_of"));
		set_last(shown, all, r);
		set_next(shown, all, r);
		set(shown, ROWS, table_get(all, r, "rows"));
		set(shown, REJECTED, table_get(all, r, "rejected"));
		set(shown, REQUESTS, table_get(all, r, "requests_today"));
	}
	return shown;
}

static bool is_kept(enum shown column, int n)
{
	for (int i = 0; i < n; i++)
		if (kept[i] == column)
			return true;
	return false;
}

/* The N columns that are needed most, in their places. */
static struct table *narrowed(const struct table *full, int n)
{
	struct table *shown = table_new(n);
	int to = 0;

	for (int r = 0; r < table_rows(full); r++)
		table_add(shown);
	for (int c = 0; c < SHOWN; c++) {
		if (!is_kept((enum shown)c, n))
			continue;
		table_name(shown, to, table_column_name(full, c), table_is_number(full, c));
		for (int r = 0; r < table_rows(full); r++)
			table_set_text(shown, r, to, table_text(full, r, c));
		to++;
	}
	return shown;
}

static size_t width_of_screen(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long n = columns ? strtol(columns, NULL, 10) : 0;

	if (n <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		n = size.ws_col;
	return n >= 40 ? (size_t)n : USUAL_WIDTH;
}

/* As many columns as fit. Returns how many. */
static int format(const struct table *full, struct buf *out)
{
	size_t width = width_of_screen();
	int n = SHOWN;

	for (;; n--) {
		CLEANUP(table_free) struct table *shown = narrowed(full, n);
		size_t widths[SHOWN], taken = 0;

		buf_reset(out);
		table_print(shown, out, widths);
		for (int c = 0; c < n; c++)
			taken += widths[c] + (c > 0 ? GAP : 0);
		if (n == LEAST || taken <= width)
			return n;
	}
}

/* ---- below it ---------------------------------------------------------- */

/* A text of the warehouse as part of a sentence. */
static void quoted(struct buf *out, const char *text)
{
	char shown[512];

	buf_str(out, err_quote(shown, sizeof(shown), text ? text : "", text ? strlen(text) : 0));
}

/* Begins a line about the workspace of that row: its name, a colon. */
static void begin_line(struct buf *out, const struct table *all, int row)
{
	quoted(out, table_get(all, row, "workspace"));
	buf_str(out, ": ");
}

static void note(struct buf *out, const struct config *config, const struct table *all, int row)
{
	const char *trouble = table_get(all, row, "trouble"),
		   *advice = table_get(all, row, "advice");
	const char *state = table_get(all, row, "state"),
		   *error = table_get(all, row, "last_error");
	char time[TIME_FORMAT_SIZE];

	if (trouble) {
		/* It begins with the workspace's name. */
		quoted(out, trouble);
		buf_printf(out, " (%s times in %s)\n", table_get(all, row, "failures"),
			   from_to(instant(all, row, "trouble_since"), instant(all, row, "read_at"),
				   time));
	} else if (strcmp(state, "failing") == 0 && error) {
		begin_line(out, all, row);
		quoted(out, error);
		buf_char(out, '\n');
	}
	if (strcmp(state, "paused") == 0) {
		begin_line(out, all, row);
		buf_printf(out, "paused since %s by ", table_get(all, row, "paused_at"));
		quoted(out, table_get(all, row, "paused_by"));
		buf_str(out, "; sahut-etl resume lets it go on\n");
	}
	if (strcmp(state, NEVER_RAN) == 0) {
		begin_line(out, all, row);
		buf_str(out, "it is configured, and nothing was read yet; run: systemctl start "
			     "sahut-etl, or: sahut-etl sync\n");
	}
	if (strcmp(state, "clock wrong") == 0) {
		begin_line(out, all, row);
		buf_str(out, "the API told a time that had not come by our clocks; no instant "
			     "moves by it; run: sahut-etl check\n");
	}
	if (strcmp(state, "unattended") == 0) {
		const char *name = table_get(all, row, "workspace");
		struct err ignored;

		begin_line(out, all, row);
		buf_str(out, config_find(config, name, &ignored)
				     ? "no daemon works on it; run: systemctl status sahut-etl\n"
				     : "it is not configured any more; its data stays\n");
	}
	if (advice) {
		begin_line(out, all, row);
		quoted(out, advice);
		buf_char(out, '\n');
	}
}

/* How far it can be relied on, where that is not all. */
static void note_proof(struct buf *out, const struct table *all, int row)
{
	const char *proof = table_get(all, row, "proof"),
		   *since = table_get(all, row, "proof_since"),
		   *deep = table_get(all, row, "deep_parts");

	if (!proof || strcmp(proof, "proven") == 0)
		return;
	begin_line(out, all, row);
	buf_printf(out, "%s; %s", table_get(all, row, "proof_why"),
		   table_get(all, row, "proof_next"));
	if (since)
		buf_printf(out, " (since %s)", since);
	buf_printf(out, ". To be counted meanwhile: %s\n", table_get(all, row, "may_be_counted"));
	if (deep) {
		begin_line(out, all, row);
		buf_str(out, "too deep to be read: ");
		quoted(out, deep);
		buf_char(out, '\n');
	}
}

/* How soon an event becomes a row, and whether events come at all. */
static void note_events(struct buf *out, const struct table *all, int row)
{
	const char *listen = table_get(all, row, "webhook_listen"),
		   *delay = table_get(all, row, "event_delay_seconds");
	int64_t last = instant(all, row, "last_event_at");
	char time[TIME_FORMAT_SIZE];

	if (!listen)
		return;
	begin_line(out, all, row);
	if (last == TIME_NONE)
		buf_str(out, "no event of a webhook has come yet");
	else
		buf_printf(out, "the last event of a webhook came %s ago",
			   from_to(last, instant(all, row, "read_at"), time));
	if (last != TIME_NONE && delay)
		buf_printf(out, "; from an event to its row it took %s s", delay);
	if (table_get_int(all, row, "unspoken_changes") > 0)
		buf_printf(out,
			   "; cycles have found %s changes since then of which none spoke: is the "
			   "webhook registered, and is its address reached?",
			   table_get(all, row, "unspoken_changes"));
	buf_char(out, '\n');
}

/* The first workspace that is configured or is not, and that holds conversations or none. */
static int find_row(const struct config *config, const struct table *all, bool configured)
{
	struct err ignored;

	for (int r = 0; r < table_rows(all); r++) {
		const char *rows = table_get(all, r, "rows");
		bool holds = rows && strcmp(rows, "0") != 0;
		bool known = config_find(config, table_get(all, r, "workspace"), &ignored) != NULL;

		if (known == configured && holds != configured)
			return r;
	}
	return -1;
}

/* One that holds nothing beside one that is not configured: it may have another name there. */
static void note_renamed(struct buf *out, const struct config *config, const struct table *all)
{
	int fresh = find_row(config, all, true), old = find_row(config, all, false);

	if (fresh < 0 || old < 0)
		return;
	quoted(out, table_get(all, fresh, "workspace"));
	buf_str(out, ": if it is ");
	quoted(out, table_get(all, old, "workspace"));
	buf_str(out, " under another name, stop the daemon, and in the warehouse: select "
		     "sahut_etl.rename_workspace('");
	quoted(out, table_get(all, old, "workspace"));
	buf_str(out, "', '");
	quoted(out, table_get(all, fresh, "workspace"));
	buf_str(out, "')\n");
}

/* Reports that show days as they were. */
static void note_reports(struct buf *out, const struct table *all, int row)
{
	const char *since = table_get(all, row, "reports_late_since"),
		   *why = table_get(all, row, "report_error");

	if (!since)
		return;
	begin_line(out, all, row);
	buf_printf(out, "%s days of reports (%s to %s) are not up to date since %s",
		   table_get(all, row, "report_days_late"), table_get(all, row, "report_first_day"),
		   table_get(all, row, "report_last_day"), since);
	if (why) {
		buf_str(out, ": ");
		quoted(out, why);
	}
	buf_char(out, '\n');
}

/* How far messages were read, and whether they move updated_at. */
static void note_messages(struct buf *out, const struct table *all, int row)
{
	static const char *const learned[] = {
		[MESSAGES_MOVES_UNKNOWN] = "whether a message moves updated_at is not known yet",
		[MESSAGES_MOVES] = "a message moves updated_at",
		[MESSAGES_MOVES_NOT] = ("a message does not move updated_at, so unresolved "
					"conversations are read again each hour"),
	};

	if (!table_get(all, row, "messages"))
		return;
	begin_line(out, all, row);
	buf_printf(out, "messages of %s conversations are read, of %s due, of %s to come; %s\n",
		   table_get(all, row, "messages_read"), table_get(all, row, "messages_due"),
		   table_get(all, row, "messages_to_come"),
		   learned[messages_moves(table_get_int(all, row, "messages_moved"),
					  table_get_int(all, row, "messages_unmoved"))]);
	if (!table_get(all, row, "messages_unknown"))
		return;
	begin_line(out, all, row);
	buf_str(out, "messages came of types that nobody knows, which are no part of a turn, or "
		     "from such senders: ");
	quoted(out, table_get(all, row, "messages_unknown"));
	buf_char(out, '\n');
}

/* Columns that did not fit beside the rest. */
static void note_runs(struct buf *out, const struct table *full, int row, int n)
{
	bool last = !is_kept(LAST, n), next = !is_kept(NEXT, n);

	if (!last && !next)
		return;
	quoted(out, table_text(full, row, NAME));
	if (last)
		buf_printf(out, ": last: %s", table_text(full, row, LAST));
	buf_printf(out, "%s next: %s\n", last ? ";" : ":", table_text(full, row, NEXT));
}

/* The process that works, said once for all its workspaces. */
static void note_holders(struct buf *out, const struct table *all)
{
	const char *last = "";

	for (int r = 0; r < table_rows(all); r++) {
		const char *holder = table_get(all, r, "holder");

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
	    strcmp(state, "reports late") == 0 || strcmp(state, NEVER_RAN) == 0 ||
	    strcmp(state, "demoted") == 0 || strcmp(state, "clock wrong") == 0 ||
	    strcmp(state, "rejected") == 0)
		return "\x1b[31m";
	return strcmp(state, "late") == 0 || strcmp(state, "loading") == 0 ||
			       strcmp(state, "not proven") == 0
		       ? "\x1b[33m"
		       : "";
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
		const char *colour = row < 0 ? "\x1b[1m" : colour_of(table_get(all, row, "state"));

		printf("%s%.*s%s\n", colour, (int)n, text, *colour ? "\x1b[0m" : "");
		text += n + (text[n] == '\n');
	}
}

static void print(const struct config *config, const struct table *all, const char *last)
{
	CLEANUP(buf_free) struct buf shown = BUF_MAX(16u << 20);
	CLEANUP(buf_free) struct buf notes = BUF_MAX(4u << 20);
	CLEANUP(table_free) struct table *full = all_columns(all);
	int columns = format(full, &shown);

	if (wants_colours())
		print_coloured(all, buf_text(&shown));
	else
		fputs(buf_text(&shown), stdout);
	for (int r = 0; r < table_rows(all); r++)
		note_runs(&notes, full, r, columns);
	for (int r = 0; r < table_rows(all); r++)
		note(&notes, config, all, r);
	for (int r = 0; r < table_rows(all); r++)
		note_proof(&notes, all, r);
	for (int r = 0; r < table_rows(all); r++)
		note_reports(&notes, all, r);
	for (int r = 0; r < table_rows(all); r++)
		note_events(&notes, all, r);
	note_renamed(&notes, config, all);
	for (int r = 0; r < table_rows(all); r++)
		note_messages(&notes, all, r);
	note_holders(&notes, all);
	buf_str(&notes, last);
	if (notes.len > 0)
		printf("\n%s", buf_text(&notes));
}

static void print_json(const struct table *all)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(16u << 20);

	table_format_json(all, &out);
	buf_char(&out, '\n');
	command_print(buf_text(&out), out.len);
}

static bool is_there(const struct table *all, const char *name)
{
	for (int r = 0; r < table_rows(all); r++)
		if (strcmp(table_get(all, r, "workspace"), name) == 0)
			return true;
	return false;
}

/* Columns of configured fields that migrate has yet to make. */
static bool note_columns(const struct config *config, struct pg *pg, struct buf *out,
			 struct err *err)
{
	if (!inspect_columns(pg, config->workspaces, config->n_workspaces, out, err))
		return false;
	if (out->len > 0)
		buf_printf(out, "; %s\n", inspect_columns_remedy);
	return true;
}

/* Workspaces that are configured and that the warehouse does not know yet. */
static void add_unknown(const struct app *app, struct table *all)
{
	const struct config *config = app->config;

	for (size_t i = 0; i < config->n_workspaces; i++) {
		const char *name = config->workspaces[i].name;
		int row;

		if ((app->workspace && strcmp(app->workspace, name) != 0) || is_there(all, name))
			continue;
		row = table_add(all);
		for (int c = 0; c < table_columns(all); c++) {
			const char *column = table_column_name(all, c);

			if (strcmp(column, "workspace") == 0)
				table_set_text(all, row, c, name);
			else if (strcmp(column, "state") == 0)
				table_set_text(all, row, c, NEVER_RAN);
		}
	}
}

/* Whether nobody need look at any of them. */
static bool all_well(const struct table *all)
{
	for (int r = 0; r < table_rows(all); r++)
		if (!inspect_is_good(table_get(all, r, "state")))
			return false;
	return true;
}

void cmd_status(struct app *app)
{
	CLEANUP(table_free) struct table *all = NULL;
	CLEANUP(buf_free) struct buf columns = BUF_MAX(2u << 20);
	CLEANUP(pg_close) struct pg *pg = NULL;
	const char *none[1];
	bool json = false, check = false;
	const struct opt options[] = {
		{ .name = "json",
		  .letter = 'j',
		  .help = "as JSON, with all there is",
		  .flag = &json },
		{ .name = "check",
		  .help = "end with 1 when somebody should look at a workspace",
		  .flag = &check },
		OPT_END,
	};
	struct err err = ERR_INIT;

	if (!command_options(app, options, none, 0) || !app_config_part(app, "warehouse") ||
	    !app_network(app, false))
		return;
	pg = app_warehouse_session(app, &err);
	if (!pg || !inspect_status(pg, app->workspace, &all, &err) ||
	    !note_columns(app->config, pg, &columns, &err)) {
		app_fail(app, &err);
		return;
	}
	add_unknown(app, all);
	if (json)
		print_json(all);
	else if (!check || !app->quiet)
		print(app->config, all, buf_text(&columns));
	if (check && !all_well(all))
		app->exit = EXIT_DIFFERENT;
}
