/* SPDX-License-Identifier: MIT */
#include "metabase_layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "json_writer.h"

#define LONGEST_BODY (4u << 20)
#define MOST_PARTS 4

/* The parts of a card on its dashboard that are kept up, and those of a filter. */
static const char *const card_parts[] = { "place", "visualization_settings", "parameter_mappings",
					  "series", NULL };
static const char *const filter_parts[] = { "name", "default", NULL };

/* A card, a text or a filter: as it is wanted, and as it is there. */
struct slot {
	const char *key;  /* under which it is remembered */
	const char *name; /* for people */
	const char *const *parts;
	struct json *wanted, *other; /* in the language of the run, and in the other one */
	struct json_at twin;
	struct json_at
		sides[2]; /* wanted and shown; the second one is absent when it is not there */
	struct metabase_base base;
	enum metabase_verdict verdicts[MOST_PARTS];
	int64_t card; /* of a card: its number */
	bool there, add;
};

struct laying {
	struct metabase_run *run;
	const struct metabase_layout *layout;
	struct arena *arena;
	struct json *json; /* the dashboard, with its cards */
	struct json_at root, dashcards, tabs, parameters;
	struct slot *cards, *filters;
	size_t n_cards, n_filters;
	bool moved; /* somebody gave one of ours another place */
	bool send;
	struct buf left; /* names of the parts that stay as somebody edited them */
};

static void copied(struct json_writer *out, const char *key, const struct json_at *at)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_BODY);

	json_write(at, &text);
	if (key)
		json_writer_key(out, key);
	json_writer_raw(out, buf_text(&text), text.len);
}

/* ---- the wish -------------------------------------------------- */

static void write_filter(const struct metabase_run *run, struct json_writer *out,
			 const struct json_at *filter)
{
	struct json_each each = json_members(filter);
	struct json_at member;

	json_writer_open(out, '{');
	while (json_next(&each, &member))
		if (strcmp(member.key, "name") != 0)
			copied(out, member.key, &member);
	json_writer_key_string(out, "name",
			       metabase_object_words(run, metabase_text(filter, "name")));
	json_writer_close(out, '}');
}

void metabase_layout_write_filters(const struct metabase_run *run, const struct json_at *board,
				   struct buf *to)
{
	struct json_writer out = JSON_WRITER_TO(to);
	struct json_at filters = json_member(board, "parameters");

	json_writer_open(&out, '[');
	for (size_t i = 0; i < json_length(&filters); i++) {
		struct json_at filter = json_element(&filters, i);

		write_filter(run, &out, &filter);
	}
	json_writer_close(&out, ']');
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

/* A card of text has no other settings than its text. */
static void write_settings(struct json_writer *out, const char *text)
{
	json_writer_key(out, "visualization_settings");
	json_writer_open(out, '{');
	if (*text) {
		json_writer_key(out, "virtual_card");
		json_writer_open(out, '{');
		json_writer_key_string(out, "display", "text");
		json_writer_close(out, '}');
		json_writer_key_string(out, "text", text);
	}
	json_writer_close(out, '}');
}

/* The card of that number in ENTRY's place, or ENTRY's text where it is 0. */
static void write_dashcard(const struct metabase_run *run, const struct json_at *entry,
			   int64_t card, struct buf *to)
{
	static const char *const places[] = { "row", "col", "size_x", "size_y" };
	struct json_writer out = JSON_WRITER_TO(to);

	json_writer_open(&out, '{');
	json_writer_key(&out, "card_id");
	if (card > 0)
		json_writer_int(&out, card);
	else
		json_writer_null(&out);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		json_writer_key_int(&out, places[i], metabase_number(entry, places[i]));
	json_writer_key(&out, "series");
	json_writer_open(&out, '[');
	json_writer_close(&out, ']');
	write_settings(&out, metabase_object_words(run, metabase_text(entry, "text")));
	write_mappings(&out, entry, card);
	json_writer_close(&out, '}');
}

/* ---- the present state --------------------------------------------------- */

/* The text of a card that is only text; "" of any other. */
static const char *text_of(const struct json_at *dashcard)
{
	struct json_at settings = json_member(dashcard, "visualization_settings");

	return metabase_text(&settings, "text");
}

static bool is_taken(const struct laying *laying, int64_t id)
{
	for (size_t i = 0; i < laying->n_cards; i++)
		if (laying->cards[i].there &&
		    metabase_number(&laying->cards[i].sides[1], "id") == id)
			return true;
	return false;
}

/* The card there that is SLOT's: the remembered one, else the same card or text. */
static void find_dashcard(struct laying *laying, struct slot *slot, const struct json_at *entry)
{
	const char *text = metabase_text(entry, "text");

	for (int by_number = 1; by_number >= 0 && !slot->there; by_number--)
		for (size_t i = 0; i < json_length(&laying->dashcards) && !slot->there; i++) {
			struct json_at at = json_element(&laying->dashcards, i);
			int64_t id = metabase_number(&at, "id");
			bool ours = metabase_number(&at, "card_id") == slot->card;

			if (slot->card == 0)
				ours &= by_number ? *text_of(&at) != '\0'
						  : metabase_object_is_named(text, text_of(&at));
			if (!ours || is_taken(laying, id) ||
			    (by_number && id != slot->base.known.id))
				continue;
			slot->sides[1] = at;
			slot->there = true;
		}
}

/* The wish in both languages, and the memory of it. False when our own file is wrong. */
static bool fill(struct laying *laying, struct slot *slot, const struct buf wanted[2],
		 struct err *err)
{
	struct json_reader *reader = laying->run->mb->json;

