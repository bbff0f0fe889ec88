/* SPDX-License-Identifier: MIT */
#include "table_print.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "err.h"
#include "library.h"
#include "mem.h"

/* A cell shows so many bytes at most. */
#define LONGEST_CELL 256

/* The functions that are called, found by their names. */
struct smartcols {
	__typeof__(scols_new_table) *new_table;
	__typeof__(scols_unref_table) *unref_table;
	__typeof__(scols_table_enable_minout) *enable_minout;
	__typeof__(scols_table_enable_noencoding) *enable_noencoding;
	__typeof__(scols_table_enable_noheadings) *enable_noheadings;
	__typeof__(scols_table_set_column_separator) *set_column_separator;
	__typeof__(scols_table_set_termforce) *set_termforce;
	__typeof__(scols_table_new_column) *new_column;
	__typeof__(scols_table_new_line) *new_line;
	__typeof__(scols_line_set_data) *set_data;
	__typeof__(scols_print_table_to_string) *print;
	__typeof__(scols_table_get_column) *get_column;
	__typeof__(scols_column_get_width) *get_width;
};

static const char *const libraries[] = { "libsmartcols.so.1", NULL };

static const struct library_function functions[] = {
	{ "scols_new_table", offsetof(struct smartcols, new_table) },
	{ "scols_unref_table", offsetof(struct smartcols, unref_table) },
	{ "scols_table_enable_minout", offsetof(struct smartcols, enable_minout) },
	{ "scols_table_enable_noencoding", offsetof(struct smartcols, enable_noencoding) },
	{ "scols_table_enable_noheadings", offsetof(struct smartcols, enable_noheadings) },
	{ "scols_table_set_column_separator", offsetof(struct smartcols, set_column_separator) },
	{ "scols_table_set_termforce", offsetof(struct smartcols, set_termforce) },
	{ "scols_table_new_column", offsetof(struct smartcols, new_column) },
	{ "scols_table_new_line", offsetof(struct smartcols, new_line) },
	{ "scols_line_set_data", offsetof(struct smartcols, set_data) },
	{ "scols_print_table_to_string", offsetof(struct smartcols, print) },
	{ "scols_table_get_column", offsetof(struct smartcols, get_column) },
	{ "scols_column_get_width", offsetof(struct smartcols, get_width) },
};

static const char *shown(char buf[LONGEST_CELL], const char *text)
{
	return err_quote(buf, LONGEST_CELL, text ? text : "", text ? strlen(text) : 0);
}

static void add_columns(const struct smartcols *lib, struct libscols_table *to,
			const struct table *table)
{
	bool named = false;

	for (int c = 0; c < table_columns(table); c++) {
		int right = table_is_number(table, c) ? SCOLS_FL_RIGHT : 0;
		const char *name = table_column_name(table, c);

		if (!lib->new_column(to, name, 0, right))
			mem_out("libsmartcols");
		named = named || *name;
	}
	lib->enable_noheadings(to, !named);
}

static void add_rows(const struct smartcols *lib, struct libscols_table *to,
		     const struct table *table)
{
	char cell[LONGEST_CELL];

	/* Without a line it would not print the names either. */
	if (table_rows(table) == 0 && !lib->new_line(to, NULL))
		mem_out("libsmartcols");
	for (int r = 0; r < table_rows(table); r++) {
		struct libscols_line *line = lib->new_line(to, NULL);

		for (int c = 0; c < table_columns(table); c++) {
			const char *text = shown(cell, table_text(table, r, c));

			if (!line || (*text && lib->set_data(line, (size_t)c, text) != 0))
				mem_out("libsmartcols");
		}
	}
}

static void print(const struct smartcols *lib, const struct table *table, struct buf *out,
		  size_t *widths)
{
	struct libscols_table *to = lib->new_table();
	char *text = NULL;

	if (!to)
		mem_out("libsmartcols");
	lib->enable_minout(to, 1);
	/* Cells are safe to show already, by the rules of err_quote(). */
	lib->enable_noencoding(to, 1);
	lib->set_termforce(to, SCOLS_TERMFORCE_NEVER);
	lib->set_column_separator(to, "  ");
	add_columns(lib, to, table);
	add_rows(lib, to, table);
	if (lib->print(to, &text) != 0 || !text)
		mem_out("libsmartcols");
	buf_str(out, text);
	/* The last line comes without its end. */
	if (table_rows(table) > 0)
		buf_char(out, '\n');
	free(text);
	for (int c = 0; widths && c < table_columns(table); c++)
		widths[c] = lib->get_width(lib->get_column(to, (size_t)c));
	lib->unref_table(to);
}

/* Without the library, or its locale: nothing is aligned, and nothing is left out. */
static void print_tabs(const struct table *table, struct buf *out, size_t *widths)
{
	char cell[LONGEST_CELL];

	for (int r = -1; r < table_rows(table); r++)
		for (int c = 0; c < table_columns(table); c++)
			buf_printf(out, "%s%c",
				   r < 0 ? table_column_name(table, c)
					 : shown(cell, table_text(table, r, c)),
				   c + 1 < table_columns(table) ? '\t' : '\n');
	for (int c = 0; widths && c < table_columns(table); c++)
		widths[c] = 0;
}

void table_print(const struct table *table, struct buf *out, size_t *widths)
{
	struct smartcols lib;
	CLEANUP(library_close)
	void *library = library_open(libraries, functions, ARRAY_SIZE(functions), &lib);
	/* It asks the locale how wide characters are, and does not end where there is no answer. */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL), before;

	if (!library || !utf8) {
		print_tabs(table, out, widths);
	} else {
		before = uselocale(utf8);
		print(&lib, table, out, widths);
		uselocale(before);
	}
	if (utf8)
		freelocale(utf8);
}
