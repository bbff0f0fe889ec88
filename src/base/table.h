/* SPDX-License-Identifier: MIT */
/*
 * table.h -- A table of texts: the result of a query, the content of a
 * report.
 *
 * Rows and named columns; a cell is a text or NULL. Made by port/pg, and read
 * by everybody: also by the modules that print it as a table, CSV, JSON or
 * HTML, so that none of them has to know its source.
 */
#ifndef TABLE_H
#define TABLE_H

#include "base.h"

struct table;

/* An empty table with that many columns, which have no names yet. */
struct table *table_new(int columns) MUST_CHECK;

/* Frees it with its texts. */
void table_free(struct table **table);

/*
 * Names a column and says whether it holds numbers, which are aligned to the
 * right. The name is copied.
 */
void table_name(struct table *table, int column, const char *name, bool is_number);

/* Says of a column that was named that it holds days, as "2026-11-25". */
void table_set_days(struct table *table, int column);

/* Adds a row of NULLs and returns its number. */
int table_add(struct table *table);

/* Sets a cell to a copy of the N bytes at TEXT. */
void table_set(struct table *table, int row, int column, const char *text, size_t n);

/* The same with a whole text; NULL changes nothing. */
void table_set_text(struct table *table, int row, int column, const char *text);

/* Sets a cell by its column's name to a copy of TEXT; NULL leaves it as it is. */
void table_put(struct table *table, int row, const char *name, const char *text);
void table_put_int(struct table *table, int row, const char *name, int64_t n);

/* How many rows; 0 for a NULL table. */
int table_rows(const struct table *table) MUST_CHECK;

/* How many columns; 0 for a NULL table. */
int table_columns(const struct table *table) MUST_CHECK;

/* The name of a column, and whether it holds numbers. */
const char *table_column_name(const struct table *table, int column) MUST_CHECK;
bool table_is_number(const struct table *table, int column) MUST_CHECK;
bool table_has_days(const struct table *table, int column) MUST_CHECK;

/* A cell, or NULL. Lives as long as the table. */
const char *table_text(const struct table *table, int row, int column) MUST_CHECK;

/*
 * The number of the column of that name. There must be one: the caller knows the statement that the
 * table answers.
 */
int table_find(const struct table *table, const char *name) MUST_CHECK;

/* A cell by its column's name, in the three forms below. */
const char *table_get(const struct table *table, int row, const char *name) MUST_CHECK;
int64_t table_get_int(const struct table *table, int row, const char *name) MUST_CHECK;
bool table_get_bool(const struct table *table, int row, const char *name) MUST_CHECK;

/*
 * A cell as a whole number; NULL, and a text that does not begin with one, gives TIME_NONE, the
 * smallest there is.
 */
int64_t table_int(const struct table *table, int row, int column) MUST_CHECK;

/* A cell as PostgreSQL writes booleans; NULL is false. */
bool table_bool(const struct table *table, int row, int column) MUST_CHECK;

#endif
