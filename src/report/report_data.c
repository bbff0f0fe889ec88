/* SPDX-License-Identifier: MIT */
#include "report_data.h"

#include <stdio.h>

#include "pivot.h"
#include "report_sheet.h"

/* The name of a sheet, before it is cut to what a spreadsheet takes. */
#define LONGEST_TITLE 1024

/* Where the rows of a topic go. */
struct sink {
	void (*take)(struct sink *sink, const struct table *rows);
	struct spool *spool;
	const struct table_format *format;
	struct report_sheet *sheet;
	bool begun;
};

/* The topic's rows of each workspace, one after the other. */
static bool each_row(const struct report_data *data, struct sink *sink, struct err *err)
{
	const struct report_source *source = &data->source;
	const char *name = data->topic->name;
	bool more;

	for (int row = 0; row < table_rows(data->scope); row++) {
		if (!source->begin(source->arg, name, row, err))
			return false;
		do {
			CLEANUP(table_free) struct table *rows = NULL;

			if (!source->next(source->arg, &rows, err))
				return err_wrap(err, "%s", name);
			more = table_rows(rows) > 0;
			if (more || !sink->begun)
				sink->take(sink, rows);
			sink->begun = sink->begun || table_columns(rows) > 0;
			if (sink->spool && !spool_offer(sink->spool, err))
				return false;
		} while (more);
	}
	return true;
}

/* ---- CSV and JSON ---------------------------------------------------- */

static void take_csv(struct sink *sink, const struct table *rows)
{
	if (!sink->begun)
		table_format_head(sink->format, rows, sink->spool->buf);
	table_format_rows(sink->format, rows, sink->spool->buf);
}

bool report_data_csv(const struct report_data *data, const struct table_format *format,
		     struct spool *to, struct err *err)
{
	struct sink sink = { .take = take_csv, .spool = to, .format = format };

	return each_row(data, &sink, err);
}

static void take_json(struct sink *sink, const struct table *rows)
{
	table_format_json_rows(rows, !sink->begun, sink->spool->buf);
}

bool report_data_json(const struct report_data *data, struct spool *to, struct err *err)
{
	struct sink sink = { .take = take_json, .spool = to };
	bool ok;

	buf_char(to->buf, '[');
	table_format_json_rows(data->warnings, true, to->buf);
	sink.begun = table_rows(data->warnings) > 0;
	ok = each_row(data, &sink, err);
	buf_str(to->buf, "]\n");
	return ok;
}

/* ---- workbooks ------------------------------------------------------- */

/* How complete the data is, a row for each workspace; each warning is a row after them. */
static void about(const struct report_data *data, struct report_sheet *sheet)
{
	static const char *const columns[] = { "workspace", "complete_at", "active_at",
					       "from_day",  "to_day",	   "history_at",
					       "timezone",  "made_at",	   "only" };
	const int n = ARRAY_SIZE(columns);
	CLEANUP(table_free) struct table *table = table_new(n);

	for (int c = 0; c < n; c++)
		table_name(table, c, columns[c], false);
	for (int row = 0; row < table_rows(data->scope); row++) {
		int to = table_add(table);

		for (int c = 0; c < n - 1; c++)
			table_set_text(table, to, c, table_get(data->scope, row, columns[c]));
		if (!table_get(data->scope, row, "complete_at"))
			table_put(table, to, "complete_at",
				  report_text_get(data->lang, "incomplete"));
		table_put(table, to, "only", data->only);
	}
	if (table_rows(data->scope) == 0)
		table_put(table, table_add(table), "workspace",
			  report_text_get(data->lang, "no_workspace"));
	for (int row = 0; row < table_rows(data->warnings); row++)
		table_put(table, table_add(table), "workspace", table_text(data->warnings, row, 0));
	report_sheet_begin(sheet, report_text_get(data->lang, "sheet_about"), NULL);
	report_sheet_rows(sheet, table);
}

static bool panel(const struct report_data *data, struct report_sheet *sheet,
		  const struct panel *panel, int row, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL, *wide = NULL;
	const char *known = report_text_of(data->lang, "sheet_", panel->name);
	char title[LONGEST_TITLE];

	if (!known)
		known = report_text_of(data->lang, "panel_", panel->name);
	if (!data->source.ask(data->source.arg, panel->name, row, &table, err))
		return false;
	if (panel->pivot && table_rows(table) > 0)
		wide = pivot_wide(table);
	if (table_rows(data->scope) > 1)
		snprintf(title, sizeof(title), "%s %s", table_get(data->scope, row, "workspace"),
			 known);
	else
		snprintf(title, sizeof(title), "%s", known);
	report_sheet_begin(sheet, title,
			   !wide		 ? NULL
			   : panel->series_words ? panel->series_words
						 : "");
	report_sheet_rows(sheet, wide ? wide : table);
	return true;
}

static void take_sheet(struct sink *sink, const struct table *rows)
{
	report_sheet_rows(sink->sheet, rows);
}

static bool sheets(const struct report_data *data, struct xlsx *xlsx, struct err *err)
{
	struct report_sheet sheet = { .xlsx = xlsx, .lang = data->lang };
	struct sink sink = { .take = take_sheet, .sheet = &sheet };
	const struct report_catalog *topic = data->topic;
	const struct panel changes = { .name = "changes" };

	about(data, &sheet);
	for (int row = 0; row < table_rows(data->scope); row++) {
		for (size_t i = 0; i < topic->n_panels; i++)
			if (!panel(data, &sheet, &topic->panels[i], row, err))
				return false;
		if (topic->has_days && !panel(data, &sheet, &changes, row, err))
			return false;
	}
	/* Behind its own columns a list has the configured fields. */
	sheet.last_own = topic->n_panels == 0 ? "timezone" : NULL;
	report_sheet_begin(
		&sheet, report_text_get(data->lang, topic->n_panels ? "sheet_data" : "sheet_list"),
		NULL);
	return each_row(data, &sink, err);
}

bool report_data_xlsx(const struct report_data *data, struct spool *to, struct err *err)
{
	CLEANUP(xlsx_free) struct xlsx *xlsx = NULL;
	char name[SPOOL_NAME];

	if (!spool_name(to, name, err))
		return false;
	xlsx = xlsx_open(name, err);
	return xlsx && sheets(data, xlsx, err) && xlsx_close(&xlsx, err);
}
