/* SPDX-License-Identifier: MIT */
#include "metabase_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset.h"
#include "hash.h"
#include "json_writer.h"

#define LONGEST_BODY (1u << 20)

/* The first line of each card's SQL, before the card's key: by it a card is found again. */
#define MARK "-- sahut-etl card "

/* ---- Metabase's catalogue -------------------------------------------- */

static bool find_named(const struct json_at *list, const char *name, struct json_at *ret)
{
	for (size_t i = 0; i < json_length(list); i++) {
		*ret = json_element(list, i);
		if (strcmp(metabase_text(ret, "name"), name) == 0)
			return true;
	}
	return false;
}

bool metabase_card_find_field(const struct metabase_run *run, const char *table, const char *column,
			      struct metabase_card_place *place)
{
	if (!run->metadata)
		return false;
	place->root = json_root(run->metadata);
	place->tables = json_member(&place->root, "tables");
	for (size_t i = 0; i < json_length(&place->tables); i++) {
		place->table = json_element(&place->tables, i);
		if (strcmp(metabase_text(&place->table, "name"), table) != 0 ||
		    strcmp(metabase_text(&place->table, "schema"), "sahut_report") != 0)
			continue;
		place->fields = json_member(&place->table, "fields");
		if (find_named(&place->fields, column, &place->field))
			return true;
	}
	return false;
}

int64_t metabase_card_field(const struct metabase_run *run, const char *table, const char *column)
{
	struct metabase_card_place place;

	return metabase_card_find_field(run, table, column, &place)
		       ? metabase_number(&place.field, "id")
		       : 0;
}

/* ---- a card's body --------------------------------------------------- */

/* A UUID that is the same in every run: Metabase wants one for each filter. */
static void write_uuid(struct json_writer *out, const char *card, const char *tag)
{
	uint64_t a = hash_string(hash_string(HASH_START, card), tag),
		 b = hash_string(hash_string(a, tag), card);
	char uuid[37];

	/* Version 8 is for numbers of one's own making (RFC 9562). */
	snprintf(uuid, sizeof(uuid), "%08x-%04x-8%03x-%04x-%012" PRIx64, (unsigned)(a >> 32),
		 (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff,
		 ((unsigned)(b >> 48) & 0x3fff) | 0x8000, b & UINT64_C(0xffffffffffff));
	json_writer_string(out, uuid);
}

static void copied(struct json_writer *out, const char *key, const struct json_at *at)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_BODY);

	json_write(at, &text);
	json_writer_key(out, key);
	json_writer_raw(out, buf_text(&text), text.len);
}

/* The dashboard's filter of that name. */
static struct json_at parameter_of(const struct json_at *parameters, const char *id)
{
	struct json_at at = json_element(parameters, 0);

	for (size_t i = 0; i < json_length(parameters); i++) {
		at = json_element(parameters, i);
		if (strcmp(metabase_text(&at, "id"), id) == 0)
			break;
	}
	return at;
}

/* "day": "daily_volume.day" becomes a filter on that column. */
static void write_tag(struct metabase_run *run, struct json_writer *out, const char *card,
		      const struct json_at *tag, const struct json_at *parameter)
{
	char table[64], column[64];
	struct json_at fallback = json_member(parameter, "default");
	const char *text = "";
	struct err ignored;

	if (!json_string(tag, &text, &ignored) || sscanf(text, "%63[^.].%63s", table, column) != 2)
		return;
	json_writer_key(out, tag->key);
	json_writer_open(out, '{');
	json_writer_key(out, "id");
	write_uuid(out, card, tag->key);
	json_writer_key_string(out, "name", tag->key);
	json_writer_key_string(out, "display-name", metabase_text(parameter, "name"));
	json_writer_key_string(out, "type", "dimension");
	json_writer_key(out, "dimension");
	json_writer_open(out, '[');
	json_writer_string(out, "field");
	json_writer_int(out, metabase_card_field(run, table, column));
	json_writer_null(out);
	json_writer_close(out, ']');
	json_writer_key_string(out, "widget-type", metabase_text(parameter, "type"));
	if (!json_is_nothing(&fallback))
		copied(out, "default", &fallback);
	json_writer_close(out, '}');
}

static void write_query(struct metabase_run *run, struct json_writer *out,
			const struct json_at *board, const struct json_at *card)
{
	struct json_at tags = json_member(card, "tags"),
		       parameters = json_member(board, "parameters"), tag, parameter;
	struct json_each each = json_members(&tags);
	const char *key = metabase_text(card, "key");
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_BODY);
	const struct asset *sql;
	char name[128];

	snprintf(name, sizeof(name), "metabase/%s.sql", key);
	sql = asset_find(name);
	json_writer_open(out, '{');
	json_writer_key_string(out, "type", "native");
	json_writer_key_int(out, "database", run->database);
	json_writer_key(out, "native");
	json_writer_open(out, '{');
	buf_printf(&text, MARK "%s\n%s", key, sql ? sql->data : "");
	json_writer_key_string(out, "query", buf_text(&text));
	json_writer_key(out, "template-tags");
	json_writer_open(out, '{');
	while (json_next(&each, &tag)) {
		parameter = parameter_of(&parameters, tag.key);
		write_tag(run, out, key, &tag, &parameter);
	}
	json_writer_close(out, '}');
	json_writer_close(out, '}');
	json_writer_close(out, '}');
}

