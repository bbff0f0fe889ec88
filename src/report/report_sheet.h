/* SPDX-License-Identifier: MIT */
/*
 * report_sheet.h -- Writes tables of a report onto the sheets of a workbook.
 *
 * Days, instants, durations and shares are values that a spreadsheet can count with, by the names
 * of their columns (cell_format.h); everything else is a text or a number, as the database has it.
 * A sheet that is full is followed by a further one with the same head.
 */
#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include "report_text.h"
#include "table.h"
#include "xlsx.h"

struct report_sheet {
	struct xlsx *xlsx;
	enum lang lang;
	const char *title;  /* of the sheets that the following rows go to */
	const char *series; /* of columns after the first: cell_format_heading()'s */
	/* The last column whose name says how it looks; others named those behind it. NULL: all. */
	const char *last_own;
	bool begun; /* private */
};

/*
 * Further rows belong to a table of that title, which must live as long as they come. SERIES: the
 * columns after the first are those of a pivot (cell_format_heading()); NULL: they are not.
 */
void report_sheet_begin(struct report_sheet *to, const char *title, const char *series);

/* Adds the rows of TABLE; the first call after report_sheet_begin() writes the head as well. */
void report_sheet_rows(struct report_sheet *to, const struct table *table);

#endif
