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
			   const char *name, const char *password)
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
	if (password)
		json_writer_key_string(&out, "password", password);
	json_writer_key_bool(&out, "ssl", far);
	if (far)
		json_writer_key_string(&out, "ssl-mode", "require");
	json_writer_key_string(&out, "schema-filters-type", "inclusion");
	json_writer_key_string(&out, "schema-filters-patterns", "sahut_report");
	json_writer_close(&out, '}');
	json_writer_close(&out, '}');
}

/* The PostgreSQL connection of that name. */
static bool find_database(struct metabase_run *run, struct metabase_object *object, int64_t *id,
			  struct err *err)
{
	CLEANUP(json_free) struct json *json = metabase_get(run->mb, err, "/database");
	struct json_at root, list;

	if (!json)
		return false;
	root = json_root(json);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&list); i++) {
		struct json_at at = json_element(&list, i);

		if (strcmp(metabase_text(&at, "engine"), "postgres") != 0 ||
		    strcmp(metabase_text(&at, "name"), object->name) != 0)
			continue;
		if (*id > 0)
			return err_set(err, ERR_CONFIG,
				       "Metabase has two connections called \"%s\"; rename the one "
				       "that is not ours",
				       object->name);
		*id = metabase_number(&at, "id");
	}
	return true;
}

static bool ensure_database(struct metabase_run *run,
			    const struct metabase_apply_database *database,
			    struct metabase_result *result, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY), spec = BUF_MAX(LONGEST_BODY);
	char name[128], what[160];
	struct metabase_object object = { .key = "database",
					  .what = what,
					  .path = "/database",
					  .create = &body,
					  .change = &body,
					  .spec = &spec,
					  .find = find_database,
					  .name = name };

	snprintf(name, sizeof(name), "Sahut (%s)", database->dbname);
	snprintf(what, sizeof(what), "database connection \"%s\"", name);
	write_database(&body, database, name, database->password);
	write_database(&spec, database, name, NULL);
	if (!metabase_object_ensure(run, &object, result, err))
		return false;
	run->database = result->id;
	return true;
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

static bool find_collection(struct metabase_run *run, struct metabase_object *object, int64_t *id,
			    struct err *err)
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

		if (strcmp(metabase_text(&at, "name"), object->name) != 0 ||
		    !lies_in(&at, object->place))
			continue;
		if (*id > 0)
			return err_set(err, ERR_CONFIG,
				       "Metabase has two collections called \"%s\"; rename one",
				       object->name);
		*id = metabase_number(&at, "id");
	}
	return true;
}

static int64_t collection_of(const struct json_at *collections, const int64_t *ids, const char *key)
{
	for (size_t i = 0; i < json_length(collections); i++) {
		struct json_at at = json_element(collections, i);

		if (strcmp(metabase_text(&at, "key"), key) == 0)
			return ids[i];
	}
	return 0;
}

static bool ensure_collection(struct metabase_run *run, const struct json_at *at, int64_t parent,
			      int64_t *id, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(&body);
	char key[96], what[128];
	struct metabase_object object = { .key = key,
					  .what = what,
					  .path = "/collection",
					  .create = &body,
					  .change = &body,
					  .spec = &body,
					  .find = find_collection,
					  .name = metabase_text(at, "name"),
					  .place = parent };
	struct metabase_result result;

	snprintf(key, sizeof(key), "collection:%s", metabase_text(at, "key"));
	snprintf(what, sizeof(what), "collection \"%s\"", object.name);
	json_writer_open(&out, '{');
	json_writer_key_string(&out, "name", object.name);
	json_writer_key_string(&out, "description", metabase_text(at, "description"));
	if (parent > 0) {
		json_writer_key_int(&out, "parent_id", parent);
	}
	json_writer_close(&out, '}');
	if (!metabase_object_ensure(run, &object, &result, err))
		return false;
	*id = result.id;
	return true;
}

static bool ensure_collections(struct metabase_run *run, const struct json_at *collections,
			       int64_t *ids, struct err *err)
{
	for (size_t i = 0; i < json_length(collections); i++) {
		struct json_at at = json_element(collections, i);
		int64_t parent = collection_of(collections, ids, metabase_text(&at, "parent"));

		if (!ensure_collection(run, &at, parent, &ids[i], err))
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
	struct metabase_board_card *placed = arena_alloc(arena, (n + 1) * sizeof(*placed));
	const struct metabase_card_home home = { board, collection };

	for (size_t i = 0; i < n; i++) {
		struct json_at card = json_element(&cards, i);
		struct metabase_result result;

		if (*metabase_text(&card, "text"))
			continue;
		if (!metabase_card_ensure(run, &home, &card, &result, err))
			return false;
		placed[i] = (struct metabase_board_card){ result.id, result.made };
	}
	return metabase_board_ensure(run, board, collection, placed, err);
}

static bool ensure_boards(struct metabase_run *run, struct arena *arena, struct err *err)
{
	struct json_at collections = json_member(&run->spec, "collections"),
		       boards = json_member(&run->spec, "dashboards");
	int64_t *ids = arena_alloc(arena, (json_length(&collections) + 1) * sizeof(*ids));

	if (!ensure_collections(run, &collections, ids, err))
		return false;
	for (size_t i = 0; i < json_length(&boards); i++) {
		struct json_at board = json_element(&boards, i);

		if (!ensure_board(run, &board,
				  collection_of(&collections, ids,
						metabase_text(&board, "collection")),
				  arena, err))
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
	return ok;
}
