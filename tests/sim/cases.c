/* SPDX-License-Identifier: MIT */
#include "cases.h"

#include <stdio.h>
#include <string.h>

#include "odd.h"

/* ---- telling by hand -------------------------------------------------- */

/* A list of so many open conversations that nothing happens to but what the case says. */
static void begin(struct drive *d, enum world_order order, int page, int rows)
{
	struct story story = {
		.world = { .order = order, .page = page, .storm_share = 1000 },
		.lookback = 8,
		.ahead = 1,
	};

	drive_begin(d, &story, 1);
	d->world.told = d->told;
	/* What has one order has no other, and by id they stand in none. */
	for (int i = 0; i < rows; i++)
		world_make(&d->world, 100 + i * 37 % 97,
			   300 + (order == WORLD_ID ? i * 61 % 89 : i) * 5, STATUS_OPEN);
	d->world.now += 100;
}

static struct engine_conf conf_of(const struct drive *d, enum cycle_kind kind)
{
	return (struct engine_conf){ .kind = kind,
				     .ahead = d->story.ahead,
				     .now = d->world.now * USEC_PER_SEC,
				     .lookback_most = 32 * USEC_PER_SEC };
}

/* A cycle; its requests are counted from 1 for what happens meanwhile. VERDICT_NONE when cut off. */
static enum verdict cycle(struct drive *d, enum cycle_kind kind,
			  void (*meanwhile)(struct world *world, long request))
{
	struct engine_conf conf = conf_of(d, kind);
	enum verdict verdict = VERDICT_NONE;

	d->world.requests = 0;
	d->world.meanwhile = meanwhile;
	if (drive_cycle(d, &conf, &verdict) != OUTCOME_DONE)
		verdict = VERDICT_NONE;
	d->world.meanwhile = NULL;
	return verdict;
}

static void pass(struct drive *d, int seconds)
{
	d->world.now += seconds;
}

static const struct held *held(const struct drive *d, int id)
{
	return &d->ware.held[id];
}

static bool equals(struct drive *d)
{
	char text[sizeof(d->wrong)];

	return ware_equals(&d->ware, &d->world, text, sizeof(text)) || drive_wrong(d, "%s", text);
}

static bool came_to(struct drive *d, enum verdict is, enum verdict wanted)
{
	return is == wanted || drive_wrong(d, "%s, and not %s", action_verdict_name(is),
					   action_verdict_name(wanted));
}

static bool cost_at_most(struct drive *d, long most)
{
	return d->world.requests <= most ||
	       drive_wrong(d, "%ld requests, and not at most %ld", d->world.requests, most);
}

/* Before the first certificate statuses are counted. */
#define STATUSES 5

/* ---- full sweeps ------------------------------------------------------ */

static void one_leaves_and_another_comes(struct world *w, long request)
{
	if (request != 2)
		return;
	world_act(w, EVENT_DELETE, 1, 0);
	world_make(w, w->now, w->now, STATUS_OPEN);
}

/* C1: seven rows in pages of four; all totals are 7, and so many were seen. */
static bool equal_totals_do_not_hide_a_row(struct drive *d)
{
	begin(d, WORLD_ID, 4, 7);
	cycle(d, CYCLE_FULL, one_leaves_and_another_comes);
	return held(d, 5)->live || drive_wrong(d, "5 was skipped");
}

static void the_first_leaves(struct world *w, long request)
{
	if (request == 3)
		world_act(w, EVENT_DELETE, 1, 0);
}

/* C10, forwards: what falls over the edge of a page is read by going back. */
static bool a_row_that_leaves_behind_us_costs_a_page_and_no_second_pass(struct drive *d)
{
	begin(d, WORLD_ID, 4, 18);
	return came_to(d, cycle(d, CYCLE_FULL, the_first_leaves), VERDICT_CERTIFIED) &&
	       cost_at_most(d, 7 + STATUSES);
}

static void the_first_changes(struct world *w, long request)
{
	if (request == 3)
		world_act(w, EVENT_UPDATE, 1, 0);
}

static void one_comes_and_the_oldest_jumps(struct world *w, long request)
{
	if (request > 1 && request <= 28)
		world_make(w, w->now, w->now, STATUS_OPEN);
	if (request == 3)
		world_act(w, EVENT_UPDATE, 1, 0);
}

/* New ones in front, and no order that is known: the second pass meets them as the first one did. */
static bool what_pushes_rows_into_our_way_is_not_met_from_behind(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 4, 0);
	for (int i = 0; i < 32; i++)
		world_make(&d->world, 100 + i * 5, 100 + i * 5, STATUS_OPEN);
	d->world.now += 300;
	return came_to(d, cycle(d, CYCLE_FULL, one_comes_and_the_oldest_jumps),
		       VERDICT_CERTIFIED) &&
	       cost_at_most(d, 28 + STATUSES);
}

static void the_first_goes_before_the_sweep_begins(struct world *w, long request)
{
	if (request == 2)
		world_act(w, EVENT_DELETE, 1, 0);
}

/* Page 1 tells where the last one is; its rows are not seen before that is read. */
static bool what_goes_while_the_end_is_looked_for_was_not_seen(struct drive *d)
{
	begin(d, WORLD_UPDATED_ASC, 4, 24);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 30);
	return came_to(d, cycle(d, CYCLE_FULL, the_first_goes_before_the_sweep_begins),
		       VERDICT_CERTIFIED) &&
	       cost_at_most(d, 7 + 3 + STATUSES);
}

/* An ascending list, read from its end: rows that change repeat, and none slips past. */
static bool an_ascending_list_that_moves_is_certified_in_one_pass(struct drive *d)
{
	begin(d, WORLD_UPDATED_ASC, 4, 24);
	cycle(d, CYCLE_FULL, NULL);
	if (d->ware.state.order != ORDER_UPDATED_ASC)
		return drive_wrong(d, "the order was not learned");
	pass(d, 100);
	/* Six pages; one to learn how small they are; and the closing scan. */
	return came_to(d, cycle(d, CYCLE_FULL, the_first_changes), VERDICT_CERTIFIED) &&
	       cost_at_most(d, 10);
}

static void one_jumps_to_the_top(struct world *w, long request)
{
	if (request == 2)
		world_act(w, EVENT_UPDATE, 2, 0);
}

/* C4: it changes while it is unread, and jumps to where we had been. */
static bool what_jumps_to_where_we_had_been_is_seen_by_the_closing_scan(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 4, 24);
	if (!came_to(d, cycle(d, CYCLE_FULL, one_jumps_to_the_top), VERDICT_CERTIFIED))
		return false;
	return (held(d, 2)->state.version == 1 || drive_wrong(d, "2 is not held as it is")) &&
	       cost_at_most(d, 10 + STATUSES);
}

/* Of all answers the Date has not come: whatever is read, no instant moves by it. */
static bool a_date_that_has_not_come_moves_no_instant(struct drive *d)
{
	static const enum cycle_kind kinds[] = { CYCLE_INCREMENTAL, CYCLE_FULL, CYCLE_REPAIR,
						 CYCLE_FULL };

	for (int order = WORLD_UPDATED_DESC; order < WORLD_SHUFFLE; order++) {
		int64_t complete, active;

		begin(d, (enum world_order)order, 8, 40);
		cycle(d, CYCLE_FULL, NULL);
		complete = d->ware.state.complete_as_of;
		active = d->ware.state.active_as_of;
		d->world.conf.leaps = 1000;
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			world_act(&d->world, EVENT_UPDATE, 3 + (int)i, 0);
			pass(d, 60);
			cycle(d, kinds[i], NULL);
			if (d->ware.state.complete_as_of > complete ||
			    d->ware.state.active_as_of > active || !d->ware.state.date_ahead)
				return drive_wrong(d, "order %d, cycle %d: an instant moves", order,
						   (int)i);
		}
		d->world.conf.leaps = 0;
		pass(d, 60);
		cycle(d, CYCLE_FULL, NULL);
		if (d->ware.state.complete_as_of <= complete || d->ware.state.date_ahead ||
		    !equals(d))
			return drive_wrong(d, "order %d: it does not recover", order);
	}
	return true;
}

