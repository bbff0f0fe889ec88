/* SPDX-License-Identifier: MIT */
#include "time_format.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECONDS_PER_DAY 86400
#define LONGEST_DURATION (INT64_C(3653) * SECONDS_PER_DAY)

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char weekdays[] = "MonTueWedThuFriSatSun";

/* Rounded down, also below zero. */
static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * A year that begins in March has its leap day at its end, which makes the
 * length of the months before any date a straight line.
 */
int64_t time_day(int64_t year, int month, int day)
{
	int64_t years = floor_div(month - 3, 12);
	int64_t y = year + years;
	int64_t m = month - 3 - 12 * years;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

void time_civil(int64_t day, int *year, int *month, int *mday)
{
	int64_t z = day + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*mday = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (m >= 10));
}

int time_weekday(int64_t day)
{
	return (int)(((day + 3) % 7 + 7) % 7);
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* A place in a text that is being read. `ok` falls once and stays down. */
struct reader {
	const char *p, *end;
	bool ok;
};

static bool at(const struct reader *r, const char *set)
{
	return r->ok && r->p < r->end && *r->p != '\0' && strchr(set, *r->p);
}

static void expect(struct reader *r, const char *set)
{
	if (at(r, set))
		r->p++;
	else
		r->ok = false;
}

/* Exactly DIGITS decimal digits. */
static int number(struct reader *r, int digits)
{
	int n = 0;

	for (int i = 0; i < digits; i++) {
		if (!at(r, "0123456789")) {
			r->ok = false;
			return 0;
		}
		n = n * 10 + (*r->p++ - '0');
	}
	return n;
}

/* ".123456789" in microseconds; finer digits are cut. 0 where there is no point. */
static int64_t fraction(struct reader *r)
{
	int64_t usec = 0, unit = 100000;

	if (!at(r, ".,"))
		return 0;
	r->p++;
	if (!at(r, "0123456789"))
		r->ok = false;
	while (at(r, "0123456789")) {
		usec += (*r->p++ - '0') * unit;
		unit /= 10;
	}
	return usec;
}

/* "Z", "+07:00", "+0700", "+07" or nothing, in seconds. */
static int64_t offset(struct reader *r)
{
	int sign, hours, minutes = 0;

	if (r->p == r->end)
		return 0;
	if (at(r, "Zz")) {
		r->p++;
		return 0;
	}
	sign = at(r, "-") ? -1 : 1;
	expect(r, "+-");
	hours = number(r, 2);
	if (r->p < r->end) {
		if (at(r, ":"))
			r->p++;
		minutes = number(r, 2);
	}
	if (hours > 23 || minutes > 59)
		r->ok = false;
	return sign * (hours * 3600 + minutes * 60);
}

static bool date_exists(int year, int month, int day)
{
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_in_month(year, month);
}

static bool time_exists(int hour, int minute, int second)
{
	return hour <= 23 && minute <= 59 && second <= 60;
}

bool time_parse(const char *s, size_t n, int64_t *ret)
{
	struct reader r = { s, s + n, true };
	int year, month, day, hour, minute, second;
	int64_t usec, east;

	year = number(&r, 4);
	expect(&r, "-");
	month = number(&r, 2);
	expect(&r, "-");
	day = number(&r, 2);
	expect(&r, "Tt ");
	hour = number(&r, 2);
	expect(&r, ":");
	minute = number(&r, 2);
	expect(&r, ":");
	second = number(&r, 2);
	usec = fraction(&r);
	east = offset(&r);
	if (!r.ok || r.p != r.end || !date_exists(year, month, day) ||
	    !time_exists(hour, minute, second))
		return false;
	*ret = (time_day(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second -
		east) * USEC_PER_SEC +
	       usec;
	return true;
}

const char *time_format(int64_t t, char buf[TIME_FORMAT_SIZE])
{
	int64_t day, rest;
	int year, month, mday, seconds, n;

	if (t == TIME_NONE) {
		snprintf(buf, TIME_FORMAT_SIZE, "-");
		return buf;
	}
	day = t / (SECONDS_PER_DAY * USEC_PER_SEC);
	rest = t % (SECONDS_PER_DAY * USEC_PER_SEC);
	if (rest < 0) {
		day--;
		rest += SECONDS_PER_DAY * USEC_PER_SEC;
	}
	time_civil(day, &year, &month, &mday);
	seconds = (int)(rest / USEC_PER_SEC);
	n = snprintf(buf, TIME_FORMAT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, mday,
		     seconds / 3600, seconds / 60 % 60, seconds % 60);
	if (rest % USEC_PER_SEC)
		n += snprintf(buf + n, TIME_FORMAT_SIZE - (size_t)n, ".%06d",
			      (int)(rest % USEC_PER_SEC));
	snprintf(buf + n, TIME_FORMAT_SIZE - (size_t)n, "Z");
	return buf;
}

const char *time_format_http(int64_t t, char buf[TIME_FORMAT_SIZE])
{
	int64_t seconds = floor_div(t, USEC_PER_SEC);
	int64_t day = floor_div(seconds, SECONDS_PER_DAY);
	int of_day = (int)(seconds - day * SECONDS_PER_DAY);
	int year, month, mday;

	time_civil(day, &year, &month, &mday);
	snprintf(buf, TIME_FORMAT_SIZE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
		 weekdays + 3 * time_weekday(day), mday, months + 3 * (month - 1), year,
		 of_day / 3600, of_day / 60 % 60, of_day % 60);
	return buf;
}

bool time_parse_clock(const char *s, int *ret)
{
	struct reader r = { s, s + strlen(s), true };
	int hour = number(&r, 2), minute;

	expect(&r, ":");
	minute = number(&r, 2);
	if (!r.ok || r.p != r.end || minute > 59 || hour * 60 + minute > 24 * 60)
		return false;
	*ret = hour * 60 + minute;
	return true;
}

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return SECONDS_PER_DAY;
	default:
		return 0;
	}
}

bool duration_parse(const char *s, int64_t *ret)
{
	int64_t n = 0, unit;
	const char *p = s;

	while (isdigit((unsigned char)*p) && n < LONGEST_DURATION)
		n = n * 10 + (*p++ - '0');
	unit = unit_seconds(*p);
	if (p == s || unit == 0 || p[1] != '\0' || n > LONGEST_DURATION / unit)
		return false;
	*ret = n * unit * USEC_PER_SEC;
	return true;
}

const char *duration_format(int64_t usec, char buf[TIME_FORMAT_SIZE])
{
	int64_t s = usec / USEC_PER_SEC;

	if (usec < 0)
		snprintf(buf, TIME_FORMAT_SIZE, "-");
	else if (usec < USEC_PER_SEC)
		snprintf(buf, TIME_FORMAT_SIZE, "%" PRId64 "ms", usec / USEC_PER_MSEC);
	else if (s < 60)
		snprintf(buf, TIME_FORMAT_SIZE, "%" PRId64 "s", s);
	else if (s < 3600)
		snprintf(buf, TIME_FORMAT_SIZE, "%" PRId64 "m %02" PRId64 "s", s / 60, s % 60);
	else if (s < SECONDS_PER_DAY)
		snprintf(buf, TIME_FORMAT_SIZE, "%" PRId64 "h %02" PRId64 "m", s / 3600,
			 s / 60 % 60);
	else
		snprintf(buf, TIME_FORMAT_SIZE, "%" PRId64 "d %" PRId64 "h", s / SECONDS_PER_DAY,
			 s / 3600 % 24);
	return buf;
}
