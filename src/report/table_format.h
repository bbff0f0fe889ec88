/* SPDX-License-Identifier: MIT */
/*
 * table_format.h -- Writes a table as CSV or as JSON.
 */
#ifndef TABLE_FORMAT_H
#define TABLE_FORMAT_H

#include "buf.h"
#include "table.h"

/* How CSV is written: for programs as RFC 4180 has it, or for a spreadsheet. */
struct table_format {
	char separator;
	char point;  /* of numbers */
	bool marked; /* for a spreadsheet, which knows UTF-8 by a byte order mark */
};

/* RFC 4180. */
#define TABLE_FORMAT_CSV \
	{ \
		.separator = ',', .point = '.' \
	}

/* Adds the beginning of a file, before all remarks: a byte order mark, or nothing. */
void table_format_begin(const struct table_format *format, struct buf *out);

/*
 * Adds a line with the names of the columns, or the rows. A text that a spreadsheet would
 * take for a formula gets an apostrophe before it (OWASP, "CSV Injection"); numbers stay numbers.
 */
void table_format_head(const struct table_format *format, const struct table *table,
		       struct buf *out);
void table_format_rows(const struct table_format *format, const struct table *table,
		       struct buf *out);

/* Adds a line of its own with one text, which is no row. */
void table_format_remark(const struct table_format *format, const char *text, struct buf *out);

/*
 * As a JSON array of objects. Numbers are numbers, all else strings, among it
 * NaN and Infinity; a NULL is null.
 */
void table_format_json(const struct table *table, struct buf *out);

/* The rows as such objects without the brackets around them, a comma before each but the first. */
void table_format_json_rows(const struct table *table, bool first, struct buf *out);

#endif
