/* SPDX-License-Identifier: MIT */
/*
 * grid.h -- a table of texts: what a query answered, what a report shows.
 *
 * Rows and named columns; a cell is a text or NULL. Made by port/pg, read
 * by everybody, and by those who print it as a table, CSV, JSON or HTML, so
 * that none of them has to know where it came from.
 */
#ifndef GRID_H
#define GRID_H

#include "base.h"

struct grid;

/* An empty grid of so many columns without names. */
struct grid *grid_new(int columns) MUST_CHECK;

/* Frees it with its texts. */
void grid_free(struct grid **grid);

/*
 * Names a column and says whether it holds numbers, which are aligned to the
 * right. The name is copied.
 */
void grid_name(struct grid *grid, int column, const char *name, bool is_number);

/* Adds a row of NULLs and returns its number. */
int grid_add(struct grid *grid);

/* Sets a cell to a copy of the N bytes at TEXT. */
void grid_set(struct grid *grid, int row, int column, const char *text, size_t n);

/* How many rows; 0 for a NULL grid. */
int grid_rows(const struct grid *grid) MUST_CHECK;

/* How many columns; 0 for a NULL grid. */
int grid_columns(const struct grid *grid) MUST_CHECK;

/* What a column is called, and whether it holds numbers. */
const char *grid_column_name(const struct grid *grid, int column) MUST_CHECK;
bool grid_is_number(const struct grid *grid, int column) MUST_CHECK;

/* A cell, or NULL. Lives as long as the grid. */
const char *grid_text(const struct grid *grid, int row, int column) MUST_CHECK;

/*
 * A cell as a whole number; NULL, and what does not begin with one, gives
 * TIME_NONE, the smallest there is.
 */
int64_t grid_int(const struct grid *grid, int row, int column) MUST_CHECK;

/* A cell as PostgreSQL writes booleans; NULL is false. */
bool grid_bool(const struct grid *grid, int row, int column) MUST_CHECK;

#endif
