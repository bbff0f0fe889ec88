/* SPDX-License-Identifier: MIT */
/* A view that was kept through thousands of changes is the one that sorting everything anew would give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "birth.h"
#include "changes.h"
#include "drift.h"
#include "views.h"

#define NOW 1700000000u
#define AT_START 400u
#define CHANGES 3000
#define MOST 4000

struct fixture {
	struct world *world;
	struct views *views;
	struct changes *changes;
	struct chance chance;
};

static struct fixture make(enum order order)
{
	struct birth_plan plan = {
		.conversations = AT_START, .resolved = 70, .days = 30, .now = NOW
	};
	struct fixture f = { .chance = chance_from(42, order) };

	f.world = world_new("sk_test", 1, NOW, 0);
	birth_fill(f.world, &plan);
	f.views = views_new(f.world, order, 1);
	f.changes = changes_new(f.world, f.views);
	return f;
}

static void done(struct fixture *f)
{
	changes_free(&f->changes);
	views_free(&f->views);
	world_free(&f->world);
}

static struct views_filter some_filter(struct chance *chance)
{
	return (struct views_filter){
		.status = (int)chance_below(chance, 5) - 1,
		.channel = (int)chance_below(chance, 6) - 1,
		.assignee = (int)chance_below(chance, 14) - 1,
	};
}

/* Negative when A is listed before B. Written apart from views.c, for as few lines as there are orders. */
static int listed_before(const struct world *world, enum order order, uint32_t a, uint32_t b)
{
	const struct conversation *ca = &world->all[a], *cb = &world->all[b];
	uint64_t ia = ident_code(world->tag, IDENT_CONVERSATION, a),
		 ib = ident_code(world->tag, IDENT_CONVERSATION, b);
	int by_id = ia < ib ? -1 : ia > ib;
	int by_updated = ca->updated < cb->updated ? -1 : ca->updated > cb->updated;
	int by_created = ca->created < cb->created ? -1 : ca->created > cb->created;

	switch (order) {
	case ORDER_UPDATED_DESC:
	case ORDER_TIES:
		return by_updated ? -by_updated : by_id;
	case ORDER_UPDATED_ASC:
		return by_updated ? by_updated : by_id;
	case ORDER_CREATED_DESC:
		return by_created ? -by_created : by_id;
	case ORDER_CREATED_ASC:
		return by_created ? by_created : by_id;
	case ORDER_ID_ASC:
		return by_id;
	case ORDER_ID_DESC:
		return -by_id;
	default:
		return ca->rank < cb->rank ? -1 : 1;
	}
}

static bool passes(const struct views_filter *filter, const struct conversation *c)
{
	return conversation_listed(c) &&
	       (filter->status < 0 || filter->status == c->state.status) &&
	       (filter->channel < 0 || filter->channel == c->channel) &&
	       (filter->assignee < 0 || filter->assignee == c->state.assignee);
}

static uint32_t count(const struct world *world, const struct views_filter *filter)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < world->n; i++)
		n += passes(filter, &world->all[i]);
	return n;
}

static void check_view(struct fixture *f, enum order order, const struct views_filter *filter)
{
	const struct view *view = views_get(f->views, filter);
	static uint32_t stats[MOST];
	uint32_t n = views_slice(f->views, view, 0, MOST, stats);

	assert_int_equal(n, views_length(view));
	assert_int_equal(n, count(f->world, filter));
	for (uint32_t i = 0; i < n; i++) {
		assert_true(passes(filter, &f->world->all[stats[i]]));
		if (i > 0)
			assert_true(listed_before(f->world, order, stats[i - 1], stats[i]) < 0);
	}
}

static void change_something(struct fixture *f, uint32_t at)
{
	enum drift_kind kind = (enum drift_kind)chance_below(&f->chance, N_DRIFT_KINDS);
	struct change change;

	if (!drift_make(f->world, &f->chance, kind, at, &change))
		return;
	if (chance_percent(&f->chance, 30))
		changes_make_later(f->changes, &change, at + chance_below(&f->chance, 60));
	else
		changes_make(f->changes, &change);
}

