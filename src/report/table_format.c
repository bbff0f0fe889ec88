/* SPDX-License-Identifier: MIT */
#include "table_format.h"

#include <string.h>

#include "json_writer.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* PostgreSQL's numbers may also be NaN or infinite, which JSON has no numbers for. */
static bool is_plain_number(const char *text)
{
	return text[strspn(text, "+-.0123456789eE")] == '\0';
}

/* Whether a spreadsheet takes a cell that begins so for a formula; some take wide signs as well. */
static bool is_formula(const char *p)
{
	static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
					    "\xef\xbc\xa0" };

	for (size_t i = 0; i < ARRAY_SIZE(wide); i++)
		if (strncmp(p, wide[i], strlen(wide[i])) == 0)
			return true;
	return *p && strchr("=+-@", *p);
}

/*
 * Where the comma is that of decimals, as in Indonesia, a spreadsheet begins a new cell behind a
 * semicolon, and the quotes do not help.
 */
static void csv_text(struct buf *out, const char *text)
{
	bool behind = false; /* a semicolon or a tab, and quotes */

	buf_char(out, '"');
	if (*text && strchr("\t\r\n", *text))
		buf_char(out, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '"' || ((p == text || behind) && is_formula(p)))
			buf_char(out, *p == '"' ? '"' : '\'');
		buf_char(out, *p);
		behind = *p == ';' || *p == '\t' || (behind && *p == '"');
	}
	buf_char(out, '"');
}

static void csv_number(const struct table_format *format, const char *text, struct buf *out)
{
	for (const char *p = text; *p; p++)
		buf_char(out, *p == '.' ? format->point : *p);
}

void table_format_begin(const struct table_format *format, struct buf *out)
{
	buf_str(out, format->marked ? BYTE_ORDER_MARK : "");
}

void table_format_head(const struct table_format *format, const struct table *table,
		       struct buf *out)
{
	for (int c = 0; c < table_columns(table); c++) {
		if (c > 0)
			buf_char(out, format->separator);
		buf_str(out, table_column_name(table, c));
	}
	buf_str(out, "\r\n");
}

void table_format_rows(const struct table_format *format, const struct table *table,
		       struct buf *out)
{
	for (int r = 0; r < table_rows(table); r++) {
		for (int c = 0; c < table_columns(table); c++) {
			const char *text = table_text(table, r, c);

			if (c > 0)
				buf_char(out, format->separator);
			if (text && table_is_number(table, c))
				csv_number(format, text, out);
			else if (text)
				csv_text(out, text);
		}
		buf_str(out, "\r\n");
	}
}

void table_format_remark(const struct table_format *format, const char *text, struct buf *out)
{
	buf_str(out, format->marked ? "\"# " : "# ");
	for (const char *p = text; *p; p++) {
		if (*p == '"' && format->marked)
			buf_char(out, '"');
		buf_char(out, *p);
	}
	buf_str(out, format->marked ? "\"\r\n" : "\n");
}

static void json_row(struct json_writer *json, const struct table *table, int row)
{
	json_writer_open(json, '{');
	for (int c = 0; c < table_columns(table); c++) {
		const char *text = table_text(table, row, c);

		json_writer_key(json, table_column_name(table, c));
		if (text && table_is_number(table, c) && is_plain_number(text))
			json_writer_raw(json, text, strlen(text));
		else
			json_writer_string(json, text);
	}
	json_writer_close(json, '}');
}

void table_format_json_rows(const struct table *table, bool first, struct buf *out)
{
	for (int r = 0; r < table_rows(table); r++) {
		struct json_writer json = JSON_WRITER_TO(out);

		if (r > 0 || !first)
			buf_char(out, ',');
		json_row(&json, table, r);
	}
}

void table_format_json(const struct table *table, struct buf *out)
{
	buf_char(out, '[');
	table_format_json_rows(table, true, out);
	buf_char(out, ']');
}
