/* SPDX-License-Identifier: MIT */
/* Requests as the reference has them, and what kind of failure an answer is. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

static const struct api api = { .base_url = "https://api.sahut.id/v1", .auth = "secret" };
static struct json_reader *parser;

static int begin(void **fixture)
{
	(void)fixture;
	parser = json_reader_new();
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	json_reader_free(&parser);
	return 0;
}

/* ---- addresses --------------------------------------------------------------- */

static void check_url(struct buf *url, const char *want)
{
	assert_string_equal(buf_text(url), want);
	assert_null(strstr(buf_text(url), "secret"));
	buf_free(url);
}

static void a_list_is_asked_for_by_page_and_filters(void **fixture)
{
	struct api_filter none = { .status = NULL };
	struct api_filter all = { .status = "open", .channel_id = "ch_1", .assignee_id = "usr_1" };
	struct api_filter nobody = { .assignee_id = "unassigned" };
	struct buf url = BUF_MAX(1000);

	(void)fixture;
	api_list_url(&url, &api, &none, 1, 100);
	check_url(&url, "https://api.sahut.id/v1/conversations?page=1&per_page=100");
	api_list_url(&url, &api, &all, 2147483647, 25);
	check_url(&url, "https://api.sahut.id/v1/conversations?status=open&channel_id=ch_1"
			"&assignee_id=usr_1&page=2147483647&per_page=25");
	api_list_url(&url, &api, &nobody, 3, 1);
	check_url(&url, "https://api.sahut.id/v1/conversations?assignee_id=unassigned"
			"&page=3&per_page=1");
}

static void a_filter_stays_one_value_whatever_is_in_it(void **fixture)
{
	struct api_filter odd = { .channel_id = "a&page=9#x", .assignee_id = "\xc3\xa9 /" };
	struct buf url = BUF_MAX(1000);

	(void)fixture;
	api_list_url(&url, &api, &odd, 1, 100);
	check_url(&url, "https://api.sahut.id/v1/conversations?channel_id=a%26page%3D9%23x"
			"&assignee_id=%C3%A9%20%2F&page=1&per_page=100");
}

static void check_id(const struct unit_row *row)
{
	struct buf url = BUF_MAX(1000);
	const char *prefix = "https://api.sahut.id/v1/conversations/";

	api_item_url(&url, &api, row->field[0]);
	assert_memory_equal(buf_text(&url), prefix, strlen(prefix));
	if (strcmp(buf_text(&url) + strlen(prefix), row->field[1]) != 0)
		unit_differs(row, buf_text(&url));
	buf_free(&url);
}

static void an_id_stays_one_segment_whatever_is_in_it(void **fixture)
{
	(void)fixture;
	unit_table("api/ids.txt", check_id);
}

static void conversations_are_created_at_the_list(void **fixture)
{
	struct buf url = BUF_MAX(1000);

	(void)fixture;
	api_create_url(&url, &api);
	check_url(&url, "https://api.sahut.id/v1/conversations");
}

/* ---- answers ------------------------------------------------------------------- */

static struct http_reply *make_reply(int status, const char *body, size_t n)
{
	struct http_reply *reply = http_reply_new(NULL, 4 << 20);

	reply->status = status;
	buf_add(&reply->body, body, n);
	return reply;
}

static void check_reply(const struct unit_row *row)
{
	struct http_reply *reply =
		make_reply((int)strtol(row->field[0], NULL, 10), row->field[2], row->len[2]);
	struct err err = ERR_INIT;
	char got[2000] = "success";

	reply->retry_after = row->field[1][0] ? strtol(row->field[1], NULL, 10) * USEC_PER_SEC : -1;
	snprintf(reply->content_type, sizeof(reply->content_type), "text/html");
	snprintf(reply->location, sizeof(reply->location), "https://evil.example/\x1b[2J");
	if (!api_check(reply, parser, &err)) {
		assert_int_equal(err.http_status, reply->status);
		snprintf(got, sizeof(got), "%s %s %" PRId64 " %s", err_kind_name(err.kind),
			 err.code[0] ? err.code : "-", err.wait / USEC_PER_SEC, err.text);
	}
	if (strcmp(got, row->field[3]) != 0)
		unit_differs(row, got);
	http_reply_free(&reply);
}