/* As an older version, or a dump, may have left them. */
static bool instants_in_the_future_are_taken_back(struct drive *d)
{
	struct workspace_state *state = &d->ware.state;

	begin(d, WORLD_UPDATED_DESC, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	state->complete_as_of = state->active_as_of = state->certified_at = state->watermark =
		INT64_C(253402300799) * USEC_PER_SEC;
	state->tried_at = state->late_at = state->watermark;
	state->uncertified = 3;
	world_act(&d->world, EVENT_UPDATE, 3, 0);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_CERTIFIED) &&
	       (state->complete_as_of <= d->world.now * USEC_PER_SEC ||
		drive_wrong(d, "it lies in the future still")) &&
	       (state->late_at == TIME_NONE || drive_wrong(d, "nothing is ever forgotten")) &&
	       equals(d);
}

/* L1: no list is said to have more than so many; what is behind can be read, or not. */
static bool a_total_that_is_cut_proves_nothing(struct drive *d)
{
	for (int cap = 1; cap < 40; cap++) {
		begin(d, WORLD_ID, 8, 40);
		d->world.conf.cap = cap;
		d->world.conf.deeper = cap % 2;
		world_act(&d->world, EVENT_RESOLVE, 3, 0);
		pass(d, 60);
		cycle(d, CYCLE_FULL, NULL);
		pass(d, 60);
		cycle(d, CYCLE_FULL, NULL);
		if (d->ware.state.complete_as_of != TIME_NONE)
			return drive_wrong(d, "cut at %d, it is complete", cap);
	}
	return true;
}

/* L2: the whole list keeps what is resolved to itself. */
static bool a_list_that_leaves_a_status_out_proves_nothing(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 8, 40);
	d->world.conf.hidden = STATUS_RESOLVED;
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	/* It was proven while nothing was hidden; now one is held that the list does not show. */
	world_act(&d->world, EVENT_RESOLVE, 7, 0);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_UNEXPLAINED) &&
	       came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_UNCERTIFIED) &&
	       (d->ware.state.complete_as_of <= d->ware.state.certified_at ||
		drive_wrong(d, "what was published is not taken back"));
}

/* C2: two passes that prove nothing publish nothing. */
static bool a_list_without_order_is_called_complete_only_when_it_is(struct drive *d)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct story story;

		story_invent(&story, seed);
		story.world.order = WORLD_SHUFFLE;
		story.world.flips_at = story.world.mad_at = story.world.mad_to = 0;
		story.fulls = 900;
		if (!story_play(d, &story, seed, NULL))
			return false;
	}
	return true;
}

/* C17: a sweep that died at any request goes on, and what it had seen is not suspected. */
static bool a_sweep_that_died_anywhere_goes_on_and_deletes_only_what_is_gone(struct drive *d)
{
	for (int at = 1; at <= 12; at++) {
		begin(d, at % 2 ? WORLD_ID : WORLD_UPDATED_DESC, 4, 40);
		cycle(d, CYCLE_FULL, NULL);
		pass(d, 60);
		world_act(&d->world, EVENT_DELETE, 7, 0);
		pass(d, 60);
		d->story.stages = 1000;
		d->dies_at = at;
		cycle(d, CYCLE_FULL, NULL);
		pass(d, 60);
		if (!came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED) || !equals(d))
			return false;
	}
	return true;
}

/*
 * After a crash the list has moved by two pages, and its total tells nothing
 * of it: the place is found by what was stored.
 */
static bool a_sweep_that_died_is_joined_where_it_stood(struct drive *d)
{
	begin(d, WORLD_ID, 4, 40);
	d->story.stages = 1000;
	d->dies_at = 6;
	cycle(d, CYCLE_FULL, NULL);
	for (int id = 1; id <= 8; id++) {
		world_act(&d->world, EVENT_DELETE, id, 0);
		world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	}
	return came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED) &&
	       cost_at_most(d, 13 + STATUSES);
}

static void the_first_page_comes_short(struct world *w, long request)
{
	if (request == 1)
		w->conf.page = 3;
	if (request == 2)
		w->conf.page = 8;
}

static bool a_page_that_came_short_once_does_not_make_pages_short_for_good(struct drive *d)
{
	begin(d, WORLD_ID, 8, 39);
	cycle(d, CYCLE_FULL, the_first_page_comes_short);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED) && cost_at_most(d, 5);
}

/* ---- order ------------------------------------------------------------ */

/* C6: six rows by id, which by luck stand by updated_at too. */
static bool an_order_is_not_proven_by_luck(struct drive *d)
{
	static const int created[] = { 110, 130, 120, 115, 135, 125 };

	begin(d, WORLD_ID, 3, 0);
	for (int i = 0; i < 6; i++)
		world_make(&d->world, created[i], 900 - 10 * i, STATUS_OPEN);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED) &&
	       (d->ware.state.order == ORDER_UNKNOWN || drive_wrong(d, "an order was believed"));
}

/* C7: the newest page is in order under both; the changed rows stay deep. */
static bool an_order_that_flips_is_found_by_the_second_witness(struct drive *d)
{
	enum verdict verdict = VERDICT_NONE;
	int verifies = 0;

	begin(d, WORLD_UPDATED_DESC, 8, 80);
	cycle(d, CYCLE_FULL, NULL);
	if (d->ware.state.order != ORDER_UPDATED_DESC)
		return drive_wrong(d, "the order was not learned");
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	if (d->ware.state.complete_as_of <= d->ware.state.certified_at)
		return drive_wrong(d, "nothing was published under the order");
	d->world.conf.flips_at = d->world.now;
	d->world.conf.flips_to = WORLD_CREATED_DESC;
	while (verdict != VERDICT_DEMOTED && verifies < 8 && !d->wrong[0]) {
		struct engine_conf conf = conf_of(d, CYCLE_REPAIR);

		pass(d, 30);
		world_act(&d->world, EVENT_UPDATE, 1 + 7 * verifies, 0);
		conf.chance = (uint32_t)(7 * verifies++);
		drive_cycle(d, &conf, &verdict);
	}
	if (!came_to(d, verdict, VERDICT_DEMOTED))
		return false;
	if (d->ware.state.complete_as_of > d->ware.state.certified_at)
		return drive_wrong(d, "what was published under the order was not taken back");
	pass(d, 30);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_CERTIFIED) &&
	       (d->ware.state.order == ORDER_CREATED_DESC ||
		drive_wrong(d, "the new order was not learned")) &&
	       equals(d);
}

/* A story of changes in a list that has an order, of which no cycle may say that it has not. */
static bool is_never_demoted(struct drive *d, struct world_conf world, uint64_t seed)
{
	struct story story = {
		.world = world, .lookback = 8, .ahead = 1 + (int)(seed % 3), .stages = 100
	};

	story.world.rows = 60;
	story.world.page = 8;
	story.world.events = 300;
	story.world.mix[EVENT_UPDATE] = 4;
	story.world.mix[EVENT_CREATE] = story.world.mix[EVENT_RESOLVE] = 1;
	drive_begin(d, &story, seed);
	for (int i = 0; i < 12 && !d->wrong[0]; i++) {
		cycle(d,
		      i % 5 == 4   ? CYCLE_FULL
		      : i % 5 == 2 ? CYCLE_REPAIR
				   : CYCLE_INCREMENTAL,
		      NULL);
		if (d->ware.state.needs_full == FULL_DEMOTED)
			drive_wrong(d, "seed %d: demoted", (int)seed);
		world_tick(&d->world, 15);
	}
	return !d->wrong[0];
}

