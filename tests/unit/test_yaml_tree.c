/* SPDX-License-Identifier: MIT */
/* A YAML document becomes a tree that knows where each node stood, or a complaint that does. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "yaml_tree.h"

static const struct yaml *read_bytes(struct arena *arena, const char *text, size_t n,
				     struct err *err)
{
	char *exact = unit_exact(text, n);
	const struct yaml *root = yaml_read(arena, "FILE", exact, n, err);

	free(exact);
	return root;
}

/* ---- cases in files --------------------------------------------------- */

/* One node a line: indented, with its place. */
static void show(const struct yaml *node, const char *key, int depth, struct buf *out)
{
	static const char *const kinds[] = {
		[YAML_SCALAR] = "scalar", [YAML_LIST] = "list", [YAML_MAP] = "map"
	};

	buf_printf(out, "%*s%s%s%d:%d %s", 2 * depth, "", key, *key ? " " : "", node->line,
		   node->column, kinds[node->kind]);
	if (node->kind == YAML_SCALAR)
		buf_printf(out, "%s \"%s\"", node->is_null ? " null" : "", node->text);
	buf_char(out, '\n');
	for (size_t i = 0; i < node->n; i++)
		show(node->values[i], node->kind == YAML_MAP ? node->keys[i]->text : "-", depth + 1,
		     out);
}

static void check_case(const char *path, const char *text, size_t n)
{
	struct arena *arena = arena_new();
	struct buf out = BUF_MAX(1 << 20);
	struct err err = ERR_INIT;
	const struct yaml *root = read_bytes(arena, text, n, &err);

	if (root) {
		show(root, "", 0, &out);
	} else {
		assert_int_equal(err.kind, ERR_CONFIG);
		buf_printf(&out, "refused: %s\n", err.text);
	}
	unit_want(path, buf_text(&out));
	buf_free(&out);
	arena_free(&arena);
}

static void every_document_comes_out_as_wanted(void **fixture)
{
	(void)fixture;
	unit_each("yaml", ".yaml", check_case);
}

/* ---- hostile documents ------------------------------------------------- */

static void a_document_may_end_anywhere(void **fixture)
{
	static const char whole[] = "a: {b: [1, \"x\\ny\", &n null], c: *n}\nd: |\n  text\n";

	(void)fixture;
	for (size_t n = 0; n < sizeof(whole); n++) {
		struct arena *arena = arena_new();
		struct err err = ERR_INIT;

		if (!read_bytes(arena, whole, n, &err))
			assert_int_equal(err.kind, ERR_CONFIG);
		arena_free(&arena);
	}
}

static void any_byte_anywhere_is_read_or_refused(void **fixture)
{
	static const char whole[] = "a: [1, \"x\"]\nb: &n ~\n";

	(void)fixture;
	for (size_t at = 0; at < sizeof(whole) - 1; at++) {
		for (int c = 0; c < 256; c++) {
			struct arena *arena = arena_new();
			struct err err = ERR_INIT;
			char text[sizeof(whole)];

			memcpy(text, whole, sizeof(whole));
			text[at] = (char)c;
			if (!read_bytes(arena, text, sizeof(whole) - 1, &err))
				assert_int_equal(err.kind, ERR_CONFIG);
			arena_free(&arena);
		}
	}
}

static const struct yaml *nested(struct arena *arena, int depth, struct err *err)
{
	struct buf text = BUF_MAX(1 << 20);
	const struct yaml *root;

	for (int i = 0; i < depth; i++)
		buf_char(&text, '[');
	for (int i = 0; i < depth; i++)
		buf_char(&text, ']');
	root = read_bytes(arena, buf_text(&text), text.len, err);
	buf_free(&text);
	return root;
}

static void nesting_ends_at_16(void **fixture)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;

	(void)fixture;
	assert_non_null(nested(arena, 16, &err));
	assert_null(nested(arena, 18, &err));
	assert_non_null(strstr(err.text, "nested too deep"));
	assert_null(nested(arena, 10000, &err));
	arena_free(&arena);
}

/* Ten lines that stand for ten thousand million nodes. */
static void anchors_cannot_make_a_document_larger_than_memory(void **fixture)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_MAX(1 << 20);
	struct err err = ERR_INIT;

	(void)fixture;
	buf_str(&text, "a0: &a0 [x]\n");
	for (int i = 1; i < 11; i++) {
		buf_printf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buf_printf(&text, "*a%d, ", i - 1);
		buf_str(&text, "]\n");
	}
	assert_null(read_bytes(arena, buf_text(&text), text.len, &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	buf_free(&text);
	arena_free(&arena);
}

static void a_megabyte_of_text_is_one_scalar(void **fixture)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_MAX(2 << 20);
	struct err err = ERR_INIT;
	const struct yaml *root;

	(void)fixture;
	buf_str(&text, "a: ");
	memset(buf_extend(&text, 1 << 20), 'x', 1 << 20);
	root = read_bytes(arena, buf_text(&text), text.len, &err);
	assert_non_null(root);
	assert_int_equal(strlen(yaml_get(root, "a")->text), 1 << 20);
	buf_free(&text);
	arena_free(&arena);
}

/* ---- looking up -------------------------------------------------------- */

static void a_key_is_found_in_a_map_and_nowhere_else(void **fixture)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	const char *text = "a: 1\nb: [a]\n\"\": empty\n";
	const struct yaml *root = read_bytes(arena, text, strlen(text), &err);

	(void)fixture;
	assert_non_null(root);
	assert_string_equal(yaml_get(root, "a")->text, "1");
	assert_string_equal(yaml_get(root, "")->text, "empty");
	assert_null(yaml_get(root, "c"));
	assert_null(yaml_get(root, "A"));
	assert_null(yaml_get(yaml_get(root, "b"), "a"));
	assert_null(yaml_get(yaml_get(root, "a"), "1"));
	arena_free(&arena);
}

static void the_tree_outlives_the_text(void **fixture)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	const struct yaml *root = read_bytes(arena, "a: bcd", 6, &err);

	(void)fixture;
	assert_string_equal(root->keys[0]->text, "a");
	assert_string_equal(root->values[0]->text, "bcd");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_document_comes_out_as_wanted),
		cmocka_unit_test(a_document_may_end_anywhere),
		cmocka_unit_test(any_byte_anywhere_is_read_or_refused),
		cmocka_unit_test(nesting_ends_at_16),
		cmocka_unit_test(anchors_cannot_make_a_document_larger_than_memory),
		cmocka_unit_test(a_megabyte_of_text_is_one_scalar),
		cmocka_unit_test(a_key_is_found_in_a_map_and_nowhere_else),
		cmocka_unit_test(the_tree_outlives_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
