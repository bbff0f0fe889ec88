/* SPDX-License-Identifier: MIT */
#include "metabase_board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json_writer.h"

#define LONGEST_BODY (4u << 20)

static void copied(struct json_writer *out, const char *key, const struct json_at *at)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_BODY);

	json_write(at, &text);
	json_writer_key(out, key);
	json_writer_raw(out, buf_text(&text), text.len);
}

/* Name, description, place and filters. */
static void write_frame(struct json_writer *out, const struct json_at *board, int64_t collection)
{
	struct json_at parameters = json_member(board, "parameters");

	json_writer_key_string(out, "name", metabase_text(board, "name"));
	json_writer_key_string(out, "description", metabase_text(board, "description"));
	json_writer_key_int(out, "collection_id", collection);
	copied(out, "parameters", &parameters);
}

/* ---- what lies on it ------------------------------------------------- */

/* The text of a card that is only text; "" of any other. */
static const char *text_of(const struct json_at *dashcard)
{
	struct json_at settings = json_member(dashcard, "visualization_settings");

	return metabase_text(&settings, "text");
}

/* The number of what lies there already and is the same; 0 when nothing is. */
static int64_t lies_there(const struct json_at *there, int64_t card, const char *text)
{
	for (size_t i = 0; i < json_length(there); i++) {
		struct json_at at = json_element(there, i);

		if (card > 0 ? metabase_number(&at, "card_id") == card
			     : *text && strcmp(text_of(&at), text) == 0)
			return metabase_number(&at, "id");
	}
	return 0;
}

static void write_mappings(struct json_writer *out, const struct json_at *entry, int64_t card)
{
	struct json_at tags = json_member(entry, "tags"), tag;
	struct json_each each = json_members(&tags);

	json_writer_key(out, "parameter_mappings");
	json_writer_open(out, '[');
	while (json_next(&each, &tag)) {
		json_writer_open(out, '{');
		json_writer_key_string(out, "parameter_id", tag.key);
		json_writer_key_int(out, "card_id", card);
		json_writer_key(out, "target");
		json_writer_open(out, '[');
		json_writer_string(out, "dimension");
		json_writer_open(out, '[');
		json_writer_string(out, "template-tag");
		json_writer_string(out, tag.key);
		json_writer_close(out, ']');
		json_writer_close(out, ']');
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

static void write_text(struct json_writer *out, const struct json_at *entry)
{
	json_writer_key(out, "visualization_settings");
	json_writer_open(out, '{');
	json_writer_key(out, "virtual_card");
	json_writer_open(out, '{');
	json_writer_key_string(out, "display", "text");
	json_writer_close(out, '}');
	json_writer_key_string(out, "text", metabase_text(entry, "text"));
	json_writer_close(out, '}');
}

/* One of ours, under the number ID. */
static void write_dashcard(struct json_writer *out, const struct json_at *entry, int64_t card,
			   int64_t id)
{
	static const char *const places[] = { "row", "col", "size_x", "size_y" };

	json_writer_open(out, '{');
	json_writer_key_int(out, "id", id);
	json_writer_key(out, "card_id");
	if (card > 0)
		json_writer_int(out, card);
	else
		json_writer_null(out);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		json_writer_key_int(out, places[i], metabase_number(entry, places[i]));
	json_writer_key(out, "series");
	json_writer_open(out, '[');
	json_writer_close(out, ']');
	if (card > 0) {
		json_writer_key(out, "visualization_settings");
		json_writer_open(out, '{');
		json_writer_close(out, '}');
	} else {
		write_text(out, entry);
	}
	write_mappings(out, entry, card);
	json_writer_close(out, '}');
}

/* What we want there; THERE is what lies there, NULL for a dashboard as it is wished for. */
static void write_ours(struct json_writer *out, const struct json_at *board,
		       const struct metabase_board_card *cards, const struct json_at *there)
{
	struct json_at entries = json_member(board, "cards");
	int64_t fresh = 0;

	for (size_t i = 0; i < json_length(&entries); i++) {
		struct json_at entry = json_element(&entries, i);
		const char *text = metabase_text(&entry, "text");
		int64_t id = 0;

		if (cards[i].id == 0 && !*text)
			continue;
		if (there)
			id = lies_there(there, cards[i].id, text);
		write_dashcard(out, &entry, cards[i].id, id > 0 ? id : --fresh);
	}
}

static bool is_ours(const struct json_at *board, const struct metabase_board_card *cards,
		    const struct json_at *dashcard)
{
	struct json_at entries = json_member(board, "cards");

	for (size_t i = 0; i < json_length(&entries); i++) {
		struct json_at entry = json_element(&entries, i);
		const char *text = metabase_text(&entry, "text");

		if (cards[i].id > 0 ? metabase_number(dashcard, "card_id") == cards[i].id
				    : *text && strcmp(text_of(dashcard), text) == 0)
			return true;
	}
	return false;
}

/* What somebody else put there, as it lies; all of it when BOARD is NULL. */
static void write_theirs(struct json_writer *out, const struct json_at *board,
			 const struct metabase_board_card *cards, const struct json_at *there)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_BODY);

	for (size_t i = 0; i < json_length(there); i++) {
		struct json_at dashcard = json_element(there, i);

		if (board && is_ours(board, cards, &dashcard))
			continue;
		buf_reset(&text);
		json_write(&dashcard, &text);
		json_writer_raw(out, buf_text(&text), text.len);
	}
}

