/* SPDX-License-Identifier: MIT */
#include "table_format.h"

#include <string.h>

#include "arena.h"
#include "err.h"
#include "json_writer.h"
#include "utf8.h"

/* A cell of a table shows so many bytes at most. */
#define LONGEST_CELL 256

static const char *shown(char buf[LONGEST_CELL], const char *text)
{
	return err_quote(buf, LONGEST_CELL, text ? text : "", text ? strlen(text) : 0);
}

static size_t width_of(const char *text)
{
	return utf8_width(text, strlen(text));
}

static void padded(struct buf *out, const char *text, size_t width, bool to_the_right)
{
	size_t fill = width - width_of(text);

	for (size_t i = 0; to_the_right && i < fill; i++)
		buf_char(out, ' ');
	buf_str(out, text);
	for (size_t i = 0; !to_the_right && i < fill; i++)
		buf_char(out, ' ');
}

/* The last column of a row leaves no blanks behind. */
static void trim(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

void table_format_table(const struct table *table, struct buf *out)
{
	int columns = table_columns(table), rows = table_rows(table);
	struct arena *arena = arena_new();
	size_t *widths = arena_alloc(arena, (size_t)columns * sizeof(*widths));
	char cell[LONGEST_CELL];

	for (int c = 0; c < columns; c++) {
		widths[c] = width_of(table_column_name(table, c));
		for (int r = 0; r < rows; r++) {
			size_t width = width_of(shown(cell, table_text(table, r, c)));

			widths[c] = width > widths[c] ? width : widths[c];
		}
	}
	for (int r = -1; r < rows; r++) {
		for (int c = 0; c < columns; c++) {
			const char *text = r < 0 ? table_column_name(table, c)
						 : shown(cell, table_text(table, r, c));

			padded(out, text,
			       widths[c] + (c + 1 < columns && !table_is_number(table, c) ? 2 : 0),
			       table_is_number(table, c));
			if (table_is_number(table, c) && c + 1 < columns)
				buf_str(out, "  ");
		}
		trim(out);
		buf_char(out, '\n');
	}
	arena_free(&arena);
}

static void csv_cell(struct buf *out, const char *text, bool is_number)
{
	if (!text)
		return;
	if (is_number) {
		buf_str(out, text);
		return;
	}
	buf_char(out, '"');
	if (*text && strchr("=+-@\t\r\n", *text))
		buf_char(out, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			buf_char(out, '"');
		buf_char(out, *p);
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
