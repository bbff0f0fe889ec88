/* SPDX-License-Identifier: MIT */
#include "metabase_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset.h"
#include "card_text.h"
#include "hash.h"
#include "json_writer.h"
#include "metabase_shape.h"

#define LONGEST_BODY (1u << 20)

/* The longest first line of a card's SQL. */
#define MARK_SIZE 160

static const char *const parts[] = { "name",	      "description",
				     "display",	      "visualization_settings",
				     "dataset_query", NULL };

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
	json_writer_key_string(out, "display-name",
			       metabase_object_words(run, metabase_text(parameter, "name")));
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

/* ---- words in queries and settings ------------------------------------ */

/*
 * Adds TEXT with each "@words@" in it in the language of RUN. QUOTE is doubled in them, as SQL
 * wants it; 0: nothing is.
 */
static void expand(const struct metabase_run *run, const char *text, char quote, struct buf *out)
{
	const char *at, *end;
	char words[256];

	for (;; text = end + 1) {
		at = strchr(text, '@');
		end = at ? strchr(at + 1, '@') : NULL;
		if (!end || (size_t)(end - at) > sizeof(words))
			break;
		buf_add(out, text, (size_t)(at - text));
		snprintf(words, sizeof(words), "%.*s", (int)(end - at - 1), at + 1);
		for (const char *c = metabase_object_words(run, words); *c; c++) {
			if (*c == quote)
				buf_char(out, quote);
			buf_char(out, *c);
		}
	}
	buf_str(out, text);
}

static void expanded(const struct metabase_run *run, struct json_writer *out, const char *key,
		     const struct json_at *at)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_BODY), words = BUF_MAX(LONGEST_BODY);

	json_write(at, &text);
	expand(run, buf_text(&text), '\0', &words);
	json_writer_key(out, key);
	json_writer_raw(out, buf_text(&words), words.len);
}

/* The members of OLD, which may be absent, and NAME's title among them. */
static void titled(struct json_writer *out, const struct json_at *old, const char *name,
		   const char *title)
{
	struct json_each each = json_members(old);
	struct json_at member;

	json_writer_open(out, '{');
	while (json_next(&each, &member))
		copied(out, member.key, &member);
	json_writer_key_string(out, name, title);
	json_writer_close(out, '}');
}

/* Titles of columns: "column_settings": {"[\"name\",\"created\"]": {"column_title": ...}}. */
static void write_columns(const struct metabase_run *run, struct json_writer *out,
			  const struct json_at *card, const struct json_at *settings)
{
	struct json_at columns = json_member(card, "columns"),
		       old = json_member(settings, "column_settings");
	char key[128];

	json_writer_key(out, "column_settings");
	json_writer_open(out, '{');
	for (size_t i = 0; i < json_length(&columns); i++) {
		struct json_at column = json_element(&columns, i), was;
		const char *name = "", *title;
		struct err ignored;

		if (!json_string(&column, &name, &ignored))
			continue;
		snprintf(key, sizeof(key), "[\"name\",\"%s\"]", name);
		was = json_member(&old, key);
		title = card_text_column(run->lang, name);
		if (!title)
			continue;
		json_writer_key(out, key);
		titled(out, &was, "column_title", title);
	}
	json_writer_close(out, '}');
}

/* The names of a chart's lines or bars: "series_settings": {"created": {"title": ...}}. */
static void write_series(const struct metabase_run *run, struct json_writer *out,
			 const struct json_at *settings)
{
	struct json_at old = json_member(settings, "series_settings"),
		       metrics = json_member(settings, "graph.metrics"), was;
	struct json_each each = json_members(&old);

	json_writer_key(out, "series_settings");
	json_writer_open(out, '{');
	for (size_t i = 0; i < json_length(&metrics); i++) {
		struct json_at metric = json_element(&metrics, i);
		const char *name = "";
		struct err ignored;

		if (!json_string(&metric, &name, &ignored) || !card_text_column(run->lang, name))
			continue;
		was = json_member(&old, name);
		json_writer_key(out, name);
		titled(out, &was, "title", card_text_column(run->lang, name));
	}
	while (json_next(&each, &was)) {
		CLEANUP(buf_free) struct buf key = BUF_MAX(512);

		expand(run, was.key, '\0', &key);
		if (!card_text_column(run->lang, was.key))
			copied(out, buf_text(&key), &was);
	}
	json_writer_close(out, '}');
}

static void write_settings(const struct metabase_run *run, struct json_writer *out,
			   const struct json_at *card)
{
	struct json_at settings = json_member(card, "settings"), member;
	struct json_each each = json_members(&settings);

	if (run->lang == LANG_EN) {
		expanded(run, out, "visualization_settings", &settings);
		return;
	}
	json_writer_key(out, "visualization_settings");
	json_writer_open(out, '{');
	while (json_next(&each, &member))
		if (strcmp(member.key, "column_settings") != 0 &&
		    strcmp(member.key, "series_settings") != 0)
			expanded(run, out, member.key, &member);
	write_columns(run, out, card, &settings);
	write_series(run, out, &settings);
	json_writer_close(out, '}');
}

