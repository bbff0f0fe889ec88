/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "json_sanitize.h"
#include "json_scan.h"
#include "mem.h"

/* A page, repaired, must fit in it. */
#define LONGEST_TEXT (64u << 20)

/* The memory that a reader keeps between two texts. */
#define KEPT_TEXT (1u << 20)

/* json-c counts a scalar as a level; the depth is judged before it. */
#define DEEPEST (JSON_SANITIZE_DEEPEST + 2)

/* As a tree a text takes up to three hundred times its length; beyond MOST_TREE it is refused. */
#define LIGHT_TEXT (64u << 10)
#define MOST_TREE (24u << 20)

struct json_reader {
	json_tokener *tokener;
	struct buf text; /* repaired; empty while nothing had to be */
};

struct json {
	json_object *root;
};

/*
 * Without JSON_TOKENER_STRICT, which each version of json-c understands in
 * another way: json_sanitize_repair() lets nothing through that depends on it.
 */
NEVER_NULL static json_tokener *new_tokener(void)
{
	json_tokener *tokener = json_tokener_new_ex(DEEPEST);

	if (!tokener)
		mem_out("json-c");
	return tokener;
}

struct json_reader *json_reader_new(void)
{
	struct json_reader *reader = mem_new(sizeof(*reader));

	reader->tokener = new_tokener();
	reader->text.max = LONGEST_TEXT;
	return reader;
}

void json_reader_free(struct json_reader **reader)
{
	if (!*reader)
		return;
	json_tokener_free((*reader)->tokener);
	buf_free(&(*reader)->text);
	mem_free(reader);
}

/* Whether the tree would take more memory than a text may. */
static bool is_heavy(const struct json_sanitize *text)
{
	struct json_span span = { text->s, text->n };

	return json_scan_weight(&span).tree > MOST_TREE;
}

/* Judges and repairs the text. False with ERR_DATA. */
static bool judge(struct json_reader *reader, struct json_sanitize *text, struct err *err)
{
	const char *wrong;

	buf_shrink(&reader->text, KEPT_TEXT);
	if (text->n == 0)
		return err_set(err, ERR_DATA, "the text is empty");
	wrong = json_sanitize_repair(text, &reader->text);
	if (wrong == JSON_SANITIZE_CUT)
		return err_set(err, ERR_DATA, "the JSON ends in the middle, after %zu bytes",
			       text->n);
	if (wrong)
		return err_set(err, ERR_DATA, "not JSON at byte %zu: %s", text->at, wrong);
	if (reader->text.full || text->n > INT32_MAX)
		return err_set(err, ERR_DATA, "the text is too long to be read");
	if (text->n > LIGHT_TEXT && is_heavy(text))
		return err_set(err, ERR_DATA, "the text has more values than are read at once");
	return true;
}

struct json *json_parse(struct json_reader *reader, const char *s, size_t n, struct err *err)
{
	struct json_sanitize text = { .s = s, .n = n };
	enum json_tokener_error state;
	struct json *json;
	json_object *root;

	if (!judge(reader, &text, err))
		return NULL;
	json_tokener_reset(reader->tokener);
	root = json_tokener_parse_ex(reader->tokener, text.s, (int)text.n);
	state = json_tokener_get_error(reader->tokener);
	if (state == json_tokener_continue) {
		/* A number at the very end is only known to be over when something follows. */
		root = json_tokener_parse_ex(reader->tokener, "", 1);
		state = json_tokener_get_error(reader->tokener);
	}
	if (state != json_tokener_success) {
		err_set(err, ERR_DATA, "json-c %s cannot read byte %zu: %s", json_c_version(),
			json_tokener_get_parse_end(reader->tokener),
			json_tokener_error_desc(state));
		/* Its state would survive a reset and begin the next text. */
		json_tokener_free(reader->tokener);
		reader->tokener = new_tokener();
		return NULL;
	}
	json = mem_new(sizeof(*json));
	json->root = root;
	return json;
}

void json_free(struct json **json)
{
	if (!*json)
		return;
	json_object_put((*json)->root);
	mem_free(json);
}

struct json_at json_root(const struct json *json)
{
	return (struct json_at){ .node = json->root };
}

enum json_kind json_kind(const struct json_at *at)
{
	if (at->absent)
		return JSON_ABSENT;
	switch (json_object_get_type(at->node)) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_int:
	case json_type_double:
		return JSON_NUMBER;
	case json_type_string:
		return JSON_STRING;
	case json_type_array:
		return JSON_ARRAY;
	case json_type_object:
		return JSON_OBJECT;
	default:
		return JSON_NULL;
	}
}

