/* SPDX-License-Identifier: MIT */
#include "views.h"

#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "ident.h"
#include "mem.h"

/* So many views are kept, that of everything among them. */
#define MOST_VIEWS 48

/* The conversation that changes is not in the view. */
#define NOWHERE UINT32_MAX

struct view {
	struct views_filter filter;
	uint32_t *rows;
	uint32_t n, room;
	uint32_t hole; /* where the conversation stands that is changing just now */
	uint64_t used; /* when it was asked for last, counted in queries */
};

struct views {
	const struct world *world;
	enum order order;
	enum order_by by;
	bool descending;
	struct chance chance;
	struct view *all[MOST_VIEWS]; /* the first is that of everything */
	int n;
	uint64_t asked;
};

/* ---- the order --------------------------------------------------------- */

static uint64_t code_of(const struct views *v, uint32_t number)
{
	return ident_code(v->world->tag, IDENT_CONVERSATION, number);
}

static uint64_t major_key(const struct views *v, uint32_t number)
{
	const struct conversation *c = &v->world->all[number];

	switch (v->by) {
	case ORDER_BY_UPDATED:
		return c->updated;
	case ORDER_BY_CREATED:
		return c->created;
	case ORDER_BY_RANK:
		return c->rank;
	default:
		return code_of(v, number);
	}
}

/*
 * Whether A is stored before B. As descending lists are read backwards, their
 * ties are stored with the ids downwards.
 */
static bool precedes(const struct views *v, uint32_t a, uint32_t b)
{
	uint64_t ka = major_key(v, a), kb = major_key(v, b);

	if (ka != kb)
		return ka < kb;
	return v->descending ? code_of(v, a) > code_of(v, b) : code_of(v, a) < code_of(v, b);
}

static int compare(const void *a, const void *b, void *arg)
{
	const uint32_t *na = a, *nb = b;

	return precedes(arg, *na, *nb) ? -1 : 1;
}

/* The first place in [FROM, TO) whose conversation does not precede NUMBER. */
static uint32_t find_place(const struct views *v, const struct view *view, uint32_t number,
			   uint32_t from, uint32_t to)
{
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (precedes(v, view->rows[middle], number))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* ---- making views ------------------------------------------------------ */

static bool passes(const struct views_filter *filter, const struct conversation *c)
{
	return conversation_listed(c) &&
	       (filter->status == VIEWS_ANY || filter->status == c->state.status) &&
	       (filter->channel == VIEWS_ANY || filter->channel == c->channel) &&
	       (filter->assignee == VIEWS_ANY || filter->assignee == c->state.assignee);
}

static void append(struct view *view, uint32_t number)
{
	if (view->n == view->room) {
		view->room += view->room / 2 + 256;
		view->rows = mem_grow(view->rows, view->room * sizeof(*view->rows));
	}
	view->rows[view->n++] = number;
}

static void view_free(struct view **view)
{
	if (!*view)
		return;
	mem_free(&(*view)->rows);
	mem_free(view);
}

/* The one view that is sorted; all others are picked from it in its order. */
static struct view *make_everything(struct views *v)
{
	struct view *view = mem_new(sizeof(*view));

	view->filter = (struct views_filter)VIEWS_EVERYTHING;
	for (uint32_t i = 0; i < v->world->n; i++)
		if (passes(&view->filter, &v->world->all[i]))
			append(view, i);
	if (view->n > 1)
		qsort_r(view->rows, view->n, sizeof(*view->rows), compare, v);
	return view;
}

static struct view *make_picked(const struct views *v, const struct views_filter *filter)
{
	const struct view *everything = v->all[0];
	struct view *view = mem_new(sizeof(*view));

	view->filter = *filter;
	for (uint32_t i = 0; i < everything->n; i++)
		if (passes(filter, &v->world->all[everything->rows[i]]))
			append(view, everything->rows[i]);
	return view;
}

struct views *views_new(const struct world *world, enum order order, uint64_t seed)
{
	const struct order_traits *traits = order_traits(order);
	struct views *v = mem_new(sizeof(*v));

	v->world = world;
	v->order = order;
	v->by = traits->by;
	v->descending = traits->descending;
	v->chance = chance_from(seed, order);
	v->all[0] = make_everything(v);
	v->n = 1;
	return v;
}

void views_free(struct views **views)
{
	if (!*views)
		return;
	for (int i = 0; i < (*views)->n; i++)
		view_free(&(*views)->all[i]);
	mem_free(views);
}

enum order views_order(const struct views *views)
{
	return views->order;
}

/* A place for one more: a free one, or that of the view that was asked for longest ago. */
static struct view **make_place(struct views *v)
{
	struct view **oldest = &v->all[1];

	if (v->n < MOST_VIEWS)
		return &v->all[v->n++];
	for (int i = 2; i < v->n; i++)
		if (v->all[i]->used < (*oldest)->used)
			oldest = &v->all[i];
	view_free(oldest);
	return oldest;
}

const struct view *views_get(struct views *views, const struct views_filter *filter)
{
	struct view **place;

	views->asked++;
	for (int i = 0; i < views->n; i++) {
		struct view *view = views->all[i];

		if (memcmp(&view->filter, filter, sizeof(*filter)) == 0) {
			view->used = views->asked;
			return view;
		}
	}
	place = make_place(views);
	*place = make_picked(views, filter);
	(*place)->used = views->asked;
	return *place;
}

uint32_t views_length(const struct view *view)
{
	return view->n;
}

/* ---- reading ----------------------------------------------------------- */

/* The conversation at a place of the list as it is shown. */
static uint32_t shown_at(const struct views *v, const struct view *view, uint32_t place)
{
	return view->rows[v->descending ? view->n - 1 - place : place];
}

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t was = *a;

	*a = *b;
	*b = was;
}

