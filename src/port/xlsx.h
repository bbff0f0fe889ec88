/* SPDX-License-Identifier: MIT */
/*
 * xlsx.h -- Writes a workbook for spreadsheets, by libxlsxwriter.
 *
 * Row by row, sheet by sheet, and never back: so a workbook of a million rows takes the memory of
 * one. A text stays a text, whatever a spreadsheet would make of it; a day and an instant are
 * numbers that are shown as such, and a duration is one that adds up.
 *
 * The library is loaded with the first workbook, and is no part of the daemon.
 */
#ifndef XLSX_H
#define XLSX_H

#include "base.h"
#include "err.h"

struct xlsx;

/* How a number is shown; XLSX_HEAD is the look of a heading. */
enum xlsx_form {
	XLSX_PLAIN,
	XLSX_HEAD,
	XLSX_NUMBER,   /* whole, with separators */
	XLSX_DAY,      /* days since 1899-12-30 */
	XLSX_TIME,     /* the same, with the time of day as a fraction */
	XLSX_DURATION, /* in days: hours, minutes and seconds, also more than a day of them */
	XLSX_RATE,     /* a share of 1, in percent */
	XLSX_FORMS,
};

/* The rows of a sheet, and the characters of its name (in UTF-16) and of a cell, at most. */
#define XLSX_ROWS 1048576
#define XLSX_NAME 31
#define XLSX_TEXT 32767

/*
 * A new workbook at PATH. NULL: ERR_CONFIG where the library is not installed, ERR_SYSTEM where
 * the file cannot be written.
 */
struct xlsx *xlsx_open(const char *path, struct err *err) MUST_CHECK;

/*
 * Begins a sheet; rows that follow are its rows. Characters of NAME that the name of a sheet may
 * not have are left out; a name that another sheet has already gets a number. Its first row stays
 * in sight.
 */
void xlsx_sheet(struct xlsx *xlsx, const char *name);

/* How wide columns are, in characters, from FIRST to LAST. */
void xlsx_width(struct xlsx *xlsx, int first, int last, int width);

/* A cell of the present row. A text that is longer than a cell can be ends with an ellipsis. */
void xlsx_text(struct xlsx *xlsx, int column, const char *text, enum xlsx_form form);
void xlsx_number(struct xlsx *xlsx, int column, double number, enum xlsx_form form);

/* Goes to the next row of the sheet. */
void xlsx_next(struct xlsx *xlsx);

/* The number of the present row, from 0; XLSX_ROWS when the sheet is full. */
int xlsx_row(const struct xlsx *xlsx) MUST_CHECK;

/* Writes the file. False with ERR_SYSTEM when any of it could not be written. */
bool xlsx_close(struct xlsx **xlsx, struct err *err) MUST_CHECK;

/* Gives up, without a file worth having. Fit for CLEANUP; nothing after xlsx_close(). */
void xlsx_free(struct xlsx **xlsx);

#endif