/* ---- showing and finding --------------------------------------------- */

struct spot {
	int64_t id, card, place[4];
};

static int by_id(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* What tells an edit. What lies there comes in any order, so it is sorted. */
static void show_board(const struct json_at *at, struct buf *out)
{
	struct json_at there = json_member(at, "dashcards"),
		       parameters = json_member(at, "parameters");
	size_t n = json_length(&there);
	struct arena *arena = arena_new();
	struct spot *spots = arena_alloc(arena, (n + 1) * sizeof(*spots));

	buf_printf(out, "%s\n%s\n", metabase_text(at, "name"), metabase_text(at, "description"));
	json_write(&parameters, out);
	for (size_t i = 0; i < n; i++) {
		struct json_at d = json_element(&there, i);

		spots[i] = (struct spot){ metabase_number(&d, "id"),
					  metabase_number(&d, "card_id"),
					  { metabase_number(&d, "row"), metabase_number(&d, "col"),
					    metabase_number(&d, "size_x"),
					    metabase_number(&d, "size_y") } };
	}
	qsort(spots, n, sizeof(*spots), by_id);
	for (size_t i = 0; i < n; i++)
		buf_printf(out,
			   "\n%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
			   spots[i].id, spots[i].card, spots[i].place[0], spots[i].place[1],
			   spots[i].place[2], spots[i].place[3]);
	arena_free(&arena);
}

/* The dashboard of that name in our collection. */
static bool find_board(struct mbrun *run, struct metabase_object *object, int64_t *id,
		       struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct json_at root, list;

	if (object->place == 0)
		return true;
	json = metabase_get(run->mb, err, "/collection/%" PRId64 "/items?models=dashboard",
			    object->place);
	if (!json)
		return false;
	root = json_root(json);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&list); i++) {
		struct json_at at = json_element(&list, i);

		if (strcmp(metabase_text(&at, "name"), object->name) != 0)
			continue;
		if (*id > 0)
			return err_set(
				err, ERR_CONFIG,
				"Metabase has two dashboards called \"%s\" in our collection; "
				"rename one",
				object->name);
		*id = metabase_number(&at, "id");
	}
	return true;
}

/* ---- the whole dashboard --------------------------------------------- */

/* Writes what is to lie there. */
static void write_all(struct mbrun *run, struct json_writer *out, const struct json_at *board,
		      const struct metabase_board_card *cards, const struct json_at *there)
{
	write_ours(out, board, cards, there);
	if (!run->prune)
		write_theirs(out, board, cards, there);
}