static void write_body(struct metabase_run *run, struct buf *to,
		       const struct metabase_card_home *home, const struct json_at *card)
{
	struct json_writer out = JSON_WRITER_TO(to);
	struct json_at settings = json_member(card, "settings");

	json_writer_open(&out, '{');
	json_writer_key_string(&out, "name", metabase_text(card, "name"));
	json_writer_key_bool(&out, "archived", false);
	json_writer_key_string(&out, "description", metabase_text(card, "answers"));
	json_writer_key_string(&out, "display", metabase_text(card, "display"));
	json_writer_key_int(&out, "collection_id", home->collection);
	copied(&out, "visualization_settings", &settings);
	json_writer_key(&out, "dataset_query");
	write_query(run, &out, home->board, card);
	json_writer_close(&out, '}');
}

/* ---- finding and showing --------------------------------------------- */

/* The SQL, in either of the forms in which Metabase gives it. */
static void show_sql(const struct json_at *card, struct buf *out)
{
	struct json_at query = json_member(card, "dataset_query"),
		       native = json_member(&query, "native"),
		       stages = json_member(&query, "stages"), stage = json_element(&stages, 0);

	buf_str(out, metabase_text(&native, "query"));
	buf_str(out, metabase_text(&stage, "native"));
}

static bool has_mark(const struct json_at *card, const char *mark)
{
	CLEANUP(buf_free) struct buf sql = BUF_MAX(LONGEST_BODY);

	show_sql(card, &sql);
	return strncmp(buf_text(&sql), mark, strlen(mark)) == 0;
}

/*
 * The number of the only card of the list that has OBJECT's mark, or its name in our collection;
 * 0 when there is none. False when there are two.
 */
static bool only_one(const struct metabase_object *object, const struct json_at *list, bool by_mark,
		     int64_t *id, struct err *err)
{
	for (size_t i = 0; i < json_length(list); i++) {
		struct json_at at = json_element(list, i);
		bool is_it =
			by_mark ? has_mark(&at, object->mark)
				: metabase_number(&at, "collection_id") == object->place &&
					  strcmp(metabase_text(&at, "name"), object->name) == 0;

		if (!is_it)
			continue;
		if (*id > 0)
			return err_set(err, ERR_CONFIG,
				       "Metabase has two of it, with the numbers %" PRId64
				       " and %" PRId64 "; put one into the trash",
				       *id, metabase_number(&at, "id"));
		*id = metabase_number(&at, "id");
	}
	return true;
}

/*
 * The card among those that ask our database: by the mark in its first line of SQL, which survives
 * another name and another collection, else by its name in our collection.
 */
static bool find_card(struct metabase_run *run, struct metabase_object *object, int64_t *id,
		      struct err *err)
{
	struct json_at root, list;

	if (run->database == 0)
		return true;
	/* After a call that failed it is not known which cards are there. */
	if (err->kind != ERR_NONE)
		json_free(&run->cards);
	if (!run->cards)
		run->cards = metabase_get(run->mb, err, "/card?f=database&model_id=%" PRId64,
					  run->database);
	if (!run->cards)
		return false;
	root = json_root(run->cards);
	list = metabase_list(&root);
	return only_one(object, &list, true, id, err) &&
	       (*id > 0 || only_one(object, &list, false, id, err));
}

static void show_card(const struct json_at *at, struct buf *out)
{
	struct json_at settings = json_member(at, "visualization_settings");

	buf_printf(out, "%s\n%s\n%s\n", metabase_text(at, "name"), metabase_text(at, "description"),
		   metabase_text(at, "display"));
	json_write(&settings, out);
	show_sql(at, out);
}

/* ---- the whole card -------------------------------------------------- */

/* Runs it once, so that a card that cannot work is known now and not by its first reader. */
static bool try_card(struct metabase_run *run, const struct metabase_object *object, int64_t id,
		     struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	CLEANUP(buf_free) struct buf body = BUF_MAX(64);
	struct json_at root;
	char path[64], why[300];
	const char *text = "";

	buf_str(&body, "{\"ignore_cache\":true,\"parameters\":[]}");
	snprintf(path, sizeof(path), "/card/%" PRId64 "/query", id);
	if (!metabase_call(run->mb, &(struct metabase_request){ HTTP_POST, path, &body }, &json,
			   err))
		return err_wrap(err, "%s, when it was run", object->what);
	if (json) {
		root = json_root(json);
		if (strcmp(metabase_text(&root, "status"), "failed") == 0)
			text = *metabase_text(&root, "error") ? metabase_text(&root, "error")
							      : "Metabase does not say why";
	}
	if (*text) {
		buf_printf(run->report, "%s does not run: %s\n", object->what,
			   err_quote(why, sizeof(why), text, strlen(text)));
		run->broken++;
	}
	return true;
}

bool metabase_card_ensure(struct metabase_run *run, const struct metabase_card_home *home,
			  const struct json_at *card, struct metabase_result *ret, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	char key[96], what[128], mark[128];
	struct metabase_object object = {
		.key = key,
		.what = what,
		.path = "/card",
		.create = &body,
		.change = &body,
		.spec = &body,
		.find = find_card,
		.name = metabase_text(card, "name"),
		.mark = mark,
		.place = home->collection,
		.show = show_card,
	};

	snprintf(key, sizeof(key), "card:%s", metabase_text(card, "key"));
	snprintf(what, sizeof(what), "card \"%s\"", metabase_text(card, "name"));
	snprintf(mark, sizeof(mark), MARK "%s\n", metabase_text(card, "key"));
	write_body(run, &body, home, card);
	if (!metabase_object_ensure(run, &object, ret, err))
		return false;
	return !ret->written || run->dry_run || try_card(run, &object, ret->id, err);
}
