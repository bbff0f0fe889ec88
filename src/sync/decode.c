/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "filter_ids.h"
#include "hash.h"
#include "json.h"
#include "json_sanitize.h"
#include "json_scan.h"
#include "mem.h"

/* A total in a string has no more digits than this. */
#define MOST_DIGITS 15

/* One rejected item, written as text. */
#define LONGEST_TEXT (64u << 20)

/* A page of more bytes is read row by row: as a tree it may be three hundred times as large. */
#define LIGHT_PAGE (64u << 10)

/*
 * A row beyond this is rejected unread. The part of it that is stored must be fit to be read,
 * dumped and restored as PostgreSQL writes it (1e300 has 301 digits there).
 */
#define ITEM_MOST_TREE (8u << 20)
#define ITEM_MOST_TEXT (4u << 20)

/* Bytes of a heavy page that are read in one go. */
#define SLICE (256u << 10)

/*
 * Labels of one page: as many as a documented page of a hundred rows has, each with as many as an
 * item may have. They are rows of a table, and one merge writes all of a page.
 */
#define PAGE_MOST_LABELS 100000

/* With its quotes; the bytes that an index can hold. */
#define LONGEST_SEEN_ID 514

struct decode {
	struct item_reader items;
	struct json_reader *reader;
	struct arena *arena; /* of one page */
	struct err err;
	const char *ids[PAGE_ROWS_MOST];
	int n_ids;
	size_t n_labels; /* of the page so far, */
	size_t n_values; /* and all that it holds */
	void (*relieve)(void *arg);
	void *relieve_arg;
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
		table_set_text(ids, table_add(ids), 0, id);
	return ids;
}

/*
 * Stages a rejection whose text and reason are there. Returns the id or the fingerprint of the
 * item.
 */
static const char *stage_rejection(struct decode *decode, struct rejection *rejection,
				   struct stage *stage, const struct origin *origin)
{
	size_t n = strlen(rejection->text);

	/* An item that answers for a conversation and cannot be read is that conversation's. */
	if (!rejection->conversation_id)
		rejection->conversation_id = origin->asked;
	rejection->fingerprint = rejection->conversation_id;
	if (!rejection->fingerprint) {
		uint64_t a = hash_bytes(HASH_START, rejection->text, n),
			 b = hash_bytes(a, rejection->text, n);

		rejection->fingerprint =
			arena_printf(decode->arena, "item:%016" PRIx64 "%016" PRIx64, a, b);
	}
	stage_reject(stage, rejection, origin);
	return rejection->fingerprint;
}

/* Stages the item at AT as one that could not be loaded. Returns its id or fingerprint. */
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
	return stage_rejection(decode, &rejection, stage, origin);
}

static enum status status_of(const char *name)
{
	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++)
		if (strcmp(filter_ids_status(s), name) == 0)
			return s;
	return STATUS_OTHER;
}

/* Reads an item that the page still has room for. */
static bool read_one(struct decode *decode, const struct json_at *at, struct item *item,
		     struct err *err)
{
	struct json_at labels = json_member(at, "labels");

	if (!item_read(&decode->items, at, item, err))
		return false;
	if (decode->n_labels + item->n_labels > PAGE_MOST_LABELS)
		return json_expected(&labels, "fewer labels on one page", err);
	decode->n_labels += item->n_labels;
	return true;
}

/* Reads one item and stages it, good or bad. Returns its id or fingerprint. */
static const char *read_item(struct decode *decode, const struct json_at *at, struct stage *stage,
			     const struct origin *origin, struct row *row)
{
	struct item item;
	struct err err;
	const char *id;

	*row = (struct row){ .created_at = TIME_NONE, .updated_at = TIME_NONE };
	if (read_one(decode, at, &item, &err)) {
		stage_item(stage, &item, origin);
		id = item.id;
		row->created_at = item.created_at;
		row->updated_at = item.updated_at;
		row->status = status_of(item.status);
	} else {
		id = reject(decode, at, &err, stage, origin);
	}
	row->id = hash_string(HASH_START, id);
	return arena_dup(decode->arena, id);
}

/* ---- the page -------------------------------------------------------- */

