/* SPDX-License-Identifier: MIT */
/* One event is one line, whatever a conversation is called. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define NOON INT64_C(1710504000123456) /* 2024-03-15T12:00:00.123456Z */

static int64_t noon(void *arg)
{
	(void)arg;
	return NOON;
}

static const struct clock stopped = { noon, noon, NULL };
static const struct log_event cycle = { "cycle", "0123456789abcdef0123456789abcdef" };

/* What a stream of that form gets of a line; the caller frees it. */
static char *written(enum log_form form, const struct log_line *line)
{
	struct log_stream stream = { .form = form, .clock = &stopped };
	char *text = NULL;
	size_t n = 0;

	stream.file = open_memstream(&text, &n);
	assert_non_null(stream.file);
	log_stream(&stream, line);
	fclose(stream.file);
	return text;
}

static void check(enum log_form form, const struct log_line *line, const char *want)
{
	char *got = written(form, line);

	assert_string_equal(got, want);
	free(got);
}

static void each_form_is_written_in_its_own_way(void **fixture)
{
	struct log_line line;

	(void)fixture;
	log_begin(&line, LEVEL_NOTICE, &cycle, "cycle of %s ended", "utama");
	log_text(&line, "workspace", "utama");
	log_number(&line, "rows", INT64_MIN);
	log_field(&line, "verdict", "%s %d", "pass", 2);
	log_text(&line, "missing", NULL);
	log_text(&line, "empty", "");
	check(LOG_FORM_TEXT, &line,
	      "time=2024-03-15T12:00:00Z level=notice msg=\"cycle of utama ended\" event=cycle "
	      "workspace=utama rows=-9223372036854775808 verdict=\"pass 2\" empty=\"\"\n");
	check(LOG_FORM_PLAIN, &line, "sahut-etl: cycle of utama ended\n");
	check(LOG_FORM_JSON, &line,
	      "{\"time\":\"2024-03-15T12:00:00.123456Z\",\"level\":\"notice\","
	      "\"msg\":\"cycle of utama ended\",\"event\":\"cycle\",\"workspace\":\"utama\","
	      "\"rows\":\"-9223372036854775808\",\"verdict\":\"pass 2\",\"empty\":\"\"}\n");
}

static void a_line_without_an_event_has_none(void **fixture)
{
	struct log_line line;

	(void)fixture;
	log_begin(&line, LEVEL_ERROR, NULL, "down");
	check(LOG_FORM_TEXT, &line, "time=2024-03-15T12:00:00Z level=error msg=down\n");
	check(LOG_FORM_TEXT, &line, "time=2024-03-15T12:00:00Z level=error msg=down\n");
}

static void values_are_quoted_where_a_reader_would_stumble(void **fixture)
{
	struct log_line line;

	(void)fixture;
	log_begin(&line, LEVEL_INFO, NULL, "m");
	log_text(&line, "a", "x=y");
	log_text(&line, "b", "say \"hi\"");
	log_text(&line, "c", "back\\slash");
	log_text(&line, "d", "plain");
	check(LOG_FORM_TEXT, &line,
	      "time=2024-03-15T12:00:00Z level=info msg=m a=\"x=y\" b=\"say \\\"hi\\\"\" "
	      "c=\"back\\\\slash\" d=plain\n");
}

static void nothing_can_begin_a_line_of_its_own(void **fixture)
{
	static const enum log_form forms[] = { LOG_FORM_TEXT, LOG_FORM_JSON, LOG_FORM_PLAIN };
	const char *evil = "x\nlevel=error msg=\"forged\"\r\n<3>\x1b[2J\xe2\x80\xa8\xff";
	struct log_line line;

	(void)fixture;
	log_begin(&line, LEVEL_INFO, NULL, "%s", evil);
	log_text(&line, "name", evil);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char *got = written(forms[i], &line);

		assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
		for (const char *p = got; p[1]; p++)
			assert_false((unsigned char)*p < 0x20 || *p == 0x7f);
		assert_null(strstr(got, "\xe2\x80\xa8"));
		assert_null(strchr(got, '\xff'));
		free(got);
	}
}

