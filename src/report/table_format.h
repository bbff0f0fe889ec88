/* SPDX-License-Identifier: MIT */
/*
 * table_format.h -- Writes a table as CSV or as JSON.
 */
#ifndef TABLE_FORMAT_H
#define TABLE_FORMAT_H

#include "buf.h"
#include "table.h"

/*
 * As CSV (RFC 4180) with a header line. A text that a spreadsheet would
 * take for a formula gets an apostrophe before it (OWASP, "CSV Injection"); numbers stay numbers.
 */
void table_format_csv(const struct table *table, struct buf *out);

/*
 * As a JSON array of objects. Numbers are numbers, all else strings, among it
 * NaN and Infinity; a NULL is null.
 */
void table_format_json(const struct table *table, struct buf *out);

#endif
