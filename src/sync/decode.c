/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "hash.h"
#include "json.h"
#include "mem.h"

/* One rejected item, written as text. */
#define LONGEST_TEXT (64u << 20)

struct decode {
	struct item_reader items;
	struct json_reader *reader;
	struct arena *arena; /* of one page */
	struct err err;
	const char *ids[PAGE_ROWS_MOST];
	int n_ids;
};

struct decode *decode_new(const struct item_privacy *privacy)
{
	struct decode *decode = mem_new(sizeof(*decode));

	decode->reader = json_reader_new();
	decode->arena = arena_new();
	decode->items.privacy = *privacy;
	decode->items.arena = decode->arena;
	return decode;
}

void decode_free(struct decode **decode)
{
	if (!*decode)
		return;
	item_reader_free(&(*decode)->items);
	explicit_bzero(&(*decode)->items.privacy.key, sizeof((*decode)->items.privacy.key));
	json_reader_free(&(*decode)->reader);
	arena_free(&(*decode)->arena);
	mem_free(decode);
}

const struct err *decode_error(const struct decode *decode)
{
	return &decode->err;
}

const char *decode_id(const struct decode *decode, int i)
{
	return i < decode->n_ids ? decode->ids[i] : NULL;
}

struct table *decode_ids(const struct decode *decode)
{
	struct table *ids = table_new(1);
	const char *id;

	for (int i = 0; (id = decode_id(decode, i)); i++)
		table_set(ids, table_add(ids), 0, id, strlen(id));
	return ids;
}

/* Stages the item at AT as one that could not be loaded. Returns what stands for its id. */
static const char *reject(struct decode *decode, const struct json_at *at, const struct err *err,
			  struct stage *stage, const struct origin *origin)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);
	struct rejection rejection = { .reason = err->text };
	struct item known;

	item_write(&decode->items, at, &text);
	item_salvage(&decode->items, at, &known);
	rejection.text = buf_text(&text);
	rejection.conversation_id = known.id;
	rejection.contact_id = known.contact_id;
	rejection.created_at = known.created_at;
	rejection.fingerprint = known.id;
	if (!rejection.fingerprint) {
		uint64_t a = hash_bytes(HASH_START, text.data, text.len),
			 b = hash_bytes(a, text.data, text.len);

		rejection.fingerprint =
			arena_printf(decode->arena, "item:%016" PRIx64 "%016" PRIx64, a, b);
	}
	stage_reject(stage, &rejection, origin);
	return rejection.fingerprint;
}

/* Reads one item and stages it, good or bad. Returns its id, or what stands for it. */
static const char *read_item(struct decode *decode, const struct json_at *at, struct stage *stage,
			     const struct origin *origin, struct row *row)
{
	struct item item;
	struct err err;
	const char *id;

	*row = (struct row){ .created_at = TIME_NONE, .updated_at = TIME_NONE };
	if (item_read(&decode->items, at, &item, &err)) {
		stage_item(stage, &item, origin);
		id = item.id;
		row->created_at = item.created_at;
		row->updated_at = item.updated_at;
	} else {
		id = reject(decode, at, &err, stage, origin);
	}
	row->id = hash_string(HASH_START, id);
	return arena_dup(decode->arena, id);
}

/* ---- the page -------------------------------------------------------- */

/* NULL when it is not JSON. The page before is forgotten. */
static struct json *parse(struct decode *decode, const char *body, size_t n)
{
	decode->err = (struct err)ERR_INIT;
	decode->n_ids = 0;
	arena_reset(decode->arena);
	return json_parse(decode->reader, body, n, &decode->err);
}

/* A number of meta that has to be there, or may be missing: then *RET stays as it is. */
static bool read_meta(struct decode *decode, const struct json_at *meta, const char *key,
		      bool required, int64_t *ret)
{
	struct json_at at = json_member(meta, key);

	if (!required && json_is_nothing(&at))
		return true;
	if (!json_int(&at, ret, &decode->err))
		return false;
	return *ret >= 0 || json_expected(&at, "a number that is not negative", &decode->err);
}

static int clip(int64_t n)
{
	return (int)min_i64(n, INT32_MAX);
}

static bool read_shape(struct decode *decode, const struct json_at *root,
		       const struct json_at *data, struct page *page)
{
	struct json_at meta = json_member(root, "meta");
	int64_t total, number = page->page, per_page = page->per_page, pages = 0;

	if (json_kind(data) != JSON_ARRAY)
		return json_expected(data, "an array", &decode->err);
	if (json_length(data) > PAGE_ROWS_MOST)
		return json_expected(data, "a page of at most 1000 conversations", &decode->err);
	if (json_kind(&meta) != JSON_OBJECT)
		return json_expected(&meta, "an object", &decode->err);
	if (!read_meta(decode, &meta, "total", true, &total) ||
	    !read_meta(decode, &meta, "page", false, &number) ||
	    !read_meta(decode, &meta, "per_page", false, &per_page) ||
	    !read_meta(decode, &meta, "total_pages", false, &pages))
		return false;
	page->total = clip(total);
	page->page = clip(number);
	page->per_page = clip(per_page);
	page->total_pages = clip(pages);
	return true;
}

bool decode_page(struct decode *decode, const char *body, size_t n, struct stage *stage,
		 struct page *page)
{
	CLEANUP(json_free) struct json *json = parse(decode, body, n);
	struct origin origin = { .page = page->page, .observed_at = page->date };
	struct json_at root, data;

	if (!json)
		return false;
	root = json_root(json);
	data = json_member(&root, "data");
	if (!read_shape(decode, &root, &data, page))
		return false;
	page->n = (int)json_length(&data);
	for (int i = 0; i < page->n; i++) {
		struct json_at item = json_element(&data, (size_t)i);

		decode->ids[i] = read_item(decode, &item, stage, &origin, &page->rows[i]);
	}
	decode->n_ids = page->n;
	return true;
}

bool decode_item(struct decode *decode, const char *body, size_t n, struct stage *stage,
		 struct decode_one *one)
{
	CLEANUP(json_free) struct json *json = parse(decode, body, n);
	struct origin origin = { .observed_at = one->date };
	struct json_at root, data, id;
	struct row row;

	if (!json)
		return false;
	root = json_root(json);
	data = json_member(&root, "data");
	if (json_kind(&data) != JSON_OBJECT)
		return json_expected(&data, "an object", &decode->err);
	id = json_member(&data, "id");
	one->same = false;
	one->other = NULL;
	one->updated_at = TIME_NONE;
	if (json_kind(&id) == JSON_STRING) {
		const char *text;

		if (json_string(&id, &text, &decode->err) && strcmp(text, one->id) != 0) {
			one->other = arena_dup(decode->arena, text);
			return true;
		}
	}
	one->same = true;
	(void)read_item(decode, &data, stage, &origin, &row);
	one->updated_at = row.updated_at;
	return true;
}
