/* SPDX-License-Identifier: MIT */
#include "pivot.h"

#include <string.h>

#include "mem.h"

static const char *text_of(const struct grid *grid, int row, int column)
{
	const char *text = grid_text(grid, row, column);

	return text ? text : "";
}

/* The names of the columns to come; N of them. The caller frees the array. */
static const char **filter_ids_of(const struct grid *longer, int *n)
{
	const char **names = mem_new((size_t)(grid_rows(longer) + 1) * sizeof(*names));

	*n = 0;
	for (int r = 0; r < grid_rows(longer); r++) {
		const char *name = text_of(longer, r, 1);
		int c = 0;

		while (c < *n && strcmp(names[c], name) != 0)
			c++;
		if (c == *n)
			names[(*n)++] = name;
	}
	return names;
}

static int new_row(struct grid *wide, const struct grid *longer, int from)
{
	int row = grid_add(wide);
	const char *key = text_of(longer, from, 0);

	grid_set(wide, row, 0, key, strlen(key));
	for (int c = 1; c < grid_columns(wide); c++)
		grid_set(wide, row, c, "0", 1);
	return row;
}

struct grid *pivot_wide(const struct grid *longer)
{
	int n, row = -1;
	const char **names = filter_ids_of(longer, &n);
	struct grid *wide = grid_new(n + 1);

	grid_name(wide, 0, grid_column_name(longer, 0), grid_is_number(longer, 0));
	for (int c = 0; c < n; c++)
		grid_name(wide, c + 1, names[c], true);
	for (int r = 0; r < grid_rows(longer); r++) {
		const char *value = text_of(longer, r, 2);
		int c = 0;

		if (row < 0 || strcmp(text_of(longer, r, 0), text_of(wide, row, 0)) != 0)
			row = new_row(wide, longer, r);
		while (strcmp(names[c], text_of(longer, r, 1)) != 0)
			c++;
		if (*value)
			grid_set(wide, row, c + 1, value, strlen(value));
	}
	mem_free(&names);
	return wide;
}
