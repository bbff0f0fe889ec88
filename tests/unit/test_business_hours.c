/* SPDX-License-Identifier: MIT */
/* Hours, holidays and targets, as people write them. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "business_hours.h"

static struct config_reader in;

static int begin(void **fixture)
{
	(void)fixture;
	in = (struct config_reader){ .arena = arena_new(),
				     .path = "FILE",
				     .complaints = BUF_MAX(1 << 20) };
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	arena_free(&in.arena);
	buf_free(&in.complaints);
	return 0;
}

static const struct yaml *node_of(const char *text)
{
	struct err err = ERR_INIT;
	const struct yaml *node;

	buf_reset(&in.complaints);
	in.n_complaints = 0;
	node = yaml_read(in.arena, in.path, text, strlen(text), &err);
	if (!node)
		fail_msg("%s: %s", text, err.text);
	return node;
}

/* What was read, or how often it was complained about. */
static void compare(const struct unit_row *row, struct buf *got)
{
	if (in.n_complaints > 0) {
		buf_reset(got);
		buf_printf(got, "! %d", in.n_complaints);
	}
	if (strcmp(buf_text(got), row->field[1]) != 0)
		unit_differs(row, buf_text(got));
	buf_free(got);
}

static void show_day(struct buf *out, const struct work_day *day)
{
	for (size_t i = 0; i < day->n; i++)
		buf_printf(out, "%s%d-%d", i ? "," : "", day->spans[i].opens, day->spans[i].closes);
	buf_str(out, day->n == 0 ? "-" : "");
}

static void check_hours(const struct unit_row *row)
{
	struct workspace_hours hours = { .given = false };
	struct buf got = BUF_MAX(1000);

	business_hours_hours(&in, node_of(row->field[0]), "hours", &hours);
	assert_true(hours.given || in.n_complaints > 0);
	for (int day = 0; day < WEEK_DAYS; day++) {
		buf_str(&got, day ? " " : "");
		show_day(&got, &hours.days[day]);
	}
	compare(row, &got);
}

static void hours_are_minutes_of_each_day_from_monday(void **fixture)
{
	(void)fixture;
	unit_table("business_hours/hours.txt", check_hours);
}

static void check_holidays(const struct unit_row *row)
{
	struct workspace_holidays holidays = { .n = 0 };
	struct buf got = BUF_MAX(1000);

	business_hours_holidays(&in, node_of(row->field[0]), "holidays", &holidays);
	for (size_t i = 0; i < holidays.n; i++)
		buf_printf(&got, "%s%s", i ? " " : "", holidays.days[i]);
	compare(row, &got);
}

static void holidays_are_dates_that_exist(void **fixture)
{
	(void)fixture;
	unit_table("business_hours/holidays.txt", check_holidays);
}

static void check_dates(const struct unit_row *row)
{
	struct workspace_dates dates = { .n = 0 };
	struct buf got = BUF_MAX(1000);

	business_hours_dates(&in, node_of(row->field[0]), "date_hours", &dates);
	for (size_t i = 0; i < dates.n; i++) {
		buf_printf(&got, "%s%s ", i ? " " : "", dates.dates[i].date);
		show_day(&got, &dates.dates[i].hours);
	}
	compare(row, &got);
}

static void single_dates_have_hours_of_their_own(void **fixture)
{
	(void)fixture;
	unit_table("business_hours/dates.txt", check_dates);
}

static void check_channels(const struct unit_row *row)
{
	struct workspace_channels channels = { .n = 0 };
	struct buf got = BUF_MAX(1000);

	business_hours_channels(&in, node_of(row->field[0]), "channel_hours", &channels);
	for (size_t i = 0; i < channels.n && in.n_complaints == 0; i++) {
		const struct workspace_channel *c = &channels.channels[i];

		buf_printf(&got, "%s%s %s mon ", i ? "; " : "", c->channel_id ? c->channel_id : "-",
			   c->channel_type ? c->channel_type : "-");
		show_day(&got, &c->hours.days[0]);
		buf_printf(&got, " %zu%s %zu%s", c->dates.n, c->dates.given ? "" : "?",
			   c->holidays.n, c->holidays.given ? "" : "?");
	}
	compare(row, &got);
}