/* ---- the query -------------------------------------------------------- */

/* A card of dashboards.json, and where it belongs. */
struct wish {
	struct metabase_run *run;
	const struct metabase_card_home *home;
	const struct json_at *card;
};

static void write_query(const struct wish *wish, struct json_writer *out, const char *mark)
{
	struct json_at tags = json_member(wish->card, "tags"),
		       parameters = json_member(wish->home->board, "parameters"), tag, parameter;
	struct json_each each = json_members(&tags);
	const char *key = metabase_text(wish->card, "key"),
		   *file = metabase_text(wish->card, "sql");
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_BODY);
	const struct asset *sql;
	char name[128];

	snprintf(name, sizeof(name), "metabase/%s.sql", *file ? file : key);
	sql = asset_find(name);
	json_writer_open(out, '{');
	json_writer_key_string(out, "type", "native");
	json_writer_key_int(out, "database", wish->run->database);
	json_writer_key(out, "native");
	json_writer_open(out, '{');
	buf_printf(&text, "%s\n", mark);
	expand(wish->run, sql ? sql->data : "", '\'', &text);
	json_writer_key_string(out, "query", buf_text(&text));
	json_writer_key(out, "template-tags");
	json_writer_open(out, '{');
	while (json_next(&each, &tag)) {
		parameter = parameter_of(&parameters, tag.key);
		write_tag(wish->run, out, key, &tag, &parameter);
	}
	json_writer_close(out, '}');
	json_writer_close(out, '}');
	json_writer_close(out, '}');
}

static void write_body(const struct wish *wish, const char *mark, struct buf *to)
{
	struct json_writer out = JSON_WRITER_TO(to);

	json_writer_open(&out, '{');
	json_writer_key_string(&out, "name",
			       metabase_object_words(wish->run, metabase_text(wish->card, "name")));
	json_writer_key_string(&out, "description",
			       metabase_object_words(wish->run,
						     metabase_text(wish->card, "answers")));
	json_writer_key_string(&out, "display", metabase_text(wish->card, "display"));
	json_writer_key_int(&out, "collection_id", wish->home->collection);
	write_settings(wish->run, &out, wish->card);
	json_writer_key(&out, "dataset_query");
	write_query(wish, &out, mark);
	json_writer_close(&out, '}');
}

/* ---- the mark --------------------------------------------------------- */

/* "-- sahut-etl card KEY HASH": which card it is, and how all of it was when we wrote it. */
static void write_mark(const char *key, const struct json_at *card, char mark[MARK_SIZE])
{
	char hash[METABASE_SHAPE_SIZE];

	metabase_shape_whole(card, parts, hash);
	snprintf(mark, MARK_SIZE, METABASE_SHAPE_MARK "%s %s", key, hash);
}

/* The first line of a card's SQL, where that is a mark; else "". */
static void read_mark(const struct json_at *card, char mark[MARK_SIZE])
{
	CLEANUP(buf_free) struct buf sql = BUF_MAX(LONGEST_BODY);
	const char *text;
	size_t n;

	metabase_shape_sql(card, &sql);
	text = buf_text(&sql);
	n = strcspn(text, "\n");
	mark[0] = '\0';
	if (n < MARK_SIZE && strncmp(text, METABASE_SHAPE_MARK, strlen(METABASE_SHAPE_MARK)) == 0)
		snprintf(mark, MARK_SIZE, "%.*s", (int)n, text);
}

/* Whether a card carries the mark of the card KEY. */
static bool is_marked(const struct json_at *card, const char *key)
{
	char mark[MARK_SIZE];
	const char *named = mark + strlen(METABASE_SHAPE_MARK);
	size_t n = strlen(key);

	read_mark(card, mark);
	return mark[0] && strncmp(named, key, n) == 0 && (named[n] == ' ' || named[n] == '\0');
}

/* Whether nothing of a card was changed since we wrote it: its mark tells, memory or none. */
static bool is_untouched(const struct json_at *card)
{
	char mark[MARK_SIZE], hash[METABASE_SHAPE_SIZE];
	const char *last;

	read_mark(card, mark);
	last = strrchr(mark, ' ');
	metabase_shape_whole(card, parts, hash);
	return last && strcmp(last + 1, hash) == 0;
}

/* ---- finding --------------------------------------------------------- */

/* The cards that ask our database; false with the failure. */
static bool read_cards(struct metabase_run *run, struct err *err)
{
	/* After a call that failed it is not known which cards are there. */
	if (err->kind != ERR_NONE)
		json_free(&run->cards);
	if (!run->cards)
		run->cards = metabase_get(run->mb, err, "/card?f=database&model_id=%" PRId64,
					  run->database);
	return run->cards != NULL;
}

