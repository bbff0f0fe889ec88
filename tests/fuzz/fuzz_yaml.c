/* SPDX-License-Identifier: MIT */
/* YAML: a tree of bounded depth and size, whose nodes know where they stood, or a complaint. */
#include "fuzz.h"
#include "yaml_tree.h"

static int nodes;

static void check(const struct yaml *node, int depth)
{
	MUST(depth <= 17 && ++nodes <= 100001);
	MUST(node->line >= 1 && node->column >= 1);
	if (node->kind == YAML_SCALAR) {
		MUST(node->text && node->n == 0);
		MUST(!node->is_null || *node->text == '\0');
		return;
	}
	for (size_t i = 0; i < node->n; i++) {
		if (node->kind == YAML_MAP) {
			MUST(node->keys[i]->kind == YAML_SCALAR);
			MUST(yaml_get(node, node->keys[i]->text) == node->values[i]);
		}
		check(node->values[i], depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	const struct yaml *root = yaml_read(arena, "f", (const char *)data, n, &err);

	nodes = 0;
	if (root)
		check(root, 0);
	else
		MUST(err.kind == ERR_CONFIG && strncmp(err.text, "f:", 2) == 0);
	arena_free(&arena);
	return 0;
}
