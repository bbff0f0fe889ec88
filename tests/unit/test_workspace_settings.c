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
	assert_written(&conf, "{\"hours\":[],\"holidays\":[],\"targets\":[],"
			      "\"drops_names\":false,\"drops_phones\":false}");
}

static void a_day_that_never_closes_is_closed(void **fixture)
{
	const struct workspace_conf conf = {
		.business_hours = { .opens = { 480 },
				    .closes = { 1020, 0, 0, 0, 0, 1440, 0 },
				    .given = true },
		.keep_name = true,
	};

	(void)fixture;
	assert_written(&conf, "{\"hours\":[{\"day\":1,\"opens\":480,\"closes\":1020},"
			      "{\"day\":6,\"opens\":0,\"closes\":1440}],\"holidays\":[],"
			      "\"targets\":[],\"drops_names\":false,\"drops_phones\":true}");
}

static void targets_keep_their_order_and_what_they_do_not_ask_for_is_null(void **fixture)
{
	struct workspace_target targets[] = {
		{ "first_assignment", 900 * USEC_PER_SEC, "whatsapp", NULL },
		{ "first_resolution", 3600 * USEC_PER_SEC, NULL, "a \"label\"" },
	};
	const char *days[] = { "2027-01-01", "2027-03-09" };
	const struct workspace_conf conf = {
		.holidays = { days, 2 },
		.targets = { targets, 2 },
		.keep_name = true,
		.keep_phone = true,
	};

	(void)fixture;
	assert_written(&conf, "{\"hours\":[],\"holidays\":[\"2027-01-01\",\"2027-03-09\"],"
			      "\"targets\":[{\"metric\":\"first_assignment\",\"within\":900000000,"
			      "\"channel_type\":\"whatsapp\",\"label\":null},"
			      "{\"metric\":\"first_resolution\",\"within\":3600000000,"
			      "\"channel_type\":null,\"label\":\"a \\\"label\\\"\"}],"
			      "\"drops_names\":false,\"drops_phones\":false}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_anything_work_is_always),
		cmocka_unit_test(a_day_that_never_closes_is_closed),
		cmocka_unit_test(targets_keep_their_order_and_what_they_do_not_ask_for_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
