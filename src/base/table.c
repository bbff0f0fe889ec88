/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "mem.h"

struct column {
	const char *name;
	bool is_number, has_days;
};

struct table {
	struct arena *arena; /* the names and the texts */
	struct column *columns;
	const char **cells; /* row after row */
	int n_columns, n_rows, room;
};

struct table *table_new(int columns)
{
	struct table *table = mem_new(sizeof(*table));

	table->arena = arena_new();
	table->n_columns = columns;
	table->columns = mem_new((size_t)columns * sizeof(*table->columns));
	for (int i = 0; i < columns; i++)
		table->columns[i].name = "";
	return table;
}

void table_free(struct table **table)
{
	if (!*table)
		return;
	arena_free(&(*table)->arena);
	mem_free(&(*table)->columns);
	mem_free(&(*table)->cells);
	mem_free(table);
}

void table_name(struct table *table, int column, const char *name, bool is_number)
{
	assert(column >= 0 && column < table->n_columns);
	table->columns[column] = (struct column){ arena_dup(table->arena, name), is_number, false };
}

void table_set_days(struct table *table, int column)
{
	assert(column >= 0 && column < table->n_columns);
	table->columns[column].has_days = true;
}

int table_add(struct table *table)
{
	size_t width = (size_t)table->n_columns;

	if (table->n_rows == table->room) {
		table->room = table->room ? 2 * table->room : 8;
		table->cells =
			mem_grow(table->cells, (size_t)table->room * width * sizeof(*table->cells));
	}
	memset(table->cells + (size_t)table->n_rows * width, 0, width * sizeof(*table->cells));
	return table->n_rows++;
}

/* A cell that is not there: the query and the code that reads it have come apart. */
static void assert_cell(const struct table *table, int row, int column)
{
	assert(table && row >= 0 && row < table->n_rows);
	assert(column >= 0 && column < table->n_columns);
}

void table_set(struct table *table, int row, int column, const char *text, size_t n)
{
	assert_cell(table, row, column);
	table->cells[row * table->n_columns + column] = arena_text(table->arena, text, n);
}

void table_set_text(struct table *table, int row, int column, const char *text)
{
	if (text)
		table_set(table, row, column, text, strlen(text));
}

int table_rows(const struct table *table)
{
	return table ? table->n_rows : 0;
}

int table_columns(const struct table *table)
{
	return table ? table->n_columns : 0;
}

const char *table_column_name(const struct table *table, int column)
{
	assert(column >= 0 && column < table->n_columns);
	return table->columns[column].name;
}

bool table_is_number(const struct table *table, int column)
{
	assert(column >= 0 && column < table->n_columns);
	return table->columns[column].is_number;
}

bool table_has_days(const struct table *table, int column)
{
	assert(column >= 0 && column < table->n_columns);
	return table->columns[column].has_days;
}

const char *table_text(const struct table *table, int row, int column)
{
	assert_cell(table, row, column);
	return table->cells[row * table->n_columns + column];
}

int64_t table_int(const struct table *table, int row, int column)
{
	const char *text = table_text(table, row, column);
	char *end;
	long long n;

	if (!text)
		return TIME_NONE;
	n = strtoll(text, &end, 10);
	return end == text ? TIME_NONE : n;
}

bool table_bool(const struct table *table, int row, int column)
{
	const char *text = table_text(table, row, column);

	return text && text[0] == 't';
}

/* ---- by name ---------------------------------------------------------- */

int table_find(const struct table *table, const char *name)
{
	int column = 0;

	while (column < table->n_columns && strcmp(table->columns[column].name, name) != 0)
		column++;
	assert(column < table->n_columns);
	return column;
}

const char *table_get(const struct table *table, int row, const char *name)
{
	return table_text(table, row, table_find(table, name));
}

int64_t table_get_int(const struct table *table, int row, const char *name)
{
	return table_int(table, row, table_find(table, name));
}

bool table_get_bool(const struct table *table, int row, const char *name)
{
	return table_bool(table, row, table_find(table, name));
}

void table_put(struct table *table, int row, const char *name, const char *text)
{
	table_set_text(table, row, table_find(table, name), text);
}

void table_put_int(struct table *table, int row, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	table_put(table, row, name, text);
}
