/* SPDX-License-Identifier: MIT */
#include "grid.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "mem.h"

struct column {
	const char *name;
	bool is_number;
};

struct grid {
	struct arena *arena; /* the names and the texts */
	struct column *columns;
	const char **cells; /* row after row */
	int n_columns, n_rows, room;
};

struct grid *grid_new(int columns)
{
	struct grid *grid = mem_new(sizeof(*grid));

	grid->arena = arena_new();
	grid->n_columns = columns;
	grid->columns = mem_new((size_t)columns * sizeof(*grid->columns));
	for (int i = 0; i < columns; i++)
		grid->columns[i].name = "";
	return grid;
}

void grid_free(struct grid **grid)
{
	if (!*grid)
		return;
	arena_free(&(*grid)->arena);
	mem_free(&(*grid)->columns);
	mem_free(&(*grid)->cells);
	mem_free(grid);
}

void grid_name(struct grid *grid, int column, const char *name, bool is_number)
{
	grid->columns[column] = (struct column){ arena_dup(grid->arena, name), is_number };
}

int grid_add(struct grid *grid)
{
	size_t width = (size_t)grid->n_columns;

	if (grid->n_rows == grid->room) {
		grid->room = grid->room ? 2 * grid->room : 8;
		grid->cells =
			mem_grow(grid->cells, (size_t)grid->room * width * sizeof(*grid->cells));
	}
	memset(grid->cells + (size_t)grid->n_rows * width, 0, width * sizeof(*grid->cells));
	return grid->n_rows++;
}

void grid_set(struct grid *grid, int row, int column, const char *text, size_t n)
{
	grid->cells[row * grid->n_columns + column] = arena_text(grid->arena, text, n);
}

int grid_rows(const struct grid *grid)
{
	return grid ? grid->n_rows : 0;
}

int grid_columns(const struct grid *grid)
{
	return grid ? grid->n_columns : 0;
}

const char *grid_column_name(const struct grid *grid, int column)
{
	return grid->columns[column].name;
}

bool grid_is_number(const struct grid *grid, int column)
{
	return grid->columns[column].is_number;
}

const char *grid_text(const struct grid *grid, int row, int column)
{
	return grid->cells[row * grid->n_columns + column];
}

int64_t grid_int(const struct grid *grid, int row, int column)
{
	const char *text = grid_text(grid, row, column);
	char *end;
	long long n;

	if (!text)
		return TIME_NONE;
	n = strtoll(text, &end, 10);
	return end == text ? TIME_NONE : n;
}

bool grid_bool(const struct grid *grid, int row, int column)
{
	const char *text = grid_text(grid, row, column);

	return text && text[0] == 't';
}
