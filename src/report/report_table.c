/* SPDX-License-Identifier: MIT */
#include "report_table.h"

#include <limits.h>
#include <string.h>

#include "arena.h"
#include "cell_format.h"
#include "err.h"
#include "pivot.h"
#include "report_proof.h"
#include "table_print.h"
#include "utf8.h"
#include "width.h"

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
	return cell_format_heading(to->lang, column, NULL);
}

static bool is_cuttable(const struct table *table, int column)
{
	return cell_format_of(table_column_name(table, column), table_is_number(table, column)) ==
	       CELL_FORMAT_TEXT;
}

/* TEXT, cut to WIDTH columns. */
static void cut(struct buf *out, const char *text, int width)
{
	char quoted[LONGEST];
	size_t n, used = 0;

	err_quote(quoted, sizeof(quoted), text, strlen(text));
	n = strlen(quoted);
	if (width_of(quoted, n) <= (size_t)width) {
		buf_str(out, quoted);
		return;
	}
	for (const char *p = quoted; *p;) {
		size_t length = utf8_char(p, (size_t)(quoted + n - p)), wide = width_of(p, length);

		if (length == 0 || used + wide > (size_t)width - 1)
			break;
		buf_add(out, p, length);
		used += wide;
		p += length;
	}
	buf_str(out, ELLIPSIS);
}

/* The table for people: headings and cells in words, no text wider than its column's MOST. */
static struct table *formatted_rows(const struct report_table *to, const struct table *table,
				    const int *most)
{
	struct table *shown = table_new(table_columns(table));

	for (int c = 0; c < table_columns(table); c++) {
		const char *name = table_column_name(table, c);
		enum cell_format format = cell_format_of(name, table_is_number(table, c));

		table_name(shown, c, heading(to, name),
			   table_is_number(table, c) && format != CELL_FORMAT_WEEKDAY);
	}
	for (int r = 0; r < table_rows(table); r++) {
		table_add(shown);
		for (int c = 0; c < table_columns(table); c++) {
			CLEANUP(buf_free)
			struct buf formatted = BUF_MAX(65536), cell = BUF_MAX(LONGEST);

			cell_format_write(&formatted, table_column_name(table, c),
					  table_is_number(table, c), table_text(table, r, c),
					  to->lang);
			if (is_cuttable(table, c))
				cut(&cell, buf_text(&formatted), most[c]);
			else
				buf_str(&cell, buf_text(&formatted));
			table_set(shown, r, c, buf_text(&cell), cell.len);
		}
	}
	return shown;
}

/* How wide the columns of a table are; the sum is that of a line, with the blanks between. */
static int measure(const struct table *shown, size_t *widths)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(16u << 20);
	int sum = 2 * (table_columns(shown) - 1);

	table_print(shown, &text, widths);
	for (int c = 0; c < table_columns(shown); c++)
		sum += (int)widths[c];
	return sum;
}

/* The widest column whose cells may be cut; -1 when none is left to be. */
static int widest(const struct table *table, const size_t *widths)
{
	int found = -1;

	for (int c = 0; c < table_columns(table); c++)
		if (is_cuttable(table, c) && widths[c] > NARROWEST &&
		    (found < 0 || widths[c] > widths[found]))
			found = c;
	return found;
}

/* A line for each cell: for a table that is too wide, and has few rows. */
static void print_vertical(const struct report_table *to, const struct table *shown)
{
	CLEANUP(table_free) struct table *lines = table_new(2);

	for (int r = 0; r < table_rows(shown); r++) {
		for (int c = 0; c < table_columns(shown); c++) {
			const char *name = table_column_name(shown, c),
				   *text = table_text(shown, r, c);
			int line = table_add(lines);

			table_set_text(lines, line, 0, name);
			table_set_text(lines, line, 1, text);
		}
	}
	table_print(lines, to->out, NULL);
}

/* The first COLUMNS columns of it. */
static struct table *narrowed(const struct table *table, int columns)
{
	struct table *less = table_new(columns);

	for (int c = 0; c < columns; c++)
		table_name(less, c, table_column_name(table, c), table_is_number(table, c));
	for (int r = 0; r < table_rows(table); r++) {
		table_add(less);
		for (int c = 0; c < columns; c++) {
			const char *text = table_text(table, r, c);

			table_set_text(less, r, c, text);
		}
	}
	return less;
}

/* A shown whose names are cut, always the widest, until it fits; NULL when that is not enough. */
static struct table *fitted(const struct report_table *to, const struct table *table,
			    struct arena *arena)
{
	size_t n = (size_t)table_columns(table);
	int *most = arena_alloc(arena, n * sizeof(*most)), sum, c;
	size_t *widths = arena_alloc(arena, n * sizeof(*widths));
	struct table *shown;

