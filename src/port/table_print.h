/* SPDX-License-Identifier: MIT */
/*
 * table_print.h -- Prints a table for a terminal, by libsmartcols.
 *
 * The library is loaded when a table is printed, so that the daemon, which
 * prints none, has no memory of it. The output is the same in every locale.
 */
#ifndef TABLE_PRINT_H
#define TABLE_PRINT_H

#include "buf.h"
#include "table.h"

/*
 * Adds TABLE to OUT: columns aligned, numbers to the right, two blanks
 * between; a NULL is empty, and there is no line of names where no column
 * has one. Bytes that could disturb a terminal are made visible. WIDTHS,
 * unless NULL, receives the width of each column. Where the library is not
 * installed, columns are separated by tabs, and widths are 0.
 */
void table_print(const struct table *table, struct buf *out, size_t *widths);

#endif