static void answers_are_the_failures_that_they_are(void **fixture)
{
	(void)fixture;
	unit_table("api/replies.txt", check_reply);
}

static void no_status_but_200_and_201_is_a_success(void **fixture)
{
	struct err err;

	(void)fixture;
	for (int status = 0; status < 1000; status++) {
		struct http_reply *reply = make_reply(status, "{}", 2);
		bool ok = api_check(reply, parser, &err);

		assert_int_equal(ok, status == 200 || status == 201);
		if (!ok)
			assert_true(err.kind != ERR_NONE && err.text[0] != '\0');
		if (!ok && status >= 500)
			assert_int_equal(err.kind, ERR_UNAVAILABLE);
		http_reply_free(&reply);
	}
}

static void a_transfer_that_failed_is_passed_on(void **fixture)
{
	struct http_reply *reply = make_reply(200, "{}", 2);
	struct err err = ERR_INIT;

	(void)fixture;
	err_set(&reply->err, ERR_UNAVAILABLE, "the line is dead");
	assert_false(api_check(reply, parser, &err));
	assert_int_equal(err.kind, ERR_UNAVAILABLE);
	assert_string_equal(err.text, "the line is dead");
	http_reply_free(&reply);
}

/* An error page of a megabyte, an error object cut anywhere: a failure all the same. */
static void an_error_may_be_anything(void **fixture)
{
	static const char body[] =
		"{\"error\":{\"code\":\"server_error\",\"message\":\"try\",\"status\":500}}";
	char *large = malloc(1 << 20);
	struct http_reply *reply;
	struct err err;

	(void)fixture;
	for (size_t n = 0; n < sizeof(body); n++) {
		reply = make_reply(500, body, n);
		assert_false(api_check(reply, parser, &err));
		assert_int_equal(err.kind, ERR_UNAVAILABLE);
		assert_string_equal(err.code, n == sizeof(body) - 1 ? "server_error" : "");
		http_reply_free(&reply);
	}
	memset(large, '[', 1 << 20);
	reply = make_reply(429, large, 1 << 20);
	assert_false(api_check(reply, parser, &err));
	assert_int_equal(err.kind, ERR_SLOW_DOWN);
	http_reply_free(&reply);
	free(large);
}

static void codes_and_messages_too_long_are_cut(void **fixture)
{
	struct buf body = BUF_MAX(40000);
	struct http_reply *reply;
	struct err err;

	(void)fixture;
	buf_str(&body, "{\"error\":{\"code\":\"");
	memset(buf_extend(&body, 10000), 'c', 10000);
	buf_str(&body, "\",\"message\":\"");
	memset(buf_extend(&body, 10000), 'm', 10000);
	buf_str(&body, "\"}}");
	reply = make_reply(400, buf_text(&body), body.len);
	assert_false(api_check(reply, parser, &err));
	assert_int_equal(strlen(err.code), sizeof(err.code) - 1);
	assert_true(strlen(err.text) < sizeof(err.text));
	http_reply_free(&reply);
	buf_free(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_asked_for_by_page_and_filters),
		cmocka_unit_test(a_filter_stays_one_value_whatever_is_in_it),
		cmocka_unit_test(an_id_stays_one_segment_whatever_is_in_it),
		cmocka_unit_test(conversations_are_created_at_the_list),
		cmocka_unit_test(answers_are_the_failures_that_they_are),
		cmocka_unit_test(no_status_but_200_and_201_is_a_success),
		cmocka_unit_test(a_transfer_that_failed_is_passed_on),
		cmocka_unit_test(an_error_may_be_anything),
		cmocka_unit_test(codes_and_messages_too_long_are_cut),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