/* C11: rows are filled in after the page was cut. */
static bool fresh_rows_in_an_old_place_are_no_inversion(struct drive *d)
{
	bool ok = true;

	for (uint64_t seed = 1; seed <= 60 && ok; seed++) {
		struct world_conf world = { .order = seed % 2 ? WORLD_UPDATED_DESC
							      : WORLD_UPDATED_ASC,
					    .hydrate = true,
					    .late = 2 };

		ok = is_never_demoted(d, world, seed);
	}
	return ok;
}

/* C11: pages are answered by machines of which some are behind. */
static bool lagging_replicas_are_no_inversion(struct drive *d)
{
	bool ok = true;

	for (uint64_t seed = 1; seed <= 60 && ok; seed++) {
		struct world_conf world = { .order = seed % 2 ? WORLD_UPDATED_DESC
							      : WORLD_UPDATED_ASC,
					    .lag = 3 };

		ok = is_never_demoted(d, world, seed);
	}
	return ok;
}

/* C15: the clock of the Date header is ahead of the one that stamps changes. */
static bool a_date_that_is_ahead_by_less_than_the_lookback_does_no_harm(struct drive *d)
{
	bool ok = true;

	for (uint64_t seed = 1; seed <= 100 && ok; seed++) {
		struct world_conf world = { .order = (enum world_order)(seed % WORLD_SHUFFLE),
					    .late = 2,
					    .skew = 5 };

		ok = is_never_demoted(d, world, seed);
	}
	return ok;
}

/* ---- scans ------------------------------------------------------------ */

/* C3: one action on many, and ties in another order at each request. */
static bool rows_of_one_second_are_not_lost_between_pages(struct drive *d)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct story story = { .world = { .order = WORLD_UPDATED_TIES,
						  .rows = 30,
						  .page = 4 + (int)(seed % 5),
						  .events = 100 },
				       .lookback = 8,
				       .cycles = 15,
				       .ahead = 1,
				       .fulls = 50,
				       .idle = 10,
				       .settles = true };

		story.world.mix[EVENT_UPDATE] = 2;
		story.world.mix[EVENT_BULK] = 1;
		if (!story_play(d, &story, seed, NULL))
			return false;
	}
	return true;
}

/* C8: it becomes visible after what is published says that nothing is missing. */
static bool what_is_later_than_the_lookback_makes_it_grow(struct drive *d)
{
	int64_t before;
	int id;

	begin(d, WORLD_UPDATED_DESC, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 20);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	before = d->ware.state.lookback;
	id = world_make(&d->world, d->world.now - 10, d->world.now - 10, STATUS_OPEN);
	d->world.things[id - 1].exempt = true;
	pass(d, 1);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	return (held(d, id)->live || drive_wrong(d, "it is not held")) &&
	       (d->ware.state.lookback > before || drive_wrong(d, "the lookback has not grown"));
}

/* L3: a bulk action is stamped when it begins, and seen when it ends. */
static bool a_change_that_is_later_than_the_lookback_makes_it_grow(struct drive *d)
{
	for (int by_id = 0; by_id < 2; by_id++) {
		int64_t before;

		begin(d, by_id ? WORLD_ID : WORLD_UPDATED_DESC, 8, 40);
		cycle(d, CYCLE_FULL, NULL);
		pass(d, 20);
		before = d->ware.state.lookback;
		world_act(&d->world, EVENT_UPDATE, 5, 0);
		d->world.things[4].exempt = true;
		d->world.things[4].states[1].visible_at += 20;
		pass(d, 12);
		cycle(d, CYCLE_INCREMENTAL, NULL);
		pass(d, 20);
		cycle(d, CYCLE_INCREMENTAL, NULL);
		if (held(d, 5)->state.version == 0)
			return drive_wrong(d, "it is not held");
		pass(d, 20);
		cycle(d, CYCLE_INCREMENTAL, NULL);
		if (d->ware.state.lookback <= before)
			return drive_wrong(d, "the lookback has not grown, %s",
					   by_id ? "by id" : "");
	}
	return true;
}

/* L4: old ones appear, as an import brings them; what a scan of two pages counts says so. */
static bool a_scan_of_two_pages_compares_its_total(struct drive *d)
{
	begin(d, WORLD_UPDATED_ASC, 10, 41);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	for (int i = 0; i < 30; i++) {
		int id = world_make(&d->world, 50, 60, STATUS_RESOLVED);

		d->world.things[id - 1].exempt = true;
	}
	for (int id = 1; id <= 5; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	pass(d, 3);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_UNEXPLAINED) &&
	       (d->ware.state.audit_due || drive_wrong(d, "no audit is due"));
}

/* C0: one action on nearly all; at rest what it has changed is not read again. */
static bool after_a_bulk_action_a_cycle_at_rest_costs_one_request(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 8, 150);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	for (int id = 1; id <= 140; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	pass(d, 2);
	if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE))
		return false;
	/* The scan began within the lookback after it, so that the next one reads it once more. */
	pass(d, 2 * 8);
	if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE))
		return false;
	pass(d, 2 * 8);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE) &&
	       cost_at_most(d, 1) && equals(d);
}

static void those_that_were_read_change_again(struct world *w, long request)
{
	for (int id = 129; id <= 140 && request == 4; id++)
		world_act(w, EVENT_UPDATE, id, 0);
}

/* They stood on the first two pages, and move no row that is still to be read. */
static bool what_changes_again_behind_a_long_scan_is_read_by_the_next(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 8, 150);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	for (int id = 1; id <= 140; id++) {
		pass(d, id == 129);
		world_act(&d->world, EVENT_UPDATE, id, 0);
	}
	pass(d, 20);
	cycle(d, CYCLE_INCREMENTAL, those_that_were_read_change_again);
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	return equals(d);
}

/* C16: the last page holds one row, and what has changed stands on two. */
static bool the_last_page_may_be_almost_empty(struct drive *d)
{
	begin(d, WORLD_UPDATED_ASC, 10, 41);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	for (int id = 1; id <= 5; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	pass(d, 30);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE) &&
	       cost_at_most(d, 3) && equals(d);
}

static void the_new_one_jumps_to_the_top(struct world *w, long request)
{
	if (request == 2)
		world_act(w, EVENT_UPDATE, w->n, 0);
}

/* It is new, stands on the second page, and changes before that is read. */
static bool what_jumps_over_a_scan_is_seen_by_the_one_that_closes_it(struct drive *d)
{
	int id;

	begin(d, WORLD_UPDATED_DESC, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 20);
	id = world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	for (int other = 20; other <= 30; other++) {
		pass(d, 1);
		world_act(&d->world, EVENT_UPDATE, other, 0);
	}
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, the_new_one_jumps_to_the_top);
	return held(d, id)->live || drive_wrong(d, "it is not held, and the cycle said complete");
}

static void one_jumps_and_a_machine_is_behind(struct world *w, long request)
{
	if (request == 2)
		world_act(w, EVENT_UPDATE, 5, 0);
	w->conf.lag = request > 3 ? 7 : 0;
}

