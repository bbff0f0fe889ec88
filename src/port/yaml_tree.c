/* SPDX-License-Identifier: MIT */
#include "yaml_tree.h"

#include <string.h>
#include <yaml.h>

#include "mem.h"

#define DEEPEST 16

/* Brackets in brackets cost libyaml more with each; so do keys us. */
#define MOST_BRACKETS 1000
#define MOST_KEYS 5000

/* Anchors that hold anchors make many nodes of few lines. */
#define MOST_NODES 100000

/* The values that the functions below hand down while they build a tree. */
struct builder {
	struct arena *arena;
	const char *name;
	yaml_document_t *document;
	struct err *err;
	int nodes; /* built so far */
};

static const struct yaml *build(struct builder *b, int index, int depth);

static struct yaml *node_at(struct builder *b, const yaml_node_t *from, enum yaml_kind kind)
{
	struct yaml *node = arena_alloc(b->arena, sizeof(*node));

	node->kind = kind;
	node->file = b->name;
	node->line = (int)from->start_mark.line + 1;
	node->column = (int)from->start_mark.column + 1;
	node->text = "";
	return node;
}

/* Fills ERR with a complaint about FROM. Returns NULL, which stands for a node that cannot be. */
static const struct yaml *refuse(struct builder *b, const yaml_node_t *from, const char *why)
{
	err_set(b->err, ERR_CONFIG, "%s:%zu:%zu: %s", b->name, from->start_mark.line + 1,
		from->start_mark.column + 1, why);
	return NULL;
}