/* The page before is forgotten. */
static void begin(struct decode *decode)
{
	decode->err = (struct err)ERR_INIT;
	decode->n_ids = 0;
	decode->n_labels = 0;
	decode->n_values = 0;
	arena_reset(decode->arena);
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

/* The total of meta: a number, digits in a string, or nothing, unless it must be told: *UNTOLD. */
static bool read_total(struct decode *decode, const struct json_at *meta, int64_t *ret,
		       bool must_tell, bool *untold)
{
	struct json_at at = json_member(meta, "total");
	const char *text;

	*ret = 0;
	*untold = json_is_nothing(&at);
	if (*untold)
		return !must_tell || json_expected(&at, "a number", &decode->err);
	if (json_kind(&at) != JSON_STRING)
		return read_meta(decode, meta, "total", true, ret);
	if (!json_string(&at, &text, &decode->err))
		return false;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || p - text >= MOST_DIGITS)
			return json_expected(&at, "a number", &decode->err);
		*ret = 10 * *ret + *p - '0';
	}
	return *text || json_expected(&at, "a number", &decode->err);
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
	if (!read_total(decode, &meta, &total, page->must_tell, &page->untold) ||
	    !read_meta(decode, &meta, "page", false, &number) ||
	    !read_meta(decode, &meta, "per_page", false, &per_page) ||
	    !read_meta(decode, &meta, "total_pages", false, &pages))
		return false;
	page->total = clip(total);
	page->page = clip(number);
	page->per_page = clip(per_page);
	page->total_pages = clip(pages);
	/* A full page lets expect another row. */
	if (page->untold)
		page->total = clip(max_i64(page->page - 1, 0) * page->per_page +
				   (int64_t)json_length(data) +
				   (json_length(data) >= (size_t)page->per_page));
	return true;
}

/* ---- heavy pages and items ----------------------------------------------- */

static bool is_too_heavy(const struct json_weight *weight)
{
	return weight->tree > ITEM_MOST_TREE || weight->text > ITEM_MOST_TEXT;
}

/* Why an item of that weight is not read. */
static void say_too_heavy(const struct json_span *item, const struct json_weight *weight,
			  struct err *why)
{
	if (is_too_heavy(weight))
		err_set(why, ERR_DATA,
			"$: a smaller item was expected, not one of %zu bytes that take %zu to be "
			"read and %zu to be written",
			item->n, weight->tree, weight->text);
	else
		err_set(why, ERR_DATA,
			"$: fewer values on one page were expected, %zu at most, not an item of "
			"%zu beside those before it",
			DECODE_MOST_VALUES, weight->values);
}

/* The id of a conversation, as far as it can be seen without reading it; NULL when it cannot. */
static const char *seen_id(struct decode *decode, const struct json_span *item)
{
	struct json_span id = { .p = NULL };

	if (!json_scan_member(item, "id", &id) || id.n < 3 || id.n > LONGEST_SEEN_ID ||
	    id.p[0] != '"' || memchr(id.p, '\\', id.n))
		return NULL;
	return arena_text(decode->arena, id.p + 1, id.n - 2);
}

/*
 * Stages an item that is too heavy, if it is JSON at all. Returns its fingerprint; NULL when it is
 * none. With contacts to be dropped nothing of it is kept: it was not read.
 */
static const char *reject_heavy(struct decode *decode, const struct json_span *item,
				const struct json_weight *weight, struct stage *stage,
				const struct origin *origin)
{
	CLEANUP(buf_free) struct buf repaired = BUF_MAX(LONGEST_TEXT);
	struct json_sanitize text = { .s = item->p, .n = item->n };
	const char *wrong = json_sanitize_repair(&text, &repaired);
	const struct item_privacy *privacy = &decode->items.privacy;
	struct rejection rejection = { .created_at = TIME_NONE };
	struct err why;

	if (wrong || repaired.full) {
		err_set(&decode->err, ERR_DATA, "not JSON: %s",
			wrong ? wrong : "an item that is too long");
		return NULL;
	}
	say_too_heavy(item, weight, &why);
	rejection.reason = why.text;
	rejection.conversation_id =
		seen_id(decode, &(struct json_span){ .p = text.s, .n = text.n });
	rejection.text = privacy->drop_name || privacy->drop_phone
				 ? "\"not kept: it was too large to be read\""
				 : arena_text(decode->arena, text.s, text.n);
	return stage_rejection(decode, &rejection, stage, origin);
}

/* A page that is read row by row. */
struct pieces {
	struct decode *decode;
	struct json_span data; /* its array */
	struct stage *stage;
	const struct origin *origin;
	struct page *page;
	struct json_at root, list; /* where the rows stand */
};

/* The page without its rows: the rest of the text is small. NULL when it is no JSON. */
static struct json *parse_frame(struct decode *decode, const struct json_span *body,
				const struct json_span *data)
{
	CLEANUP(buf_free) struct buf frame = BUF_MAX(LIGHT_PAGE);

	buf_add(&frame, body->p, (size_t)(data->p - body->p));
	buf_str(&frame, "[]");
	buf_add(&frame, data->p + data->n, (size_t)(body->p + body->n - data->p) - data->n);
	if (!frame.full)
		return json_parse(decode->reader, buf_text(&frame), frame.len, &decode->err);
	err_set(&decode->err, ERR_DATA, "more beside $.data than a page may have");
	return NULL;
}

/* Whether the page has room for the values of one more item; then they are counted. */
static bool has_room(struct decode *decode, const struct json_weight *weight)
{
	if (decode->n_values + weight->values > DECODE_MOST_VALUES)
		return false;
	decode->n_values += weight->values;
	return true;
}