/*
 * One that was held jumps so, and the closing scan is answered by a machine that shows the list as
 * it was before: that a change is missing nobody can know, until the next cycle. This is why what
 * has changed since is exempt from I1 where machines lag.
 */
static bool what_jumps_while_a_machine_is_behind_may_come_a_cycle_later(struct drive *d)
{
	int later = 0;

	for (uint64_t seed = 1; seed <= 40; seed++) {
		begin(d, WORLD_UPDATED_DESC, 8, 40);
		cycle(d, CYCLE_FULL, NULL);
		pass(d, 20);
		world_act(&d->world, EVENT_UPDATE, 5, 0);
		for (int other = 20; other <= 30; other++) {
			pass(d, 1);
			world_act(&d->world, EVENT_UPDATE, other, 0);
		}
		pass(d, 60);
		d->world.view = chance_stream(seed, 3);
		if (cycle(d, CYCLE_INCREMENTAL, one_jumps_and_a_machine_is_behind) ==
		    VERDICT_COMPLETE)
			later += held(d, 5)->state.version == 0;
		d->world.conf.lag = 0;
		pass(d, 60);
		cycle(d, CYCLE_INCREMENTAL, NULL);
		if (!equals(d))
			return false;
	}
	return later > 0 || drive_wrong(d, "what the model exempts for it never happens");
}

/* Above the last row read, nothing is held that the scan did not show: here two are gone. */
static bool what_a_scan_should_have_shown_is_asked_for(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	for (int id = 1; id <= 12; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	pass(d, 4);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	world_act(&d->world, EVENT_DELETE, 3, 0);
	world_act(&d->world, EVENT_DELETE, 40, 0);
	for (int id = 20; id <= 30; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	pass(d, 4);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	return equals(d);
}

/* ---- unresolved scans ------------------------------------------------------- */

/* Open conversations by id, with room for others between them. */
static void begin_hot(struct drive *d, int page, int rows)
{
	begin(d, WORLD_ID, page, rows);
	for (int i = 0; i < rows; i++)
		d->world.things[i].name = 10 * (i + 1);
}

static void one_leaves_the_filter_and_one_enters(struct world *w, long request)
{
	if (request != 2)
		return;
	world_act(w, EVENT_RESOLVE, 1, 0);
	world_act(w, EVENT_REOPEN, 20, 0);
}

/* C5: nobody knows the one that slips from the second page to the first. */
static bool a_conversation_that_nobody_knew_does_not_slip_past_a_hot_sweep(struct drive *d)
{
	int id;

	begin_hot(d, 8, 20);
	world_act(&d->world, EVENT_RESOLVE, 20, 0);
	pass(d, 60);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	id = world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	d->world.things[id - 1].name = 85;
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, one_leaves_the_filter_and_one_enters);
	return held(d, id)->live || drive_wrong(d, "it slipped past");
}

static void a_page_of_them_leaves(struct world *w, long request)
{
	for (int id = 1; id <= 12 && request == 4; id++)
		world_act(w, EVENT_RESOLVE, id, 0);
}

static bool pages_that_came_apart_are_joined_and_the_sweep_counts(struct drive *d)
{
	begin_hot(d, 10, 60);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, a_page_of_them_leaves), VERDICT_ACTIVE);
}

/* C9: nobody can know of a state that came and went; what is there now is held. */
static bool what_was_resolved_and_reopened_in_between_is_held_as_it_is(struct drive *d)
{
	begin_hot(d, 8, 20);
	world_act(&d->world, EVENT_RESOLVE, 5, 0);
	pass(d, 60);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	world_act(&d->world, EVENT_REOPEN, 5, 0);
	world_act(&d->world, EVENT_RESOLVE, 5, 0);
	world_act(&d->world, EVENT_RESOLVE, 6, 0);
	world_act(&d->world, EVENT_REOPEN, 6, 0);
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	return held(d, 6)->state.version == 2 || drive_wrong(d, "6 is not held as it is");
}

/* ---- deletions -------------------------------------------------------- */

/* C13: the base path has moved, night after night. */
static bool a_404_for_everything_deletes_nothing(struct drive *d)
{
	begin(d, WORLD_ID, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	world_act(&d->world, EVENT_DELETE, 9, 0);
	d->world.conf.storm_at = 1;
	d->world.conf.storm_to = 1 << 30;
	for (int night = 0; night < 5 && !d->wrong[0]; night++) {
		pass(d, 3600);
		cycle(d, CYCLE_FULL, NULL);
	}
	if (ware_dead(&d->ware) > 0)
		return drive_wrong(d, "%d are held as deleted", (int)ware_dead(&d->ware));
	/* And of forty, one may go, though it is more than two in a hundred. */
	d->world.conf.storm_to = 0;
	cycle(d, CYCLE_FULL, NULL);
	return equals(d);
}

/* One has left the unresolved set, which is no crime; but just then every GET answers 404. */
static bool a_404_counts_only_while_a_control_is_there(struct drive *d)
{
	begin_hot(d, 8, 20);
	cycle(d, CYCLE_FULL, NULL);
	world_act(&d->world, EVENT_RESOLVE, 5, 0);
	pass(d, 60);
	d->world.conf.storm_at = 1;
	d->world.conf.storm_to = 1 << 30;
	cycle(d, CYCLE_INCREMENTAL, NULL);
	return held(d, 5)->live || drive_wrong(d, "5 is held as deleted");
}

/* C12: the GET comes from a machine that is behind. */
static bool an_older_copy_does_not_overwrite_a_newer_one(struct drive *d)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		int versions[MOST_THINGS + 1] = { 0 };
		struct story story = { .world = { .order = (enum world_order)(seed % WORLD_SHUFFLE),
						  .rows = 30,
						  .page = 8,
						  .events = 300,
						  .lag = 3 },
				       .lookback = 8,
				       .ahead = 1 };

		story.world.mix[EVENT_UPDATE] = story.world.mix[EVENT_RESOLVE] = 2;
		story.world.mix[EVENT_REOPEN] = 2;
		drive_begin(d, &story, seed);
		for (int i = 0; i < 12; i++) {
			cycle(d, i % 4 == 3 ? CYCLE_FULL : CYCLE_INCREMENTAL, NULL);
			for (int id = 1; id <= d->world.n; id++) {
				if (held(d, id)->state.version < versions[id])
					return drive_wrong(d, "seed %d: %d went back", (int)seed,
							   id);
				versions[id] = held(d, id)->state.version;
			}
		}
		if (d->wrong[0])
			return false;
	}
	return true;
}

/* C14: the GET answers with another id; that is found once, and not looked for every night. */
static bool a_merged_conversation_is_asked_for_once(struct drive *d)
{
	begin(d, WORLD_ID, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	world_act(&d->world, EVENT_MERGE, 9, 10);
	pass(d, 60);
	cycle(d, CYCLE_FULL, NULL);
	if (held(d, 9)->live)
		return drive_wrong(d, "9 is held as there");
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED) && cost_at_most(d, 5) &&
	       equals(d);
}

static bool losses_by_merging_count_for_the_fuse(struct drive *d)
{
	struct engine_conf conf;
	enum verdict verdict;

	begin(d, WORLD_ID, 8, 60);
	cycle(d, CYCLE_FULL, NULL);
	for (int id = 1; id <= 30; id++)
		world_act(&d->world, id % 2 ? EVENT_MERGE : EVENT_DELETE, id, 60);
	pass(d, 60);
	cycle(d, CYCLE_FULL, NULL);
	if (ware_dead(&d->ware) > 0)
		return drive_wrong(d, "%d are held as gone", (int)ware_dead(&d->ware));
	pass(d, 60);
	conf = conf_of(d, CYCLE_FULL_REPAIR);
	drive_cycle(d, &conf, &verdict);
	return equals(d);
}