	for (size_t i = 0; i < n; i++)
		most[i] = WIDEST;
	shown = formatted_rows(to, table, most);
	for (sum = measure(shown, widths); sum > to->width; sum--) {
		c = widest(table, widths);
		if (c < 0) {
			table_free(&shown);
			return NULL;
		}
		most[c] = (int)--widths[c];
	}
	table_free(&shown);
	shown = formatted_rows(to, table, most);
	if (measure(shown, widths) > to->width)
		table_free(&shown);
	return shown;
}

/*
 * Cuts names until the shown fits. Where that is not enough, few rows are
 * written upright, and of many the last columns, which matter least, are left to CSV.
 */
static void fit(const struct report_table *to, const struct table *table)
{
	struct arena *arena = arena_new();
	struct report_table wide = *to;
	struct table *shown = fitted(to, table, arena);

	wide.width = INT_MAX;
	for (int columns = table_columns(table) - 1; !shown && columns > 0; columns--) {
		CLEANUP(table_free) struct table *less = narrowed(table, columns);

		if (table_rows(table) <= FEW) {
			shown = fitted(&wide, table, arena);
			print_vertical(to, shown);
			table_free(&shown);
			break;
		}
		shown = fitted(columns > 1 ? to : &wide, less, arena);
	}
	if (shown)
		table_print(shown, to->out, NULL);
	table_free(&shown);
	arena_free(&arena);
}

void report_table_late(struct buf *out, enum lang lang, const struct table *scope, int row)
{
	const char *days = table_get(scope, row, "stale_days"),
		   *since = table_get(scope, row, "late_since");

	if (!days)
		return;
	cut(out, table_get(scope, row, "workspace"), WIDEST);
	buf_printf(out, ": %s: %s", report_text_get(lang, "dirty"), days);
	if (since)
		buf_printf(out, " (%s %s)", report_text_get(lang, "late"), since);
}

void report_table_agents(struct buf *out, enum lang lang, const struct table *scope, int row)
{
	const char *from = table_get(scope, row, "agents_from");

	if (!from)
		return;
	cut(out, table_get(scope, row, "workspace"), WIDEST);
	buf_printf(out, ": %s %s", report_text_get(lang, "agents_from"), from);
}

void report_table_proof(struct buf *out, enum lang lang, const struct table *scope, int row)
{
	if (!table_get(scope, row, "proof"))
		return;
	cut(out, table_get(scope, row, "workspace"), WIDEST);
	buf_str(out, ": ");
	report_proof_write(out, lang, scope, row);
}

void report_table_scope(const struct report_table *to, const struct table *scope, int row)
{
	const char *complete = table_get(scope, row, "complete_at"),
		   *stale = table_get(scope, row, "stale_seconds");

	if (row > 0)
		buf_char(to->out, '\n');
	cut(to->out, table_get(scope, row, "workspace"), WIDEST);
	buf_printf(to->out, ", %s %s %s\n", table_get(scope, row, "from_day"),
		   report_text_get(to->lang, "until"), table_get(scope, row, "to_day"));
	if (to->only) {
		buf_printf(to->out, "%s ", report_text_get(to->lang, "only"));
		cut(to->out, to->only, WIDEST);
		buf_char(to->out, '\n');
	}
	if (complete)
		buf_printf(to->out, "%s %s (%s)\n", report_text_get(to->lang, "complete"), complete,
			   table_get(scope, row, "timezone"));
	else
		buf_printf(to->out, "%s\n", report_text_get(to->lang, "incomplete"));
	if (stale) {
		buf_printf(to->out, "%s ", report_text_get(to->lang, "stale_before"));
		cell_format_write(to->out, "stale_seconds", true, stale, to->lang);
		buf_printf(to->out, "%s%s\n", to->lang == LANG_EN ? " " : "",
			   report_text_get(to->lang, "stale_after"));
	}
}

void report_table_note(const struct report_table *to, const char *text)
{
	size_t used = 0;

	while (*text) {
		size_t n = strcspn(text, " "), wide = width_of(text, n);

		if (used > 0 && used + 1 + wide > (size_t)to->width) {
			buf_char(to->out, '\n');
			used = 0;
		} else if (used > 0) {
			buf_char(to->out, ' ');
			used++;
		}
		buf_add(to->out, text, n);
		used += wide;
		text += n + strspn(text + n, " ");
	}
	if (used > 0)
		buf_char(to->out, '\n');
}

void report_table_panel(const struct report_table *to, const struct panel *panel,
			const struct table *table)
{
	CLEANUP(table_free) struct table *wide = panel->pivot ? pivot_wide(table) : NULL;

	buf_printf(to->out, "\n%s\n", report_text_of(to->lang, "panel_", panel->name));
	if (table_rows(table) == 0)
		buf_printf(to->out, "%s\n", report_text_get(to->lang, "nothing"));
	else
		fit(to, wide ? wide : table);
}
