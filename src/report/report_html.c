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

/* Longer than any number or name that is shown; a name that is longer is cut. */
#define LONGEST_CELL 2048

/* Shades of a heat map above "nothing". */
#define SHADES 7

static void words(struct report_html *sheet, const char *key)
{
	html_text(sheet->out, report_text_get(sheet->lang, key));
}

/* ---- cells ----------------------------------------------------------- */

static void cell_text(struct report_html *sheet, const char *column, bool is_number,
		      const char *text)
{
	CLEANUP(buf_free) struct buf figure = BUF_MAX(LONGEST_CELL);

	cell_format_write(&figure, column, is_number, text, sheet->lang);
	if (figure.full)
		html_cut(sheet->out, text, LONGEST_CELL);
	else
		html_text(sheet->out, buf_text(&figure));
}

static void heading(struct report_html *sheet, const char *column)
{
	const char *known = report_text_of(sheet->lang, "col_", column);

	/* What is no name of ours is the name of a series, perhaps a stranger's. */
	if (!known && !*column)
		known = report_text_find(sheet->lang, "series_");
	if (!known)
		known = column;
	buf_str(sheet->out, "<bdi>");
	html_text(sheet->out, known);
	buf_str(sheet->out, "</bdi>");
}

static const char *class_of(enum cell_format figure)
{
	switch (figure) {
	case CELL_FORMAT_TEXT:
		return "t";
	case CELL_FORMAT_ID:
	case CELL_FORMAT_DAY:
	case CELL_FORMAT_TIME:
	case CELL_FORMAT_WEEKDAY:
	case CELL_FORMAT_STATUS:
		return "w";
	default:
		return "n";
	}
}

static void cell(struct report_html *sheet, const struct table *table, int row, int column)
{
	const char *text = table_text(table, row, column), *name = table_column_name(table, column);
	bool is_number = table_is_number(table, column);
	enum cell_format figure = cell_format_of(name, is_number);

	buf_str(sheet->out, column == 0 ? "<th scope=\"row\"" : "<td");
	html_attribute(sheet->out, "class", class_of(figure));
	html_attribute(sheet->out, "data-v", is_number && column > 0 ? text : NULL);
	html_attribute(sheet->out, "data-day", figure == CELL_FORMAT_DAY ? text : NULL);
	buf_str(sheet->out, "><bdi>");
	cell_text(sheet, name, is_number, text);
	buf_str(sheet->out, column == 0 ? "</bdi></th>" : "</bdi></td>");
}

static void head_row(struct report_html *sheet, const struct table *table)
{
	buf_str(sheet->out, "<thead><tr>");
	for (int c = 0; c < table_columns(table); c++) {
		buf_str(sheet->out, "<th scope=\"col\"");
		html_attribute(sheet->out, "class",
			       class_of(cell_format_of(table_column_name(table, c),
						       table_is_number(table, c))));
		buf_char(sheet->out, '>');
		heading(sheet, table_column_name(table, c));
		buf_str(sheet->out, "</th>");
	}
	buf_str(sheet->out, "</tr></thead>\n");
}