static const struct yaml *build_scalar(struct builder *b, const yaml_node_t *from)
{
	struct yaml *node = node_at(b, from, YAML_SCALAR);
	const char *text = (const char *)from->data.scalar.value;
	bool plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

	if (strlen(text) != from->data.scalar.length)
		return refuse(b, from, "a text must not hold a NUL");
	node->is_null = plain && (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
	if (!node->is_null)
		node->text = arena_text(b->arena, text, strlen(text));
	return node;
}

static const struct yaml *build_list(struct builder *b, const yaml_node_t *from, int depth)
{
	struct yaml *node = node_at(b, from, YAML_LIST);
	const yaml_node_item_t *item = from->data.sequence.items.start;

	node->n = (size_t)(from->data.sequence.items.top - item);
	node->values = arena_alloc(b->arena, node->n * sizeof(struct yaml *));
	for (size_t i = 0; i < node->n; i++) {
		node->values[i] = build(b, item[i], depth + 1);
		if (!node->values[i])
			return NULL;
	}
	return node;
}

/* Whether the I-th key of a map that is being built is one it may have. */
static bool key_is_good(struct builder *b, const struct yaml *map, size_t i)
{
	const struct yaml *key = map->keys[i];

	if (key->kind != YAML_SCALAR)
		return err_set(b->err, ERR_CONFIG, "%s:%d:%d: a key must be a word", b->name,
			       key->line, key->column);
	for (size_t j = 0; j < i; j++)
		if (strcmp(map->keys[j]->text, key->text) == 0)
			return err_set(
				b->err, ERR_CONFIG,
				"%s:%d:%d: %s stands here a second time; the first is in line %d",
				b->name, key->line, key->column, key->text, map->keys[j]->line);
	return true;
}

static const struct yaml *build_map(struct builder *b, const yaml_node_t *from, int depth)
{
	struct yaml *node = node_at(b, from, YAML_MAP);
	const yaml_node_pair_t *pair = from->data.mapping.pairs.start;
	size_t n = (size_t)(from->data.mapping.pairs.top - pair);

	if (n > MOST_KEYS)
		return refuse(b, from, "more keys than a map may have");
	node->keys = arena_alloc(b->arena, n * sizeof(struct yaml *));
	node->values = arena_alloc(b->arena, n * sizeof(struct yaml *));
	for (size_t i = 0; i < n; i++) {
		node->keys[i] = build(b, pair[i].key, depth + 1);
		if (!node->keys[i] || !key_is_good(b, node, i))
			return NULL;
		node->values[i] = build(b, pair[i].value, depth + 1);
		if (!node->values[i])
			return NULL;
	}
	node->n = n;
	return node;
}

static const struct yaml *build(struct builder *b, int index, int depth)
{
	const yaml_node_t *from = yaml_document_get_node(b->document, index);

	if (depth > DEEPEST)
		return refuse(b, from, "nested too deep");
	if (b->nodes++ == MOST_NODES)
		return refuse(b, from, "too many values");
	switch (from->type) {
	case YAML_SEQUENCE_NODE:
		return build_list(b, from, depth);
	case YAML_MAPPING_NODE:
		return build_map(b, from, depth);
	default:
		return build_scalar(b, from);
	}
}

/* Where the problem is, from 0. Of bytes that are no text, libyaml only counts those before. */
static yaml_mark_t place_of(const yaml_parser_t *parser)
{
	const unsigned char *text = parser->input.string.start;
	yaml_mark_t place = parser->problem_mark;

	if (parser->error != YAML_READER_ERROR)
		return place;
	for (size_t i = 0; i < parser->problem_offset; i++) {
		place.column = text[i] == '\n' ? 0 : place.column + 1;
		place.line += text[i] == '\n';
	}
	return place;
}

/* Whether a line, from 0, begins with a tab: a common mistake, which libyaml does not name. */
static bool is_tabbed(const yaml_parser_t *parser, size_t line)
{
	const unsigned char *at = parser->input.string.start, *end = parser->input.string.end;

	for (; line > 0 && at < end; at++)
		line -= *at == '\n';
	while (at < end && *at == ' ')
		at++;
	return at < end && *at == '\t';
}

static void complain_of(const yaml_parser_t *parser, const char *name, struct err *err)
{
	yaml_mark_t place = place_of(parser);

	if (parser->error == YAML_MEMORY_ERROR)
		mem_out("libyaml");
	if (parser->error == YAML_SCANNER_ERROR && is_tabbed(parser, place.line)) {
		err_set(err, ERR_CONFIG, "%s:%zu:%zu: a line begins with a tab; YAML wants blanks",
			name, place.line + 1, place.column + 1);
		return;
	}
	err_set(err, ERR_CONFIG, "%s:%zu:%zu: %s%s%s", name, place.line + 1, place.column + 1,
		parser->context ? parser->context : "", parser->context ? ", " : "",
		parser->problem ? parser->problem : "not YAML");
}

/* Whether nothing comes behind the document that was read. */
static bool is_last(yaml_parser_t *parser, const char *name, struct err *err)
{
	yaml_document_t second;
	bool last;

	if (!yaml_parser_load(parser, &second)) {
		complain_of(parser, name, err);
		return false;
	}
	last = !yaml_document_get_root_node(&second);
	if (!last)
		err_set(err, ERR_CONFIG,
			"%s:%zu:1: a second document begins here; there must be one", name,
			second.start_mark.line + 1);
	yaml_document_delete(&second);
	return last;
}

/* Whether brackets are opened far beyond those that are closed; in a text or a comment, too. */
static bool is_too_deep(const char *text, size_t n)
{
	long open = 0;

	for (size_t i = 0; i < n && open <= MOST_BRACKETS; i++) {
		open += text[i] == '[' || text[i] == '{';
		open -= open > 0 && (text[i] == ']' || text[i] == '}');
	}
	return open > MOST_BRACKETS;
}

const struct yaml *yaml_read(struct arena *arena, const char *name, const char *text, size_t n,
			     struct err *err)
{
	CLEANUP(yaml_parser_delete) yaml_parser_t parser;
	yaml_document_t document;
	struct builder b = { arena, name, &document, err, 0 };
	const struct yaml *root = NULL;

	if (!yaml_parser_initialize(&parser))
		mem_out("libyaml");
	if (is_too_deep(text, n)) {
		err_set(err, ERR_CONFIG, "%s:1:1: nested too deep", name);
		return NULL;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
	if (!yaml_parser_load(&parser, &document)) {
		complain_of(&parser, name, err);
		return NULL;
	}
	if (!yaml_document_get_root_node(&document)) {
		struct yaml *empty = arena_alloc(arena, sizeof(*empty));

		*empty = (struct yaml){
			.kind = YAML_MAP, .file = name, .line = 1, .column = 1, .text = ""
		};
		root = empty;
	} else if (is_last(&parser, name, err)) {
		root = build(&b, 1, 0);
	}
	yaml_document_delete(&document);
	return root;
}

const struct yaml *yaml_get(const struct yaml *node, const char *key)
{
	for (size_t i = 0; node->kind == YAML_MAP && i < node->n; i++)
		if (strcmp(node->keys[i]->text, key) == 0)
			return node->values[i];
	return NULL;
}

const char *yaml_library(void)
{
	return yaml_get_version_string();
}