/* A deleted one that is seen again is there again. */
static bool what_is_seen_again_is_revived(struct drive *d)
{
	begin(d, WORLD_ID, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	d->ware.held[9].live = false;
	d->ware.state.live--;
	pass(d, 60);
	cycle(d, CYCLE_FULL, NULL);
	return equals(d);
}

/* ---- items that cannot be loaded -------------------------------------- */

/* A loaded list by update, in which one has just become odd; its item is seen by the next cycle. */
static void begin_odd(struct drive *d, int *odd)
{
	begin(d, WORLD_UPDATED_DESC, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	*odd = world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	world_act(&d->world, EVENT_SPOIL, *odd, 0);
	pass(d, 60);
}

static bool stands_still(struct drive *d, const struct workspace_state *before)
{
	return (d->ware.state.complete_as_of == before->complete_as_of &&
		d->ware.state.active_as_of == before->active_as_of) ||
	       drive_wrong(d, "an instant has moved");
}

static bool rises(struct drive *d, const struct workspace_state *before)
{
	return (d->ware.state.complete_as_of > before->complete_as_of &&
		d->ware.state.active_as_of > before->active_as_of) ||
	       drive_wrong(d, "an instant has not risen");
}

static bool one_odd_item_holds_both_instants_until_it_loads(struct drive *d)
{
	struct workspace_state before;
	int odd;

	begin_odd(d, &odd);
	before = d->ware.state;
	if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_REJECTED))
		return false;
	pass(d, 60);
	/* What changes meanwhile pushes it off the first page, where nobody sees that it is mended. */
	for (int id = 1; id <= 12; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	pass(d, 60);
	if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_REJECTED) ||
	    !came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_REJECTED) || !stands_still(d, &before))
		return false;
	world_cure(&d->world);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE) &&
	       rises(d, &before) && equals(d);
}

static bool an_odd_item_that_is_accepted_holds_nothing(struct drive *d)
{
	struct workspace_state before;
	int odd;

	begin_odd(d, &odd);
	before = d->ware.state;
	cycle(d, CYCLE_INCREMENTAL, NULL);
	odd_accept(&d->ware);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE) &&
	       cost_at_most(d, 1) && rises(d, &before) && equals(d);
}

/* Its status is not known: it may be one more in any of them, and that is no difference. */
static bool an_odd_item_is_no_difference_in_counts(struct drive *d)
{
	int odd;

	begin_odd(d, &odd);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	odd_accept(&d->ware);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_VERIFY, NULL), VERDICT_EQUAL) && cost_at_most(d, 5);
}

/* The list does not show it, and that it is gone nobody has been told. */
static bool an_odd_item_that_a_certified_sweep_does_not_see_holds_nothing(struct drive *d)
{
	struct workspace_state before;
	int odd;

	begin_odd(d, &odd);
	before = d->ware.state;
	cycle(d, CYCLE_INCREMENTAL, NULL);
	world_act(&d->world, EVENT_DELETE, odd, 0);
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED) && rises(d, &before);
}

static bool a_list_of_another_shape_moves_nothing_and_is_equal_a_cycle_later(struct drive *d)
{
	struct workspace_state before;

	begin(d, WORLD_UPDATED_DESC, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	before = d->ware.state;
	pass(d, 60);
	for (int id = 1; id <= 12; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	d->world.conf.mistyped_at = 1;
	d->world.conf.mistyped_to = 1 << 30;
	pass(d, 60);
	for (int i = 0; i < 2; i++)
		if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_MISSHAPEN) ||
		    !came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_MISSHAPEN))
			return false;
	if (!stands_still(d, &before))
		return false;
	d->world.conf.mistyped_to = 1;
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE) &&
	       rises(d, &before) && equals(d);
}

/* ---- lists that do not show everything --------------------------------- */

/*
 * Thirty open ones, more or less, behind a depth of 16, in three channels; whatever comes of a page
 * that lies deeper, and however many rows its place has.
 */
static bool a_list_deeper_than_its_pages_go_is_proven_by_its_parts(struct drive *d)
{
	for (int i = 0; i < 14 * BEYONDS; i++) {
		int rows = 26 + i / BEYONDS;

		begin(d, WORLD_ID, 4, rows);
		d->world.conf.depth = 16;
		d->world.conf.beyond = (enum beyond)(i % BEYONDS);
		for (int k = 0; k < rows; k++)
			d->world.things[k].states[0].channel = k % 3;
		if (cycle(d, CYCLE_FULL, NULL) != VERDICT_CERTIFIED)
			return drive_wrong(d, "of %d it is not certified (beyond: %d)", rows,
					   i % BEYONDS);
		if (!equals(d))
			return false;
	}
	return true;
}

/* What is archived refutes one sweep, is unlisted at the next, and is counted no more. */
static bool what_no_list_shows_is_unlisted_after_two_looks(struct drive *d)
{
	begin(d, WORLD_ID, 4, 24);
	cycle(d, CYCLE_FULL, NULL);
	for (int id = 3; id <= 9; id++)
		world_act(&d->world, EVENT_ARCHIVE, id, 0);
	pass(d, 100);
	if (!came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_UNCERTIFIED))
		return false;
	pass(d, 100);
	if (!came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED) || !held(d, 3)->unlisted)
		return drive_wrong(d, "3 is not unlisted");
	pass(d, 100);
	if (!came_to(d, cycle(d, CYCLE_VERIFY, NULL), VERDICT_EQUAL) || !cost_at_most(d, 5))
		return false;
	pass(d, 100);
	cycle(d, CYCLE_FULL, NULL);
	return held(d, 3)->live || drive_wrong(d, "3 was deleted");
}

/* More are gone than the fuse lets believe: the next scans know that, and cost what they cost. */
static bool deletions_that_are_not_believed_are_not_looked_for_again(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 8, 120);
	cycle(d, CYCLE_FULL, NULL);
	for (int id = 90; id <= 119; id++)
		world_act(&d->world, EVENT_DELETE, id, 0);
	pass(d, 100);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 100);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE) &&
	       cost_at_most(d, 1) && !d->ware.state.audit_due;
}

/* One that goes out of all lists is not counted either: the order is not to blame. */
static bool what_is_archived_does_not_demote_an_order(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 8, 60);
	cycle(d, CYCLE_FULL, NULL);
	world_act(&d->world, EVENT_UPDATE, 30, 0);
	pass(d, 20);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	pass(d, 20);
	world_act(&d->world, EVENT_ARCHIVE, 30, 0);
	pass(d, 20);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_COMPLETE) &&
	       (d->ware.state.order == ORDER_UPDATED_DESC || drive_wrong(d, "the order was lost"));
}

/* Lists of one status that show others are not relied on. */
static bool filters_that_do_nothing_are_not_relied_on(struct drive *d)
{
	begin(d, WORLD_ID, 8, 40);
	d->world.conf.filtered = FILTERED_ALL;
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 100);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	if (!d->ware.state.filterless)
		return drive_wrong(d, "it was not noticed");
	pass(d, 100);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_CERTIFIED) &&
	       cost_at_most(d, 12);
}

/* What no list of a status shows is claimed by no cycle that reads those lists. */
static bool filters_that_show_nothing_are_not_relied_on(struct drive *d)
{
	begin(d, WORLD_ID, 8, 40);
	cycle(d, CYCLE_FULL, NULL);
	d->world.conf.filtered = FILTERED_NONE;
	world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	pass(d, 100);
	if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_UNEXPLAINED))
		return false;
	cycle(d, CYCLE_VERIFY, NULL);
	if (!d->ware.state.filterless)
		return drive_wrong(d, "it was not noticed");
	pass(d, 100);
	if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_CERTIFIED) || !equals(d))
		return false;
	d->world.conf.filtered = FILTERED_TRULY;
	cycle(d, CYCLE_VERIFY, NULL);
	return !d->ware.state.filterless || drive_wrong(d, "they are not relied on any more");
}