/* Writes what lies there, as it lies, and the cards that were made in this run. */
static void write_added(struct mbrun *run, struct json_writer *out, const struct json_at *board,
			const struct metabase_board_card *cards, const struct json_at *there)
{
	struct json_at entries = json_member(board, "cards");
	int64_t fresh = 0;

	(void)run;
	write_theirs(out, NULL, NULL, there);
	for (size_t i = 0; i < json_length(&entries); i++) {
		struct json_at entry = json_element(&entries, i);

		if (cards[i].made && lies_there(there, cards[i].id, "") == 0)
			write_dashcard(out, &entry, cards[i].id, --fresh);
	}
}

struct laying {
	int64_t id; /* of the dashboard */
	void (*write)(struct mbrun *run, struct json_writer *out, const struct json_at *board,
		      const struct metabase_board_card *cards, const struct json_at *there);
};

static bool lay_cards(struct mbrun *run, const struct laying *laying, const struct json_at *board,
		      const struct metabase_board_card *cards, struct err *err)
{
	CLEANUP(json_free)
	struct json *json = metabase_get(run->mb, err, "/dashboard/%" PRId64, laying->id);
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(&body);
	struct json_at root, there, tabs;
	char path[64];

	if (!json)
		return false;
	root = json_root(json);
	there = json_member(&root, "dashcards");
	tabs = json_member(&root, "tabs");
	json_writer_open(&out, '{');
	json_writer_key(&out, "dashcards");
	json_writer_open(&out, '[');
	laying->write(run, &out, board, cards, &there);
	json_writer_close(&out, ']');
	if (json_length(&tabs) > 0)
		copied(&out, "tabs", &tabs);
	json_writer_close(&out, '}');
	snprintf(path, sizeof(path), "/dashboard/%" PRId64, laying->id);
	return metabase_call(run->mb, &(struct metabase_request){ HTTP_PUT, path, &body }, NULL,
			     err);
}

static bool any_made(const struct json_at *board, const struct metabase_board_card *cards)
{
	struct json_at entries = json_member(board, "cards");

	for (size_t i = 0; i < json_length(&entries); i++)
		if (cards[i].made)
			return true;
	return false;
}

bool metabase_board_ensure(struct mbrun *run, const struct json_at *board, int64_t collection,
			   const struct metabase_board_card *cards, struct err *err)
{
	CLEANUP(buf_free)
	struct buf frame = BUF_MAX(LONGEST_BODY), change = BUF_MAX(LONGEST_BODY),
		   spec = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(&frame), wish = JSON_WRITER_TO(&spec);
	char key[96], what[128];
	struct metabase_object object = { .key = key,
					  .what = what,
					  .path = "/dashboard",
					  .create = &frame,
					  .change = &change,
					  .spec = &spec,
					  .find = find_board,
					  .name = metabase_text(board, "name"),
					  .place = collection,
					  .show = show_board };
	struct mbresult result;
	struct laying laying;

	snprintf(key, sizeof(key), "dashboard:%s", metabase_text(board, "key"));
	snprintf(what, sizeof(what), "dashboard \"%s\"", object.name);
	json_writer_open(&out, '{');
	write_frame(&out, board, collection);
	json_writer_close(&out, '}');
	buf_str(&change, "{\"archived\":false,");
	buf_str(&change, buf_text(&frame) + 1);
	json_writer_open(&wish, '[');
	json_writer_raw(&wish, buf_text(&frame), frame.len);
	write_ours(&wish, board, cards, NULL);
	json_writer_close(&wish, ']');
	if (!metabase_object_ensure(run, &object, &result, err))
		return false;
	if (run->dry_run || (!result.written && !(result.edited && any_made(board, cards))))
		return true;
	laying = (struct laying){ result.id, result.edited ? write_added : write_all };
	/* An edited one is not remembered as it is now: the edits are still somebody's. */
	return (lay_cards(run, &laying, board, cards, err) &&
		(result.edited || metabase_object_remember(run, &object, result.id, err))) ||
	       err_wrap(err, "%s", what);
}
