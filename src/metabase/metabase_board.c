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

/* ---- the cards on it ------------------------------------------------- */

/* The text of a card that is only text; "" of any other. */
static const char *text_of(const struct json_at *dashcard)
{
	struct json_at settings = json_member(dashcard, "visualization_settings");

	return metabase_text(&settings, "text");
}

/* The present content of a dashboard: its cards with their places, and its tabs. */
struct content {
	struct json_at cards, tabs;
};

/* The place of a card in its dashboard. */
struct spot {
	int64_t id;  /* of the dashcard; below 0 for a new one */
	int64_t tab; /* 0 where the dashboard has no tabs */
};

/* The spot of CARD, or of the card with that TEXT; false when it is not there. */
static bool find_spot(const struct content *there, int64_t card, const char *text,
		      struct spot *spot)
{
	for (size_t i = 0; i < json_length(&there->cards); i++) {
		struct json_at at = json_element(&there->cards, i);

		if (card > 0 ? metabase_number(&at, "card_id") == card
			     : *text && strcmp(text_of(&at), text) == 0) {
			*spot = (struct spot){ metabase_number(&at, "id"),
					       metabase_number(&at, "dashboard_tab_id") };
			return true;
		}
	}
	return false;
}

/* A dashboard with tabs wants each card in one of them: a new card goes into the first. */
static struct spot new_spot(const struct content *there, int64_t id)
{
	struct json_at first;

	if (json_length(&there->tabs) == 0)
		return (struct spot){ id, 0 };
	first = json_element(&there->tabs, 0);
	return (struct spot){ id, metabase_number(&first, "id") };
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

/* One of ours. */
static void write_dashcard(struct json_writer *out, const struct json_at *entry, int64_t card,
			   struct spot spot)
{
	static const char *const places[] = { "row", "col", "size_x", "size_y" };

