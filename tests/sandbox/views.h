/* SPDX-License-Identifier: MIT */
/*
 * views.h -- Keeps the lists: the conversations that pass a filter, in order.
 *
 * A view is an array of numbers. It is made when somebody first asks for
 * its filter, and from then on kept sorted through every change, so that
 * a page is a slice and a count is a length. The ones used last are kept.
 *
 * Views are stored upwards in every order: the latest changed, which are the
 * likeliest to change again, then stand at the end, where moving them is cheap.
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "base.h"
#include "order.h"
#include "world.h"

/* Filters nothing out. */
#define VIEWS_ANY (-1)

struct views_filter {
	int status;   /* enum conversation_status or VIEWS_ANY */
	int channel;  /* place in the catalogue or VIEWS_ANY */
	int assignee; /* place plus 1, 0 for nobody, or VIEWS_ANY */
};

#define VIEWS_EVERYTHING \
	{ \
		VIEWS_ANY, VIEWS_ANY, VIEWS_ANY \
	}

struct views;
struct view;

/*
 * The views of a world, which must outlive them. Sorts everything once. SEED decides where the
 * order leaves it to chance.
 */
struct views *views_new(const struct world *world, enum order order, uint64_t seed) MUST_CHECK;

/* Frees it and all that belongs to it. */
void views_free(struct views **views);

/* The order they are in. */
enum order views_order(const struct views *views) MUST_CHECK;

/* The view of a filter; valid until the next call. */
const struct view *views_get(struct views *views, const struct views_filter *filter) MUST_CHECK;

/* How many conversations it has. */
uint32_t views_length(const struct view *view) MUST_CHECK;

/* Copies up to MOST numbers from place FROM of a list on to OUT; returns how many there were. */
uint32_t views_slice(struct views *views, const struct view *view, uint32_t from, uint32_t most,
		     uint32_t *out);

/* Conversation NUMBER is about to change: finds it in all views. */
void views_leave(struct views *views, uint32_t number);

/* It has changed: puts it where it belongs now. */
void views_enter(struct views *views, uint32_t number);

#endif
