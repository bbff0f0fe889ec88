/* SPDX-License-Identifier: MIT */
#include "order.h"

#include <string.h>

/*
 * An order is separated from a rival by so many inversions of the rival, on
 * so many pages: fewer come about by luck.
 */
#define ENOUGH_INVERSIONS 8
#define ENOUGH_PAGES 2

static const char *const names[ORDERS] = {
	[ORDER_UNKNOWN] = "unknown",	     [ORDER_UPDATED_DESC] = "updated_desc",
	[ORDER_UPDATED_ASC] = "updated_asc", [ORDER_CREATED_DESC] = "created_desc",
	[ORDER_CREATED_ASC] = "created_asc",
};

const char *order_name(enum order order)
{
	assert((size_t)order < ARRAY_SIZE(names));
	return names[order];
}

enum order order_parse(const char *name)
{
	for (int i = 0; i < ORDERS; i++)
		if (strcmp(names[i], name) == 0)
			return (enum order)i;
	return ORDER_UNKNOWN;
}

bool order_by_update(enum order order)
{
	return order == ORDER_UPDATED_DESC || order == ORDER_UPDATED_ASC;
}

bool order_ascending(enum order order)
{
	return order == ORDER_UPDATED_ASC || order == ORDER_CREATED_ASC;
}

int64_t order_key(enum order order, const struct row *row)
{
	if (order == ORDER_UNKNOWN)
		return TIME_NONE;
	return order_by_update(order) ? row->updated_at : row->created_at;
}

/*
 * Whether a row's place says anything: it has both times, and has not changed
 * so lately that it may just have moved.
 */
static bool speaks(const struct row *row, int64_t horizon)
{
	return row->created_at != TIME_NONE && row->updated_at != TIME_NONE &&
	       row->updated_at <= horizon;
}

/* Whether A before B contradicts the order. */
static bool inverted(enum order order, const struct row *a, const struct row *b)
{
	int64_t first = order_key(order, a), second = order_key(order, b);

	return order_ascending(order) ? first > second : first < second;
}

static void compare(struct evidence *evidence, const struct row *a, const struct row *b,
		    bool seen[ORDERS])
{
	evidence->pairs++;
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++) {
		if (!inverted(o, a, b))
			continue;
		evidence->against[o].inversions++;
		if (!seen[o])
			evidence->against[o].pages++;
		seen[o] = true;
	}
}

void order_note(struct evidence *evidence, const struct row *rows, const bool *repeated, int n,
		int64_t horizon)
{
	const struct row *last = NULL;
	bool seen[ORDERS] = { false };

	for (int i = 0; i < n; i++) {
		if ((repeated && repeated[i]) || !speaks(&rows[i], horizon))
			continue;
		if (last)
			compare(evidence, last, &rows[i], seen);
		last = &rows[i];
	}
}

void order_note_pair(struct evidence *evidence, const struct row *a, const struct row *b,
		     int64_t horizon)
{
	bool seen[ORDERS] = { false };

	if (speaks(a, horizon) && speaks(b, horizon))
		compare(evidence, a, b, seen);
}

int64_t order_last_key(enum order order, const struct row *rows, int n, bool backwards)
{
	int64_t key = TIME_NONE;

	for (int i = 0; i < n && key == TIME_NONE; i++)
		key = order_key(order, &rows[backwards ? i : n - 1 - i]);
	return key;
}

void order_note_page(struct evidence *evidence, const struct order_page *page)
{
	const struct row *near = &page->rows[page->backwards ? page->n - 1 : 0];

	order_note(evidence, page->rows, page->repeated, page->n, page->horizon);
	if (page->edge)
		order_note_pair(evidence, page->backwards ? near : page->edge,
				page->backwards ? page->edge : near, page->horizon);
}

void order_add(struct evidence *sum, const struct evidence *page)
{
	sum->pairs += page->pairs;
	for (int o = 0; o < ORDERS; o++) {
		sum->against[o].inversions += page->against[o].inversions;
		sum->against[o].pages += page->against[o].inversions > 0;
	}
}

bool order_watch_page(struct order_watch *watch, const struct order_page *page,
		      const struct order_look *look)
{
	struct order_page rows = *page;
	int near = rows.backwards ? rows.n - 1 : 0;
	struct evidence here = { 0 }, all = { 0 };

	/* The pair that it makes with the page before: of the rows that stood there at first. */
	if (watch->has_edge && rows.n > 0 &&
	    (look->again ? rows.rows[near].id == watch->near : !rows.repeated[near]))
		rows.edge = &watch->edge;
	if (rows.n > 0 && !look->again)
		watch->near = rows.rows[near].id;
	/* A page is one moment: a row that was seen before stands in its place all the same. */
	rows.repeated = NULL;
	order_note_page(&all, &rows);
	if (order_contradicted(&all, look->order) && !look->again)
		return false;
	/* But it is counted once, and what is read for the second time was counted the first. */
	rows.repeated = look->again || look->overlaps ? NULL : page->repeated;
	order_note_page(&here, &rows);
	if (!look->known)
		order_add(&watch->evidence, &here);
	return !order_contradicted(&all, look->order);
}

void order_watch_edge(struct order_watch *watch, const struct row *rows, int n, bool backwards)
{
	watch->has_edge = n > 0;
	if (n > 0)
		watch->edge = rows[backwards ? 0 : n - 1];
}

bool order_contradicted(const struct evidence *evidence, enum order order)
{
	return order != ORDER_UNKNOWN && evidence->against[order].inversions > 0;
}

enum order order_proven(const struct evidence *evidence)
{
	for (enum order o = ORDER_UPDATED_DESC; o < ORDERS; o++) {
		bool proven = !order_contradicted(evidence, o);

		for (enum order rival = ORDER_UPDATED_DESC; proven && rival < ORDERS; rival++)
			proven = rival == o ||
				 (evidence->against[rival].inversions >= ENOUGH_INVERSIONS &&
				  evidence->against[rival].pages >= ENOUGH_PAGES);
		if (proven)
			return o;
	}
	return ORDER_UNKNOWN;
}
