/* SPDX-License-Identifier: MIT */
/* Fields that become columns, as people write them. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "attributes.h"

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

static struct workspace_attributes attributes_of(const char *text)
{
	struct workspace_attributes attributes = { .n = 0 };
	struct err err = ERR_INIT;
	const struct yaml *node;

	buf_reset(&in.complaints);
	in.n_complaints = 0;
	node = yaml_read(in.arena, in.path, text, strlen(text), &err);
	if (!node)
		fail_msg("%s: %s", text, err.text);
	attributes_read(&in, node, "attributes", &attributes);
	return attributes;
}

static void check_attributes(const struct unit_row *row)
{
	const struct workspace_attributes attributes = attributes_of(row->field[0]);
	struct buf got = BUF_MAX(10000);

	for (size_t i = 0; i < attributes.n && in.n_complaints == 0; i++)
		buf_printf(&got, "%s%s %s %s", i ? "; " : "", attributes.list[i].name,
			   attributes.list[i].path, attributes.list[i].type);
	if (in.n_complaints > 0)
		buf_printf(&got, "! %d", in.n_complaints);
	if (strcmp(buf_text(&got), row->field[1]) != 0)
		unit_differs(row, buf_text(&got));
	buf_free(&got);
}

static void attributes_are_a_name_a_path_and_a_type(void **fixture)
{
	(void)fixture;
	unit_table("attributes/attributes.txt", check_attributes);
}

static void nothing_given_is_none(void **fixture)
{
	struct workspace_attributes attributes = { .n = 0 };

	(void)fixture;
	attributes_read(&in, NULL, "x", &attributes);
	assert_int_equal(attributes.n, 0);
	assert_int_equal(in.n_complaints, 0);
}

static void a_list_has_an_end(void **fixture)
{
	struct buf text = BUF_MAX(10000);

	(void)fixture;
	buf_str(&text, "[");
	for (int i = 0; i < 101; i++)
		buf_printf(&text, "{name: a%d, path: b}, ", i);
	buf_str(&text, "]");
	(void)attributes_of(buf_text(&text));
	assert_int_equal(in.n_complaints, 1);
	buf_free(&text);
}

static void one_name_has_one_type_in_all_workspaces(void **fixture)
{
	struct workspace_conf a = { .name = "utama" }, b = { .name = "kedua" };

	(void)fixture;
	a.attributes = attributes_of("[{name: x, path: a}, {name: y, path: a}]");
	b.attributes = attributes_of("[{name: y, path: b}, {name: x, path: b, type: number}]");
	attributes_agree(&in, &a, &b);
	assert_string_equal(buf_text(&in.complaints),
			    "FILE:1:1: workspaces: the attribute x is of type text in utama, and "
			    "number in kedua: it is one column, and must be of one type\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(attributes_are_a_name_a_path_and_a_type),
		TEST(nothing_given_is_none),
		TEST(a_list_has_an_end),
		TEST(one_name_has_one_type_in_all_workspaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
