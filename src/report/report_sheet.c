/* SPDX-License-Identifier: MIT */
#include "report_sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell_format.h"
#include "time_format.h"

/* Spreadsheets count days from here, and do so rightly from the second one on: there was no
 * 29 February 1900. */
#define DAY_ZERO (-25569)
#define FIRST_RIGHT_DAY 61

/* A number with more digits is no longer the same in a spreadsheet. */
#define MOST_DIGITS 15

#define WIDEST 60
#define LONGEST_HEADING 512
#define NARROWEST 9

/* ---- values ---------------------------------------------------------- */

static bool is_named_by_others(const struct report_sheet *to, const struct table *table, int column)
{
	return to->last_own && column > table_find(table, to->last_own);
}

/* The name by which a column is formatted: that of a series, or of a field, says nothing. */
static const char *name_of(const struct report_sheet *to, const struct table *table, int column)
{
	return (to->series && column > 0) || is_named_by_others(to, table, column)
		       ? "n"
		       : table_column_name(table, column);
}

/* "2026-11-25", with a time of day or without, as days. False for anything else. */
static bool days_of(const char *text, double *days)
{
	int year, month, day, hour = 0, minute = 0, second = 0;

	if (sscanf(text, "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d", &year, &month, &day, &hour, &minute,
		   &second) < 3 ||
	    month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*days = (double)(time_day(year, month, day) - DAY_ZERO) +
		(hour * 3600 + minute * 60 + second) / 86400.0;
	return *days >= FIRST_RIGHT_DAY;
}

static bool is_number(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return *end == '\0' && end != text && isfinite(*value) &&
	       strspn(text, "-.0123456789") == strlen(text);
}

static void number(struct xlsx *xlsx, int column, const char *text, enum cell_format format)
{
	double value;

	if (!is_number(text, &value) || strcspn(text, ".") > MOST_DIGITS) {
		xlsx_text(xlsx, column, text, XLSX_PLAIN);
		return;
	}
	/* A duration below nothing has no look. */
	if (format == CELL_FORMAT_HOURS && value >= 0)
		xlsx_number(xlsx, column, value / 24, XLSX_DURATION);
	else if (format == CELL_FORMAT_SECONDS && value >= 0)
		xlsx_number(xlsx, column, value / 86400, XLSX_DURATION);
	else if (format == CELL_FORMAT_RATE)
		xlsx_number(xlsx, column, value, XLSX_RATE);
	else
		xlsx_number(xlsx, column, value, strchr(text, '.') ? XLSX_PLAIN : XLSX_NUMBER);
}

/* A text for which the language has a word. */
static void word(const struct report_sheet *to, int column, const char *name, const char *text)
{
	CLEANUP(buf_free) struct buf words = BUF_MAX(XLSX_TEXT * 4);

	cell_format_write(&words, name, false, text, to->lang);
	xlsx_text(to->xlsx, column, words.full ? text : buf_text(&words), XLSX_PLAIN);
}

static void cell(const struct report_sheet *to, const struct table *table, int row, int column)
{
	const char *text = table_text(table, row, column), *name = name_of(to, table, column);
	enum cell_format format = cell_format_of(name, table_is_number(table, column));
	double days;

	/* A value that is not there is an empty cell: a dash would be no number. */
	if (!text)
		return;
	if (table_is_number(table, column) && format != CELL_FORMAT_WEEKDAY)
		number(to->xlsx, column, text, format);
	else if ((format == CELL_FORMAT_DAY || format == CELL_FORMAT_TIME ||
		  table_has_days(table, column)) &&
		 days_of(text, &days))
		xlsx_number(to->xlsx, column, days,
			    format == CELL_FORMAT_TIME ? XLSX_TIME : XLSX_DAY);
	else
		word(to, column, name, text);
}

/* ---- sheets ---------------------------------------------------------- */

/* The words for a column; of a figure of the period before, those of the figure and which it is. */
static const char *heading_of(const struct report_sheet *to, const struct table *table, int column,
			      struct buf *room)
{
	static const char end[] = "_before";
	const char *name = table_column_name(table, column), *known;
	size_t n = strlen(name), m = sizeof(end) - 1;

	if (is_named_by_others(to, table, column))
		return name;
	if (to->series && column > 0)
		return cell_format_heading(to->lang, name, to->series);
	if (n <= m || strcmp(name + n - m, end) != 0)
		return cell_format_heading(to->lang, name, NULL);
	buf_reset(room);
	buf_add(room, name, n - m);
	name = buf_text(room);
	known = report_text_of(to->lang, "before_", name);
	if (!known)
		known = report_text_get(to->lang, "before");
	name = cell_format_heading(to->lang, name, NULL);
	buf_reset(room);
	buf_printf(room, "%s, %s", name, known);
	return buf_text(room);
}

static int width_of_column(const struct report_sheet *to, const struct table *table, int column)
{
	CLEANUP(buf_free) struct buf room = BUF_MAX(LONGEST_HEADING);
	const char *name = name_of(to, table, column);
	int width = (int)strlen(heading_of(to, table, column, &room)) + 2;

	if (cell_format_of(name, false) == CELL_FORMAT_TIME)
		width = width > 17 ? width : 17;
	for (int r = 0; r < table_rows(table) && r < 100; r++) {
		const char *text = table_text(table, r, column);
		int length = text ? (int)strnlen(text, WIDEST) + 1 : 0;

		width = length > width ? length : width;
	}
	return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
}

static void head(const struct report_sheet *to, const struct table *table)
{
	CLEANUP(buf_free) struct buf room = BUF_MAX(LONGEST_HEADING);

	xlsx_sheet(to->xlsx, to->title);
	for (int c = 0; c < table_columns(table); c++) {
		xlsx_width(to->xlsx, c, c, width_of_column(to, table, c));
		xlsx_text(to->xlsx, c, heading_of(to, table, c, &room), XLSX_HEAD);
	}
	xlsx_next(to->xlsx);
}

void report_sheet_begin(struct report_sheet *to, const char *title, const char *series)
{
	to->series = series;
	to->title = title;
	to->begun = false;
}

void report_sheet_rows(struct report_sheet *to, const struct table *table)
{
	if (!to->begun)
		head(to, table);
	to->begun = true;
	for (int r = 0; r < table_rows(table); r++) {
		if (xlsx_row(to->xlsx) == XLSX_ROWS)
			head(to, table);
		for (int c = 0; c < table_columns(table); c++)
			cell(to, table, r, c);
		xlsx_next(to->xlsx);
	}
}