/* Each list ends with its first page, by its own word. */
static bool a_total_of_one_page_proves_nothing(struct drive *d)
{
	begin(d, WORLD_ID, 10, 60);
	d->world.conf.counted = COUNTED_PAGE;
	for (int i = 0; i < 4; i++) {
		cycle(d, i % 2 ? CYCLE_INCREMENTAL : CYCLE_FULL, NULL);
		pass(d, 100);
	}
	return (d->ware.state.complete_as_of == TIME_NONE &&
		d->ware.state.active_as_of == TIME_NONE) ||
	       drive_wrong(d, "an instant is published");
}

/* A list of one page is one moment, but nobody says at what time that was. */
static bool a_page_without_a_date_proves_nothing(struct drive *d)
{
	begin(d, WORLD_ID, 8, 5);
	d->world.conf.no_date = true;
	return came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_UNCERTIFIED) &&
	       (d->ware.state.unproven == UNPROVEN_UNDATED || drive_wrong(d, "it is not said why"));
}

static void two_come_at_the_end(struct world *w, long request)
{
	(void)request;
	for (int i = 0; i < 2 && w->n < MOST_THINGS - 10; i++)
		world_make(w, 2000 + w->n, 2000 + w->n, STATUS_OPEN);
}

/* Each page of two brings what is new, and as many come behind it: it has no end. */
static bool a_total_that_runs_ahead_ends_the_sweep(struct drive *d)
{
	begin(d, WORLD_CREATED_ASC, 2, 8);
	return came_to(d, cycle(d, CYCLE_FULL, two_come_at_the_end), VERDICT_LOST) &&
	       cost_at_most(d, 40);
}

/*
 * Totals that are estimated rise and fall at each page: that is no reason to go back each time, nor
 * to read everything again and again, since nothing is proven by them.
 */
static bool estimated_totals_cost_few_passes(struct drive *d)
{
	long sum = 0;

	for (uint64_t seed = 1; seed <= 40; seed++) {
		begin(d, WORLD_ID, 8, 120);
		d->world.conf.estimate = 30;
		d->world.luck = chance_stream(seed, 7);
		d->world.view = chance_stream(seed, 8);
		d->world.rate_limit = chance_stream(seed, 9);
		for (int i = 0; i < 3; i++) {
			pass(d, 60);
			if (cycle(d, CYCLE_FULL, NULL) == VERDICT_CERTIFIED)
				return drive_wrong(d, "an estimated total proved a sweep");
			sum += d->world.requests;
		}
	}
	/* Of fifteen pages: twice, and each time less than the list once more. */
	return sum <= 120 * 95 || drive_wrong(d, "%ld requests of 120 sweeps", sum);
}

static void the_total_counts_all_again(struct world *w, long request)
{
	if (request == 3)
		w->conf.overcount = 0;
}

/* An estimate that leaves out the last row fits the full page before it; later ones do not. */
static bool the_end_is_where_a_list_read_from_there_began(struct drive *d)
{
	/* Also where the program dies on the way. */
	for (int dies_at = 0; dies_at <= 6; dies_at++) {
		begin(d, WORLD_CREATED_ASC, 4, 24);
		cycle(d, CYCLE_FULL, NULL);
		if (d->ware.state.order != ORDER_CREATED_ASC)
			return drive_wrong(d, "the order was not learned");
		world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
		pass(d, 60);
		d->world.conf.overcount = -1;
		d->story.stages = 1000;
		d->dies_at = dies_at;
		cycle(d, CYCLE_FULL, the_total_counts_all_again);
		if (dies_at > 0)
			cycle(d, CYCLE_FULL, NULL);
		if (!equals(d))
			return false;
	}
	return true;
}

/* It was one page, and is two: of a list by creation the second may have changed just the same. */
static bool a_list_by_creation_that_grows_beyond_a_page_is_read_to_its_end(struct drive *d)
{
	for (int i = 0; i < 2; i++) {
		begin(d, i ? WORLD_CREATED_ASC : WORLD_CREATED_DESC, 4, 24);
		cycle(d, CYCLE_FULL, NULL);
		for (int id = 3; id <= 24; id++)
			world_act(&d->world, EVENT_DELETE, id, 0);
		world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
		pass(d, 60);
		if (!came_to(d, cycle(d, CYCLE_FULL_REPAIR, NULL), VERDICT_CERTIFIED))
			return false;
		pass(d, 60);
		for (int n = 0; n < 3; n++)
			world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
		world_act(&d->world, EVENT_UPDATE, 1, 0);
		pass(d, 60);
		cycle(d, CYCLE_INCREMENTAL, NULL);
		pass(d, 60);
		cycle(d, CYCLE_INCREMENTAL, NULL);
		if (!equals(d))
			return false;
	}
	return true;
}

/* Two rows that stand the wrong way round where one page ends and the next begins: pinned ones. */
static bool an_order_that_breaks_between_two_pages_is_not_relied_on(struct drive *d)
{
	for (int i = 0; i < 2; i++) {
		begin(d, i ? WORLD_UPDATED_ASC : WORLD_UPDATED_DESC, 8, 40);
		cycle(d, CYCLE_FULL, NULL);
		if (d->ware.state.order == ORDER_UNKNOWN)
			return drive_wrong(d, "the order was not learned");
		/* The first page is theirs, or with five behind them the last one. */
		for (int id = 11; id < 19; id++)
			d->world.things[id].pinned = true;
		pass(d, 60);
		cycle(d, CYCLE_FULL, NULL);
		if (d->ware.state.order != ORDER_UNKNOWN)
			return drive_wrong(d, "order %d is relied on still", i);
	}
	return true;
}

static bool nothing_is_claimed_of_new_ones(struct drive *d)
{
	world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	return !d->wrong[0];
}

/* A list that grows to just what it is said to have at most, and goes on growing. */
static bool a_tail_scan_looks_behind_a_full_last_page(struct drive *d)
{
	begin(d, WORLD_UPDATED_ASC, 8, 46);
	d->world.conf.cap = 48;
	d->world.conf.deeper = true;
	cycle(d, CYCLE_FULL, NULL);
	for (int i = 0; i < 4; i++)
		if (!nothing_is_claimed_of_new_ones(d))
			return false;
	return true;
}

/* Its last page is cut where its pages end; and at another time it ends just there. */
static bool a_tail_scan_that_cannot_see_the_end_claims_nothing(struct drive *d)
{
	for (int i = 0; i < 2 * BEYONDS; i++) {
		begin(d, WORLD_UPDATED_ASC, 8, 35);
		d->ware.parts = 3;
		for (int k = 0; k < 35; k++)
			d->world.things[k].states[0].channel = k % 3;
		d->world.conf.depth = i % 2 ? 36 : 40;
		d->world.conf.beyond = (enum beyond)(i / 2);
		cycle(d, CYCLE_FULL, NULL);
		for (int k = 0; k < 7; k++) {
			if (!nothing_is_claimed_of_new_ones(d))
				return false;
			cycle(d, CYCLE_INCREMENTAL, NULL);
		}
		pass(d, 60);
		if (cycle(d, CYCLE_FULL, NULL) != VERDICT_CERTIFIED)
			return drive_wrong(d, "depth %d, beyond %d: it is not certified",
					   d->world.conf.depth, i / 2);
		if (!equals(d))
			return false;
	}
	return true;
}