/* How well a card fits; 0 where it is none of ours. */
static int fitness(const struct metabase_object *object, const struct json_at *card, bool lost)
{
	bool here = metabase_number(card, "collection_id") == object->place,
	     named = metabase_object_is_named(object->name, metabase_text(card, "name"));
	char mark[MARK_SIZE];

	read_mark(card, mark);
	if (!mark[0])
		return here && named ? 1 : 0;
	if (!is_marked(card, object->with))
		return 0;
	if (is_untouched(card))
		return here ? 5 : 4;
	/* Of a card that is remembered and gone, the copies that people made are theirs. */
	if (!lost)
		return 0;
	return here && named ? 3 : 2;
}

/* The card that fits best; of several the oldest one, since a copy is younger. */
static int64_t best_of(const struct metabase_object *object, const struct json_at *list, bool lost)
{
	int64_t id = 0;
	int best = 0;

	for (size_t i = 0; i < json_length(list); i++) {
		struct json_at at = json_element(list, i);
		int fit = fitness(object, &at, lost);
		int64_t number = metabase_number(&at, "id");

		if (fit < best || fit == 0 || (fit == best && number > id))
			continue;
		best = fit;
		id = number;
	}
	return id;
}

/* Where nothing is remembered: the card in the trash that was ours. */
static bool find_trashed(struct metabase_run *run, const struct metabase_object *object,
			 int64_t *id, struct err *err)
{
	struct json_at root, list;

	if (!run->trash)
		run->trash = metabase_get(run->mb, err, "/card?f=archived");
	if (!run->trash)
		return false;
	root = json_root(run->trash);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&list) && *id == 0; i++) {
		struct json_at at = json_element(&list, i);

		if (metabase_number(&at, "database_id") == run->database &&
		    is_marked(&at, object->with))
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
	bool lost = metabase_state_find(run->state, object->key).id == 0;
	struct json_at root, list;

	if (run->database == 0)
		return true;
	if (!read_cards(run, err))
		return false;
	root = json_root(run->cards);
	list = metabase_list(&root);
	*id = best_of(object, &list, lost);
	return *id > 0 || !lost || find_trashed(run, object, id, err);
}

bool metabase_card_any(struct metabase_run *run, bool *ret, struct err *err)
{
	struct json_at root, list;
	char mark[MARK_SIZE] = "";

	*ret = false;
	if (!read_cards(run, err))
		return false;
	root = json_root(run->cards);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&list) && !mark[0]; i++) {
		struct json_at at = json_element(&list, i);

		read_mark(&at, mark);
	}
	*ret = mark[0] != '\0';
	return true;
}

int64_t metabase_card_home(const struct metabase_run *run, const struct json_at *board)
{
	struct json_at root, list, cards = json_member(board, "cards");

	if (!run->cards)
		return 0;
	root = json_root(run->cards);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&cards); i++) {
		struct json_at card = json_element(&cards, i);

		for (size_t j = 0; j < json_length(&list); j++) {
			struct json_at at = json_element(&list, j);

			if (is_marked(&at, metabase_text(&card, "key")) &&
			    metabase_number(&at, "collection_id") > 0)
				return metabase_number(&at, "collection_id");
		}
	}
	return 0;
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

/* The card as it is wanted; its mark tells of all the rest. */
static bool write_marked(const struct wish *wish, struct buf *body, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	const char *key = metabase_text(wish->card, "key");
	char mark[MARK_SIZE];
	struct json_at root;

	write_body(wish, METABASE_SHAPE_MARK, body);
	json = json_parse(wish->run->mb->json, buf_text(body), body->len, err);
	if (!json)
		return false;
	root = json_root(json);
	write_mark(key, &root, mark);
	buf_reset(body);
	write_body(wish, mark, body);
	return true;
}

bool metabase_card_ensure(struct metabase_run *run, const struct metabase_card_home *home,
			  const struct json_at *card, struct metabase_result *ret, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	const struct wish wish = { run, home, card };
	char key[96], what[160];
	struct metabase_object object = {
		.key = key,
		.what = what,
		.path = "/card",
		.body = &body,
		.parts = parts,
		.along = "dataset_query",
		.find = find_card,
		.untouched = is_untouched,
		.name = metabase_text(card, "name"),
		.with = metabase_text(card, "key"),
		.place = home->collection,
	};

	snprintf(key, sizeof(key), "card:%s", metabase_text(card, "key"));
	snprintf(what, sizeof(what), "card \"%s\"", metabase_object_words(run, object.name));
	if (!write_marked(&wish, &body, err) || !metabase_object_ensure(run, &object, ret, err))
		return false;
	return !ret->written || run->dry_run || try_card(run, &object, ret->id, err);
}
