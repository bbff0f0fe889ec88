/* SPDX-License-Identifier: MIT */
#include "metabase_shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "hmac.h"
#include "metabase.h"

#define LONGEST_SHAPE (4u << 20)

/* ---- JSON ------------------------------------------------------------ */

static int by_key(const void *a, const void *b)
{
	const struct json_at *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void write_json(const struct json_at *at, struct buf *out);

/* The members in the order of their names; those that are null are left out. */
static void write_members(const struct json_at *at, struct buf *out)
{
	struct arena *arena = arena_new();
	struct json_at *members = arena_alloc(arena, (json_length(at) + 1) * sizeof(*members));
	struct json_each each = json_members(at);
	size_t n = 0;

	while (json_next(&each, &members[n]))
		n += !json_is_nothing(&members[n]);
	qsort(members, n, sizeof(*members), by_key);
	buf_char(out, '{');
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s:", members[i].key);
		write_json(&members[i], out);
		buf_char(out, ',');
	}
	buf_char(out, '}');
	arena_free(&arena);
}

static void write_json(const struct json_at *at, struct buf *out)
{
	switch (json_kind(at)) {
	case JSON_OBJECT:
		write_members(at, out);
		break;
	case JSON_ARRAY:
		buf_char(out, '[');
		for (size_t i = 0; i < json_length(at); i++) {
			struct json_at element = json_element(at, i);

			write_json(&element, out);
			buf_char(out, ',');
		}
		buf_char(out, ']');
		break;
	default:
		json_write(at, out);
		break;
	}
}

/* Nothing, "", [] and {} are the same. */
static void write_member(const struct json_at *object, const char *key, struct buf *out)
{
	struct json_at member = json_member(object, key);
	enum json_kind kind = json_kind(&member);

	if (json_is_nothing(&member) || (kind == JSON_STRING && !*metabase_text(object, key)) ||
	    ((kind == JSON_OBJECT || kind == JSON_ARRAY) && json_length(&member) == 0))
		return;
	write_json(&member, out);
}

/* ---- queries --------------------------------------------------------- */

void metabase_shape_sql(const struct json_at *card, struct buf *out)
{
	struct json_at query = json_member(card, "dataset_query"),
		       native = json_member(&query, "native"),
		       stages = json_member(&query, "stages"), stage = json_element(&stages, 0);

	buf_str(out, metabase_text(&native, "query"));
	buf_str(out, metabase_text(&stage, "native"));
}

/* The number of the field: ["field", 7, null] in MBQL 4, ["field", {...}, 7] in MBQL 5. */
static int64_t field_of(const struct json_at *tag)
{
	struct json_at dimension = json_member(tag, "dimension"), at;
	struct err ignored;
	int64_t n = 0;

	for (size_t i = 1; i < 3; i++) {
		at = json_element(&dimension, i);
		if (json_kind(&at) == JSON_NUMBER && json_int(&at, &n, &ignored))
			return n;
	}
	return 0;
}

static void write_tag(const struct json_at *tag, struct buf *out)
{
	static const char *const keys[] = { "display-name", "type",	"widget-type",
					    "default",	    "required", "options" };

	buf_printf(out, "\n%s %" PRId64, metabase_text(tag, "name"), field_of(tag));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		buf_char(out, ' ');
		if (strcmp(keys[i], "required") != 0 || metabase_true(tag, keys[i]))
			write_member(tag, keys[i], out);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(metabase_text(a, "name"), metabase_text(b, "name"));
}

/* The filters of a query: a map of them in MBQL 4, in MBQL 5 a map or a list. */
static void write_tags(const struct json_at *tags, struct buf *out)
{
	struct arena *arena = arena_new();
	struct json_at *found = arena_alloc(arena, (json_length(tags) + 1) * sizeof(*found));
	struct json_each each = json_members(tags);
	size_t n = 0;

	if (json_kind(tags) == JSON_ARRAY)
		for (; n < json_length(tags); n++)
			found[n] = json_element(tags, n);
	else
		while (json_next(&each, &found[n]))
			n++;
	qsort(found, n, sizeof(*found), by_name);
	for (size_t i = 0; i < n; i++)
		write_tag(&found[i], out);
	arena_free(&arena);
}

