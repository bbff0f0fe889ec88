/* SPDX-License-Identifier: MIT */
/* What reports need to know of a workspace, as the warehouse reads it. */
#include "unit.h"

#include "workspace_settings.h"

static void assert_written(const struct workspace_conf *conf, const char *expected)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(65536);

	workspace_settings_write(&text, conf);
	assert_string_equal(buf_text(&text), expected);
}

static void without_anything_work_is_always(void **fixture)
{
	const struct workspace_conf conf = { .keep_name = true, .keep_phone = true };

	(void)fixture;
	assert_written(&conf,
		       "{\"hours\":[],\"dates\":[],\"holidays\":[],\"channels\":[],\"targets\":[],"
		       "\"codes_agents\":false,\"drops_names\":false,\"drops_"
		       "phones\":false}");
}

static void each_span_stands_with_its_day(void **fixture)
{
	const struct work_span split[] = { { 480, 720 }, { 780, 1020 } },
			       night[] = { { 1200, 1560 } };
	const struct workspace_conf conf = {
		.business_hours = { .days = { { split, 2 }, [5] = { night, 1 } }, .given = true },
		.keep_name = true,
	};

	(void)fixture;
	assert_written(&conf, "{\"hours\":[{\"day\":1,\"opens\":480,\"closes\":720},"
			      "{\"day\":1,\"opens\":780,\"closes\":1020},"
			      "{\"day\":6,\"opens\":1200,\"closes\":1560}],\"dates\":[],"
			      "\"holidays\":[],\"channels\":[],"
			      "\"targets\":[],\"codes_agents\":false,\"drops_"
			      "names\":false,\"drops_phones\":true}");
}

/* What a channel's entry does not say of dates and holidays is the workspace's. */
static void channels_have_the_dates_of_the_workspace_or_their_own(void **fixture)
{
	const struct work_span morning[] = { { 480, 720 } };
	struct workspace_date dates[] = { { "2027-03-19", { morning, 1 } } };
	const char *days[] = { "2027-01-01" };
	struct workspace_channel channels[] = {
		{ .channel_id = "ch_1", .hours = { .days = { { morning, 1 } } } },
		{ .channel_type = "email",
		  .dates = { .given = true },
		  .holidays = { .given = true } },
	};
	const struct workspace_conf conf = {
		.date_hours = { dates, 1, true },
		.holidays = { days, 1, true },
		.channel_hours = { channels, 2 },
		.keep_name = true,
		.keep_phone = true,
	};

	(void)fixture;
	assert_written(
		&conf,
		"{\"hours\":[],\"dates\":[{\"day\":\"2027-03-19\",\"opens\":480,\"closes\":720}],"
		"\"holidays\":[\"2027-01-01\"],\"channels\":[{\"channel_id\":\"ch_1\","
		"\"channel_type\":null,\"hours\":[{\"day\":1,\"opens\":480,\"closes\":720}],"
		"\"dates\":[{\"day\":\"2027-03-19\",\"opens\":480,\"closes\":720}],"
		"\"holidays\":[\"2027-01-01\"]},{\"channel_id\":null,\"channel_type\":\"email\","
		"\"hours\":[],\"dates\":[],\"holidays\":[]}],"
		"\"targets\":[],\"codes_agents\":false,\"drops_names\":false,"
		"\"drops_phones\":false}");
}

static void targets_keep_their_order_and_what_they_do_not_ask_for_is_null(void **fixture)
{
	struct workspace_target targets[] = {
		{ "first_assignment", 900 * USEC_PER_SEC, "whatsapp", NULL, { false, false } },
		{ "first_resolution", 3600 * USEC_PER_SEC, NULL, "a \"label\"", { true, false } },
	};
	const char *days[] = { "2027-01-01", "2027-03-09" };
	const struct workspace_conf conf = {
		.holidays = { days, 2, true },
		.targets = { targets, 2 },
		.keep_name = true,
		.keep_phone = true,
	};

	(void)fixture;
	assert_written(&conf, "{\"hours\":[],\"dates\":[],"
			      "\"holidays\":[\"2027-01-01\",\"2027-03-09\"],\"channels\":[],"
			      "\"targets\":[{\"metric\":\"first_assignment\",\"within\":900000000,"
			      "\"channel_type\":\"whatsapp\",\"label\":null,"
			      "\"pauses_pending\":false,\"pauses_snoozed\":false},"
			      "{\"metric\":\"first_resolution\",\"within\":3600000000,"
			      "\"channel_type\":null,\"label\":\"a \\\"label\\\"\","
			      "\"pauses_pending\":true,\"pauses_snoozed\":false}],"
			      "\"codes_agents\":false,\"drops_names\":false,"
			      "\"drops_phones\":false}");
}

static void messages_stand_there_where_they_are_read(void **fixture)
{
	const struct workspace_conf conf = {
		.messages = { .read = WORKSPACE_MESSAGES_REPLIES, .since = 86400 * USEC_PER_SEC },
		.keep_name = true,
		.keep_phone = true,
	};

	(void)fixture;
	assert_written(&conf, "{\"hours\":[],\"dates\":[],\"holidays\":[],\"channels\":[],"
			      "\"targets\":[],\"codes_agents\":false,"
			      "\"messages\":{\"read\":\"replies\",\"since\":86400000000},"
			      "\"drops_names\":false,\"drops_phones\":false}");
}

/* Each workspace is named, so that one that has none any more is heard of. */
static void the_fields_of_each_workspace_stand_under_its_name(void **fixture)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(65536);
	struct workspace_attribute fields[] = { { "order_no", "custom.\"no\"", "text" },
						{ "amount", "amount", "number" } };
	const struct workspace_conf conf[] = { { .name = "utama", .attributes = { fields, 2 } },
					       { .name = "lain" } };

	(void)fixture;
	workspace_settings_attributes(&text, conf, 2);
	assert_string_equal(
		buf_text(&text),
		"{\"utama\":[{\"name\":\"order_no\",\"path\":\"custom.\\\"no\\\"\",\"type\":"
		"\"text\"},"
		"{\"name\":\"amount\",\"path\":\"amount\",\"type\":\"number\"}],\"lain\":[]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_anything_work_is_always),
		cmocka_unit_test(each_span_stands_with_its_day),
		cmocka_unit_test(channels_have_the_dates_of_the_workspace_or_their_own),
		cmocka_unit_test(targets_keep_their_order_and_what_they_do_not_ask_for_is_null),
		cmocka_unit_test(messages_stand_there_where_they_are_read),
		cmocka_unit_test(the_fields_of_each_workspace_stand_under_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
