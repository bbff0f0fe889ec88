/* SPDX-License-Identifier: MIT */
#include "pivot.h"

#include <string.h>

#include "mem.h"

static const char *text_of(const struct table *table, int row, int column)
{
	const char *text = table_text(table, row, column);

	return text ? text : "";
}

/* The names of the columns to come; N of them. The caller frees the array. */
static const char **names_of(const struct table *longer, int *n)
{
	const char **names = mem_new((size_t)(table_rows(longer) + 1) * sizeof(*names));

	*n = 0;
	for (int r = 0; r < table_rows(longer); r++) {
		const char *name = text_of(longer, r, 1);
		int c = 0;

		while (c < *n && strcmp(names[c], name) != 0)
			c++;
		if (c == *n)
			names[(*n)++] = name;
	}
	return names;
}

/* Where the longer table has no row the number is 0; where it has one without a number, none. */
static void fill(struct table *wide, int row, bool *told)
{
	for (int c = 1; c < table_columns(wide); c++) {
		if (!told[c])
			table_set_text(wide, row, c, "0");
		told[c] = false;
	}
}

struct table *pivot_wide(const struct table *longer)
{
	int n, row = -1;
	const char **names = names_of(longer, &n);
	struct table *wide = table_new(n + 1);
	bool *told = mem_new((size_t)(n + 1) * sizeof(*told));

	table_name(wide, 0, table_column_name(longer, 0), table_is_number(longer, 0));
	for (int c = 0; c < n; c++)
		table_name(wide, c + 1, names[c], true);
	for (int r = 0; r < table_rows(longer); r++) {
		int c = 0;

		if (row < 0 || strcmp(text_of(longer, r, 0), text_of(wide, row, 0)) != 0) {
			if (row >= 0)
				fill(wide, row, told);
			row = table_add(wide);
			table_set_text(wide, row, 0, text_of(longer, r, 0));
		}
		while (strcmp(names[c], text_of(longer, r, 1)) != 0)
			c++;
		table_set_text(wide, row, c + 1, table_text(longer, r, 2));
		told[c + 1] = true;
	}
	if (row >= 0)
		fill(wide, row, told);
	mem_free(&told);
	mem_free(&names);
	return wide;
}
