/* SPDX-License-Identifier: MIT */
#include "report_table.h"

#include <limits.h>
#include <string.h>

#include "arena.h"
#include "cell_format.h"
#include "err.h"
#include "pivot.h"
#include "table_format.h"
#include "utf8.h"

/* A cell is never wider, so that its bytes fit, four a column. */
#define WIDEST 64
#define LONGEST (WIDEST * 4 + 8)

/* A name is not cut below this. */
#define NARROWEST 8

/* So many rows may be written upright. */
#define FEW 2

#define ELLIPSIS "\xe2\x80\xa6"

static const char *heading(const struct report_table *to, const char *column)
{
	const char *words = report_text_of(to->lang, "col_", column);

	return words ? words : column;
}

static bool is_cuttable(const struct grid *grid, int column)
{
	return cell_format_of(grid_column_name(grid, column), grid_is_number(grid, column)) ==
	       CELL_FORMAT_TEXT;
}

/* TEXT, cut to WIDTH columns. */
static void cut(struct buf *out, const char *text, int width)
{
	char quoted[LONGEST];
	size_t n, used = 0;

	err_quote(quoted, sizeof(quoted), text, strlen(text));
	n = strlen(quoted);
	if (utf8_width(quoted, n) <= (size_t)width) {
		buf_str(out, quoted);
		return;
	}
	for (const char *p = quoted; *p;) {
		size_t length = utf8_char(p, (size_t)(quoted + n - p)),
		       wide = utf8_width(p, length);

		if (length == 0 || used + wide > (size_t)width - 1)
			break;
		buf_add(out, p, length);
		used += wide;
		p += length;
	}
	buf_str(out, ELLIPSIS);
}

/* The grid for people: headings and cells in words, no text wider than its column's MOST. */
static struct grid *worded(const struct report_table *to, const struct grid *grid, const int *most)
{
	struct grid *table = grid_new(grid_columns(grid));

	for (int c = 0; c < grid_columns(grid); c++) {
		const char *name = grid_column_name(grid, c);
		enum cell_format figure = cell_format_of(name, grid_is_number(grid, c));

		grid_name(table, c, heading(to, name),
			  grid_is_number(grid, c) && figure != CELL_FORMAT_WEEKDAY);
	}
	for (int r = 0; r < grid_rows(grid); r++) {
		grid_add(table);
		for (int c = 0; c < grid_columns(grid); c++) {
			CLEANUP(buf_free)
			struct buf figure = BUF_MAX(65536), cell = BUF_MAX(LONGEST);

			cell_format_write(&figure, grid_column_name(grid, c),
					  grid_is_number(grid, c), grid_text(grid, r, c), to->lang);
			if (is_cuttable(grid, c))
				cut(&cell, buf_text(&figure), most[c]);
			else
				buf_str(&cell, buf_text(&figure));
			grid_set(table, r, c, buf_text(&cell), cell.len);
		}
	}
	return table;
}

/* How wide the columns of a table are; the sum is that of a line, with what stands between. */
static int measure(const struct grid *table, int *widths)
{
	int sum = 0;

	for (int c = 0; c < grid_columns(table); c++) {
		const char *text = grid_column_name(table, c);
		size_t most = utf8_width(text, strlen(text));

		for (int r = 0; r < grid_rows(table); r++) {
			size_t width;

			text = grid_text(table, r, c);
			width = utf8_width(text, strlen(text));
			most = width > most ? width : most;
		}
		widths[c] = (int)most;
		sum += (int)most + (c > 0 ? 2 : 0);
	}
	return sum;
}

/* The widest column whose cells may be cut; -1 when none is left to be. */
static int widest(const struct grid *grid, const int *widths)
{
	int found = -1;

	for (int c = 0; c < grid_columns(grid); c++)
		if (is_cuttable(grid, c) && widths[c] > NARROWEST &&
		    (found < 0 || widths[c] > widths[found]))
			found = c;
	return found;
}

/* A line for each cell: for what is too wide, and has few rows. */
static void upright(const struct report_table *to, const struct grid *table)
{
	size_t most = 0;

	for (int c = 0; c < grid_columns(table); c++) {
		const char *name = grid_column_name(table, c);
		size_t width = utf8_width(name, strlen(name));

		most = width > most ? width : most;
	}
	for (int r = 0; r < grid_rows(table); r++) {
		for (int c = 0; c < grid_columns(table); c++) {
			const char *name = grid_column_name(table, c);

			buf_printf(to->out, "%s%*s  %s\n", name,
				   (int)(most - utf8_width(name, strlen(name))), "",
				   grid_text(table, r, c));
		}
	}
}

