/* SPDX-License-Identifier: MIT */
#include "metabase_apply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "json_writer.h"
#include "metabase_board.h"
#include "metabase_card.h"
#include "metabase_field.h"
#include "uri.h"

#define LONGEST_BODY (1u << 20)

/* ---- the connection -------------------------------------------------- */

static void write_database(struct buf *to, const struct metabase_apply_database *database,
			   const char *name)
{
	struct json_writer out = JSON_WRITER_TO(to);
	bool far = !uri_is_loopback(database->host);

	json_writer_open(&out, '{');
	json_writer_key_string(&out, "name", name);
	json_writer_key_string(&out, "engine", "postgres");
	json_writer_key_bool(&out, "is_full_sync", true);
	json_writer_key_bool(&out, "is_on_demand", false);
	json_writer_key_string(&out, "connection_source", "admin");
	json_writer_key(&out, "details");
	json_writer_open(&out, '{');
	json_writer_key_string(&out, "host", database->host);
	json_writer_key_int(&out, "port", database->port);
	json_writer_key_string(&out, "dbname", database->dbname);
	json_writer_key_string(&out, "user", database->user);
	if (database->password)
		json_writer_key_string(&out, "password", database->password);
	json_writer_key_bool(&out, "ssl", far);
	if (far)
		json_writer_key_string(&out, "ssl-mode", "require");
	json_writer_key_string(&out, "schema-filters-type", "inclusion");
	json_writer_key_string(&out, "schema-filters-patterns", "sahut_report");
	json_writer_close(&out, '}');
	json_writer_close(&out, '}');
}

/* Whether a connection leads to our database as we do, under any name. */
static bool leads_there(const struct json_at *at, const struct metabase_apply_database *database)
{
	struct json_at details = json_member(at, "details");

	return strcmp(metabase_text(&details, "host"), database->host) == 0 &&
	       strcmp(metabase_text(&details, "dbname"), database->dbname) == 0 &&
	       strcmp(metabase_text(&details, "user"), database->user) == 0 &&
	       metabase_number(&details, "port") == database->port;
}

/* The PostgreSQL connection of our name, else the one that leads to our database. */
static bool find_database(struct metabase_run *run, struct metabase_object *object, int64_t *id,
			  struct err *err)
{
	CLEANUP(json_free) struct json *json = metabase_get(run->mb, err, "/database");
	struct json_at root, list;
	int64_t other = 0;

	if (!json)
		return false;
	root = json_root(json);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&list); i++) {
		struct json_at at = json_element(&list, i);

		if (strcmp(metabase_text(&at, "engine"), "postgres") != 0)
			continue;
		if (strcmp(metabase_text(&at, "name"), object->name) != 0) {
			if (other == 0 && leads_there(&at, object->with))
				other = metabase_number(&at, "id");
			continue;
		}
		if (*id > 0)
			return err_set(err, ERR_CONFIG,
				       "Metabase has two connections called \"%s\"; rename the one "
				       "that is not ours",
				       object->name);
		*id = metabase_number(&at, "id");
	}
	*id = *id > 0 ? *id : other;
	return true;
}

static bool ensure_database(struct metabase_run *run,
			    const struct metabase_apply_database *database,
			    struct metabase_result *result, struct err *err)
{
	static const char *const parts[] = { "name", "details", NULL };
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	char name[128], what[160];
	struct metabase_object object = { .key = "database",
					  .what = what,
					  .path = "/database",
					  .body = &body,
					  .parts = parts,
					  .forced = "details",
					  .find = find_database,
					  .name = name,
					  .with = database };
	bool known = metabase_state_find(run->state, object.key).id > 0;

	snprintf(name, sizeof(name), "Sahut (%s)", database->dbname);
	snprintf(what, sizeof(what), "database connection \"%s\"", name);
	body.private = true;
	write_database(&body, database, name);
	if (!metabase_object_ensure(run, &object, result, err))
		return false;
	run->database = result->id;
	/* A connection that is there and not remembered: were we here before? */
	return known || result->made || run->database == 0 ||
	       metabase_card_any(run, &run->again, err);
}

/* ---- collections ----------------------------------------------------- */