	json_writer_open(out, '{');
	json_writer_key_int(out, "id", spot.id);
	if (spot.tab > 0)
		json_writer_key_int(out, "dashboard_tab_id", spot.tab);
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

/* Writes our cards; THERE is the present one, NULL for a dashboard as it is wished for. */
static void write_ours(struct json_writer *out, const struct json_at *board,
		       const struct metabase_board_card *cards, const struct content *there)
{
	struct json_at entries = json_member(board, "cards");
	const struct content nothing = { .tabs = { 0 } };
	int64_t fresh = 0;

	for (size_t i = 0; i < json_length(&entries); i++) {
		struct json_at entry = json_element(&entries, i);
		const char *text = metabase_text(&entry, "text");
		struct spot spot;

		if (cards[i].id == 0 && !*text)
			continue;
		if (!there || !find_spot(there, cards[i].id, text, &spot))
			spot = new_spot(there ? there : &nothing, --fresh);
		write_dashcard(out, &entry, cards[i].id, spot);
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

/* Writes the cards that somebody else put there, as they lie; all cards when BOARD is NULL. */
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

struct shown {
	int64_t id;
	size_t index;
};

static int by_id(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The properties of a card on its dashboard that a person can change. */
static void show_dashcard(const struct json_at *at, struct buf *out)
{
	static const char *const numbers[] = { "id",	 "card_id",	    "row", "col", "size_x",
					       "size_y", "dashboard_tab_id" };
	struct json_at settings = json_member(at, "visualization_settings"),
		       series = json_member(at, "series"),
		       mappings = json_member(at, "parameter_mappings");

	buf_char(out, '\n');
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		buf_printf(out, "%" PRId64 " ", metabase_number(at, numbers[i]));
	json_write(&settings, out);
	for (size_t i = 0; i < json_length(&series); i++) {
		struct json_at card = json_element(&series, i);

		buf_printf(out, " %" PRId64, metabase_number(&card, "id"));
	}
	json_write(&mappings, out);
}

static void show_tabs(const struct json_at *tabs, struct buf *out)
{
	for (size_t i = 0; i < json_length(tabs); i++) {
		struct json_at tab = json_element(tabs, i);

		buf_printf(out, "\n%" PRId64 " %s", metabase_number(&tab, "id"),
			   metabase_text(&tab, "name"));
	}
}

/* The text by which an edit is told. Cards come in any order, so they are sorted. */
static void show_board(const struct json_at *at, struct buf *out)
{
	struct json_at there = json_member(at, "dashcards"),
		       parameters = json_member(at, "parameters"), tabs = json_member(at, "tabs");
	size_t n = json_length(&there);
	struct arena *arena = arena_new();
	struct shown *shown = arena_alloc(arena, (n + 1) * sizeof(*shown));

	buf_printf(out, "%s\n%s\n", metabase_text(at, "name"), metabase_text(at, "description"));
	json_write(&parameters, out);
	show_tabs(&tabs, out);
	for (size_t i = 0; i < n; i++) {
		struct json_at d = json_element(&there, i);

		shown[i] = (struct shown){ metabase_number(&d, "id"), i };
	}
	qsort(shown, n, sizeof(*shown), by_id);
	for (size_t i = 0; i < n; i++) {
		struct json_at d = json_element(&there, shown[i].index);

		show_dashcard(&d, out);
	}
	arena_free(&arena);
}

/* The dashboard of that name in our collection. */
static bool find_board(struct metabase_run *run, struct metabase_object *object, int64_t *id,
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

/* Writes all cards that are to lie there. */
static void write_all(struct metabase_run *run, struct json_writer *out,
		      const struct json_at *board, const struct metabase_board_card *cards,
		      const struct content *there)
{
	write_ours(out, board, cards, there);
	if (!run->prune)
		write_theirs(out, board, cards, &there->cards);
}

/* Writes the present cards, as they lie, and those that were made in this run. */
static void write_added(struct metabase_run *run, struct json_writer *out,
			const struct json_at *board, const struct metabase_board_card *cards,
			const struct content *there)
{
	struct json_at entries = json_member(board, "cards");
	struct spot spot;
	int64_t fresh = 0;

	(void)run;
	write_theirs(out, NULL, NULL, &there->cards);
	for (size_t i = 0; i < json_length(&entries); i++) {
		struct json_at entry = json_element(&entries, i);

		if (cards[i].made && !find_spot(there, cards[i].id, "", &spot))
			write_dashcard(out, &entry, cards[i].id, new_spot(there, --fresh));
	}
}

struct placing {
	int64_t id; /* of the dashboard */
	void (*write)(struct metabase_run *run, struct json_writer *out,
		      const struct json_at *board, const struct metabase_board_card *cards,
		      const struct content *there);
};

static bool place_cards(struct metabase_run *run, const struct placing *placing,
			const struct json_at *board, const struct metabase_board_card *cards,
			struct err *err)
{
	CLEANUP(json_free)
	struct json *json = metabase_get(run->mb, err, "/dashboard/%" PRId64, placing->id);
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(&body);
	struct json_at root;
	struct content there;
	char path[64];

	if (!json)
		return false;
	root = json_root(json);
	there = (struct content){ json_member(&root, "dashcards"), json_member(&root, "tabs") };
	json_writer_open(&out, '{');
	json_writer_key(&out, "dashcards");
	json_writer_open(&out, '[');
	placing->write(run, &out, board, cards, &there);
	json_writer_close(&out, ']');
	if (json_length(&there.tabs) > 0)
		copied(&out, "tabs", &there.tabs);
	json_writer_close(&out, '}');
	snprintf(path, sizeof(path), "/dashboard/%" PRId64, placing->id);
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

bool metabase_board_ensure(struct metabase_run *run, const struct json_at *board,
			   int64_t collection, const struct metabase_board_card *cards,
			   struct err *err)
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
	struct metabase_result result;
	struct placing placing;

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
	placing = (struct placing){ result.id, result.edited ? write_added : write_all };
	/* An edited one is not remembered as it is now: the edits are still somebody's. */
	return (place_cards(run, &placing, board, cards, err) &&
		(result.edited || metabase_object_remember(run, &object, result.id, err))) ||
	       err_wrap(err, "%s", what);
}
