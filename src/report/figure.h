/* SPDX-License-Identifier: MIT */
/*
 * figure.h -- what the database answers, written for people.
 *
 * A column's name says what it holds: "..._hours" is a duration, "..._rate"
 * and "share" are shares of 1, "day" a date, "..._at" a time of day in the
 * workspace's zone, "weekday" 1 to 7. So the queries need no format, and
 * CSV and JSON get the same numbers raw.
 */
#ifndef FIGURE_H
#define FIGURE_H

#include "buf.h"
#include "word.h"

enum figure {
	FIGURE_TEXT,
	FIGURE_ID, /* of a conversation: of no use when it is cut */
	FIGURE_NUMBER,
	FIGURE_HOURS,
	FIGURE_SECONDS,
	FIGURE_RATE,
	FIGURE_DAY,
	FIGURE_TIME,
	FIGURE_WEEKDAY,
	FIGURE_STATUS,
};

/* What a column of that name holds. */
enum figure figure_of(const char *column, bool is_number) MUST_CHECK;

/* Adds TEXT, a cell of that column, for people; a NULL as what stands for nothing there. */
void figure_write(struct buf *out, const char *column, bool is_number, const char *text,
		  enum lang lang);

/* Adds "25 November 2026, 19:40" for "2026-11-25 19:40"; a date alone likewise. */
void figure_time(struct buf *out, const char *text, enum lang lang);

#endif
