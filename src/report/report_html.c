/* SPDX-License-Identifier: MIT */
#include "report_html.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asset.h"
#include "cell_format.h"
#include "html.h"
#include "pivot.h"
#include "report_proof.h"

/* Longer than any number or name that is shown; a name that is longer is cut. */
#define LONGEST_CELL 2048

/* Shades of a heat map above "nothing". */
#define SHADES 7

static void put_text(struct report_html *report, const char *key)
{
	html_text(report->out, report_text_get(report->lang, key));
}

/* ---- cells ----------------------------------------------------------- */

static void cell_text(struct report_html *report, const char *column, bool is_number,
		      const char *text)
{
	CLEANUP(buf_free) struct buf formatted = BUF_MAX(LONGEST_CELL);

	cell_format_write(&formatted, column, is_number, text, report->lang);
	if (formatted.full)
		html_cut(report->out, text, LONGEST_CELL);
	else
		html_text(report->out, buf_text(&formatted));
}

static void heading(struct report_html *report, const char *column, const char *series)
{
	buf_str(report->out, "<bdi>");
	html_text(report->out, cell_format_heading(report->lang, column, series));
	buf_str(report->out, "</bdi>");
}

/* The name by which a column is formatted: that of a series, perhaps a stranger's, says nothing. */
static const char *name_of(const struct report_html *report, const struct table *table, int column)
{
	return report->series && column > 0 ? "n" : table_column_name(table, column);
}

static const char *class_of(enum cell_format format)
{
	switch (format) {
	case CELL_FORMAT_TEXT:
		return "t";
	case CELL_FORMAT_ID:
	case CELL_FORMAT_DAY:
	case CELL_FORMAT_TIME:
	case CELL_FORMAT_WEEKDAY:
	case CELL_FORMAT_STATUS:
	case CELL_FORMAT_WORD:
		return "w";
	default:
		return "n";
	}
}

static void cell(struct report_html *report, const struct table *table, int row, int column)
{
	const char *text = table_text(table, row, column), *name = name_of(report, table, column);
	bool is_number = table_is_number(table, column);
	enum cell_format format = cell_format_of(name, is_number);
	bool open = format == CELL_FORMAT_DAY && text && report->open_day &&
		    strcmp(text, report->open_day) >= 0;

	buf_str(report->out, column == 0 ? "<th scope=\"row\"" : "<td");
	html_attribute(report->out, "class", class_of(format));
	html_attribute(report->out, "data-v", is_number && column > 0 ? text : NULL);
	html_attribute(report->out, "data-day", format == CELL_FORMAT_DAY ? text : NULL);
	buf_str(report->out, open ? " data-open" : "");
	buf_str(report->out, "><bdi>");
	cell_text(report, name, is_number, text);
	buf_str(report->out, column == 0 ? "</bdi></th>" : "</bdi></td>");
}

static void head_row(struct report_html *report, const struct table *table)
{
	buf_str(report->out, "<thead><tr>");
	for (int c = 0; c < table_columns(table); c++) {
		buf_str(report->out, "<th scope=\"col\"");
		html_attribute(report->out, "class",
			       class_of(cell_format_of(name_of(report, table, c),
						       table_is_number(table, c))));
		buf_char(report->out, '>');
		heading(report, table_column_name(table, c), c > 0 ? report->series : NULL);
		buf_str(report->out, "</th>");
	}
	buf_str(report->out, "</tr></thead>\n");
}

