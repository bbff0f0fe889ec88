/* SPDX-License-Identifier: MIT */
/* Trouble is told when it has lasted, its end at once, what comes and goes seldom; and a message repeats no text of errors. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "notice.h"

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define START (20000 * 24 * HOUR)

static char utama[] = "utama", hostile[] = "<!channel> & \"co\"";

/* So long after the start. */
static struct schedule_time at(int64_t since)
{
	return (struct schedule_time){ HOUR + since, START + since };
}

static void see(struct notice *notice, const char *state, int64_t since)
{
	struct schedule_time now = at(since);

	notice_see(notice, state, strcmp(state, "well") != 0 && strcmp(state, "paused") != 0, &now);
}

/* Whether it is due at that time, with a minute's patience. */
static bool is_due(const struct notice *notice, int64_t since)
{
	return notice_due(notice, MINUTE) <= at(since).mono;
}

static void tell(struct notice *notice, int64_t since)
{
	struct schedule_time now = at(since);

	notice->telling = true;
	notice->tells = notice->trouble;
	notice_told(notice, &now);
	notice->telling = false;
}

static struct notice well(void)
{
	struct notice notice = { .workspace = utama };
	struct schedule_time now = at(0);

	notice_begin(&notice, &now);
	return notice;
}

static void trouble_is_told_when_it_has_lasted_and_its_end_at_once(void **fixture)
{
	struct notice notice = well();

	(void)fixture;
	assert_false(is_due(&notice, HOUR));
	see(&notice, "failing", HOUR);
	see(&notice, "late", HOUR + MINUTE / 2);
	assert_false(is_due(&notice, HOUR + MINUTE - 1));
	assert_true(is_due(&notice, HOUR + MINUTE));
	tell(&notice, HOUR + MINUTE);
	assert_true(notice.unsaved);
	assert_false(is_due(&notice, 9 * HOUR));
	see(&notice, "well", 9 * HOUR);
	assert_true(is_due(&notice, 9 * HOUR));
	tell(&notice, 9 * HOUR);
	assert_false(is_due(&notice, 20 * HOUR));
}

static void trouble_that_is_over_before_it_was_told_is_not_told(void **fixture)
{
	struct notice notice = well();

	(void)fixture;
	see(&notice, "failing", 0);
	see(&notice, "well", MINUTE - 1);
	assert_false(is_due(&notice, HOUR));
}

static void what_was_told_by_another_process_is_not_repeated_and_its_end_is_told(void **fixture)
{
	struct notice notice = well();

	(void)fixture;
	notice.told = true;
	see(&notice, "failing", SECOND);
	assert_false(is_due(&notice, HOUR));
	see(&notice, "well", HOUR);
	assert_true(is_due(&notice, HOUR));
}

static void what_comes_and_goes_is_told_more_and_more_seldom(void **fixture)
{
	struct notice notice = well();
	int64_t now = 0, gap = 0;

	(void)fixture;
	for (int i = 0; i < 10; i++) {
		int64_t began = now;

		see(&notice, "failing", now);
		while (!is_due(&notice, now))
			now += SECOND;
		assert_true(now - began >= gap);
		gap = min_i64(MINUTE << i, HOUR);
		tell(&notice, now);
		see(&notice, "well", now);
		tell(&notice, now);
	}
	/* Nothing for an hour, and it is news again. */
	now += HOUR + SECOND;
	see(&notice, "failing", now);
	assert_true(is_due(&notice, now + MINUTE));
	assert_int_equal(notice.times, 0);
}

static void a_message_under_way_is_not_begun_again(void **fixture)
{
	struct notice notice = well();

	(void)fixture;
	see(&notice, "failing", 0);
	notice.telling = true;
	assert_int_equal(notice_due(&notice, 0), TIME_NEVER);
}

static const char *message(const struct notice *list, size_t n, enum notice_format format)
{
	static char shown[4096];
	struct buf out = BUF_MAX(sizeof(shown));
	struct notice_message what = { .list = list, .n = n, .host = "etl1", .now = START };

	notice_write(&what, format, &out);
	snprintf(shown, sizeof(shown), "%s", buf_text(&out));
	buf_free(&out);
	return shown;
}

static void messages_say_who_is_how_since_when(void **fixture)
{
	struct notice list[3] = { well(), well(), well() };

	(void)fixture;
	list[0].workspace = NULL;
	see(&list[1], "failing", MINUTE);
	see(&list[2], "failing", MINUTE);
	see(&list[2], "well", 13 * MINUTE);
	list[1].telling = true;
	assert_string_equal(message(list, 3, NOTICE_JSON),
			    "{\"source\":\"sahut-etl\",\"host\":\"etl1\",\"sent_at\":"
			    "\"2024-10-04T00:00:00Z\",\"test\":false,\"text\":\"sahut-etl on etl1: "
			    "workspace utama is failing since 2024-10-04T00:01:00Z. To see why: "
			    "sahut-etl status\",\"changes\":[{\"workspace\":\"utama\",\"state\":"
			    "\"failing\",\"trouble\":true,\"since\":\"2024-10-04T00:01:00Z\"}]}");
	list[1].telling = false;
	list[2].telling = true;
	assert_string_equal(message(list, 3, NOTICE_SLACK),
			    "{\"text\":\"sahut-etl on etl1: workspace utama is well again, after "
			    "12m 00s\"}");
	see(&list[2], "paused", 14 * MINUTE);
	assert_non_null(strstr(message(list, 3, NOTICE_SLACK), "utama is paused, after 12m 00s"));
	list[2].telling = false;
	list[0].telling = true;
	see(&list[0], "no warehouse", 0);
	assert_non_null(strstr(message(list, 3, NOTICE_JSON), "{\"workspace\":null,"));
	assert_non_null(strstr(message(list, 3, NOTICE_SLACK), "the warehouse does not answer"));
	assert_non_null(strstr(message(NULL, 0, NOTICE_JSON), "\"test\":true"));
	assert_non_null(strstr(message(NULL, 0, NOTICE_SLACK), "this is a test"));
}

static void a_name_is_no_link_and_no_mention(void **fixture)
{
	struct notice notice = well();

	(void)fixture;
	notice.workspace = hostile;
	see(&notice, "failing", 0);
	notice.telling = true;
	assert_non_null(strstr(message(&notice, 1, NOTICE_SLACK),
			       "&lt;!channel&gt; &amp; \\\"co\\\" is failing"));
}

static void of_many_ten_are_named(void **fixture)
{
	struct notice list[12];

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		list[i] = well();
		see(&list[i], "failing", 0);
		list[i].telling = true;
	}
	assert_non_null(strstr(message(list, 12, NOTICE_SLACK), "; and 2 more. To see why"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trouble_is_told_when_it_has_lasted_and_its_end_at_once),
		cmocka_unit_test(trouble_that_is_over_before_it_was_told_is_not_told),
		cmocka_unit_test(
			what_was_told_by_another_process_is_not_repeated_and_its_end_is_told),
		cmocka_unit_test(what_comes_and_goes_is_told_more_and_more_seldom),
		cmocka_unit_test(a_message_under_way_is_not_begun_again),
		cmocka_unit_test(messages_say_who_is_how_since_when),
		cmocka_unit_test(a_name_is_no_link_and_no_mention),
		cmocka_unit_test(of_many_ten_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