/* Whether a collection lies directly in the one numbered PARENT; 0 is the top. */
static bool lies_in(const struct json_at *collection, int64_t parent)
{
	const char *location = metabase_text(collection, "location");
	char end[32];
	size_t n = strlen(location), m;

	if (parent == 0)
		return strcmp(location, "/") == 0;
	m = (size_t)snprintf(end, sizeof(end), "/%" PRId64 "/", parent);
	return n >= m && strcmp(location + n - m, end) == 0;
}

/* By the cards of its dashboards, in any place and under any name. */
static int64_t collection_of_cards(const struct metabase_run *run, const char *key)
{
	struct json_at boards = json_member(&run->spec, "dashboards");
	int64_t id = 0;

	for (size_t i = 0; i < json_length(&boards) && id == 0; i++) {
		struct json_at board = json_element(&boards, i);

		if (strcmp(metabase_text(&board, "collection"), key) == 0)
			id = metabase_card_home(run, &board);
	}
	return id;
}

/* By its name in either language. */
static bool collection_named(struct metabase_run *run, const struct metabase_object *object,
			     int64_t *id, struct err *err)
{
	CLEANUP(json_free)
	struct json *json = metabase_get(run->mb, err, "/collection?archived=false");
	struct json_at root, list;

	if (!json)
		return false;
	root = json_root(json);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&list); i++) {
		struct json_at at = json_element(&list, i);

		if (!metabase_object_is_named(object->name, metabase_text(&at, "name")) ||
		    !lies_in(&at, object->place))
			continue;
		if (*id > 0)
			return err_set(err, ERR_CONFIG,
				       "Metabase has two collections called \"%s\"; rename one",
				       metabase_text(&at, "name"));
		*id = metabase_number(&at, "id");
	}
	return true;
}

static bool find_collection(struct metabase_run *run, struct metabase_object *object, int64_t *id,
			    struct err *err)
{
	bool any;

	if (run->database > 0 && !metabase_card_any(run, &any, err))
		return false;
	*id = collection_of_cards(run, object->with);
	return *id > 0 || collection_named(run, object, id, err);
}

static void write_collection(const struct metabase_run *run, const struct json_at *at,
			     int64_t parent, struct buf *to)
{
	struct json_writer out = JSON_WRITER_TO(to);

	json_writer_open(&out, '{');
	json_writer_key_string(&out, "name", metabase_object_words(run, metabase_text(at, "name")));
	json_writer_key_string(&out, "description",
			       metabase_object_words(run, metabase_text(at, "description")));
	if (parent > 0)
		json_writer_key_int(&out, "parent_id", parent);
	json_writer_close(&out, '}');
}

/* A collection of dashboards.json; .trashed: with all that is in it. */
static bool ensure_collection(struct metabase_run *run, const struct json_at *at, int64_t parent,
			      struct metabase_result *ret, struct err *err)
{
	static const char *const parts[] = { "name", "description", NULL };
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY), twin = BUF_MAX(LONGEST_BODY);
	struct metabase_run other = *run;
	char key[96], what[160];
	struct metabase_object object = { .key = key,
					  .what = what,
					  .path = "/collection",
					  .body = &body,
					  .twin = &twin,
					  .parts = parts,
					  .find = find_collection,
					  .name = metabase_text(at, "name"),
					  .with = metabase_text(at, "key"),
					  .place = parent };

	snprintf(key, sizeof(key), "collection:%s", metabase_text(at, "key"));
	snprintf(what, sizeof(what), "collection \"%s\"", metabase_object_words(run, object.name));
	other.lang = metabase_object_other_lang(run);
	write_collection(run, at, parent, &body);
	write_collection(&other, at, parent, &twin);
	return metabase_object_ensure(run, &object, ret, err);
}

static struct metabase_result collection_of(const struct json_at *collections,
					    const struct metabase_result *made, const char *key)
{
	for (size_t i = 0; i < json_length(collections); i++) {
		struct json_at at = json_element(collections, i);

		if (strcmp(metabase_text(&at, "key"), key) == 0)
			return made[i];
	}
	return (struct metabase_result){ .id = 0 };
}

static bool ensure_collections(struct metabase_run *run, const struct json_at *collections,
			       struct metabase_result *made, struct err *err)
{
	for (size_t i = 0; i < json_length(collections); i++) {
		struct json_at at = json_element(collections, i);
		struct metabase_result parent =
			collection_of(collections, made, metabase_text(&at, "parent"));

		if (parent.trashed) {
			made[i] = parent;
			continue;
		}
		if (!ensure_collection(run, &at, parent.id, &made[i], err))
			return false;
	}
	return true;
}

