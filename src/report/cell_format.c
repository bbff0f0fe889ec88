/* SPDX-License-Identifier: MIT */
#include "cell_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The mark that stands for nothing. */
#define NOTHING "\xe2\x80\x93"

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

enum cell_format cell_format_of(const char *column, bool is_number)
{
	if (strcmp(column, "day") == 0 || ends(column, "_day"))
		return CELL_FORMAT_DAY;
	if (strcmp(column, "weekday") == 0)
		return CELL_FORMAT_WEEKDAY;
	if (strcmp(column, "status") == 0)
		return CELL_FORMAT_STATUS;
	if (strcmp(column, "kind") == 0 || strcmp(column, "state") == 0 ||
	    strcmp(column, "verdict") == 0)
		return CELL_FORMAT_WORD;
	if (strcmp(column, "conversation") == 0)
		return CELL_FORMAT_ID;
	if (ends(column, "_at") || ends(column, "_as_of"))
		return CELL_FORMAT_TIME;
	if (!is_number)
		return CELL_FORMAT_TEXT;
	if (ends(column, "_hours") && strcmp(column, "active_hours") != 0)
		return CELL_FORMAT_HOURS;
	if (ends(column, "_seconds"))
		return CELL_FORMAT_SECONDS;
	if (ends(column, "_rate") || strcmp(column, "share") == 0)
		return CELL_FORMAT_RATE;
	return CELL_FORMAT_NUMBER;
}

const char *cell_format_heading(enum lang lang, const char *name, const char *series)
{
	const char *known = NULL;

	if (series && !*name)
		known = report_text_find(lang, "series_");
	else if (!series || *series)
		known = report_text_of(lang, series ? series : "col_", name);
	return known ? known : name;
}

/* "12345.5" as "12,345.5", or "12.345,5". */
static void write_number(struct buf *out, const char *text, enum lang lang)
{
	size_t n = strspn(text, "-"), digits = strspn(text + n, "0123456789");

	buf_add(out, text, n);
	for (size_t i = 0; i < digits; i++) {
		if (i > 0 && (digits - i) % 3 == 0)
			buf_str(out, report_text_get(lang, "thousands"));
		buf_char(out, text[n + i]);
	}
	if (text[n + digits] != '.')
		return;
	buf_str(out, report_text_get(lang, "point"));
	buf_str(out, text + n + digits + 1);
}

/* Seconds, about thirty million years: a text that is longer, or no number, is shown as it is. */
#define LONGEST_DURATION INT64_C(1000000000000000)

/* Two units at most: "2d 4h", "3h 20min", "45min". */
static void write_duration(struct buf *out, double seconds, enum lang lang)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = { { "unit_day", 86400 },
		      { "unit_hour", 3600 },
		      { "unit_minute", 60 },
		      { "unit_second", 1 } };
	double length = seconds < 0 ? -seconds : seconds;
	int64_t left = length < LONGEST_DURATION ? (int64_t)(length + 0.5) : LONGEST_DURATION;
	int written = 0;

	if (seconds < 0 && left > 0)
		buf_char(out, '-');
	for (size_t i = 0; i < ARRAY_SIZE(units) && written < 2; i++) {
		int64_t n = left / units[i].seconds;

		left %= units[i].seconds;
		/* Seconds are for times under a minute. */
		if (n == 0 && !(written == 0 && i + 1 == ARRAY_SIZE(units)))
			continue;
		if (written > 0 && i + 1 == ARRAY_SIZE(units))
			break;
		if (written++ > 0)
			buf_char(out, ' ');
		buf_int(out, n);
		buf_str(out, report_text_get(lang, units[i].unit));
	}
}

static void write_rate(struct buf *out, const char *text, enum lang lang)
{
	char number[48];

	snprintf(number, sizeof(number), "%.1f", strtod(text, NULL) * 100);
	write_number(out, number, lang);
	buf_char(out, '%');
}

void cell_format_time(struct buf *out, const char *text, enum lang lang)
{
	char month[16];
	int y, m, d;

	if (sscanf(text, "%d-%d-%d", &y, &m, &d) != 3 || m < 1 || m > 12) {
		buf_str(out, text);
		return;
	}
	snprintf(month, sizeof(month), "month_%d", m);
	buf_printf(out, "%d %s %d", d, report_text_get(lang, month), y);
	if (strlen(text) >= 16)
		buf_printf(out, ", %.5s", text + 11);
}

static void write_nothing(struct buf *out, const char *column, enum lang lang)
{
	const char *words = report_text_of(lang, "none_", column);

	buf_str(out, words ? words : NOTHING);
}

static void write_known(struct buf *out, const char *prefix, const char *text, enum lang lang)
{
	const char *words = report_text_of(lang, prefix, text);

	buf_str(out, words ? words : text);
}

void cell_format_write(struct buf *out, const char *column, bool is_number, const char *text,
		       enum lang lang)
{
	if (!text) {
		write_nothing(out, column, lang);
		return;
	}
	switch (cell_format_of(column, is_number)) {
	case CELL_FORMAT_NUMBER:
		write_number(out, text, lang);
		break;
	case CELL_FORMAT_HOURS:
		write_duration(out, strtod(text, NULL) * 3600, lang);
		break;
	case CELL_FORMAT_SECONDS:
		write_duration(out, strtod(text, NULL), lang);
		break;
	case CELL_FORMAT_RATE:
		write_rate(out, text, lang);
		break;
	case CELL_FORMAT_WEEKDAY:
		write_known(out, "weekday_", text, lang);
		break;
	case CELL_FORMAT_STATUS:
		write_known(out, "status_", text, lang);
		break;
	case CELL_FORMAT_WORD:
		write_known(out,
			    *column == 'k'   ? "kind_"
			    : *column == 's' ? "state_"
					     : "verdict_",
			    text, lang);
		break;
	case CELL_FORMAT_TEXT:
	case CELL_FORMAT_ID:
	case CELL_FORMAT_DAY:
	case CELL_FORMAT_TIME:
		buf_str(out, text);
		break;
	}
}
