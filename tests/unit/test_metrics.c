/* SPDX-License-Identifier: MIT */
/* The exposition: every metric with its help, numbers where they belong, and nothing forged by a name. */
#include "unit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "metrics.h"

#define SECOND USEC_PER_SEC
#define NOW (20000 * 86400 * SECOND)

static struct stats stats_of(const char *name)
{
	struct stats n;

	stats_begin(&n, name);
	n.held = 1;
	n.interval[CYCLE_INCREMENTAL] = 60 * SECOND;
	n.complete_as_of = NOW - 1500000;
	n.success[CYCLE_VERIFY] = NOW;
	n.cycles[CYCLE_FULL][STATS_PARTIAL] = 3;
	n.rows[STATS_SILENT] = 7;
	n.live = 12345;
	return n;
}

static void exposition(struct stats *n, struct buf *out)
{
	struct stats *list[] = { n };
	struct metrics metrics = { .started = NOW - 10 * SECOND,
				   .warehouse = 1,
				   .reload_ok = 0,
				   .reload_at = TIME_NONE,
				   .stats = list,
				   .n = 1 };

	metrics_write(&metrics, NOW, out);
}

static void assert_line(const struct buf *out, const char *line)
{
	char wanted[512];

	snprintf(wanted, sizeof(wanted), "\n%s\n", line);
	if (!strstr(buf_text(out), wanted))
		fail_msg("not there: %s", line);
}

static void numbers_stand_where_they_belong(void **fixture)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(1 << 20);
	struct stats n = stats_of("utama");

	(void)fixture;
	exposition(&n, &out);
	assert_line(&out, "sahut_etl_start_time_seconds 1727999990.000000");
	assert_line(&out, "sahut_etl_warehouse_up 1");
	assert_line(&out, "sahut_etl_config_last_reload_successful 0");
	assert_line(&out, "sahut_etl_conversations{workspace=\"utama\"} 12345");
	assert_line(&out, "sahut_etl_complete_timestamp_seconds{workspace=\"utama\"} "
			  "1727999998.500000");
	assert_line(&out, "sahut_etl_last_success_timestamp_seconds{workspace=\"utama\","
			  "kind=\"verify\"} 1728000000.000000");
	assert_line(&out, "sahut_etl_cycles_total{workspace=\"utama\",kind=\"full\","
			  "outcome=\"partial\"} 3");
	assert_line(&out, "sahut_etl_conversation_changes_total{workspace=\"utama\","
			  "change=\"silent\"} 7");
	assert_line(&out, "sahut_etl_schedule_interval_seconds{workspace=\"utama\","
			  "kind=\"incremental\"} 60.000000");
}

static void what_is_not_known_is_left_out(void **fixture)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(1 << 20);
	struct stats n = stats_of("utama");

	(void)fixture;
	exposition(&n, &out);
	assert_null(strstr(buf_text(&out),
			   "success_timestamp_seconds{workspace=\"utama\",kind=\"full"));
	assert_null(strstr(buf_text(&out), "\nsahut_etl_active_timestamp_seconds{"));
	assert_null(strstr(buf_text(&out),
			   "\nsahut_etl_config_last_reload_success_timestamp_seconds "));
	assert_null(strstr(buf_text(&out), "-9223372036"));
}

static void a_name_is_only_a_label(void **fixture)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(1 << 20);
	struct stats n = stats_of("a\"b\\c\nsahut_etl_warehouse_up 0");

	(void)fixture;
	exposition(&n, &out);
	assert_line(&out, "sahut_etl_conversations{workspace="
			  "\"a\\\"b\\\\c\\nsahut_etl_warehouse_up 0\"} 12345");
	assert_null(strstr(buf_text(&out), "\nsahut_etl_warehouse_up 0"));
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* The line at P, "# HELP name help" and the one behind it, "# TYPE name type". */
static void check_names(const char *text, const char *p)
{
	char name[64], again[64], type[16], help[512], twice[80];

	assert_int_equal(
		sscanf(p, "# HELP %63s %511[^\n]\n# TYPE %63s %15s", name, help, again, type), 4);
	assert_string_equal(name, again);
	assert_true(strncmp(name, "sahut_etl_", 10) == 0 || strncmp(name, "process_", 8) == 0);
	for (const char *c = name; *c; c++)
		assert_true(islower((unsigned char)*c) || *c == '_');
	assert_int_equal(strcmp(type, "counter") == 0, ends_in(name, "_total"));
	assert_true(strcmp(type, "counter") == 0 || strcmp(type, "gauge") == 0);
	assert_true(ends_in(help, ".") || ends_in(help, "1"));
	snprintf(twice, sizeof(twice), "# TYPE %s ", name);
	assert_null(strstr(strstr(text, twice) + 1, twice));
}

static void names_follow_the_conventions(void **fixture)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(1 << 20);
	struct stats stats = stats_of("utama");
	int n = 0;

	(void)fixture;
	exposition(&stats, &out);
	for (const char *p = buf_text(&out); (p = strstr(p, "# HELP ")); p++, n++)
		check_names(buf_text(&out), p);
	assert_true(n > 30);
}

static void a_file_that_cannot_be_written_is_an_error(void **fixture)
{
	struct metrics metrics = { .started = NOW };
	struct err err = ERR_INIT;

	(void)fixture;
	assert_false(metrics_save(&metrics, "/nowhere/at/all.prom", NOW, &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "/nowhere/at/all.prom"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_stand_where_they_belong),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(a_name_is_only_a_label),
		cmocka_unit_test(names_follow_the_conventions),
		cmocka_unit_test(a_file_that_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
