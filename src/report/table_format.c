/* SPDX-License-Identifier: MIT */
#include "table_format.h"

#include <string.h>

#include "json_writer.h"

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
static void csv_cell(struct buf *out, const char *text, bool is_number)
{
	bool behind = false; /* a semicolon or a tab, and quotes */

	if (!text)
		return;
	if (is_number) {
		buf_str(out, text);
		return;
	}
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

void table_format_csv(const struct table *table, struct buf *out)
{
	for (int r = -1; r < table_rows(table); r++) {
		for (int c = 0; c < table_columns(table); c++) {
			if (c > 0)
				buf_char(out, ',');
			if (r < 0)
				buf_str(out, table_column_name(table, c));
			else
				csv_cell(out, table_text(table, r, c), table_is_number(table, c));
		}
		buf_str(out, "\r\n");
	}
}

/* PostgreSQL's numbers may also be NaN or infinite, which JSON has no numbers for. */
static bool is_json_number(const char *text)
{
	return text[strspn(text, "+-.0123456789eE")] == '\0';
}

void table_format_json(const struct table *table, struct buf *out)
{
	struct json_writer json = JSON_WRITER_TO(out);

	json_writer_open(&json, '[');
	for (int r = 0; r < table_rows(table); r++) {
		json_writer_open(&json, '{');
		for (int c = 0; c < table_columns(table); c++) {
			const char *text = table_text(table, r, c);

			json_writer_key(&json, table_column_name(table, c));
			if (text && table_is_number(table, c) && is_json_number(text))
				json_writer_raw(&json, text, strlen(text));
			else
				json_writer_string(&json, text);
		}
		json_writer_close(&json, '}');
	}
	json_writer_close(&json, ']');
}
