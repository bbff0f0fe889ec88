/* SPDX-License-Identifier: MIT */
/* An id of a conversation is found wherever it stands in an event, and nothing else is taken for one. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "webhook_body.h"

static struct webhook_body read_text(const char *text)
{
	struct webhook_body body;

	webhook_body_read(text, strlen(text), &body);
	return body;
}

/* Exactly one id is found, WANT. */
static void assert_one(const char *text, const char *want)
{
	struct webhook_body body = read_text(text);

	assert_int_equal(body.n, 1);
	assert_string_equal(body.ids[0], want);
	assert_false(body.more);
}

static void assert_none(const char *text)
{
	struct webhook_body body = read_text(text);

	assert_int_equal(body.n, 0);
	assert_false(body.more);
}

static void an_id_is_found_wherever_it_stands(void **fixture)
{
	(void)fixture;
	assert_one("{\"data\":{\"id\":\"conv_01HX\",\"status\":\"open\"}}", "conv_01HX");
	assert_one("{\"message\":{\"conversation_id\":\"conv_01HX\"}}", "conv_01HX");
	assert_one("[[[[{\"a\":[\"conv_a-b_C9\"]}]]]]", "conv_a-b_C9");
	assert_one("{\"conv_1\":null}", "conv_1");
	assert_one("{ \"x\" : \"a \\\" b\" , \"y\" : \"conv_1\" }", "conv_1");
	assert_one("{\"x\":\"\\\\\",\"y\":\"conv_1\"}", "conv_1");
	assert_one("{\"a\":\"conv_1\",\"b\":\"conv_1\"}", "conv_1");
}

static void what_looks_otherwise_is_none(void **fixture)
{
	(void)fixture;
	assert_none("");
	assert_none("conv_1");
	assert_none("{\"id\":\"conv_\"}");
	assert_none("{\"id\":\"Conv_1\"}");
	assert_none("{\"id\":\"msg_1\",\"contact\":\"ct_conv_1\"}");
	assert_none("{\"content\":\"see conv_1\"}");
	assert_none("{\"content\":\"conv_1 please\"}");
	assert_none("{\"content\":\"conv_1\\n\"}");
	assert_none("{\"content\":\"{\\\"id\\\":\\\"conv_1\\\"}\"}");
	assert_none("{\"id\":\"conv_../../webhooks\"}");
	assert_none("{\"id\":\"conv_1?x=1\"}");
	assert_none("{\"id\":\"conv_1");
	assert_none("{\"id\":\"conv_1\\");
}

static void bytes_of_any_kind_are_stood(void **fixture)
{
	static const char nul[] = "{\"a\":\"conv_\0001\",\"b\":\"conv_2\"}";
	struct webhook_body body;

	(void)fixture;
	webhook_body_read(nul, sizeof(nul) - 1, &body);
	assert_int_equal(body.n, 1);
	assert_string_equal(body.ids[0], "conv_2");
	assert_none("\xff\xfe{\"id\":\"conv_\xe2\x98\x83\"}");
}

static void depth_costs_nothing(void **fixture)
{
	size_t deep = 1 << 20;
	char *text = malloc(deep + 16);
	struct webhook_body body;

	(void)fixture;
	assert_non_null(text);
	memset(text, '[', deep);
	memcpy(text + deep, "\"conv_1\"", 8);
	webhook_body_read(text, deep + 8, &body);
	assert_int_equal(body.n, 1);
	free(text);
}

static void of_many_ids_it_is_said_that_there_are_more(void **fixture)
{
	char text[4096] = "[", id[64];
	struct webhook_body body;

	(void)fixture;
	for (int i = 0; i < WEBHOOK_BODY_IDS; i++) {
		snprintf(id, sizeof(id), "\"conv_%d\",", i);
		strncat(text, id, sizeof(text) - strlen(text) - 1);
	}
	body = read_text(text);
	assert_int_equal(body.n, WEBHOOK_BODY_IDS);
	assert_false(body.more);
	strncat(text, "\"conv_0\",\"conv_more\"]", sizeof(text) - strlen(text) - 1);
	body = read_text(text);
	assert_int_equal(body.n, WEBHOOK_BODY_IDS);
	assert_true(body.more);
}

static void an_id_that_is_too_long_is_only_a_mark(void **fixture)
{
	char text[WEBHOOK_BODY_ID_SIZE + 16];
	struct webhook_body body;

	(void)fixture;
	for (int longer = 0; longer < 2; longer++) {
		size_t n = WEBHOOK_BODY_ID_SIZE - 1 + (size_t)longer;

		memset(text, 'x', sizeof(text));
		memcpy(text, "\"conv_", 6);
		text[n + 1] = '"';
		webhook_body_read(text, n + 2, &body);
		assert_int_equal(body.n, !longer);
		assert_int_equal(body.more, longer);
	}
}

static void a_message_is_noticed(void **fixture)
{
	(void)fixture;
	assert_true(read_text("{\"type\":\"message.created\",\"c\":\"conv_1\"}").message);
	assert_true(read_text("{\"event\":{\"name\":\"message.created\"}}").message);
	assert_false(read_text("{\"type\":\"conversation.updated\"}").message);
	assert_false(read_text("{\"content\":\"message.created now\"}").message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_found_wherever_it_stands),
		cmocka_unit_test(what_looks_otherwise_is_none),
		cmocka_unit_test(bytes_of_any_kind_are_stood),
		cmocka_unit_test(depth_costs_nothing),
		cmocka_unit_test(of_many_ids_it_is_said_that_there_are_more),
		cmocka_unit_test(an_id_that_is_too_long_is_only_a_mark),
		cmocka_unit_test(a_message_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
