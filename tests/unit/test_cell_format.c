/* SPDX-License-Identifier: MIT */
/* What the database answers, as people read it: units, separators, what stands for nothing. */
#include "unit.h"

#include "cell_format.h"

static void check(const char *column, const char *text, enum lang lang, const char *want)
{
	struct buf out = BUF_MAX(1024);

	cell_format_write(&out, column, true, text, lang);
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
}

static void check_word(const char *column, const char *text, enum lang lang, const char *want)
{
	struct buf out = BUF_MAX(1024);

	cell_format_write(&out, column, false, text, lang);
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
}

static void test_numbers_have_the_separators_of_the_language(void **fixture)
{
	(void)fixture;
	check("created", "0", LANG_EN, "0");
	check("created", "999", LANG_EN, "999");
	check("created", "1000", LANG_EN, "1,000");
	check("created", "1234567.5", LANG_EN, "1,234,567.5");
	check("created", "1234567.5", LANG_ID, "1.234.567,5");
	check("created", "-12345", LANG_EN, "-12,345");
}

static void test_durations_have_two_units_at_most(void **fixture)
{
	(void)fixture;
	check("age_hours", "0", LANG_EN, "0s");
	check("age_hours", "0.01", LANG_EN, "36s");
	check("age_hours", "0.5", LANG_EN, "30min");
	check("age_hours", "1", LANG_EN, "1h");
	check("age_hours", "26.5", LANG_EN, "1d 2h");
	check("age_hours", "24.5", LANG_EN, "1d 30min");
	check("age_hours", "26.5", LANG_ID, "1 hari 2 jam");
	check("took_seconds", "61", LANG_EN, "1min");
	check("took_seconds", "3600", LANG_EN, "1h");
	check("age_hours", "-0.5", LANG_EN, "-30min");
	check("age_hours", "4e45", LANG_EN, "11574074074d 1h");
	check("age_hours", "-inf", LANG_EN, "-11574074074d 1h");
	check("age_hours", "nan", LANG_EN, "11574074074d 1h");
	/* Hours of conversations added up are an amount, not a time. */
	check("active_hours", "1234.5", LANG_EN, "1,234.5");
}

static void test_shares_are_percentages(void **fixture)
{
	(void)fixture;
	check("share", "0.4641", LANG_EN, "46.4%");
	check("reopen_rate", "1", LANG_ID, "100,0%");
}

static void test_nothing_is_said_in_words_where_there_are_any(void **fixture)
{
	(void)fixture;
	check_word("agent", NULL, LANG_EN, "(nobody)");
	check_word("agent", NULL, LANG_ID, "(tanpa agen)");
	check("oldest_hours", NULL, LANG_EN, "\xe2\x80\x93");
}

static void test_known_values_are_translated_and_others_stay(void **fixture)
{
	(void)fixture;
	check_word("status", "open", LANG_ID, "terbuka");
	check_word("status", "escalated", LANG_ID, "escalated");
	check("weekday", "7", LANG_ID, "Min");
	check_word("agent", "open", LANG_ID, "open");
}

static void test_times_name_the_month(void **fixture)
{
	struct buf out = BUF_MAX(1024);

	(void)fixture;
	cell_format_time(&out, "2026-11-05 09:40", LANG_EN);
	buf_char(&out, '|');
	cell_format_time(&out, "2026-08-17", LANG_ID);
	buf_char(&out, '|');
	cell_format_time(&out, "no time", LANG_ID);
	assert_string_equal(buf_text(&out), "5 November 2026, 09:40|17 Agustus 2026|no time");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_have_the_separators_of_the_language),
		cmocka_unit_test(test_durations_have_two_units_at_most),
		cmocka_unit_test(test_shares_are_percentages),
		cmocka_unit_test(test_nothing_is_said_in_words_where_there_are_any),
		cmocka_unit_test(test_known_values_are_translated_and_others_stay),
		cmocka_unit_test(test_times_name_the_month),
	};

	return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
