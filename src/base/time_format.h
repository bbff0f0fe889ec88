/* SPDX-License-Identifier: MIT */
/*
 * time_format.h -- Parses and formats instants and durations.
 *
 * An instant is microseconds since 1970-01-01T00:00:00Z (proleptic
 * Gregorian, years 0001 to 9999), a duration is microseconds. No time zone
 * is known here but UTC, and no locale.
 */
#ifndef TIME_FORMAT_H
#define TIME_FORMAT_H

#include "base.h"

/* Room for any text that this module writes. */
#define TIME_FORMAT_SIZE 64

/*
 * Reads an RFC 3339 time: "2024-03-15T08:30:00Z", with or without a
 * fraction, with Z or an offset. The API's reference says ISO 8601 in UTC,
 * so a missing offset is UTC, and the T may be a blank. Second 60 counts as
 * the first of the next minute. False when the N bytes at S are anything
 * else; *RET is then untouched.
 */
bool time_parse(const char *s, size_t n, int64_t *ret) MUST_CHECK;

/*
 * Writes "2024-03-15T08:30:00Z", with a fraction only where there is one; "-"
 * for TIME_NONE. Returns BUF.
 */
const char *time_format(int64_t t, char buf[TIME_FORMAT_SIZE]);

/* Writes "Fri, 15 Mar 2024 08:30:00 GMT". Returns BUF. */
const char *time_format_http(int64_t t, char buf[TIME_FORMAT_SIZE]);

/*
 * Reads a duration as the configuration has it: "30s", "5m", "2h", "1d".
 * False when it is none, or over ten years.
 */
bool duration_parse(const char *s, int64_t *ret) MUST_CHECK;

/*
 * Writes a duration for people, to two units: "45s", "3m 20s", "2d 4h";
 * "250ms" below a second. Returns BUF.
 */
const char *duration_format(int64_t usec, char buf[TIME_FORMAT_SIZE]);

/*
 * Reads a time of day, "02:30", as minutes after midnight; "24:00" is the end
 * of a day. False for anything else.
 */
bool time_parse_clock(const char *s, int *ret) MUST_CHECK;

/* The day of the week (0 is Monday) of the calendar day DAY days after 1970-01-01. */
int time_weekday(int64_t day) MUST_CHECK;

/*
 * Days from 1970-01-01 to the given date; it need not exist ("month 14" is
 * February of the next year).
 */
int64_t time_day(int64_t year, int month, int day) MUST_CHECK;

/* The date of the day DAY days after 1970-01-01. */
void time_civil(int64_t day, int *year, int *month, int *mday);

#endif