bool json_is_nothing(const struct json_at *at)
{
	return json_kind(at) == JSON_NULL || json_kind(at) == JSON_ABSENT;
}

struct json_at json_member(const struct json_at *at, const char *key)
{
	struct json_at member = { .up = at, .key = key, .absent = true };
	json_object *node;

	if (json_kind(at) == JSON_OBJECT && json_object_object_get_ex(at->node, key, &node)) {
		member.node = node;
		member.absent = false;
	}
	return member;
}

struct json_at json_element(const struct json_at *at, size_t i)
{
	struct json_at element = { .up = at, .index = i, .absent = true };

	if (json_kind(at) == JSON_ARRAY && i < json_object_array_length(at->node)) {
		element.node = json_object_array_get_idx(at->node, i);
		element.absent = false;
	}
	return element;
}

size_t json_length(const struct json_at *at)
{
	switch (json_kind(at)) {
	case JSON_ARRAY:
		return json_object_array_length(at->node);
	case JSON_OBJECT:
		return (size_t)json_object_object_length(at->node);
	default:
		return 0;
	}
}

struct json_each json_members(const struct json_at *object)
{
	struct json_each each = { .object = object };

	if (json_kind(object) == JSON_OBJECT)
		each.entry = json_object_get_object(object->node)->head;
	return each;
}

bool json_next(struct json_each *each, struct json_at *member)
{
	struct lh_entry *entry = each->entry;

	if (!entry)
		return false;
	*member = (struct json_at){
		.node = (json_object *)lh_entry_v(entry),
		.up = each->object,
		.key = (const char *)lh_entry_k(entry),
	};
	each->entry = entry->next;
	return true;
}

static const char *kind_name(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_ABSENT] = "nothing",     [JSON_NULL] = "null",
		[JSON_BOOL] = "true or false", [JSON_NUMBER] = "a number",
		[JSON_STRING] = "a string",    [JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};

	assert((size_t)kind < ARRAY_SIZE(names));
	return names[kind];
}

const char *json_path(const struct json_at *at, char *buf, size_t size)
{
	char rest[256] = "", step[256], key[200];

	for (; at->up; at = at->up) {
		if (at->key)
			snprintf(step, sizeof(step), ".%s",
				 err_quote(key, sizeof(key), at->key, strlen(at->key)));
		else
			snprintf(step, sizeof(step), "[%zu]", at->index);
		/* The end of the path, near the value, is worth more than its beginning. */
		if (strlen(step) + strlen(rest) >= sizeof(rest))
			break;
		memmove(rest + strlen(step), rest, strlen(rest) + 1);
		memcpy(rest, step, strlen(step));
	}
	snprintf(buf, size, "$%s", rest);
	return buf;
}

bool json_expected(const struct json_at *at, const char *what, struct err *err)
{
	char path[256], value[80];
	enum json_kind kind = json_kind(at);

	json_path(at, path, sizeof(path));
	if (kind != JSON_STRING)
		return err_set(err, ERR_DATA, "%s: %s was expected, not %s", path, what,
			       kind_name(kind));
	return err_set(err, ERR_DATA, "%s: %s was expected, not \"%s\"", path, what,
		       err_quote(value, sizeof(value), json_object_get_string(at->node),
				 (size_t)json_object_get_string_len(at->node)));
}

bool json_string(const struct json_at *at, const char **ret, struct err *err)
{
	if (json_kind(at) != JSON_STRING)
		return json_expected(at, "a string", err);
	*ret = json_object_get_string(at->node);
	return true;
}

bool json_int(const struct json_at *at, int64_t *ret, struct err *err)
{
	if (at->absent || json_object_get_type(at->node) != json_type_int)
		return json_expected(at, "a whole number", err);
	*ret = json_object_get_int64(at->node);
	return true;
}

static void write(const struct json_at *at, int flags, struct buf *out)
{
	size_t n;
	const char *text = json_object_to_json_string_length(
		at->node, flags | JSON_C_TO_STRING_NOSLASHESCAPE, &n);

	if (!text)
		mem_out("json-c");
	buf_add(out, text, n);
}

void json_write(const struct json_at *at, struct buf *out)
{
	write(at, JSON_C_TO_STRING_PLAIN, out);
}

void json_write_pretty(const struct json_at *at, struct buf *out)
{
	write(at, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED, out);
}

const char *json_library(void)
{
	return json_c_version();
}