static void channels_have_hours_by_id_or_by_kind(void **fixture)
{
	(void)fixture;
	unit_table("business_hours/channels.txt", check_channels);
}

static void check_targets(const struct unit_row *row)
{
	struct workspace_targets targets = { .n = 0 };
	struct buf got = BUF_MAX(1000);

	business_hours_targets(&in, node_of(row->field[0]), "targets", &targets);
	for (size_t i = 0; i < targets.n && in.n_complaints == 0; i++) {
		const struct workspace_target *t = &targets.targets[i];

		buf_printf(&got, "%s%s %" PRId64 " %s %s%s%s", i ? "; " : "", t->metric,
			   t->within / USEC_PER_SEC, t->channel_type ? t->channel_type : "-",
			   t->label ? t->label : "-", t->pause.pending ? " pending" : "",
			   t->pause.snoozed ? " snoozed" : "");
	}
	compare(row, &got);
}

static void targets_are_a_metric_a_span_and_maybe_for_whom(void **fixture)
{
	(void)fixture;
	unit_table("business_hours/targets.txt", check_targets);
}

static void nothing_given_is_nothing_set(void **fixture)
{
	struct workspace_hours hours = { .given = false };
	struct workspace_holidays holidays = { .n = 0 };
	struct workspace_targets targets = { .n = 0 };
	struct workspace_dates dates = { .n = 0 };
	struct workspace_channels channels = { .n = 0 };

	(void)fixture;
	business_hours_hours(&in, NULL, "x", &hours);
	business_hours_holidays(&in, NULL, "x", &holidays);
	business_hours_targets(&in, NULL, "x", &targets);
	business_hours_dates(&in, NULL, "x", &dates);
	business_hours_channels(&in, NULL, "x", &channels);
	assert_false(dates.given);
	assert_int_equal(channels.n, 0);
	assert_false(hours.given);
	assert_int_equal(holidays.n, 0);
	assert_int_equal(targets.n, 0);
	assert_int_equal(in.n_complaints, 0);
}

/* Those that are good are read beside those that are not. */
static void each_mistake_is_complained_about_where_it_stands(void **fixture)
{
	struct workspace_hours hours = { .given = false };
	struct workspace_holidays holidays = { .n = 0 };

	(void)fixture;
	business_hours_hours(&in, node_of("{mon: \"08:00-17:00\",\n noday: \"x\",\n tue: never}"),
			     "h", &hours);
	assert_string_equal(buf_text(&in.complaints),
			    "FILE:2:2: h: a day such as sat, or days such as mon-fri, were "
			    "expected, not \"noday\"\n"
			    "FILE:3:7: h: hours such as \"08:00-17:00\", or several in order, "
			    "\"08:00-12:00, 13:00-17:00\", were expected, not \"never\"\n");
	assert_int_equal(hours.days[0].spans[0].opens, 480);
	business_hours_holidays(&in, node_of("[2027-01-01,\n 2027-02-30,\n 2027-03-01]"), "d",
				&holidays);
	assert_string_equal(buf_text(&in.complaints),
			    "FILE:2:2: d: a date such as 2027-01-01 was expected, not "
			    "\"2027-02-30\"\n");
	assert_int_equal(holidays.n, 2);
	assert_string_equal(holidays.days[1], "2027-03-01");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hours_are_minutes_of_each_day_from_monday),
		TEST(holidays_are_dates_that_exist),
		TEST(single_dates_have_hours_of_their_own),
		TEST(channels_have_hours_by_id_or_by_kind),
		TEST(targets_are_a_metric_a_span_and_maybe_for_whom),
		TEST(nothing_given_is_nothing_set),
		TEST(each_mistake_is_complained_about_where_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