	slot->wanted = json_parse(reader, buf_text(&wanted[0]), wanted[0].len, err);
	slot->other = json_parse(reader, buf_text(&wanted[1]), wanted[1].len, err);
	if (!slot->wanted || !slot->other)
		return false;
	slot->twin = json_root(slot->other);
	slot->base.twin = &slot->twin;
	slot->sides[0] = json_root(slot->wanted);
	slot->base.known = metabase_state_find(laying->run->state, slot->key);
	slot->base.force = laying->run->force;
	return true;
}

static bool look_at_card(struct laying *laying, const struct json_at *entry,
			 const struct metabase_layout_card *card, struct err *err)
{
	struct buf wanted[2] = { BUF_MAX(LONGEST_BODY), BUF_MAX(LONGEST_BODY) };
	struct metabase_run other = *laying->run;
	const char *board = metabase_text(laying->layout->board, "key"),
		   *name = metabase_text(entry, *metabase_text(entry, "key") ? "key" : "note");
	struct slot *slot = &laying->cards[laying->n_cards];
	bool gone, ok;

	if (card->id == 0 && !*metabase_text(entry, "text"))
		return true;
	other.lang = metabase_object_other_lang(laying->run);
	write_dashcard(laying->run, entry, card->id, &wanted[0]);
	write_dashcard(&other, entry, card->id, &wanted[1]);
	slot->key = arena_printf(laying->arena, "dashcard:%s/%s", board, name);
	slot->name = *metabase_text(entry, "text")
			     ? "the text"
			     : metabase_object_words(laying->run, metabase_text(entry, "name"));
	slot->card = card->id;
	slot->parts = card_parts;
	ok = fill(laying, slot, wanted, err);
	buf_free(&wanted[0]);
	buf_free(&wanted[1]);
	if (!ok)
		return false;
	find_dashcard(laying, slot, entry);
	gone = !slot->there && slot->base.known.id > 0 && !card->made && !laying->layout->made;
	slot->add = !slot->there && (!gone || laying->run->force);
	if (slot->there && metabase_number(&slot->sides[1], "id") != slot->base.known.id)
		slot->base.known = (struct metabase_state_row){ 0, "", "" };
	laying->n_cards++;
	return true;
}

static bool look_at_filter(struct laying *laying, const struct json_at *filter, struct err *err)
{
	struct buf wanted[2] = { BUF_MAX(LONGEST_BODY), BUF_MAX(LONGEST_BODY) };
	struct json_writer out = JSON_WRITER_TO(&wanted[0]), twin = JSON_WRITER_TO(&wanted[1]);
	struct metabase_run other = *laying->run;
	const char *id = metabase_text(filter, "id");
	struct slot *slot = &laying->filters[laying->n_filters];
	bool known, ok;

	other.lang = metabase_object_other_lang(laying->run);
	write_filter(laying->run, &out, filter);
	write_filter(&other, &twin, filter);
	slot->key = arena_printf(laying->arena, "filter:%s/%s",
				 metabase_text(laying->layout->board, "key"), id);
	slot->name = metabase_object_words(laying->run, metabase_text(filter, "name"));
	slot->parts = filter_parts;
	ok = fill(laying, slot, wanted, err);
	buf_free(&wanted[0]);
	buf_free(&wanted[1]);
	if (!ok)
		return false;
	known = slot->base.known.id == laying->layout->id;
	if (!known)
		slot->base.known = (struct metabase_state_row){ 0, "", "" };
	for (size_t i = 0; i < json_length(&laying->parameters) && !slot->there; i++) {
		slot->sides[1] = json_element(&laying->parameters, i);
		slot->there = strcmp(metabase_text(&slot->sides[1], "id"), id) == 0;
	}
	slot->add = !slot->there && (!known || laying->run->force);
	laying->n_filters++;
	return true;
}

/* ---- the verdicts ---------------------------------------------- */

static void judge(struct laying *laying, struct slot *slot)
{
	laying->send |= slot->add;
	for (int i = 0; slot->parts[i] && slot->there; i++) {
		slot->verdicts[i] = metabase_part_judge(&slot->base, slot->parts[i],
							&slot->sides[0], &slot->sides[1]);
		laying->send |= slot->verdicts[i] == METABASE_SEND;
		if (strcmp(slot->parts[i], "place") == 0)
			laying->moved |= slot->verdicts[i] == METABASE_KEEP ||
					 slot->verdicts[i] == METABASE_LEFT;
		if (slot->verdicts[i] != METABASE_LEFT)
			continue;
		buf_printf(&laying->left, "%s%s of %s", laying->left.len > 0 ? ", " : "",
			   metabase_object_part(slot->parts[i]), slot->name);
	}
}

static bool look(struct laying *laying, struct err *err)
{
	struct json_at entries = json_member(laying->layout->board, "cards"),
		       filters = json_member(laying->layout->board, "parameters");
	size_t n = json_length(&entries), m = json_length(&filters);

	laying->cards = arena_alloc(laying->arena, (n + 1) * sizeof(*laying->cards));
	laying->filters = arena_alloc(laying->arena, (m + 1) * sizeof(*laying->filters));
	for (size_t i = 0; i < n; i++) {
		struct json_at entry = json_element(&entries, i);

		if (!look_at_card(laying, &entry, &laying->layout->cards[i], err))
			return false;
	}
	for (size_t i = 0; i < m; i++) {
		struct json_at filter = json_element(&filters, i);

		if (!look_at_filter(laying, &filter, err))
			return false;
	}
	for (size_t i = 0; i < laying->n_cards; i++)
		judge(laying, &laying->cards[i]);
	for (size_t i = 0; i < laying->n_filters; i++)
		judge(laying, &laying->filters[i]);
	return true;
}

/* ---- writing --------------------------------------------------------- */

static bool is_sent(const struct slot *slot, const char *part)
{
	for (int i = 0; slot->parts[i]; i++)
		if (strcmp(slot->parts[i], part) == 0)
			return slot->add || slot->verdicts[i] == METABASE_SEND;
	return false;
}

/* The first row below all that lies there. */
static int64_t bottom(const struct laying *laying)
{
	int64_t end = 0;

	for (size_t i = 0; i < json_length(&laying->dashcards); i++) {
		struct json_at at = json_element(&laying->dashcards, i);

		end = max_i64(end, metabase_number(&at, "row") + metabase_number(&at, "size_y"));
	}
	return end;
}

/* A dashboard with tabs wants each card in one of them: a new card goes into the first. */
static int64_t tab_of(const struct laying *laying, const struct slot *slot)
{
	struct json_at first;

	if (slot->there)
		return metabase_number(&slot->sides[1], "dashboard_tab_id");
	first = json_element(&laying->tabs, 0);
	return metabase_number(&first, "id");
}

/* One of ours: our parts where they are to be written, else those that are there. */
static void write_card(const struct laying *laying, const struct slot *slot, int64_t id,
		       int64_t *below, struct json_writer *out)
{
	static const char *const places[] = { "row", "col", "size_x", "size_y" };
	const struct json_at *from = &slot->sides[is_sent(slot, "place") ? 0 : 1];
	int64_t tab = tab_of(laying, slot);
	bool low = slot->add && laying->moved;

	json_writer_open(out, '{');
	json_writer_key_int(out, "id", id);
	if (tab > 0)
		json_writer_key_int(out, "dashboard_tab_id", tab);
	json_writer_key(out, "card_id");
	if (slot->card > 0)
		json_writer_int(out, slot->card);
	else
		json_writer_null(out);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		json_writer_key_int(out, places[i],
				    low && i == 0 ? *below : metabase_number(from, places[i]));
	*below += low ? metabase_number(from, "size_y") : 0;
	for (int i = 1; card_parts[i]; i++) {
		struct json_at part = json_member(
			&slot->sides[is_sent(slot, card_parts[i]) ? 0 : 1], card_parts[i]);

		copied(out, card_parts[i], &part);
	}
	json_writer_close(out, '}');
}

static void write_cards(struct laying *laying, struct json_writer *out)
{
	int64_t below = bottom(laying), fresh = 0;

	json_writer_key(out, "dashcards");
	json_writer_open(out, '[');
	for (size_t i = 0; i < laying->n_cards; i++) {
		const struct slot *slot = &laying->cards[i];

		if (slot->there)
			write_card(laying, slot, metabase_number(&slot->sides[1], "id"), &below,
				   out);
		else if (slot->add)
			write_card(laying, slot, --fresh, &below, out);
	}
	for (size_t i = 0; i < json_length(&laying->dashcards) && !laying->run->prune; i++) {
		struct json_at at = json_element(&laying->dashcards, i);

		if (!is_taken(laying, metabase_number(&at, "id")))
			copied(out, NULL, &at);
	}
	json_writer_close(out, ']');
	if (json_length(&laying->tabs) > 0)
		copied(out, "tabs", &laying->tabs);
}

static const struct slot *filter_of(const struct laying *laying, const struct json_at *shown)
{
	for (size_t i = 0; i < laying->n_filters; i++)
		if (laying->filters[i].there &&
		    strcmp(metabase_text(&laying->filters[i].sides[1], "id"),
			   metabase_text(shown, "id")) == 0)
			return &laying->filters[i];
	return NULL;
}

/* A filter that is there, with our parts where they are to be written. */
static void write_kept_filter(struct json_writer *out, const struct slot *slot,
			      const struct json_at *shown)
{
	struct json_each each = json_members(shown);
	struct json_at member, ours;

	json_writer_open(out, '{');
	while (json_next(&each, &member))
		if (!slot || !is_sent(slot, member.key))
			copied(out, member.key, &member);
	for (int i = 0; slot && filter_parts[i]; i++) {
		ours = json_member(&slot->sides[0], filter_parts[i]);
		if (is_sent(slot, filter_parts[i]) && !json_is_nothing(&ours))
			copied(out, filter_parts[i], &ours);
	}
	json_writer_close(out, '}');
}

static void write_filters(const struct laying *laying, struct json_writer *out)
{
	json_writer_key(out, "parameters");
	json_writer_open(out, '[');
	for (size_t i = 0; i < json_length(&laying->parameters); i++) {
		struct json_at at = json_element(&laying->parameters, i);

		write_kept_filter(out, filter_of(laying, &at), &at);
	}
	for (size_t i = 0; i < laying->n_filters; i++)
		if (laying->filters[i].add)
			copied(out, NULL, &laying->filters[i].sides[0]);
	json_writer_close(out, ']');
}

/* Filters are sent only where one changes: Metabase looks at subscriptions then. */
static bool any_filter(const struct laying *laying)
{
	bool any = false;

	for (size_t i = 0; i < laying->n_filters; i++) {
		const struct slot *slot = &laying->filters[i];

		any |= slot->add ||
		       (slot->there && (is_sent(slot, "name") || is_sent(slot, "default")));
	}
	return any;
}

static bool put(struct laying *laying, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(&body);
	char path[64];

	json_writer_open(&out, '{');
	if (any_filter(laying))
		write_filters(laying, &out);
	write_cards(laying, &out);
	json_writer_close(&out, '}');
	snprintf(path, sizeof(path), "/dashboard/%" PRId64, laying->layout->id);
	return metabase_call(laying->run->mb, &(struct metabase_request){ HTTP_PUT, path, &body },
			     NULL, err);
}

/* ---- remembering ----------------------------------------------------- */

static bool remember(struct laying *laying, const struct slot *slot, int64_t id, struct err *err)
{
	CLEANUP(metabase_part_note_free) struct metabase_note note = METABASE_NOTE_INIT;

	for (int i = 0; slot->parts[i]; i++)
		metabase_part_note(&note, &slot->base, slot->parts[i], slot->verdicts[i],
				   slot->sides);
	return metabase_part_note_known(&note, &slot->base, id) ||
	       metabase_state_put(laying->run->state, slot->key,
				  &(struct metabase_state_row){ id, buf_text(&note.sent),
								buf_text(&note.seen) },
				  err);
}

static bool remember_all(struct laying *laying, struct err *err)
{
	for (size_t i = 0; i < laying->n_cards; i++) {
		const struct slot *slot = &laying->cards[i];

		if (slot->there &&
		    !remember(laying, slot, metabase_number(&slot->sides[1], "id"), err))
			return false;
	}
	for (size_t i = 0; i < laying->n_filters; i++)
		if (laying->filters[i].there &&
		    !remember(laying, &laying->filters[i], laying->layout->id, err))
			return false;
	return true;
}

static bool read_dashboard(struct laying *laying, struct err *err)
{
	laying->json =
		metabase_get(laying->run->mb, err, "/dashboard/%" PRId64, laying->layout->id);
	if (!laying->json)
		return false;
	laying->root = json_root(laying->json);
	laying->dashcards = json_member(&laying->root, "dashcards");
	laying->tabs = json_member(&laying->root, "tabs");
	laying->parameters = json_member(&laying->root, "parameters");
	return true;
}

/* Finds the written parts again, as they are shown now. */
static bool look_again(struct laying *laying, struct err *err)
{
	struct json_at entries = json_member(laying->layout->board, "cards"), entry;
	size_t n = 0;

	json_free(&laying->json);
	if (!read_dashboard(laying, err))
		return false;
	for (size_t i = 0; i < laying->n_cards; i++)
		laying->cards[i].there = false;
	for (size_t i = 0; i < json_length(&entries) && n < laying->n_cards; i++) {
		entry = json_element(&entries, i);
		if (laying->layout->cards[i].id > 0 || *metabase_text(&entry, "text"))
			find_dashcard(laying, &laying->cards[n++], &entry);
	}
	for (size_t i = 0; i < laying->n_filters; i++) {
		struct slot *slot = &laying->filters[i];

		slot->there = false;
		for (size_t j = 0; j < json_length(&laying->parameters) && !slot->there; j++) {
			slot->sides[1] = json_element(&laying->parameters, j);
			slot->there = strcmp(metabase_text(&slot->sides[0], "id"),
					     metabase_text(&slot->sides[1], "id")) == 0;
		}
	}
	return true;
}

/* ---- the whole ------------------------------------------------------- */

static bool any_of_others(const struct laying *laying)
{
	for (size_t i = 0; i < json_length(&laying->dashcards); i++) {
		struct json_at at = json_element(&laying->dashcards, i);

		if (!is_taken(laying, metabase_number(&at, "id")))
			return true;
	}
	return false;
}

static bool lay(struct laying *laying, struct err *err)
{
	struct metabase_run *run = laying->run;

	if (!read_dashboard(laying, err) || !look(laying, err))
		return false;
	laying->send |= run->prune && any_of_others(laying);
	if (laying->left.len > 0) {
		metabase_object_log_left(run, laying->layout->what, &laying->left);
		run->left++;
	}
	if (laying->send && !laying->layout->made)
		metabase_object_log(run, "lay out", laying->layout->what);
	if (run->dry_run)
		return true;
	if (laying->send && (!put(laying, err) || !look_again(laying, err)))
		return false;
	return remember_all(laying, err);
}

static void free_slots(struct slot *slots, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_free(&slots[i].wanted);
		json_free(&slots[i].other);
	}
}

bool metabase_layout_ensure(struct metabase_run *run, const struct metabase_layout *layout,
			    struct err *err)
{
	struct laying laying = {
		.run = run, .layout = layout, .arena = arena_new(), .left = BUF_MAX(65536)
	};
	struct json_at cards = json_member(layout->board, "cards"),
		       filters = json_member(layout->board, "parameters");
	bool ok = lay(&laying, err);

	free_slots(laying.cards, laying.cards ? json_length(&cards) : 0);
	free_slots(laying.filters, laying.filters ? json_length(&filters) : 0);
	json_free(&laying.json);
	buf_free(&laying.left);
	arena_free(&laying.arena);
	return ok;
}
