/* SPDX-License-Identifier: MIT */
/*
 * cell_format.h -- Formats values of the database for people.
 *
 * A column's name tells its format: "..._hours" is a duration, "..._rate" and
 * "share" are shares of 1, "day" and "..._day" a date, "..._at" and "..._as_of"
 * a time of day, "weekday" 1 to 7. So the queries need no format, and CSV and
 * JSON get the same numbers raw.
 */
#ifndef CELL_FORMAT_H
#define CELL_FORMAT_H

#include "buf.h"
#include "report_text.h"

enum cell_format {
	CELL_FORMAT_TEXT,
	CELL_FORMAT_ID, /* of a conversation: of no use when it is cut */
	CELL_FORMAT_NUMBER,
	CELL_FORMAT_HOURS,
	CELL_FORMAT_SECONDS,
	CELL_FORMAT_RATE,
	CELL_FORMAT_DAY,
	CELL_FORMAT_TIME,
	CELL_FORMAT_WEEKDAY,
	CELL_FORMAT_STATUS,
	CELL_FORMAT_WORD, /* of the program's runs: their kind, state or verdict */
};

/* The format of a column of that name. */
enum cell_format cell_format_of(const char *column, bool is_number) MUST_CHECK;

/*
 * The heading of the column NAME. SERIES: NULL for a column of ours; else it is one of a pivot,
 * whose words begin with SERIES, and "" is a name that others gave, which stays as it is.
 */
const char *cell_format_heading(enum lang lang, const char *name, const char *series) MUST_CHECK;

/* Adds TEXT, a cell of that column, for people; a NULL as a dash. */
void cell_format_write(struct buf *out, const char *column, bool is_number, const char *text,
		       enum lang lang);

/* Adds "25 November 2026, 19:40" for "2026-11-25 19:40"; a date alone likewise. */
void cell_format_time(struct buf *out, const char *text, enum lang lang);

#endif