static void some_are_pinned_and_the_tenth_jumps(struct world *w, long request)
{
	static const int pinned[] = { 1, 2, 3, 11 };

	if (request != 5)
		return;
	for (int i = 0; i < (int)ARRAY_SIZE(pinned); i++)
		w->things[pinned[i] - 1].pinned = true;
	world_act(w, EVENT_UPDATE, 10, 0);
}

/*
 * Pinned ones stand in order among themselves, so the closing scan stops at the oldest of them; but
 * it does not show what the scan had shown, and so says nothing of what jumped over that.
 */
static bool a_closing_scan_shows_what_the_scan_had_shown(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 4, 24);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	for (int id = 10; id >= 1; id--) {
		world_act(&d->world, EVENT_UPDATE, id, 0);
		pass(d, 1);
	}
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, some_are_pinned_and_the_tenth_jumps),
		       VERDICT_DEMOTED);
}

static void the_last_jumps_over_the_scan(struct world *w, long request)
{
	if (request == 2)
		world_act(w, EVENT_UPDATE, 60, 0);
}

/* Its answer would be forgotten, and the next one be taken for it: another would go in its place. */
static bool what_is_gone_is_deleted_before_the_closing_scan_asks(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 10, 60);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 100);
	for (int id = 1; id <= 25; id++)
		world_act(&d->world, EVENT_UPDATE, id, 0);
	pass(d, 1);
	cycle(d, CYCLE_INCREMENTAL, NULL);
	world_act(&d->world, EVENT_DELETE, 5, 0);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, the_last_jumps_over_the_scan),
		       VERDICT_COMPLETE) &&
	       (!held(d, 5)->live || drive_wrong(d, "5 is gone, and held")) && equals(d);
}

static void one_comes_during_the_scan(struct world *w, long request)
{
	if (request == 2)
		world_make(w, w->now, w->now, STATUS_OPEN);
}

/* Seven of those that are due are pinned, and an old one, at which the scan stops. */
static bool a_get_does_not_count_as_shown_by_the_scan_after_it(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 4, 24);
	cycle(d, CYCLE_FULL, NULL);
	pass(d, 60);
	for (int id = 9; id >= 1; id--) {
		world_act(&d->world, EVENT_UPDATE, id, 0);
		d->world.things[id - 1].pinned = id <= 7;
	}
	d->world.things[10].pinned = true;
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_INCREMENTAL, one_comes_during_the_scan), VERDICT_DEMOTED);
}

/*
 * A list that ends just where its pages do: the refusal of the page behind is no accident, and is
 * the answer. It is asked for once, and no scan begins at an end that cannot be seen.
 */
static bool what_lies_behind_the_depth_is_asked_for_once(struct drive *d)
{
	begin(d, WORLD_UPDATED_ASC, 8, 39);
	cycle(d, CYCLE_FULL, NULL);
	d->world.conf.depth = 40;
	world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	pass(d, 60);
	if (!came_to(d, cycle(d, CYCLE_INCREMENTAL, NULL), VERDICT_UNEXPLAINED) ||
	    !cost_at_most(d, 2))
		return false;
	return d->ware.state.depth == 39 || drive_wrong(d, "its end is believed to be in sight");
}

static void the_third_is_resolved_before_the_second_pass(struct world *w, long request)
{
	if (request != 7)
		return;
	world_act(w, EVENT_RESOLVE, 3, 0);
	w->now += 20;
}

/* It is no suspect, since the first pass saw it; the second one alone counts as many as it sees. */
static bool what_a_second_pass_does_not_show_any_more_is_noticed(struct drive *d)
{
	begin(d, WORLD_ID, 8, 40);
	if (!came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED))
		return false;
	d->world.conf.hidden = STATUS_RESOLVED;
	pass(d, 60);
	/* An old one and a young one: neither older totals nor one pass can prove it. */
	world_make(&d->world, 100, 300, STATUS_OPEN);
	world_make(&d->world, d->world.now, d->world.now, STATUS_OPEN);
	return came_to(d, cycle(d, CYCLE_FULL, the_third_is_resolved_before_the_second_pass),
		       VERDICT_UNCERTIFIED) &&
	       (d->ware.state.unproven == UNPROVEN_PARTS || drive_wrong(d, "it is not said why"));
}

static void the_first_has_no_date(struct world *w, long request)
{
	w->conf.no_date = request == 1;
	if (request == 3)
		world_act(w, EVENT_REOPEN, 3, 0);
	if (request > 1 && request <= 28)
		w->now += 6;
}

/* When the lists were begun nobody knows then: a later response would say that it was later. */
static bool a_first_response_without_a_date_moves_no_instant(struct drive *d)
{
	int64_t active;

	begin(d, WORLD_ID, 8, 60);
	world_act(&d->world, EVENT_RESOLVE, 3, 0);
	pass(d, 60);
	cycle(d, CYCLE_FULL, NULL);
	active = d->ware.state.active_as_of;
	pass(d, 60);
	cycle(d, CYCLE_INCREMENTAL, the_first_has_no_date);
	d->world.conf.no_date = false;
	return d->ware.state.active_as_of == active || drive_wrong(d, "an instant moves");
}

/* In no known order only an audit looks at the statuses and at the whole. */
static bool an_audit_sees_that_the_parts_are_more_than_the_whole(struct drive *d)
{
	begin(d, WORLD_ID, 8, 40);
	for (int id = 3; id <= 9; id++)
		world_act(&d->world, EVENT_RESOLVE, id, 0);
	pass(d, 60);
	if (!came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_CERTIFIED))
		return false;
	d->world.conf.hidden = STATUS_RESOLVED;
	pass(d, 60);
	return came_to(d, cycle(d, CYCLE_VERIFY, NULL), VERDICT_DIFFERENT) &&
	       (d->ware.state.unproven == UNPROVEN_PARTS ||
		drive_wrong(d, "the list is believed to show all"));
}

/* What a sweep could not reach is not missing: the list may well show it. */
static bool a_sweep_that_proves_nothing_tells_of_no_absence(struct drive *d)
{
	begin(d, WORLD_UPDATED_DESC, 4, 30);
	cycle(d, CYCLE_FULL, NULL);
	d->world.conf.depth = 16;
	d->ware.parts = -1;
	for (int i = 0; i < 2; i++) {
		pass(d, 60);
		if (!came_to(d, cycle(d, CYCLE_FULL, NULL), VERDICT_UNCERTIFIED))
			return false;
	}
	for (int id = 1; id <= 30; id++)
		if (held(d, id)->absent)
			return drive_wrong(d, "%d is said to stand in no list", id);
	return true;
}

/* ---- instances -------------------------------------------------------- */

static bool
after_a_takeover_the_sweep_goes_on_and_the_first_instance_writes_nothing(struct drive *d)
{
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct story story;

		story_invent(&story, 2 * seed);
		story.takeovers = 200;
		story.crashes = 20;
		if (!story_play(d, &story, seed, NULL))
			return false;
	}
	return true;
}

/* ---- all of them ------------------------------------------------------ */