/* ---- dashboards ------------------------------------------------------ */

static bool ensure_board(struct metabase_run *run, const struct json_at *board, int64_t collection,
			 struct arena *arena, struct err *err)
{
	struct json_at cards = json_member(board, "cards");
	size_t n = json_length(&cards);
	struct metabase_layout_card *placed = arena_alloc(arena, (n + 1) * sizeof(*placed));
	const struct metabase_card_home home = { board, collection };

	for (size_t i = 0; i < n; i++) {
		struct json_at card = json_element(&cards, i);
		struct metabase_result result;

		if (*metabase_text(&card, "text"))
			continue;
		if (!metabase_card_ensure(run, &home, &card, &result, err))
			return false;
		placed[i] = (struct metabase_layout_card){ result.trashed ? 0 : result.id,
							   result.made };
	}
	return metabase_board_ensure(run, board, collection, placed, err);
}

static bool ensure_boards(struct metabase_run *run, struct arena *arena, struct err *err)
{
	struct json_at collections = json_member(&run->spec, "collections"),
		       boards = json_member(&run->spec, "dashboards");
	struct metabase_result *made =
		arena_alloc(arena, (json_length(&collections) + 1) * sizeof(*made));

	if (!ensure_collections(run, &collections, made, err))
		return false;
	for (size_t i = 0; i < json_length(&boards); i++) {
		struct json_at board = json_element(&boards, i);
		struct metabase_result home =
			collection_of(&collections, made, metabase_text(&board, "collection"));

		if (!home.trashed && !ensure_board(run, &board, home.id, arena, err))
			return false;
	}
	return true;
}

/* ---- objects that are not wanted any more ---------------------------- */

static bool is_wanted(const struct metabase_run *run, const char *key)
{
	struct json_at boards = json_member(&run->spec, "dashboards");
	const char *name = strchr(key, ':') + 1;

	for (size_t i = 0; i < json_length(&boards); i++) {
		struct json_at board = json_element(&boards, i),
			       cards = json_member(&board, "cards");

		if (key[0] == 'd' && strcmp(metabase_text(&board, "key"), name) == 0)
			return true;
		for (size_t j = 0; j < json_length(&cards); j++) {
			struct json_at card = json_element(&cards, j);

			if (key[0] == 'c' && strcmp(metabase_text(&card, "key"), name) == 0)
				return true;
		}
	}
	return false;
}

static bool put_away(struct metabase_run *run, const char *key, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(64);
	char path[64];

	metabase_object_log(run, "put into the trash:", key);
	if (run->dry_run)
		return true;
	buf_str(&body, "{\"archived\":true}");
	snprintf(path, sizeof(path), "/%s/%" PRId64, key[0] == 'c' ? "card" : "dashboard",
		 metabase_state_find(run->state, key).id);
	if (!metabase_call(run->mb, &(struct metabase_request){ HTTP_PUT, path, &body }, NULL,
			   err) &&
	    err->kind != ERR_MISSING)
		return false;
	return metabase_state_drop(run->state, key, err);
}

static bool prune(struct metabase_run *run, struct err *err)
{
	const char *key;

	for (int i = 0; (key = metabase_state_key(run->state, i)) != NULL; i++) {
		if ((strncmp(key, "card:", 5) != 0 && strncmp(key, "dashboard:", 10) != 0) ||
		    is_wanted(run, key))
			continue;
		if (!run->prune)
			buf_printf(run->report,
				   "no longer used, --prune puts it into the trash: %s\n", key);
		else if (!put_away(run, key, err))
			return false;
	}
	return true;
}

bool metabase_apply_all(struct metabase_run *run, const struct metabase_apply_database *database,
			struct err *err)
{
	struct arena *arena = arena_new();
	struct metabase_result result;
	bool ok;

	ok = metabase_check_server(run->mb, err) && ensure_database(run, database, &result, err) &&
	     metabase_field_await(run, result.written, err) && metabase_field_ensure(run, err) &&
	     ensure_boards(run, arena, err) && prune(run, err);
	arena_free(&arena);
	json_free(&run->metadata);
	json_free(&run->cards);
	json_free(&run->trash);
	return ok;
}
