/* SPDX-License-Identifier: MIT */
#include "metabase_board.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json_writer.h"

#define LONGEST_BODY (1u << 20)

/* ---- finding --------------------------------------------------------- */

/* The things that find_board() goes by. */
struct looked_for {
	const struct json_at *board;
	const struct metabase_layout_card *cards;
};

/* How many of our cards lie on a dashboard; *OTHERS: how many cards of anybody's. */
static int ours_on(const struct looked_for *what, const struct json_at *dashboard, int *others)
{
	struct json_at there = json_member(dashboard, "dashcards"),
		       entries = json_member(what->board, "cards");
	int ours = 0;

	*others = 0;
	for (size_t i = 0; i < json_length(&there); i++) {
		struct json_at at = json_element(&there, i);
		int64_t card = metabase_number(&at, "card_id");
		bool is_ours = false;

		for (size_t j = 0; j < json_length(&entries) && !is_ours; j++)
			is_ours = card > 0 && what->cards[j].id == card;
		ours += is_ours;
		*others += card > 0 && !is_ours;
	}
	return ours;
}

/*
 * Of a dashboard of our collection how well it fits: by our cards that lie on it; one of our name
 * fits, too, where nothing lies on it. 0: it is another's.
 */
static bool fitness(struct metabase_run *run, const struct metabase_object *object,
		    const struct json_at *item, int *fit, struct err *err)
{
	CLEANUP(json_free)
	struct json *json =
		metabase_get(run->mb, err, "/dashboard/%" PRId64, metabase_number(item, "id"));
	bool named = metabase_object_is_named(object->name, metabase_text(item, "name")),
	     lost = metabase_state_find(run->state, object->key).id == 0;
	struct json_at root;
	int ours, others;

	*fit = 0;
	if (!json)
		return err->kind == ERR_MISSING;
	root = json_root(json);
	ours = ours_on(object->with, &root, &others);
	/* Where ours was deleted for good, a copy that somebody made is theirs. */
	if (ours > 0 && (named || lost))
		*fit = 2 * ours + named;
	else if (ours == 0 && others == 0 && named)
		*fit = 1;
	return true;
}

/* Of those that fit as well the oldest: a copy is younger. */
static bool best_of(struct metabase_run *run, const struct metabase_object *object,
		    const struct json_at *list, int64_t *id, struct err *err)
{
	int best = 0, fit;

	for (size_t i = 0; i < json_length(list); i++) {
		struct json_at at = json_element(list, i);
		int64_t number = metabase_number(&at, "id");

		if (!fitness(run, object, &at, &fit, err))
			return false;
		if (fit == 0 || fit < best || (fit == best && number > *id))
			continue;
		best = fit;
		*id = number;
	}
	return true;
}

/* Where nothing is remembered: the dashboard of our name in the trash. Old ones do not list it. */
static bool find_trashed(struct metabase_run *run, const struct metabase_object *object,
			 int64_t *id, struct err *err)
{
	CLEANUP(json_free)
	struct json *json = metabase_get(run->mb, err, "/dashboard?f=archived");
	struct json_at root, list;

	if (!json)
		return err->kind == ERR_MISSING || err->kind == ERR_DATA;
	root = json_root(json);
	list = metabase_list(&root);
	for (size_t i = 0; i < json_length(&list) && *id == 0; i++) {
		struct json_at at = json_element(&list, i);

		if (metabase_number(&at, "collection_id") == object->place &&
		    metabase_object_is_named(object->name, metabase_text(&at, "name")))
			*id = metabase_number(&at, "id");
	}
	return true;
}

/* The dashboard in our collection on which our cards lie. */
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
	if (!best_of(run, object, &list, id, err))
		return false;
	return *id > 0 || metabase_state_find(run->state, object->key).id > 0 ||
	       find_trashed(run, object, id, err);
}

/* ---- the whole dashboard --------------------------------------------- */

static void write_frame(const struct metabase_run *run, const struct json_at *board,
			int64_t collection, struct buf *to)
{
	CLEANUP(buf_free) struct buf filters = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(to);

	metabase_layout_write_filters(run, board, &filters);
	json_writer_open(&out, '{');
	json_writer_key_string(&out, "name",
			       metabase_object_words(run, metabase_text(board, "name")));
	json_writer_key_string(&out, "description",
			       metabase_object_words(run, metabase_text(board, "description")));
	json_writer_key_int(&out, "collection_id", collection);
	json_writer_key(&out, "parameters");
	json_writer_raw(&out, buf_text(&filters), filters.len);
	json_writer_close(&out, '}');
}

bool metabase_board_ensure(struct metabase_run *run, const struct json_at *board,
			   int64_t collection, const struct metabase_layout_card *cards,
			   struct err *err)
{
	static const char *const parts[] = { "name", "description", NULL };
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY), twin = BUF_MAX(LONGEST_BODY);
	struct metabase_run other = *run;
	const struct looked_for what_for = { board, cards };
	char key[96], what[160];
	struct metabase_object object = { .key = key,
					  .what = what,
					  .path = "/dashboard",
					  .body = &body,
					  .twin = &twin,
					  .parts = parts,
					  .find = find_board,
					  .name = metabase_text(board, "name"),
					  .with = &what_for,
					  .place = collection };
	struct metabase_layout layout = { .board = board, .cards = cards, .what = what };
	struct metabase_result result;

	snprintf(key, sizeof(key), "dashboard:%s", metabase_text(board, "key"));
	snprintf(what, sizeof(what), "dashboard \"%s\"", metabase_object_words(run, object.name));
	other.lang = metabase_object_other_lang(run);
	write_frame(run, board, collection, &body);
	write_frame(&other, board, collection, &twin);
	if (!metabase_object_ensure(run, &object, &result, err))
		return false;
	layout.id = result.id;
	layout.made = result.made;
	if (result.id == 0 || result.trashed)
		return true;
	return metabase_layout_ensure(run, &layout, err) || err_wrap(err, "%s", what);
}