/* Reads the I-th row, and stages it unless STAGE is NULL. False when it is no JSON. */
static bool read_piece(struct pieces *p, const struct json_span *item, int i, struct stage *stage)
{
	struct decode *decode = p->decode;
	struct row *row = &p->page->rows[i];
	CLEANUP(json_free) struct json *json = NULL;
	struct json_weight weight = json_scan_weight(item);
	struct json_at at;

	if (is_too_heavy(&weight) || !has_room(decode, &weight)) {
		const char *id = stage ? reject_heavy(decode, item, &weight, stage, p->origin) : "";

		*row = (struct row){ .created_at = TIME_NONE, .updated_at = TIME_NONE };
		decode->ids[i] = id;
		row->id = id ? hash_string(HASH_START, id) : 0;
		return id != NULL;
	}
	json = json_parse(decode->reader, item->p, item->n, &decode->err);
	if (!json || !stage)
		return json != NULL;
	at = json_root(json);
	at.up = &p->list;
	at.index = (size_t)i;
	stage->values += weight.values;
	decode->ids[i] = read_item(decode, &at, stage, p->origin, row);
	return true;
}

void decode_relieve(struct decode *decode, void (*fn)(void *arg), void *arg)
{
	decode->relieve = fn;
	decode->relieve_arg = arg;
}

/* N more bytes have been read; BUSY counts those since others had their turn. */
static void relieve(struct decode *decode, size_t n, size_t *busy)
{
	*busy += n;
	if (*busy < SLICE || !decode->relieve)
		return;
	*busy = 0;
	decode->relieve(decode->relieve_arg);
}

/* All rows; first without staging any, since a page is JSON as a whole or not at all. */
static bool read_pieces(struct pieces *p, struct stage *stage)
{
	struct json_span at = p->data, item;
	size_t busy = 0;
	int n = 0;

	p->decode->n_values = 0;
	for (; json_scan_element(&at, &item); n++) {
		if (n == PAGE_ROWS_MOST)
			return err_set(&p->decode->err, ERR_DATA,
				       "$.data: a page of at most 1000 conversations was expected");
		if (!read_piece(p, &item, n, stage))
			return err_wrap(&p->decode->err, "$.data[%d]", n);
		relieve(p->decode, item.n, &busy);
	}
	if (at.n != 1)
		return err_set(&p->decode->err, ERR_DATA, "not JSON: $.data breaks off");
	p->page->n = n;
	return true;
}

static bool decode_heavy_page(struct pieces *p, const struct json_span *body)
{
	CLEANUP(json_free) struct json *frame = parse_frame(p->decode, body, &p->data);

	if (!frame)
		return false;
	p->root = json_root(frame);
	p->list = json_member(&p->root, "data");
	if (!read_shape(p->decode, &p->root, &p->list, p->page) || !read_pieces(p, NULL) ||
	    !read_pieces(p, p->stage))
		return false;
	p->decode->n_ids = p->page->n;
	return true;
}

bool decode_page(struct decode *decode, const char *body, size_t n, struct stage *stage,
		 struct page *page)
{
	struct origin origin = { .page = page->page, .observed_at = page->date };
	struct json_span whole = { body, n };
	struct pieces pieces = {
		.decode = decode, .stage = stage, .origin = &origin, .page = page
	};
	CLEANUP(json_free) struct json *json = NULL;
	struct json_at root, data;

	begin(decode);
	if (n > LIGHT_PAGE && json_scan_member(&whole, "data", &pieces.data) &&
	    *pieces.data.p == '[')
		return decode_heavy_page(&pieces, &whole);
	json = json_parse(decode->reader, body, n, &decode->err);
	if (!json)
		return false;
	root = json_root(json);
	data = json_member(&root, "data");
	if (!read_shape(decode, &root, &data, page))
		return false;
	page->n = (int)json_length(&data);
	stage->values += json_scan_weight(&whole).values;
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
	struct origin origin = { .asked = one->id, .observed_at = one->date };
	struct json_span whole = { body, n }, item;
	CLEANUP(json_free) struct json *json = NULL;
	struct json_weight weight;
	struct json_at root, data, id;
	struct row row;

	begin(decode);
	*one = (struct decode_one){ .id = one->id, .date = one->date, .updated_at = TIME_NONE };
	if (!json_scan_member(&whole, "data", &item))
		item = whole;
	weight = json_scan_weight(&item);
	if (n > LIGHT_PAGE && is_too_heavy(&weight)) {
		one->same = reject_heavy(decode, &item, &weight, stage, &origin) != NULL;
		return one->same;
	}
	stage->values += weight.values;
	json = json_parse(decode->reader, body, n, &decode->err);
	if (!json)
		return false;
	root = json_root(json);
	data = json_member(&root, "data");
	if (json_kind(&data) != JSON_OBJECT)
		return json_expected(&data, "an object", &decode->err);
	id = json_member(&data, "id");
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
