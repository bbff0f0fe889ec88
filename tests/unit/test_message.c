/* SPDX-License-Identifier: MIT */
/* The facts of a message are read, and what cannot be read says why without showing anything. */
#include "unit.h"

#include <string.h>

#include "message.h"

static struct message_reader reader;

static int begin(void **fixture)
{
	(void)fixture;
	reader.json = json_reader_new();
	reader.arena = arena_new();
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	json_reader_free(&reader.json);
	arena_free(&reader.arena);
	return 0;
}

static struct json_span span(const char *text)
{
	return (struct json_span){ text, strlen(text) };
}

static struct message read(const char *text)
{
	const struct json_span at = span(text);
	struct message message;
	struct err err = ERR_INIT;

	if (!message_read(&reader, &at, &message, &err))
		fail_msg("%s: %s", text, err.text);
	return message;
}

static void assert_reason(const char *text, const char *reason)
{
	const struct json_span at = span(text);
	struct message message;
	struct err err = ERR_INIT;

	assert_false(message_read(&reader, &at, &message, &err));
	assert_string_equal(err.text, reason);
}

static void the_facts_are_read_and_nothing_else(void **fixture)
{
	struct message m =
		read("{\"id\":\"msg_1\",\"type\":\"incoming\",\"content\":\"Halo \\ud83d"
		     "\\ude4f \\\"x\\\"\",\"sender\":{\"type\":\"contact\",\"id\":\"ct_1\","
		     "\"name\":\"Budi\"},\"attachments\":[{\"content_type\":\"image/png\","
		     "\"url\":\"u\"},{\"content_type\":\"x/y\"}],\"created_at\":"
		     "\"1970-01-01T00:00:01Z\",\"more\":{\"id\":7}}");

	(void)fixture;
	assert_string_equal(m.id, "msg_1");
	assert_string_equal(m.type, "incoming");
	assert_string_equal(m.sender_type, "contact");
	assert_string_equal(m.sender_id, "ct_1");
	assert_int_equal(m.created_at, USEC_PER_SEC);
	assert_int_equal(m.text_length, 10);
	assert_int_equal(m.attachments, 2);
	assert_string_equal(message_kind(3), "image");
	assert_string_equal(message_kind(5), "other");
	assert_int_equal(m.kinds, 1u << 3 | 1u << 5);
	assert_false(m.note);
}

#define REST ",\"created_at\":\"2024-03-15T08:30:00Z\"}"

static void lengths_are_characters(void **fixture)
{
	(void)fixture;
	assert_int_equal(read("{\"id\":\"m\",\"type\":\"t\"" REST).text_length, -1);
	assert_int_equal(read("{\"id\":\"m\",\"type\":\"t\",\"content\":null" REST).text_length,
			 -1);
	assert_int_equal(read("{\"id\":\"m\",\"type\":\"t\",\"content\":\"\"" REST).text_length, 0);
	assert_int_equal(read("{\"id\":\"m\",\"type\":\"t\",\"content\":\"\xc3\xa9\xf0\x9f\x98\x8a"
			      "\\u00e9\\n\"" REST)
				 .text_length,
			 4);
}

static void a_note_says_so(void **fixture)
{
	(void)fixture;
	assert_true(read("{\"id\":\"m\",\"type\":\"outgoing\",\"private\":true" REST).note);
	assert_true(read("{\"id\":\"m\",\"type\":\"outgoing\",\"internal\":true" REST).note);
	assert_true(read("{\"id\":\"m\",\"type\":\"note\"" REST).note);
	assert_false(read("{\"id\":\"m\",\"type\":\"outgoing\",\"private\":false" REST).note);
	assert_false(read("{\"id\":\"m\",\"type\":\"outgoing\",\"note\":\"true\"" REST).note);
}

static void what_cannot_be_read_says_where_and_not_what(void **fixture)
{
	(void)fixture;
	assert_reason("\"secret\"", "$: an object was expected");
	assert_reason("{\"id\":7,\"type\":\"t\"" REST,
		      "$.id: a text that is neither empty nor too long was expected");
	assert_reason("{\"id\":\"m\",\"type\":\"se cret\"" REST, "$.type: a word was expected");
	assert_reason("{\"id\":\"m\",\"type\":\"t\",\"content\":[\"secret\"]" REST,
		      "$.content: a string or null was expected");
	assert_reason("{\"id\":\"m\",\"type\":\"t\",\"created_at\":\"secret\"}",
		      "$.created_at: a time such as 2024-03-15T08:30:00Z was expected");
	assert_reason("{\"id\":\"m\",\"type\":\"t\",\"sender\":\"secret\"" REST,
		      "$.sender: an object or null was expected");
	assert_reason("{\"id\":\"m\",\"type\":\"t\",\"attachments\":{}" REST,
		      "$.attachments: an array of at most 1000, or null was expected");
}

static void the_names_of_members_are_told(void **fixture)
{
	const char *names[MESSAGE_MEMBERS];
	const struct json_span at = span("{\"id\":1, \"content\" : {\"x\":[1,{}]},\"n\":null}");

	(void)fixture;
	assert_int_equal(message_members(&reader, &at, names), 3);
	assert_string_equal(names[1], "content");
	assert_string_equal(names[2], "n");
}

static void a_page_has_its_messages_and_its_meta(void **fixture)
{
	const char *body = "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"meta\":{\"total\":7,"
			   "\"page\":2,\"per_page\":50}}";
	struct message_list list = { .page = 1, .per_page = 100 };
	struct json_span text;
	struct err err = ERR_INIT;

	(void)fixture;
	assert_true(message_list_begin(&reader, body, strlen(body), &list, &err));
	assert_int_equal(list.total, 7);
	assert_int_equal(list.page, 2);
	assert_int_equal(list.per_page, 50);
	assert_true(message_list_next(&list, &text));
	assert_true(message_list_next(&list, &text));
	assert_memory_equal(text.p, "{\"id\":\"b\"}", text.n);
	assert_false(message_list_next(&list, &text));
	message_list_end(&reader);
}

static void what_is_no_page_is_refused(void **fixture)
{
	static const char *const bodies[] = {
		"secret",
		"{}",
		"{\"data\":{},\"meta\":{}}",
		"{\"data\":[]}",
		"{\"data\":[],\"meta\":{\"per_page\":0}}",
		"{\"data\":[],\"meta\":{\"page\":\"x\"}}",
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct message_list list = { .page = 1, .per_page = 100 };
		struct err err = ERR_INIT;

		assert_false(
			message_list_begin(&reader, bodies[i], strlen(bodies[i]), &list, &err));
		assert_int_equal(err.kind, ERR_DATA);
		assert_null(strstr(err.text, "secret"));
		message_list_end(&reader);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_facts_are_read_and_nothing_else),
		cmocka_unit_test(lengths_are_characters),
		cmocka_unit_test(a_note_says_so),
		cmocka_unit_test(what_cannot_be_read_says_where_and_not_what),
		cmocka_unit_test(the_names_of_members_are_told),
		cmocka_unit_test(a_page_has_its_messages_and_its_meta),
		cmocka_unit_test(what_is_no_page_is_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