static void write_table(struct report_html *sheet, const struct panel *panel,
			const struct table *table)
{
	char key[64];

	snprintf(key, sizeof(key), "panel_%s", panel->name);
	buf_str(sheet->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
	html_attribute(sheet->out, "aria-label", report_text_get(sheet->lang, key));
	buf_str(sheet->out, "><table>\n");
	head_row(sheet, table);
	buf_str(sheet->out, "<tbody>\n");
	for (int r = 0; r < table_rows(table); r++) {
		buf_str(sheet->out, "<tr>");
		for (int c = 0; c < table_columns(table); c++)
			cell(sheet, table, r, c);
		buf_str(sheet->out, "</tr>\n");
	}
	buf_str(sheet->out, "</tbody></table></div>\n");
}

/* ---- heat maps ------------------------------------------------------- */

static double largest(const struct table *table)
{
	double most = 0;

	for (int r = 0; r < table_rows(table); r++) {
		for (int c = 1; c < table_columns(table); c++) {
			double value = strtod(table_text(table, r, c), NULL);

			most = value > most ? value : most;
		}
	}
	return most;
}

static void heat_cell(struct report_html *sheet, const char *text, double most)
{
	double value = strtod(text, NULL);
	int shade = value > 0 && most > 0 ? 1 + (int)(value / most * (SHADES - 0.001)) : 0;

	buf_printf(sheet->out, "<td class=\"h%d\">", shade > SHADES ? SHADES : shade);
	if (value > 0)
		cell_text(sheet, "n", true, text);
	buf_str(sheet->out, "</td>");
}

static void heat_map(struct report_html *sheet, const struct panel *panel,
		     const struct table *table)
{
	bool days = strcmp(table_column_name(table, 0), "weekday") == 0;
	double most = largest(table);
	char key[64];

	snprintf(key, sizeof(key), "panel_%s", panel->name);
	buf_str(sheet->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
	html_attribute(sheet->out, "aria-label", report_text_get(sheet->lang, key));
	buf_printf(sheet->out, "><table class=\"heat%s\">\n", days ? " days" : "");
	head_row(sheet, table);
	buf_str(sheet->out, "<tbody>\n");
	for (int r = 0; r < table_rows(table); r++) {
		buf_str(sheet->out, "<tr>");
		cell(sheet, table, r, 0);
		for (int c = 1; c < table_columns(table); c++)
			heat_cell(sheet, table_text(table, r, c), most);
		buf_str(sheet->out, "</tr>\n");
	}
	buf_str(sheet->out, "</tbody></table></div>\n");
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

static bool is_before(const char *name)
{
	size_t n = strlen(name);

	return n > 7 && strcmp(name + n - 7, "_before") == 0;
}

static void tiles(struct report_html *sheet, const struct table *table)
{
	buf_str(sheet->out, "<dl class=\"tiles\">\n");
	for (int c = 0; c < table_columns(table) && table_rows(table) > 0; c++) {
		const char *name = table_column_name(table, c), *was = before(table, name);

		if (is_before(name))
			continue;
		buf_str(sheet->out, "<div><dt>");
		heading(sheet, name);
		buf_str(sheet->out, "</dt><dd class=\"value\">");
		cell_text(sheet, name, table_is_number(table, c), table_text(table, 0, c));
		buf_str(sheet->out, "</dd>");
		if (was) {
			buf_str(sheet->out, "<dd class=\"before\">");
			cell_text(sheet, name, true, was);
			buf_char(sheet->out, ' ');
			words(sheet, "before");
			buf_str(sheet->out, "</dd>");
		}
		buf_str(sheet->out, "</div>\n");
	}
	buf_str(sheet->out, "</dl>\n<div class=\"parts\">\n");
}

static void chart(struct report_html *sheet, const struct panel *panel, const struct table *table)
{
	const char *title = report_text_of(sheet->lang, "panel_", panel->name);

	buf_str(sheet->out, "<div class=\"plot\" hidden><canvas role=\"img\"");
	html_attribute(sheet->out, "aria-label", title);
	buf_str(sheet->out, "></canvas></div>\n<details open><summary>");
	words(sheet, "numbers");
	buf_str(sheet->out, "</summary>");
	write_table(sheet, panel, table);
	buf_str(sheet->out, "</details>\n");
}

static void open_figure(struct report_html *sheet, const struct panel *panel)
{
	const char *title = report_text_of(sheet->lang, "panel_", panel->name),
		   *note = report_text_of(sheet->lang, "note_", panel->name);

	buf_printf(sheet->out, "<figure class=\"part%s\"", panel->half ? " half" : "");
	html_attribute(sheet->out, "data-chart", panel->chart);
	html_attribute(sheet->out, "data-palette", panel->palette);
	if (panel->series > 0)
		buf_printf(sheet->out, " data-columns=\"%d\"", panel->series);
	buf_str(sheet->out, panel->stacked ? " data-stacked>" : ">");
	buf_str(sheet->out, "<figcaption><b>");
	html_text(sheet->out, title);
	buf_str(sheet->out, "</b><p class=\"note\">");
	html_text(sheet->out, note);
	buf_str(sheet->out, "</p></figcaption>\n");
}

static void shown(struct report_html *sheet, const struct panel *panel, const struct table *table)
{
	if (panel->kind == PANEL_CHART)
		chart(sheet, panel, table);
	else if (panel->kind == PANEL_HEAT)
		heat_map(sheet, panel, table);
	else
		write_table(sheet, panel, table);
}

void report_html_panel(struct report_html *sheet, const struct panel *panel,
		       const struct table *table)
{
	CLEANUP(table_free) struct table *wide = panel->pivot ? pivot_wide(table) : NULL;

	if (panel->kind == PANEL_TILES) {
		tiles(sheet, table);
		return;
	}
	open_figure(sheet, panel);
	if (table_rows(table) == 0) {
		buf_str(sheet->out, "<p class=\"soft\">");
		words(sheet, "nothing");
		buf_str(sheet->out, "</p>\n");
	} else {
		shown(sheet, panel, wide ? wide : table);
	}
	buf_str(sheet->out, "</figure>\n");
}

/* ---- the frame ------------------------------------------------------- */

static void time_text(struct report_html *sheet, const char *text)
{
	CLEANUP(buf_free) struct buf time = BUF_MAX(LONGEST_CELL);

	cell_format_time(&time, text, sheet->lang);
	html_text(sheet->out, buf_text(&time));
}

static void labelled(struct report_html *sheet, const char *key, const char *text, const char *zone)
{
	if (!text)
		return;
	words(sheet, key);
	buf_str(sheet->out, zone ? " <b>" : " ");
	time_text(sheet, text);
	if (zone) {
		buf_str(sheet->out, "</b>");
		buf_str(sheet->out, " (");
		html_text(sheet->out, zone);
		buf_char(sheet->out, ')');
	}
}

/* Figures that are not up to date come before all else. */
static void late(struct report_html *sheet, const struct table *scope, int row)
{
	const char *dirty = table_get(scope, row, "stale_days"),
		   *since = table_get(scope, row, "late_since");

	if (!dirty)
		return;
	buf_str(sheet->out, "<p class=\"warn\" role=\"status\">");
	words(sheet, "dirty");
	buf_str(sheet->out, ": ");
	html_text(sheet->out, dirty);
	if (since) {
		buf_str(sheet->out, " (");
		words(sheet, "late");
		buf_char(sheet->out, ' ');
		html_text(sheet->out, since);
		buf_char(sheet->out, ')');
	}
	buf_str(sheet->out, "</p>\n");
}

/* How far the figures can be believed, before any of them. */
static void as_of(struct report_html *sheet, const struct table *scope, int row)
{
	const char *complete = table_get(scope, row, "complete_at"),
		   *zone = table_get(scope, row, "timezone"),
		   *lag = table_get(scope, row, "stale_seconds");

	if (complete) {
		buf_str(sheet->out, "<p class=\"asof\">");
		labelled(sheet, "complete", complete, zone);
		buf_str(sheet->out, ". <span class=\"soft\">");
		labelled(sheet, "active", table_get(scope, row, "active_at"), NULL);
		buf_str(sheet->out, ".</span></p>\n");
	} else {
		buf_str(sheet->out, "<p class=\"warn\" role=\"status\">");
		words(sheet, "incomplete");
		buf_str(sheet->out, "</p>\n");
	}
	if (lag) {
		buf_str(sheet->out, "<p class=\"warn\" role=\"status\">");
		words(sheet, "stale_before");
		buf_char(sheet->out, ' ');
		cell_text(sheet, "stale_seconds", true, lag);
		buf_str(sheet->out, sheet->lang == LANG_EN ? " " : "");
		words(sheet, "stale_after");
		buf_str(sheet->out, "</p>\n");
	}
}

void report_html_workspace(struct report_html *sheet, const struct table *scope, int row, bool many)
{
	const char *history = table_get(scope, row, "history_at");

	if (many) {
		buf_str(sheet->out, "<h2><bdi>");
		html_text(sheet->out, table_get(scope, row, "workspace"));
		buf_str(sheet->out, "</bdi></h2>\n");
	}
	late(sheet, scope, row);
	as_of(sheet, scope, row);
	buf_str(sheet->out, "<p class=\"soft\">");
	if (!many) {
		words(sheet, "workspace_label");
		buf_str(sheet->out, " <bdi>");
		html_text(sheet->out, table_get(scope, row, "workspace"));
		buf_str(sheet->out, "</bdi>. ");
	}
	words(sheet, "period");
	buf_char(sheet->out, ' ');
	time_text(sheet, table_get(scope, row, "from_day"));
	buf_char(sheet->out, ' ');
	words(sheet, "until");
	buf_char(sheet->out, ' ');
	time_text(sheet, table_get(scope, row, "to_day"));
	buf_str(sheet->out, ". ");
	if (history) {
		labelled(sheet, "history", history, NULL);
		buf_char(sheet->out, '.');
	}
	buf_str(sheet->out, "</p>\n");
}

void report_html_foot(struct report_html *sheet, const char *program, const char *made_at)
{
	buf_str(sheet->out, "<footer>");
	words(sheet, "made");
	buf_char(sheet->out, ' ');
	html_text(sheet->out, program);
	buf_str(sheet->out, ", ");
	time_text(sheet, made_at);
	buf_str(sheet->out, ".</footer>\n");
}

void report_html_open_topic(struct report_html *sheet, const struct report_catalog *topic,
			    bool linked, bool titled)
{
	const char *title = report_text_of(sheet->lang, "title_", topic->name);

	buf_str(sheet->out, "<section class=\"topic\"");
	html_attribute(sheet->out, "id", linked ? topic->name : NULL);
	html_attribute(sheet->out, "aria-label", titled ? NULL : title);
	buf_str(sheet->out, ">\n");
	if (titled) {
		buf_str(sheet->out, "<h3>");
		html_text(sheet->out, title);
		buf_str(sheet->out, "</h3>\n");
	}
	if (topic->panels[0].kind != PANEL_TILES)
		buf_str(sheet->out, "<p></p><div class=\"parts\">\n");
}

void report_html_close_topic(struct report_html *sheet)
{
	buf_str(sheet->out, "</div>\n</section>\n");
}

void report_html_links(struct report_html *sheet, const struct report_catalog *first)
{
	size_t n;
	const struct report_catalog *topics = report_catalog_all(&n);

	buf_str(sheet->out, "<nav");
	html_attribute(sheet->out, "aria-label", report_text_get(sheet->lang, "also"));
	buf_str(sheet->out, "><ul>");
	for (size_t i = 0; i <= n; i++) {
		const struct report_catalog *topic = i == 0 ? first : &topics[i - 1];

		if (i > 0 && topic == first)
			continue;
		buf_printf(sheet->out, "<li><a href=\"#%s\">", topic->name);
		html_text(sheet->out, report_text_of(sheet->lang, "title_", topic->name));
		buf_str(sheet->out, "</a></li>");
	}
	buf_str(sheet->out, "</ul></nav>\n");
}

/* The value of a file that the page carries; "" when there is none. */
static void carry(struct buf *out, const char *name)
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

/* Whose hash goes where: nothing is allowed but what the page carries. */
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
	carry(out, "report/chart.js");
	buf_str(out, "</script>\n<script>");
	carry(out, "report/page.js");
	buf_str(out, "</script>");
}

/* What stands between two @ in the template. */
static void fill(struct buf *out, const char *name, size_t n, const struct report_html *sheet,
		 const char *title)
{
	bool charts = asset_find("report/chart.js") != NULL;

	if (n == 4 && memcmp(name, "lang", n) == 0)
		buf_str(out, report_text_code(sheet->lang));
	else if (n == 5 && memcmp(name, "title", n) == 0)
		html_text(out, title);
	else if (n == 6 && memcmp(name, "policy", n) == 0)
		policy(out, charts);
	else if (n == 5 && memcmp(name, "style", n) == 0)
		carry(out, "report/page.css");
	else if (n == 4 && memcmp(name, "body", n) == 0)
		buf_add(out, sheet->out->data, sheet->out->len);
	else
		scripts(out, charts);
}

void report_html_write(struct buf *out, enum lang lang, const char *title, const struct buf *body)
{
	struct buf copy = *body;
	struct report_html sheet = { &copy, lang };
	const char *p = part("report/page.html")->data, *at;

	for (at = strchr(p, '@'); at; at = strchr(p, '@')) {
		size_t n = strcspn(at + 1, "@");

		buf_add(out, p, (size_t)(at - p));
		fill(out, at + 1, n, &sheet, title);
		p = at + n + 2;
	}
	buf_str(out, p);
}