static const struct {
	const char *name;
	bool (*play)(struct drive *drive);
} cases[] = {
	{ "equal totals, and as many rows seen, do not hide one that was skipped",
	  equal_totals_do_not_hide_a_row },
	{ "a Date that has not come moves no instant", a_date_that_has_not_come_moves_no_instant },
	{ "instants in the future are taken back", instants_in_the_future_are_taken_back },
	{ "a total that is cut proves nothing", a_total_that_is_cut_proves_nothing },
	{ "a list that leaves a status out proves nothing",
	  a_list_that_leaves_a_status_out_proves_nothing },
	{ "a list without order is called complete only when it is",
	  a_list_without_order_is_called_complete_only_when_it_is },
	{ "rows of one second are not lost between pages",
	  rows_of_one_second_are_not_lost_between_pages },
	{ "what jumps to where we had been is seen by the closing scan",
	  what_jumps_to_where_we_had_been_is_seen_by_the_closing_scan },
	{ "a conversation that nobody knew does not slip past a unresolved scan",
	  a_conversation_that_nobody_knew_does_not_slip_past_a_hot_sweep },
	{ "pages that came apart are joined, and the sweep counts",
	  pages_that_came_apart_are_joined_and_the_sweep_counts },
	{ "an order is not proven by luck", an_order_is_not_proven_by_luck },
	{ "an order that flips is found by the second witness, and what was published is taken "
	  "back",
	  an_order_that_flips_is_found_by_the_second_witness },
	{ "what is later than the lookback makes it grow",
	  what_is_later_than_the_lookback_makes_it_grow },
	{ "a change that is later than the lookback makes it grow",
	  a_change_that_is_later_than_the_lookback_makes_it_grow },
	{ "a scan of two pages compares its total", a_scan_of_two_pages_compares_its_total },
	{ "after a bulk action a cycle at rest costs one request",
	  after_a_bulk_action_a_cycle_at_rest_costs_one_request },
	{ "what changes again behind a long scan is read by the next",
	  what_changes_again_behind_a_long_scan_is_read_by_the_next },
	{ "what was resolved and reopened in between is held as it is",
	  what_was_resolved_and_reopened_in_between_is_held_as_it_is },
	{ "a row that leaves behind us costs a page, and no second pass",
	  a_row_that_leaves_behind_us_costs_a_page_and_no_second_pass },
	{ "what pushes rows into our way is not met from behind",
	  what_pushes_rows_into_our_way_is_not_met_from_behind },
	{ "what goes while the end is looked for was not seen",
	  what_goes_while_the_end_is_looked_for_was_not_seen },
	{ "an ascending list that moves is certified in one pass",
	  an_ascending_list_that_moves_is_certified_in_one_pass },
	{ "fresh rows in an old place are no inversion",
	  fresh_rows_in_an_old_place_are_no_inversion },
	{ "lagging replicas are no inversion", lagging_replicas_are_no_inversion },
	{ "an older copy does not overwrite a newer one",
	  an_older_copy_does_not_overwrite_a_newer_one },
	{ "a 404 for everything deletes nothing, and one of forty may go",
	  a_404_for_everything_deletes_nothing },
	{ "a 404 counts only while a control is there",
	  a_404_counts_only_while_a_control_is_there },
	{ "a merged conversation is asked for once", a_merged_conversation_is_asked_for_once },
	{ "losses by merging count for the fuse", losses_by_merging_count_for_the_fuse },
	{ "what is seen again is revived", what_is_seen_again_is_revived },
	{ "a Date that is ahead by less than the lookback does no harm",
	  a_date_that_is_ahead_by_less_than_the_lookback_does_no_harm },
	{ "the last page may be almost empty", the_last_page_may_be_almost_empty },
	{ "what jumps over a scan is seen by the one that closes it",
	  what_jumps_over_a_scan_is_seen_by_the_one_that_closes_it },
	{ "what jumps while a machine is behind may come a cycle later",
	  what_jumps_while_a_machine_is_behind_may_come_a_cycle_later },
	{ "what a scan should have shown is asked for",
	  what_a_scan_should_have_shown_is_asked_for },
	{ "a sweep that died anywhere goes on, and deletes only what is gone",
	  a_sweep_that_died_anywhere_goes_on_and_deletes_only_what_is_gone },
	{ "a sweep that died is joined where it stood",
	  a_sweep_that_died_is_joined_where_it_stood },
	{ "a page that came short once does not make pages short for good",
	  a_page_that_came_short_once_does_not_make_pages_short_for_good },
	{ "one odd item holds both instants until it loads",
	  one_odd_item_holds_both_instants_until_it_loads },
	{ "an odd item that is accepted holds nothing",
	  an_odd_item_that_is_accepted_holds_nothing },
	{ "an odd item is no difference in counts", an_odd_item_is_no_difference_in_counts },
	{ "an odd item that a certified sweep does not see holds nothing",
	  an_odd_item_that_a_certified_sweep_does_not_see_holds_nothing },
	{ "a list of another shape moves nothing, and is equal a cycle later",
	  a_list_of_another_shape_moves_nothing_and_is_equal_a_cycle_later },
	{ "a list deeper than its pages go is proven by its parts",
	  a_list_deeper_than_its_pages_go_is_proven_by_its_parts },
	{ "what no list shows is unlisted after two looks",
	  what_no_list_shows_is_unlisted_after_two_looks },
	{ "deletions that are not believed are not looked for again",
	  deletions_that_are_not_believed_are_not_looked_for_again },
	{ "what is archived does not demote an order", what_is_archived_does_not_demote_an_order },
	{ "filters that do nothing are not relied on", filters_that_do_nothing_are_not_relied_on },
	{ "filters that show nothing are not relied on",
	  filters_that_show_nothing_are_not_relied_on },
	{ "a total of one page proves nothing", a_total_of_one_page_proves_nothing },
	{ "a page without a Date proves nothing", a_page_without_a_date_proves_nothing },
	{ "a total that runs ahead ends the sweep", a_total_that_runs_ahead_ends_the_sweep },
	{ "the end is where a list read from there began",
	  the_end_is_where_a_list_read_from_there_began },
	{ "a list by creation that grows beyond a page is read to its end",
	  a_list_by_creation_that_grows_beyond_a_page_is_read_to_its_end },
	{ "estimated totals cost few passes", estimated_totals_cost_few_passes },
	{ "an order that breaks between two pages is not relied on",
	  an_order_that_breaks_between_two_pages_is_not_relied_on },
	{ "a tail scan looks behind a full last page", a_tail_scan_looks_behind_a_full_last_page },
	{ "a tail scan that cannot see the end claims nothing",
	  a_tail_scan_that_cannot_see_the_end_claims_nothing },
	{ "a closing scan shows what the scan had shown",
	  a_closing_scan_shows_what_the_scan_had_shown },
	{ "what is gone is deleted before the closing scan asks",
	  what_is_gone_is_deleted_before_the_closing_scan_asks },
	{ "a GET does not count as shown by the scan after it",
	  a_get_does_not_count_as_shown_by_the_scan_after_it },
	{ "what lies behind the depth is asked for once",
	  what_lies_behind_the_depth_is_asked_for_once },
	{ "what a second pass does not show any more is noticed",
	  what_a_second_pass_does_not_show_any_more_is_noticed },
	{ "a first response without a Date moves no instant",
	  a_first_response_without_a_date_moves_no_instant },
	{ "an audit sees that the parts are more than the whole",
	  an_audit_sees_that_the_parts_are_more_than_the_whole },
	{ "a sweep that proves nothing tells of no absence",
	  a_sweep_that_proves_nothing_tells_of_no_absence },
	{ "after a takeover the sweep goes on, and the first instance writes nothing",
	  after_a_takeover_the_sweep_goes_on_and_the_first_instance_writes_nothing },
};

int cases_count(void)
{
	return (int)ARRAY_SIZE(cases);
}

const char *cases_name(int i)
{
	return cases[i].name;
}

bool cases_play(struct drive *drive, int i)
{
	return cases[i].play(drive) && !drive->wrong[0];
}
