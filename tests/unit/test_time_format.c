/* SPDX-License-Identifier: MIT */
/* Instants and durations as text, both ways, and nothing else that looks like one. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "time_format.h"

#define DAY_SECONDS INT64_C(86400)
#define DAY (DAY_SECONDS * USEC_PER_SEC)
#define UNTOUCHED INT64_C(-123456789)

/* Compares a result with the wanted field; a failure must have left *RET alone. */
static void check_result(const struct unit_row *row, bool ok, int64_t ret)
{
	char got[TIME_FORMAT_SIZE];

	if (!ok) {
		assert_int_equal(ret, UNTOUCHED);
		if (strcmp(row->field[1], "!") != 0)
			unit_differs(row, "!");
		return;
	}
	time_format(ret, got);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void check_time(const struct unit_row *row)
{
	char *exact = unit_exact(row->field[0], row->len[0]);
	int64_t ret = UNTOUCHED;
	bool ok = time_parse(exact, row->len[0], &ret);

	check_result(row, ok, ret);
	free(exact);
}

static void times_are_read_as_rfc_3339_has_them(void **fixture)
{
	(void)fixture;
	unit_table("time_format/times.txt", check_time);
}

static void check_duration(const struct unit_row *row)
{
	int64_t ret = UNTOUCHED;
	char got[32] = "!";

	if (duration_parse(row->field[0], &ret))
		snprintf(got, sizeof(got), "%" PRId64, ret / USEC_PER_SEC);
	else
		assert_int_equal(ret, UNTOUCHED);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void durations_are_a_number_and_a_unit(void **fixture)
{
	(void)fixture;
	unit_table("time_format/durations.txt", check_duration);
}

static void check_shown(const struct unit_row *row)
{
	char got[TIME_FORMAT_SIZE];

	duration_format(strtoll(row->field[0], NULL, 10), got);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void durations_are_shown_to_two_units(void **fixture)
{
	(void)fixture;
	unit_table("time_format/shown.txt", check_shown);
}

static void check_clock(const struct unit_row *row)
{
	int ret = -7;
	char got[32] = "!";

	if (time_parse_clock(row->field[0], &ret))
		snprintf(got, sizeof(got), "%d", ret);
	else
		assert_int_equal(ret, -7);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void times_of_day_are_minutes_after_midnight(void **fixture)
{
	(void)fixture;
	unit_table("time_format/clocks.txt", check_clock);
}

/* ---- truncated -------------------------------------------------------- */

static void a_time_may_end_anywhere(void **fixture)
{
	static const char whole[] = "2024-03-15T08:30:00.123456+07:00";

	(void)fixture;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		char *exact = unit_exact(whole, n);
		int64_t ret = UNTOUCHED;
		bool ok = time_parse(exact, n, &ret);

		/* Whole are: the seconds, each digit of the fraction, the offset's hours. */
		assert_int_equal(ok, n == 19 || (n >= 21 && n <= 26) || n == 29);
		free(exact);
	}
}

/* ---- there and back --------------------------------------------------- */

static void what_is_written_is_read_again(void **fixture)
{
	char text[TIME_FORMAT_SIZE];
	int64_t ret, step = 3 * DAY + 7919 * USEC_PER_SEC + 104729;
	int64_t last = INT64_C(253402300799999999); /* 9999-12-31T23:59:59.999999Z */

	(void)fixture;
	for (int64_t t = INT64_C(-62135596800000000); t <= last; t += step) {
		time_format(t, text);
		assert_true(time_parse(text, strlen(text), &ret));
		assert_int_equal(ret, t);
	}
}

static void there_is_room_for_any_text(void **fixture)
{
	static const int64_t moments[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX, -1, 0 };
	char text[TIME_FORMAT_SIZE + 8];

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		memset(text, '#', sizeof(text));
		time_format(moments[i], text);
		assert_true(strlen(text) < TIME_FORMAT_SIZE);
		assert_int_equal(text[TIME_FORMAT_SIZE], '#');
		time_format_http(moments[i], text);
		assert_true(strlen(text) < TIME_FORMAT_SIZE);
		duration_format(moments[i], text);
		assert_true(strlen(text) < TIME_FORMAT_SIZE);
	}
	assert_string_equal(time_format(TIME_NONE, text), "-");
	assert_string_equal(time_format(-1, text), "1969-12-31T23:59:59.999999Z");
	assert_string_equal(time_format_http(-1, text), "Wed, 31 Dec 1969 23:59:59 GMT");
}

/* ---- the calendar ----------------------------------------------------- */

/* Against the C library, over all of the years there are. */
static void days_are_those_of_the_calendar(void **fixture)
{
	int year, month, mday;
	struct tm tm;

	(void)fixture;
	for (int64_t day = -719162; day <= 2932896; day += 13) {
		time_t t = day * DAY_SECONDS;

		assert_non_null(gmtime_r(&t, &tm));
		time_civil(day, &year, &month, &mday);
		assert_int_equal(year, tm.tm_year + 1900);
		assert_int_equal(month, tm.tm_mon + 1);
		assert_int_equal(mday, tm.tm_mday);
		assert_int_equal(time_weekday(day), (tm.tm_wday + 6) % 7);
		assert_int_equal(time_day(year, month, mday), day);
	}
}

static void a_date_that_does_not_exist_is_counted_on_or_back(void **fixture)
{
	(void)fixture;
	assert_int_equal(time_day(2024, 14, 1), time_day(2025, 2, 1));
	assert_int_equal(time_day(2024, 2, 31), time_day(2024, 3, 2));
	assert_int_equal(time_day(2024, 1, 0), time_day(2023, 12, 31));
	for (int months = -40; months <= 40; months++) {
		int year = 2024 + (months + 1200) / 12 - 100, month = (months + 1200) % 12 + 1;

		assert_int_equal(time_day(2024, months + 1, 1), time_day(year, month, 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_as_rfc_3339_has_them),
		cmocka_unit_test(durations_are_a_number_and_a_unit),
		cmocka_unit_test(durations_are_shown_to_two_units),
		cmocka_unit_test(times_of_day_are_minutes_after_midnight),
		cmocka_unit_test(a_time_may_end_anywhere),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(there_is_room_for_any_text),
		cmocka_unit_test(days_are_those_of_the_calendar),
		cmocka_unit_test(a_date_that_does_not_exist_is_counted_on_or_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