/* Without the first line where that is our mark: it says how the card was, and asks nothing. */
static void write_query(const struct json_at *card, struct buf *out)
{
	CLEANUP(buf_free) struct buf sql = BUF_MAX(LONGEST_SHAPE);
	struct json_at query = json_member(card, "dataset_query"),
		       native = json_member(&query, "native"),
		       stages = json_member(&query, "stages"), stage = json_element(&stages, 0),
		       tags = json_member(&native, "template-tags"),
		       later = json_member(&stage, "template-tags");
	const char *text, *end;

	metabase_shape_sql(card, &sql);
	text = buf_text(&sql);
	end = strchr(text, '\n');
	if (end && strncmp(text, METABASE_SHAPE_MARK, strlen(METABASE_SHAPE_MARK)) == 0)
		text = end + 1;
	buf_str(out, text);
	write_tags(&tags, out);
	write_tags(&later, out);
}

/* ---- cards on a dashboard ----------------------------------------- */

static void write_place(const struct json_at *at, struct buf *out)
{
	static const char *const keys[] = { "row", "col", "size_x", "size_y" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		buf_printf(out, "%" PRId64 " ", metabase_number(at, keys[i]));
}

/* Only the numbers of the cards: Metabase shows each whole. */
static void write_series(const struct json_at *at, struct buf *out)
{
	struct json_at series = json_member(at, "series");

	for (size_t i = 0; i < json_length(&series); i++) {
		struct json_at card = json_element(&series, i);

		buf_printf(out, "%" PRId64 " ", metabase_number(&card, "id"));
	}
}

static int by_filter(const void *a, const void *b)
{
	return strcmp(metabase_text(a, "parameter_id"), metabase_text(b, "parameter_id"));
}

/* Which filter of the dashboard is bound to which tag of the card. */
static void write_mappings(const struct json_at *at, struct buf *out)
{
	struct json_at mappings = json_member(at, "parameter_mappings");
	struct arena *arena = arena_new();
	size_t n = json_length(&mappings);
	struct json_at *sorted = arena_alloc(arena, (n + 1) * sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = json_element(&mappings, i);
	qsort(sorted, n, sizeof(*sorted), by_filter);
	for (size_t i = 0; i < n; i++) {
		struct json_at target = json_member(&sorted[i], "target"),
			       tag = json_element(&target, 1);

		buf_printf(out, "\n%s ", metabase_text(&sorted[i], "parameter_id"));
		write_json(&tag, out);
	}
	arena_free(&arena);
}

/* ---- parts ----------------------------------------------------------- */

/* Without the password, which Metabase does not show, and without the driver's additions. */
static void write_details(const struct json_at *at, struct buf *out)
{
	static const char *const keys[] = { "host",
					    "port",
					    "dbname",
					    "user",
					    "ssl",
					    "ssl-mode",
					    "schema-filters-type",
					    "schema-filters-patterns" };
	struct json_at details = json_member(at, "details");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		buf_char(out, ' ');
		write_member(&details, keys[i], out);
	}
}

static void write_part(const struct json_at *object, const char *part, struct buf *out)
{
	static const struct {
		const char *part;
		void (*write)(const struct json_at *object, struct buf *out);
	} special[] = {
		{ "dataset_query", write_query }, { "place", write_place },
		{ "series", write_series },	  { "parameter_mappings", write_mappings },
		{ "details", write_details },
	};

	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (strcmp(special[i].part, part) == 0) {
			special[i].write(object, out);
			return;
		}
	write_member(object, part, out);
}

static void hash(const struct buf *text, char to[METABASE_SHAPE_SIZE])
{
	unsigned char digest[HMAC_SIZE];
	struct hmac_key key;

	hmac_key(&key, METABASE_SHAPE_MARK, strlen(METABASE_SHAPE_MARK));
	hmac_sign(&key, buf_text(text), text->len, digest);
	for (int i = 0; i < (METABASE_SHAPE_SIZE - 1) / 2; i++)
		snprintf(to + 2 * (ptrdiff_t)i, 3, "%02x", digest[i]);
}

void metabase_shape_hash(const struct json_at *object, const char *part,
			 char to[METABASE_SHAPE_SIZE])
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_SHAPE);

	write_part(object, part, &text);
	hash(&text, to);
}

void metabase_shape_whole(const struct json_at *object, const char *const *parts,
			  char to[METABASE_SHAPE_SIZE])
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_SHAPE);

	for (; *parts; parts++) {
		buf_printf(&text, "\n%s ", *parts);
		write_part(object, *parts, &text);
	}
	hash(&text, to);
}