static void keeps_its_order(void **fixture)
{
	static const enum order orders[] = {
		ORDER_UPDATED_DESC, ORDER_UPDATED_ASC, ORDER_CREATED_DESC, ORDER_CREATED_ASC,
		ORDER_ID_ASC,	    ORDER_ID_DESC,     ORDER_HEAP,
	};

	(void)fixture;
	for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
		struct fixture f = make(orders[o]);

		for (uint32_t i = 0; i < CHANGES; i++) {
			uint32_t now = NOW + i / 7; /* so that there are ties */

			changes_catch_up(f.changes, now);
			change_something(&f, now);
			if (i % 10 == 0) {
				struct views_filter filter = some_filter(&f.chance);

				check_view(&f, orders[o], &filter);
			}
		}
		done(&f);
	}
}

/* Equals change places, but nobody else does, and pages that meet within a run of equals have the right neighbours. */
static void shuffles_only_ties(void **fixture)
{
	const struct views_filter everything = VIEWS_EVERYTHING;
	struct fixture f = make(ORDER_TIES);
	uint32_t page[25];

	(void)fixture;
	for (uint32_t i = 0; i < 300; i++)
		change_something(&f, NOW + i / 40);
	for (uint32_t from = 0; from < views_length(views_get(f.views, &everything)); from += 25) {
		const struct view *view = views_get(f.views, &everything);
		uint32_t n = views_slice(f.views, view, from, 25, page);

		for (uint32_t i = 0; i < n; i++) {
			uint32_t newer = 0, same = 0;

			for (uint32_t j = 0; j < f.world->n; j++) {
				const struct conversation *c = &f.world->all[j];

				newer += conversation_listed(c) &&
					 c->updated > f.world->all[page[i]].updated;
				same += conversation_listed(c) &&
					c->updated == f.world->all[page[i]].updated;
			}
			assert_in_range(from + i, newer, newer + same - 1);
		}
	}
	done(&f);
}

/* A page inside a run of equals may show any of the run, whichever of its ends the page is near. */
static void shuffles_across_pages(void **fixture)
{
	const struct views_filter everything = VIEWS_EVERYTHING;
	static const uint32_t places[] = { 0, 15, 30 };
	struct fixture f = make(ORDER_TIES);

	(void)fixture;
	for (uint32_t i = 0; i < 40; i++) {
		struct change change = {
			.kind = CHANGE_STATE, .number = i, .at = NOW + 1, .into = WORLD_NOBODY
		};

		change.to = f.world->all[i].state;
		changes_make(f.changes, &change);
	}
	for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
		bool seen[AT_START] = { false };
		uint32_t page[10], distinct = 0;

		for (int draw = 0; draw < 200; draw++) {
			assert_int_equal(views_slice(f.views, views_get(f.views, &everything),
						     places[p], 10, page),
					 10);
			for (int i = 0; i < 10; i++) {
				distinct += !seen[page[i]];
				seen[page[i]] = true;
			}
		}
		assert_int_equal(distinct, 40);
	}
	done(&f);
}

static void deals_any_page_without_repeats(void **fixture)
{
	const struct views_filter everything = VIEWS_EVERYTHING;
	struct fixture f = make(ORDER_SHUFFLE);
	uint32_t page[AT_START];

	(void)fixture;
	for (uint32_t most = 1; most <= AT_START; most += 19) {
		uint32_t n = views_slice(f.views, views_get(f.views, &everything), 0, most, page);

		assert_int_equal(n, most);
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < i; j++)
				assert_int_not_equal(page[i], page[j]);
	}
	assert_int_equal(views_slice(f.views, views_get(f.views, &everything), AT_START, 10, page),
			 0);
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_its_order),
		cmocka_unit_test(shuffles_only_ties),
		cmocka_unit_test(shuffles_across_pages),
		cmocka_unit_test(deals_any_page_without_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