static void write_table(struct report_html *report, const struct panel *panel,
			const struct table *table)
{
	char key[64];

	snprintf(key, sizeof(key), "panel_%s", panel->name);
	buf_str(report->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
	html_attribute(report->out, "aria-label", report_text_get(report->lang, key));
	buf_str(report->out, "><table>\n");
	head_row(report, table);
	buf_str(report->out, "<tbody>\n");
	for (int r = 0; r < table_rows(table); r++) {
		buf_str(report->out, "<tr>");
		for (int c = 0; c < table_columns(table); c++)
			cell(report, table, r, c);
		buf_str(report->out, "</tr>\n");
	}
	buf_str(report->out, "</tbody></table></div>\n");
}

/* ---- heat maps ------------------------------------------------------- */

static double largest(const struct table *table)
{
	double most = 0;

	for (int r = 0; r < table_rows(table); r++) {
		for (int c = 1; c < table_columns(table); c++) {
			const char *text = table_text(table, r, c);
			double value = text ? strtod(text, NULL) : 0;

			most = value > most ? value : most;
		}
	}
	return most;
}

static void heat_cell(struct report_html *report, const char *text, double most)
{
	double value = text ? strtod(text, NULL) : 0, share = value / most;
	int shade = share > 0 && share <= 1 ? 1 + (int)(share * (SHADES - 0.001)) : 0;

	buf_printf(report->out, "<td class=\"h%d\">", shade > SHADES ? SHADES : shade);
	if (value > 0)
		cell_text(report, "n", true, text);
	buf_str(report->out, "</td>");
}

static void heat_map(struct report_html *report, const struct panel *panel,
		     const struct table *table)
{
	bool days = strcmp(table_column_name(table, 0), "weekday") == 0;
	double most = largest(table);
	char key[64];

	snprintf(key, sizeof(key), "panel_%s", panel->name);
	buf_str(report->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
	html_attribute(report->out, "aria-label", report_text_get(report->lang, key));
	buf_printf(report->out, "><table class=\"heat%s\">\n", days ? " days" : "");
	head_row(report, table);
	buf_str(report->out, "<tbody>\n");
	for (int r = 0; r < table_rows(table); r++) {
		buf_str(report->out, "<tr>");
		cell(report, table, r, 0);
		for (int c = 1; c < table_columns(table); c++)
			heat_cell(report, table_text(table, r, c), most);
		buf_str(report->out, "</tr>\n");
	}
	buf_str(report->out, "</tbody></table></div>\n");
}

/* ---- panels ---------------------------------------------------------- */

/* Column NAME_before of the same row, or NULL. */
static const char *before(const struct table *table, const char *name)
{
	char key[96];

	snprintf(key, sizeof(key), "%s_before", name);
	for (int c = 0; c < table_columns(table); c++)
		if (strcmp(table_column_name(table, c), key) == 0)
			return table_text(table, 0, c);
	return NULL;
}

/* "in the period before"; of a stock, at its end. */
static const char *words_of_before(const struct report_html *report, const char *name)
{
	const char *known = report_text_of(report->lang, "before_", name);

	/* A period that goes on is less than the whole one that it stands beside. */
	return known ? known
		     : report_text_get(report->lang, report->goes_on ? "whole_before" : "before");
}

static bool is_before(const char *name)
{
	size_t n = strlen(name);

	return n > 7 && strcmp(name + n - 7, "_before") == 0;
}

static void tiles(struct report_html *report, const struct table *table)
{
	buf_str(report->out, "<dl class=\"tiles\">\n");
	for (int c = 0; c < table_columns(table) && table_rows(table) > 0; c++) {
		const char *name = table_column_name(table, c), *was = before(table, name);

		if (is_before(name))
			continue;
		buf_str(report->out, "<div><dt>");
		heading(report, name, NULL);
		buf_str(report->out, "</dt><dd class=\"value\">");
		cell_text(report, name, table_is_number(table, c), table_text(table, 0, c));
		buf_str(report->out, "</dd>");
		if (was) {
			buf_str(report->out, "<dd class=\"before\">");
			cell_text(report, name, true, was);
			buf_char(report->out, ' ');
			html_text(report->out, words_of_before(report, name));
			buf_str(report->out, "</dd>");
		}
		buf_str(report->out, "</div>\n");
	}
	buf_str(report->out, "</dl>\n<div class=\"parts\">\n");
}

static void chart(struct report_html *report, const struct panel *panel, const struct table *table)
{
	const char *title = report_text_of(report->lang, "panel_", panel->name);

	buf_str(report->out, "<div class=\"plot\" hidden><canvas role=\"img\"");
	html_attribute(report->out, "aria-label", title);
	buf_str(report->out, "></canvas></div>\n<details open><summary>");
	put_text(report, "numbers");
	buf_str(report->out, "</summary>");
	write_table(report, panel, table);
	buf_str(report->out, "</details>\n");
}

static void open_figure(struct report_html *report, const struct panel *panel)
{
	const char *title = report_text_of(report->lang, "panel_", panel->name),
		   *note = report_text_of(report->lang, "note_", panel->name);

	buf_printf(report->out, "<figure class=\"part%s\"", panel->half ? " half" : "");
	html_attribute(report->out, "data-chart", panel->chart);
	html_attribute(report->out, "data-palette", panel->palette);
	if (panel->series > 0)
		buf_printf(report->out, " data-columns=\"%d\"", panel->series);
	buf_str(report->out, panel->stacked ? " data-stacked>" : ">");
	buf_str(report->out, "<figcaption><b>");
	html_text(report->out, title);
	buf_str(report->out, "</b><p class=\"note\">");
	html_text(report->out, note);
	buf_str(report->out, "</p></figcaption>\n");
}

static void shown(struct report_html *report, const struct panel *panel, const struct table *table)
{
	if (panel->kind == PANEL_CHART)
		chart(report, panel, table);
	else if (panel->kind == PANEL_HEAT)
		heat_map(report, panel, table);
	else
		write_table(report, panel, table);
}

void report_html_panel(struct report_html *report, const struct panel *panel,
		       const struct table *table)
{
	CLEANUP(table_free) struct table *wide = panel->pivot ? pivot_wide(table) : NULL;

	if (panel->kind == PANEL_TILES) {
		tiles(report, table);
		return;
	}
	report->series = !panel->pivot ? NULL : panel->series_words ? panel->series_words : "";
	open_figure(report, panel);
	if (table_rows(table) == 0) {
		buf_str(report->out, "<p class=\"soft\">");
		put_text(report, "nothing");
		buf_str(report->out, "</p>\n");
	} else {
		shown(report, panel, wide ? wide : table);
	}
	buf_str(report->out, "</figure>\n");
	report->series = NULL;
}

/* ---- the frame ------------------------------------------------------- */

static void time_text(struct report_html *report, const char *text)
{
	CLEANUP(buf_free) struct buf time = BUF_MAX(LONGEST_CELL);

	cell_format_time(&time, text, report->lang);
	html_text(report->out, buf_text(&time));
}

static void labelled(struct report_html *report, const char *key, const char *text,
		     const char *zone)
{
	if (!text)
		return;
	put_text(report, key);
	buf_str(report->out, zone ? " <b>" : " ");
	time_text(report, text);
	if (zone) {
		buf_str(report->out, "</b>");
		buf_str(report->out, " (");
		html_text(report->out, zone);
		buf_char(report->out, ')');
	}
}

/* Figures that are not up to date come before all else. */
static void late(struct report_html *report, const struct table *scope, int row)
{
	const char *dirty = table_get(scope, row, "stale_days"),
		   *since = table_get(scope, row, "late_since");

	if (!dirty)
		return;
	buf_str(report->out, "<p class=\"warn\" role=\"status\">");
	put_text(report, "dirty");
	buf_str(report->out, ": ");
	html_text(report->out, dirty);
	if (since) {
		buf_str(report->out, " (");
		put_text(report, "late");
		buf_char(report->out, ' ');
		html_text(report->out, since);
		buf_char(report->out, ')');
	}
	buf_str(report->out, "</p>\n");
}

/* How far the figures can be relied on. */
static void proof(struct report_html *report, const struct table *scope, int row)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(4096);
	bool warns = report_proof_write(&text, report->lang, scope, row);

	if (text.len == 0)
		return;
	buf_printf(report->out, "<p class=\"%s\" role=\"status\">", warns ? "warn" : "soft");
	html_text(report->out, buf_text(&text));
	buf_str(report->out, "</p>\n");
}

/* Says how complete the figures are, above all of them. */
static void as_of(struct report_html *report, const struct table *scope, int row)
{
	const char *complete = table_get(scope, row, "complete_at"),
		   *zone = table_get(scope, row, "timezone"),
		   *lag = table_get(scope, row, "stale_seconds");

	if (complete) {
		buf_str(report->out, "<p class=\"asof\">");
		labelled(report, "complete", complete, zone);
		buf_str(report->out, ". <span class=\"soft\">");
		labelled(report, "active", table_get(scope, row, "active_at"), NULL);
		buf_str(report->out, ".</span></p>\n");
	} else {
		buf_str(report->out, "<p class=\"warn\" role=\"status\">");
		put_text(report, "incomplete");
		buf_str(report->out, "</p>\n");
	}
	if (lag) {
		buf_str(report->out, "<p class=\"warn\" role=\"status\">");
		put_text(report, "stale_before");
		buf_char(report->out, ' ');
		cell_text(report, "stale_seconds", true, lag);
		buf_str(report->out, report->lang == LANG_EN ? " " : "");
		put_text(report, "stale_after");
		buf_str(report->out, "</p>\n");
	}
}

void report_html_workspace(struct report_html *report, const struct table *scope, int row,
			   bool many)
{
	const char *history = table_get(scope, row, "history_at"),
		   *agents = table_get(scope, row, "agents_from");

	report->open_day = table_get(scope, row, "open_day");
	report->goes_on =
		report->open_day && strcmp(table_get(scope, row, "to_day"), report->open_day) >= 0;
	if (many) {
		buf_str(report->out, "<h2><bdi>");
		html_text(report->out, table_get(scope, row, "workspace"));
		buf_str(report->out, "</bdi></h2>\n");
	}
	late(report, scope, row);
	proof(report, scope, row);
	as_of(report, scope, row);
	buf_str(report->out, "<p class=\"soft\">");
	if (!many) {
		put_text(report, "workspace_label");
		buf_str(report->out, " <bdi>");
		html_text(report->out, table_get(scope, row, "workspace"));
		buf_str(report->out, "</bdi>. ");
	}
	put_text(report, "period");
	buf_char(report->out, ' ');
	time_text(report, table_get(scope, row, "from_day"));
	buf_char(report->out, ' ');
	put_text(report, "until");
	buf_char(report->out, ' ');
	time_text(report, table_get(scope, row, "to_day"));
	buf_str(report->out, ". ");
	if (report->only) {
		put_text(report, "only");
		buf_str(report->out, " <b><bdi>");
		html_text(report->out, report->only);
		buf_str(report->out, "</bdi></b>. ");
	}
	if (history) {
		labelled(report, "history", history, NULL);
		buf_char(report->out, '.');
	}
	if (agents) {
		buf_char(report->out, ' ');
		labelled(report, "agents_from", agents, NULL);
		buf_char(report->out, '.');
	}
	buf_str(report->out, "</p>\n");
}

void report_html_foot(struct report_html *report, const char *program, const char *made_at)
{
	buf_str(report->out, "<footer>");
	put_text(report, "made");
	buf_char(report->out, ' ');
	html_text(report->out, program);
	buf_str(report->out, ", ");
	time_text(report, made_at);
	buf_str(report->out, ".</footer>\n");
}

void report_html_open_topic(struct report_html *report, const struct report_catalog *topic,
			    bool linked, bool titled)
{
	const char *title = report_text_of(report->lang, "title_", topic->name);

	buf_str(report->out, "<section class=\"topic\"");
	html_attribute(report->out, "id", linked ? topic->name : NULL);
	html_attribute(report->out, "aria-label", titled ? NULL : title);
	buf_str(report->out, ">\n");
	if (titled) {
		buf_str(report->out, "<h3>");
		html_text(report->out, title);
		buf_str(report->out, "</h3>\n");
	}
	if (topic->panels[0].kind != PANEL_TILES)
		buf_str(report->out, "<p></p><div class=\"parts\">\n");
}

void report_html_unknown(struct report_html *report, const char *text)
{
	buf_str(report->out, "<p class=\"soft unknown\">");
	html_text(report->out, text);
	buf_str(report->out, "</p>\n<div class=\"parts\">\n");
}

void report_html_close_topic(struct report_html *report)
{
	buf_str(report->out, "</div>\n</section>\n");
}

void report_html_note(struct report_html *report, const char *text)
{
	if (!*text)
		return;
	buf_str(report->out, "<p class=\"soft changes\">");
	html_text(report->out, text);
	buf_str(report->out, "</p>\n");
}

void report_html_links(struct report_html *report, const struct report_catalog *const *topics,
		       size_t n)
{
	buf_str(report->out, "<nav");
	html_attribute(report->out, "aria-label", report_text_get(report->lang, "also"));
	buf_str(report->out, "><ul>");
	for (size_t i = 0; i < n; i++) {
		buf_printf(report->out, "<li><a href=\"#%s\">", topics[i]->name);
		html_text(report->out, report_text_of(report->lang, "title_", topics[i]->name));
		buf_str(report->out, "</a></li>");
	}
	buf_str(report->out, "</ul></nav>\n");
}

/* The value of a file that the page carries; "" when there is none. */
static void put_asset(struct buf *out, const char *name)
{
	const struct asset *asset = asset_find(name);

	if (asset)
		buf_add(out, asset->data, asset->size);
}

/* A part that every build of the page has. */
NEVER_NULL static const struct asset *part(const char *name)
{
	const struct asset *asset = asset_find(name);

	assert(asset);
	return asset;
}

/*
 * The page's policy: nothing is allowed but the scripts and the style that the page carries, by
 * their hashes.
 */
static void policy(struct buf *out, bool charts)
{
	buf_str(out, "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '");
	buf_str(out, part("report/page.css")->hash);
	buf_char(out, '\'');
	if (!charts)
		return;
	buf_str(out, "; script-src '");
	buf_str(out, part("report/chart.js")->hash);
	buf_str(out, "' '");
	buf_str(out, part("report/page.js")->hash);
	buf_char(out, '\'');
}

static void scripts(struct buf *out, bool charts)
{
	if (!charts)
		return;
	buf_str(out, "<script>");
	put_asset(out, "report/chart.js");
	buf_str(out, "</script>\n<script>");
	put_asset(out, "report/page.js");
	buf_str(out, "</script>");
}

/* Fills in the word between two @ in the template. */
static void fill(struct buf *out, const char *name, size_t n, const struct report_html *report,
		 const char *title)
{
	bool charts = asset_find("report/chart.js") != NULL;

	if (n == 4 && memcmp(name, "lang", n) == 0)
		buf_str(out, report_text_code(report->lang));
	else if (n == 5 && memcmp(name, "title", n) == 0)
		html_text(out, title);
	else if (n == 6 && memcmp(name, "policy", n) == 0)
		policy(out, charts);
	else if (n == 5 && memcmp(name, "style", n) == 0)
		put_asset(out, "report/page.css");
	else if (n == 4 && memcmp(name, "body", n) == 0)
		buf_add(out, report->out->data, report->out->len);
	else
		scripts(out, charts);
}

void report_html_write(struct buf *out, enum lang lang, const char *title, const struct buf *body)
{
	struct buf copy = *body;
	struct report_html report = { .out = &copy, .lang = lang };
	const char *p = part("report/page.html")->data, *at;

	for (at = strchr(p, '@'); at; at = strchr(p, '@')) {
		size_t n = strcspn(at + 1, "@");

		buf_add(out, p, (size_t)(at - p));
		fill(out, at + 1, n, &report, title);
		p = at + n + 2;
	}
	buf_str(out, p);
}