static void a_field_too_many_is_left_out(void **fixture)
{
	static const char *const keys[LOG_MAX_FIELDS + 2] = { "a", "b", "c", "d", "e", "f", "g",
							      "h", "i", "j", "k", "l", "m", "n",
							      "o", "p", "q", "r", "s", "t", "u",
							      "v", "w", "x", "y", "z" };
	struct log_line line;

	(void)fixture;
	log_begin(&line, LEVEL_INFO, NULL, "m");
	for (int i = 0; i < LOG_MAX_FIELDS + 2; i++)
		log_number(&line, keys[i], i);
	assert_int_equal(line.n, LOG_MAX_FIELDS);
	assert_string_equal(line.fields[LOG_MAX_FIELDS - 1].value, "23");
}

static void fields_that_are_too_long_are_cut_and_the_line_still_ends(void **fixture)
{
	static const enum log_form forms[] = { LOG_FORM_TEXT, LOG_FORM_JSON, LOG_FORM_PLAIN };
	struct log_line line;
	char long_text[5000];

	(void)fixture;
	memset(long_text, '"', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	log_begin(&line, LEVEL_INFO, &cycle, "%s", long_text);
	for (int i = 0; i < LOG_MAX_FIELDS; i++)
		log_text(&line, "a_rather_long_key", long_text);
	assert_int_equal(line.n, LOG_MAX_FIELDS);
	for (size_t i = 0; i < line.n; i++)
		assert_true(strlen(line.fields[i].value) < LOG_LINE_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char *got = written(forms[i], &line);

		assert_int_equal(got[strlen(got) - 1], '\n');
		free(got);
	}
}

static void what_was_there_before_a_long_field_stays(void **fixture)
{
	struct log_line line;
	char long_text[5000];

	(void)fixture;
	memset(long_text, '\x01', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	log_begin(&line, LEVEL_INFO, NULL, "begin");
	log_text(&line, "first", "1");
	for (int i = 0; i < 10; i++)
		log_text(&line, "long", long_text);
	log_text(&line, "last", "2");
	assert_string_equal(line.message, "begin");
	assert_string_equal(line.fields[0].value, "1");
	assert_int_equal(line.n, 12);
	assert_true(strlen(line.fields[11].value) <= 1);
}

/* ---- levels ----------------------------------------------------------- */

static void count(void *arg, const struct log_line *line)
{
	(void)line;
	++*(int *)arg;
}

static void what_is_less_important_is_dropped(void **fixture)
{
	int n = 0;
	struct log log = { LEVEL_NOTICE, count, &n };
	struct log_line line;

	(void)fixture;
	for (enum log_level level = LEVEL_ERROR; level <= LEVEL_DEBUG; level++) {
		log_begin(&line, level, NULL, "m");
		log_end(&log, &line);
		assert_int_equal(n, level <= LEVEL_NOTICE ? level - LEVEL_ERROR + 1 : 3);
	}
}

static void a_log_without_a_sink_drops_everything(void **fixture)
{
	struct log log = { .level = LEVEL_DEBUG };
	struct log_line line;

	(void)fixture;
	log_begin(&line, LEVEL_ERROR, NULL, "m");
	log_end(&log, &line);
}

static void levels_have_syslog_numbers_and_names_that_lead_back(void **fixture)
{
	enum log_level level = LEVEL_DEBUG;

	(void)fixture;
	assert_int_equal(LEVEL_ERROR, 3);
	assert_int_equal(LEVEL_DEBUG, 7);
	for (enum log_level l = LEVEL_ERROR; l <= LEVEL_DEBUG; l++) {
		assert_true(log_level_parse(log_level_name(l), &level));
		assert_int_equal(level, l);
	}
	level = LEVEL_WARNING;
	assert_false(log_level_parse("loud", &level));
	assert_false(log_level_parse("", &level));
	assert_false(log_level_parse("ERROR", &level));
	assert_int_equal(level, LEVEL_WARNING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_written_in_its_own_way),
		cmocka_unit_test(a_line_without_an_event_has_none),
		cmocka_unit_test(values_are_quoted_where_a_reader_would_stumble),
		cmocka_unit_test(nothing_can_begin_a_line_of_its_own),
		cmocka_unit_test(a_field_too_many_is_left_out),
		cmocka_unit_test(fields_that_are_too_long_are_cut_and_the_line_still_ends),
		cmocka_unit_test(what_was_there_before_a_long_field_stays),
		cmocka_unit_test(what_is_less_important_is_dropped),
		cmocka_unit_test(a_log_without_a_sink_drops_everything),
		cmocka_unit_test(levels_have_syslog_numbers_and_names_that_lead_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