/* The first COLUMNS columns of it. */
static struct grid *narrowed(const struct grid *grid, int columns)
{
	struct grid *less = grid_new(columns);

	for (int c = 0; c < columns; c++)
		grid_name(less, c, grid_column_name(grid, c), grid_is_number(grid, c));
	for (int r = 0; r < grid_rows(grid); r++) {
		grid_add(less);
		for (int c = 0; c < columns; c++) {
			const char *text = grid_text(grid, r, c);

			if (text)
				grid_set(less, r, c, text, strlen(text));
		}
	}
	return less;
}

/* A table whose names are cut, always the widest, until it fits; NULL when that is not enough. */
static struct grid *fitted(const struct report_table *to, const struct grid *grid,
			   struct arena *arena)
{
	size_t n = (size_t)grid_columns(grid);
	int *most = arena_alloc(arena, n * sizeof(*most)),
	    *widths = arena_alloc(arena, n * sizeof(*widths)), sum, c;
	struct grid *table;

	for (size_t i = 0; i < n; i++)
		most[i] = WIDEST;
	table = worded(to, grid, most);
	for (sum = measure(table, widths); sum > to->width; sum--) {
		c = widest(grid, widths);
		if (c < 0) {
			grid_free(&table);
			return NULL;
		}
		most[c] = --widths[c];
	}
	grid_free(&table);
	table = worded(to, grid, most);
	if (measure(table, widths) > to->width)
		grid_free(&table);
	return table;
}

/*
 * Cuts names until the table fits. Where that is not enough, few rows are
 * written upright, and of many the last columns, which matter least, are left to CSV.
 */
static void fit(const struct report_table *to, const struct grid *grid)
{
	struct arena *arena = arena_new();
	struct report_table wide = *to;
	struct grid *table = fitted(to, grid, arena);

	wide.width = INT_MAX;
	for (int columns = grid_columns(grid) - 1; !table && columns > 0; columns--) {
		CLEANUP(grid_free) struct grid *less = narrowed(grid, columns);

		if (grid_rows(grid) <= FEW) {
			table = fitted(&wide, grid, arena);
			upright(to, table);
			grid_free(&table);
			break;
		}
		table = fitted(columns > 1 ? to : &wide, less, arena);
	}
	if (table)
		table_format_table(table, to->out);
	grid_free(&table);
	arena_free(&arena);
}

static const char *value(const struct grid *grid, int row, const char *name)
{
	for (int c = 0; c < grid_columns(grid); c++)
		if (strcmp(grid_column_name(grid, c), name) == 0)
			return grid_text(grid, row, c);
	return NULL;
}

void report_table_scope(const struct report_table *to, const struct grid *scope, int row)
{
	const char *complete = value(scope, row, "complete_at"),
		   *stale = value(scope, row, "stale_seconds");

	if (row > 0)
		buf_char(to->out, '\n');
	cut(to->out, value(scope, row, "workspace"), WIDEST);
	buf_printf(to->out, ", %s %s %s\n", value(scope, row, "from_day"),
		   report_text_get(to->lang, "until"), value(scope, row, "to_day"));
	if (complete)
		buf_printf(to->out, "%s %s (%s)\n", report_text_get(to->lang, "complete"), complete,
			   value(scope, row, "timezone"));
	else
		buf_printf(to->out, "%s\n", report_text_get(to->lang, "incomplete"));
	if (stale) {
		buf_printf(to->out, "%s ", report_text_get(to->lang, "stale_before"));
		cell_format_write(to->out, "stale_seconds", true, stale, to->lang);
		buf_printf(to->out, "%s%s\n", to->lang == LANG_EN ? " " : "",
			   report_text_get(to->lang, "stale_after"));
	}
}

void report_table_panel(const struct report_table *to, const struct panel *panel,
			const struct grid *grid)
{
	CLEANUP(grid_free) struct grid *wide = panel->pivot ? pivot_wide(grid) : NULL;

	buf_printf(to->out, "\n%s\n", report_text_of(to->lang, "panel_", panel->name));
	if (grid_rows(grid) == 0)
		buf_printf(to->out, "%s\n", report_text_get(to->lang, "nothing"));
	else
		fit(to, wide ? wide : grid);
}