/* Puts a random choice of all N numbers into the first K places, in random order. */
static void shuffle(struct chance *chance, uint32_t *stats, uint32_t n, uint32_t k)
{
	for (uint32_t i = 0; i < k && i < n; i++)
		swap(&stats[i], &stats[i + chance_below(chance, n - i)]);
}

static bool is_tie(const struct views *v, const struct view *view, uint32_t place)
{
	return major_key(v, shown_at(v, view, place)) == major_key(v, shown_at(v, view, place + 1));
}

/*
 * The places [FROM, FROM + N) of the list in which every run of equals has
 * been shuffled, also those that reach beyond.
 */
static void slice_ties(struct views *v, const struct view *view, uint32_t from, uint32_t n,
		       uint32_t *out)
{
	CLEANUP(mem_free) uint32_t *stats = NULL;
	uint32_t first = from, end = from + n, run;

	while (first > 0 && is_tie(v, view, first - 1))
		first--;
	while (end < view->n && is_tie(v, view, end - 1))
		end++;
	stats = mem_new((end - first) * sizeof(*stats));
	for (uint32_t i = first; i < end; i += run) {
		run = 1;
		stats[i - first] = shown_at(v, view, i);
		while (i + run < end && is_tie(v, view, i + run - 1)) {
			stats[i - first + run] = shown_at(v, view, i + run);
			run++;
		}
		shuffle(&v->chance, stats + (i - first), run, run);
	}
	memcpy(out, stats + (from - first), n * sizeof(*out));
}

static bool contains(const uint32_t *stats, uint32_t n, uint32_t number)
{
	for (uint32_t i = 0; i < n; i++)
		if (stats[i] == number)
			return true;
	return false;
}

/*
 * Any page of a list in random order is a random choice. Of a long list it is
 * drawn, of a short one dealt.
 */
static void slice_shuffled(struct views *v, const struct view *view, uint32_t n, uint32_t *out)
{
	CLEANUP(mem_free) uint32_t *stats = NULL;

	if (view->n > 8 * n) {
		for (uint32_t i = 0; i < n;) {
			uint32_t number = view->rows[chance_below(&v->chance, view->n)];

			if (!contains(out, i, number))
				out[i++] = number;
		}
		return;
	}
	stats = mem_new(view->n * sizeof(*stats));
	memcpy(stats, view->rows, view->n * sizeof(*stats));
	shuffle(&v->chance, stats, view->n, n);
	memcpy(out, stats, n * sizeof(*out));
}

uint32_t views_slice(struct views *views, const struct view *view, uint32_t from, uint32_t most,
		     uint32_t *out)
{
	uint32_t left = from < view->n ? view->n - from : 0;
	uint32_t n = left < most ? left : most;

	if (n == 0)
		return 0;
	if (views->order == ORDER_TIES)
		slice_ties(views, view, from, n, out);
	else if (views->order == ORDER_SHUFFLE)
		slice_shuffled(views, view, n, out);
	else
		for (uint32_t i = 0; i < n; i++)
			out[i] = shown_at(views, view, from + i);
	return n;
}

/* ---- changing ---------------------------------------------------------- */

void views_leave(struct views *views, uint32_t number)
{
	const struct conversation *c = &views->world->all[number];

	for (int i = 0; i < views->n; i++) {
		struct view *view = views->all[i];

		view->hole = passes(&view->filter, c) ? find_place(views, view, number, 0, view->n)
						      : NOWHERE;
	}
}

static void put(struct view *view, uint32_t place, uint32_t number)
{
	append(view, number);
	memmove(view->rows + place + 1, view->rows + place,
		(view->n - 1 - place) * sizeof(*view->rows));
	view->rows[place] = number;
}

static void take(struct view *view, uint32_t place)
{
	view->n--;
	memmove(view->rows + place, view->rows + place + 1,
		(view->n - place) * sizeof(*view->rows));
}

/* Moves the conversation in the hole to its new place; only those between the two make way. */
static void move(const struct views *v, struct view *view, uint32_t number)
{
	uint32_t *rows = view->rows, hole = view->hole, place;

	if (hole > 0 && precedes(v, number, rows[hole - 1])) {
		place = find_place(v, view, number, 0, hole);
		memmove(rows + place + 1, rows + place, (hole - place) * sizeof(*rows));
		rows[place] = number;
	} else if (hole + 1 < view->n && precedes(v, rows[hole + 1], number)) {
		place = find_place(v, view, number, hole + 1, view->n) - 1;
		memmove(rows + hole, rows + hole + 1, (place - hole) * sizeof(*rows));
		rows[place] = number;
	}
}

void views_enter(struct views *views, uint32_t number)
{
	const struct conversation *c = &views->world->all[number];

	for (int i = 0; i < views->n; i++) {
		struct view *view = views->all[i];
		bool belongs = passes(&view->filter, c);

		if (view->hole == NOWHERE && belongs)
			put(view, find_place(views, view, number, 0, view->n), number);
		else if (view->hole != NOWHERE && !belongs)
			take(view, view->hole);
		else if (belongs)
			move(views, view, number);
		view->hole = NOWHERE;
	}
}
