/* SPDX-License-Identifier: MIT */
/* Offsets are the system's own, for every zone that a workspace may be in. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "time_format.h"
#include "zone.h"

#define SECOND USEC_PER_SEC
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

static const char *const names[] = {
	"Asia/Jakarta",	       "Asia/Makassar",
	"Asia/Jayapura",       "Asia/Pontianak",
	"Europe/Berlin",       "America/New_York",
	"Australia/Lord_Howe", "America/St_Johns",
	"Africa/Cairo",	       "Asia/Kathmandu",
	"America/Nuuk",	       "Pacific/Auckland",
	"Pacific/Apia",	       "UTC",
};

/* What the C library says, which knows one zone at a time. */
static int64_t expected(int64_t t)
{
	time_t seconds = (time_t)(t / SECOND);
	struct tm tm;

	localtime_r(&seconds, &tm);
	return tm.tm_gmtoff * SECOND;
}

static void offsets_are_those_of_the_c_library(void **fixture)
{
	int64_t from = time_day(1995, 1, 1) * DAY, to = time_day(2070, 1, 1) * DAY;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct zone *zone = zone_open(names[i]);

		assert_non_null(zone);
		setenv("TZ", names[i], 1);
		tzset();
		/* Not a multiple of an hour, so that transitions are met from both sides. */
		for (int64_t t = from; t < to; t += 7 * HOUR + 59 * 60 * SECOND + 59 * SECOND)
			if (zone_offset(zone, t) != expected(t))
				fail_msg("%s at %lld: %lld, not %lld", names[i],
					 (long long)(t / SECOND),
					 (long long)(zone_offset(zone, t) / SECOND),
					 (long long)(expected(t) / SECOND));
		zone_free(&zone);
	}
	unsetenv("TZ");
}

static void what_is_no_zone_is_not_opened(void **fixture)
{
	static const char *const wrong[] = { "Asia/Nowhere", "",	  "../../../etc/passwd",
					     "/etc/passwd",  "tzdata.zi", "Asia" };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_null(zone_open(wrong[i]));
}

static int64_t at(int year, int month, int day, int hour, int minute)
{
	return time_day(year, month, day) * DAY + hour * HOUR + minute * 60 * SECOND;
}

static void a_time_of_day_that_is_left_out_is_the_moment_after_it(void **fixture)
{
	struct zone *zone = zone_open("Europe/Berlin");
	int64_t day = time_day(2027, 3, 28);

	(void)fixture;
	assert_int_equal(zone_instant(zone, day, 90), at(2027, 3, 28, 0, 30));
	assert_int_equal(zone_instant(zone, day, 150), at(2027, 3, 28, 1, 0));
	assert_int_equal(zone_instant(zone, day, 180), at(2027, 3, 28, 1, 0));
	assert_int_equal(zone_instant(zone, day, 210), at(2027, 3, 28, 1, 30));
	zone_free(&zone);
}

static void a_time_of_day_that_comes_twice_is_the_first(void **fixture)
{
	struct zone *zone = zone_open("Europe/Berlin");
	int64_t day = time_day(2027, 10, 31);

	(void)fixture;
	assert_int_equal(zone_instant(zone, day, 119), at(2027, 10, 30, 23, 59));
	assert_int_equal(zone_instant(zone, day, 150), at(2027, 10, 31, 0, 30));
	assert_int_equal(zone_instant(zone, day, 180), at(2027, 10, 31, 2, 0));
	zone_free(&zone);
}

static void a_day_that_was_left_out_has_no_instant_of_its_own(void **fixture)
{
	struct zone *zone = zone_open("Pacific/Apia");

	(void)fixture;
	/* Samoa went from the 29th to the 31st of December 2011. */
	assert_int_equal(zone_instant(zone, time_day(2011, 12, 30), 150), at(2011, 12, 30, 10, 0));
	assert_int_equal(zone_day(zone, at(2011, 12, 30, 9, 59)), time_day(2011, 12, 29));
	assert_int_equal(zone_day(zone, at(2011, 12, 30, 10, 0)), time_day(2011, 12, 31));
	zone_free(&zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_those_of_the_c_library),
		cmocka_unit_test(what_is_no_zone_is_not_opened),
		cmocka_unit_test(a_time_of_day_that_is_left_out_is_the_moment_after_it),
		cmocka_unit_test(a_time_of_day_that_comes_twice_is_the_first),
		cmocka_unit_test(a_day_that_was_left_out_has_no_instant_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
