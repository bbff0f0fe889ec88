/* SPDX-License-Identifier: MIT */
#include "full.h"

#include "api_time.h"
#include "certificate.h"

/* Of the conversations not seen, a sweep asks for so many, or for one in a hundred. */
#define FEWEST_RECHECKS 100

/*
 * Of those whose absence is known so many are asked for in a sweep, in turn; and by chance, where
 * those that were not seen may just be too deep.
 */
#define FEW_IN_TURN 5

/* So many rows that came again in a pass were pushed, and by no accident. */
#define ENOUGH_PUSHED 8

/* Passes over a list in no known order, if each brings nothing that was there before. */
#define MOST_PASSES 6

/* ---- beginning ------------------------------------------------------- */

static void begin_pass(struct workspace_state *state, bool backwards, int ahead)
{
	struct sweep_plan plan = {
		.per_page = state->per_page,
		.backwards = backwards,
		.order = state->order,
		.floor = TIME_NONE,
		.lookback = state->lookback,
		.expected = state->largest_total,
		.ahead = ahead,
		.probe = true,
	};

	sweep_begin(&state->full.sweep, &plan);
}

void full_begin(struct full *full, struct workspace_state *state, int ahead, bool repair)
{
	*full = (struct full){ .step = FULL_READ, .ahead = ahead, .repair = repair };
	if (state->full.running) {
		struct sweep stored = state->full.sweep;

		sweep_resume(&state->full.sweep, &stored);
		state->full.sweep.plan.ahead = 1;
		full->step = stored.begun ? FULL_JOIN : FULL_READ;
		return;
	}
	state->full = (struct full_state){ .running = true, .pass = 1, .started = TIME_NONE };
	begin_pass(state, order_ascending(state->order), ahead);
}

/*
 * Whether the next pass goes backwards. The end of a list that is too deep cannot be had. Where new
 * rows came in at the front of a list that is read forwards, they pushed those before them into our
 * way; from behind the same rows would slip past, or each of them cost a page.
 */
static bool turns_round(const struct workspace_state *state)
{
	const struct sweep *sweep = &state->full.sweep;
	int64_t pushed = sweep->repeats - (int64_t)sweep->stepped_back * sweep->per_page;

	if (sweep->plan.backwards || sweep->end == SWEEP_SHALLOW)
		return false;
	return state->order != ORDER_UNKNOWN || pushed < ENOUGH_PUSHED;
}

static void next_pass(struct full *full, struct workspace_state *state)
{
	struct full_state *f = &state->full;
	struct evidence evidence = f->sweep.watch.evidence;
	int64_t lookback = max_i64(state->lookback, f->sweep.plan.lookback);

	if (f->pass == 1)
		f->owed = certificate_owed(state);
	f->most_total = max_i64(f->most_total, f->sweep.most_total);
	f->pass++;
	/* Pages in flight together may have cost the first pass its proof; now one by one. */
	begin_pass(state, turns_round(state), 1);
	f->sweep.plan.lookback = lookback;
	f->sweep.watch.evidence = evidence;
	full->step = FULL_READ;
	full->closings = 0;
}

/* The list goes further than its pages do: its parts may show the rest. */
static void begin_partition(struct full *full, struct workspace_state *state)
{
	partition_begin(&full->partition, state, state->full.sweep.last_total,
			state->full.sweep.reach);
	partition_set_ahead(&full->partition, state->full.pass == 1 ? full->ahead : 1);
	full->step = FULL_PARTITION;
}

static void begin_closing_scan(struct full *full, const struct workspace_state *state,
			       int64_t since)
{
	struct sweep_plan plan = state->full.sweep.plan;

	plan.per_page = state->per_page;
	plan.order = certificate_order(state);
	plan.backwards = order_ascending(plan.order);
	plan.overlap = true;
	plan.probe = false;
	plan.floor = since - state->lookback;
	plan.expected = state->full.sweep.last_total;
	plan.ahead = 1;
	sweep_begin(&full->closing, &plan);
	full->closings++;
	full->step = FULL_CLOSE;
}

void full_set_ahead(struct full *full, struct workspace_state *state, int ahead)
{
	full->ahead = ahead;
	if (full->step == FULL_READ && state->full.pass == 1)
		state->full.sweep.plan.ahead = ahead;
	else if (full->step == FULL_PARTITION && state->full.pass == 1)
		partition_set_ahead(&full->partition, ahead);
}

/* ---- the next action ------------------------------------------------- */

static void commit(struct full *full, struct action *action)
{
	action_commit(&full->pending, action, SEEN_BY_SWEEP, 0);
}

static void partition_on(struct full *full, bool stage_full, struct action *action)
{
	struct partition *partition = &full->partition;

	if (partition_done(partition)) {
		full->step = FULL_FLUSH;
		commit(full, action);
	} else if (partition->asks) {
		full->step = FULL_SAVE;
		commit(full, action);
	} else if (stage_full) {
		action_commit_in_background(&full->pending, action, SEEN_BY_SWEEP, 0);
	} else if (partition_next(partition, &action->request)) {
		action->kind = ACTION_SEND;
	}
}

static void read_on(struct full *full, struct workspace_state *state, bool stage_full,
		    struct action *action)
{
	struct sweep *sweep = &state->full.sweep;

	if (full->wants_join) {
		action_ask(&full->pending, action, (struct ask){ .kind = ASK_JOINED });
	} else if (full->looked) {
		/* What was there before the sweep begins is not seen by it. */
		action_commit(&full->pending, action, SEEN_BY_NOTHING, 0);
	} else if (sweep_done(sweep) && sweep->end == SWEEP_SHALLOW) {
		begin_partition(full, state);
		partition_on(full, stage_full, action);
	} else if (sweep_done(sweep)) {
		full->step = FULL_FLUSH;
		commit(full, action);
	} else if (stage_full && sweep->begun && full->step == FULL_READ) {
		action_commit_in_background(&full->pending, action, SEEN_BY_SWEEP, 0);
	} else if (sweep_next(sweep, &action->request)) {
		action->kind = ACTION_SEND;
	}
}

/* While a commit is under way, the next pages may travel, as long as there is room for them. */
static void read_ahead(struct full *full, struct workspace_state *state, bool stage_full,
		       struct action *action)
{
	if (stage_full)
		return;
	if ((full->step == FULL_READ && sweep_next(&state->full.sweep, &action->request)) ||
	    (full->step == FULL_PARTITION && partition_next(&full->partition, &action->request)))
		action->kind = ACTION_SEND;
}

static void close_on(struct full *full, bool stage_full, struct action *action)
{
	if (sweep_done(&full->closing)) {
		full->step = FULL_FLUSH_CLOSE;
		commit(full, action);
	} else if (stage_full) {
		action_commit_in_background(&full->pending, action, SEEN_BY_SWEEP, 0);
	} else if (sweep_next(&full->closing, &action->request)) {
		action->kind = ACTION_SEND;
	}
}

/*
 * Each pass is judged alone first, then all of them by the number that the first one had to show.
 */
static void count(struct full *full, const struct workspace_state *state, struct action *action)
{
	const struct full_state *f = &state->full;
	bool both = full->step == FULL_COUNT_BOTH;
	int64_t started = both ? f->started : f->sweep.started;
	struct ask seen = {
		.kind = ASK_SEEN,
		.before = certificate_before(state, started),
		.after = started == TIME_NONE ? TIME_NONE : started + API_TIME_CLOCKS,
		.pass = both ? 0 : f->pass,
		.turn = full->repair ? INT32_MAX : FEW_IN_TURN,
	};

	action_ask(&full->pending, action, seen);
}

static void ask_curve(struct full *full, const struct workspace_state *state, struct action *action)
{
	struct ask seen = { .kind = ASK_CURVE,
			    .before = curve_window(&state->curve, state->lookback) };

	action_ask(&full->pending, action, seen);
}

/* Only a conversation that every replica had to know by then can be suspected. */
static void suspect(struct full *full, const struct workspace_state *state, struct action *action)
{
	int turn = full->repair ? IDS_MOST / 2 : FEW_IN_TURN;
	struct ask unseen = {
		.kind = ASK_SUSPECTS,
		.settled = certificate_before(state, state->full.started),
		.most = IDS_MOST - turn,
		.turn = turn,
		.by_chance = full->partition.beyond > 0,
	};

	action_ask(&full->pending, action, unseen);
}

/* How many suspects one sweep may ask for. */
static int64_t most_rechecks(const struct full *full, const struct workspace_state *state)
{
	if (full->partition.beyond > 0)
		return FEW_IN_TURN;
	return full->repair ? full->suspects : max_i64(FEWEST_RECHECKS, state->live / 100);
}

/* Whether suspects are left that may be asked for. */
static bool has_more(const struct full *full, const struct workspace_state *state)
{
	return !full->exhausted &&
	       full->rechecked < min_i64(full->suspects, most_rechecks(full, state));
}

static void publish(struct full *full, struct action *action)
{
	commit(full, action);
	action->last = true;
	action->swept = true;
	action->absences = full->proven || full->why == UNPROVEN_UNLISTED;
	action->verdict = full->verdict;
}

/* The next suspect; when all have answered, the deletions are committed. */
static void recheck_on(struct full *full, struct action *action)
{
	struct request request;

	if (recheck_next(&full->recheck, &request)) {
		action_send(&full->pending, action, &request);
		return;
	}
	full->step = FULL_DELETE;
	commit(full, action);
}

static void count_status(struct full *full, struct action *action)
{
	struct request request;

	partition_counts_next(&full->counts, &request);
	action_send(&full->pending, action, &request);
}

void full_next(void *self, struct workspace_state *state, bool stage_full, struct action *action)
{
	struct full *full = self;

	if (full->pending.waiting)
		return;
	if (full->pending.committing) {
		read_ahead(full, state, stage_full, action);
		return;
	}
	switch (full->step) {
	case FULL_READ:
	case FULL_JOIN:
		read_on(full, state, stage_full, action);
		break;
	case FULL_PARTITION:
		partition_on(full, stage_full, action);
		break;
	case FULL_SPLIT:
		action_ask(&full->pending, action,
			   (struct ask){ .kind = ASK_CELLS, .filter = full->partition.at });
		break;
	case FULL_CLOSE:
		close_on(full, stage_full, action);
		break;
	case FULL_COUNT:
	case FULL_COUNT_BOTH:
		count(full, state, action);
		break;
	case FULL_CURVE:
		ask_curve(full, state, action);
		break;
	case FULL_STATUS_SUM:
		count_status(full, action);
		break;
	case FULL_PUBLISH:
		publish(full, action);
		break;
	case FULL_SUSPECT:
		suspect(full, state, action);
		break;
	case FULL_RECHECK:
		recheck_on(full, action);
		break;
	default:
		action_done(action, full->verdict);
		break;
	}
}

/* ---- replies, answers, commits --------------------------------------- */

/* Something speaks against the proof by counting. */
static void refute(struct full *full, enum unproven why)
{
	full->why = why;
	full->proven = false;
	full->verdict = VERDICT_UNCERTIFIED;
}

/* The proof is committed, and ends the run. */
static void conclude(struct full *full, struct workspace_state *state)
{
	if (full->proven && full->proven_at == TIME_NONE)
		refute(full, UNPROVEN_UNDATED);
	if (full->proven) {
		state->holding = full->holding;
		certificate_grant(state, full->proven_at);
	} else {
		certificate_deny(state, full->why);
	}
	full->step = FULL_PUBLISH;
}

/* The count is believed when the list has no part that it keeps to itself. */
static void begin_counts(struct full *full, struct workspace_state *state)
{
	bool odd = state->certified_at == TIME_NONE || full->suspects > 0 ||
		   state->unproven == UNPROVEN_PARTS || state->full.pass > 1;

	if (full->unlisted > 0)
		refute(full, UNPROVEN_UNLISTED);
	if (!full->proven || !odd) {
		conclude(full, state);
		return;
	}
	full->step = FULL_STATUS_SUM;
	partition_counts_begin(&full->counts, state->last_total);
}

static void take_status(struct full *full, struct workspace_state *state, const struct page *page)
{
	full->pending.waiting = false;
	if (full->counts.status == STATUS_ANY)
		workspace_state_note_total(state, page);
	partition_counts_take(&full->counts, page->total);
	if (!full->counts.over)
		return;
	if (full->counts.more)
		refute(full, UNPROVEN_PARTS);
	conclude(full, state);
}

void full_page(void *self, struct workspace_state *state, const struct page *page)
{
	struct full *full = self;
	struct sweep *sweep = full->step == FULL_CLOSE ? &full->closing : &state->full.sweep;

	if (full->step == FULL_STATUS_SUM) {
		take_status(full, state, page);
		return;
	}
	if (full->step == FULL_PARTITION) {
		partition_take(&full->partition, page);
		return;
	}
	workspace_state_note_total(state, page);
	state->last_total = page->total;
	state->largest_total = max_i64(state->largest_total, page->total);
	sweep_take(sweep, page);
	state->per_page = sweep->per_page;
	if (state->full.pass == 1 && state->full.started == TIME_NONE)
		state->full.started = state->full.sweep.started;
	full->wants_join = full->step == FULL_JOIN;
	full->looked = sweep == &state->full.sweep && !sweep->begun;
}

bool full_refused(void *self, struct workspace_state *state)
{
	struct full *full = self;

	switch (full->step) {
	case FULL_READ:
	case FULL_JOIN:
		full->step = FULL_READ;
		return sweep_refuse(&state->full.sweep);
	case FULL_PARTITION:
		return partition_refuse(&full->partition);
	case FULL_CLOSE:
		return sweep_refuse(&full->closing);
	default:
		return false;
	}
}

void full_item(void *self, struct workspace_state *state, enum item_outcome outcome,
	       int64_t updated_at)
{
	struct full *full = self;

	(void)state;
	full->pending.waiting = false;
	full->rechecked += full->recheck.step == RECHECK_ASK;
	recheck_take(&full->recheck, outcome, updated_at);
}

static enum unproven why_short(const struct sweep *sweep)
{
	if (sweep->started == TIME_NONE)
		return UNPROVEN_UNDATED;
	if (sweep->untold)
		return UNPROVEN_UNTOLD;
	return sweep->beyond ? UNPROVEN_CUT : UNPROVEN_SHORT;
}

/*
 * A conversation that was not seen may have been skipped, or be gone: a GET of each tells, proof or
 * no proof.
 */
static void settle(struct full *full, struct workspace_state *state, enum verdict verdict)
{
	full->verdict = verdict;
	full->proven = verdict == VERDICT_CERTIFIED;
	if (verdict == VERDICT_LOST)
		full->why = UNPROVEN_LOST;
	else if (!full->proven)
		full->why = why_short(&state->full.sweep);
	full->suspects = verdict == VERDICT_LOST ? 0 : full->suspects;
	if (has_more(full, state))
		full->step = FULL_SUSPECT;
	else
		begin_counts(full, state);
}

/* Whether all of the list was read that there is, so that reading it again may prove it. */
static bool was_read(const struct full *full, const struct workspace_state *state)
{
	const struct sweep *sweep = &state->full.sweep;

	if (sweep->end == SWEEP_SHALLOW)
		return !full->partition.lost && full->partition.beyond == 0;
	return sweep->end == SWEEP_ALL;
}

/* Keeps the depth to which the list may be read, as the sweep learned it. */
static void note_depth(const struct full *full, struct workspace_state *state)
{
	const struct sweep *sweep = &state->full.sweep;

	if (sweep->end != SWEEP_SHALLOW && sweep->end != SWEEP_ALL)
		return;
	state->depth = sweep->end == SWEEP_SHALLOW ? sweep->reach : 0;
	state->parts = sweep->end == SWEEP_SHALLOW ? full->partition.opened : 0;
	state->beyond = sweep->end == SWEEP_SHALLOW ? full->partition.beyond : 0;
}

/* Whether another pass may succeed where those before it proved nothing. */
static bool may_go_on(const struct full *full, const struct workspace_state *state)
{
	const struct full_state *f = &state->full;
	const struct sweep *sweep = &f->sweep;

	/* Where the list goes on behind its total, no number of passes proves anything. */
	if (!was_read(full, state) || sweep->started == TIME_NONE || sweep->beyond)
		return false;
	if (f->pass == 1)
		return true;
	/* The parts of a list that is too deep are read one after another, twice. */
	if (sweep->end == SWEEP_SHALLOW)
		return false;
	/* Ties that come in another order each time: as long as each pass finds more of them. */
	if (full->distinct > full->together && full->distinct < f->owed)
		return f->pass < FULL_PASSES_MOST;
	/* The totals of this pass, and of those before, may prove the next one. */
	return state->order == ORDER_UNKNOWN && !full->jumpy && f->pass < MOST_PASSES &&
	       state->curve.n > 0 && sweep->latest != TIME_NONE &&
	       sweep->latest - state->curve.steps[0].from >= state->lookback;
}

/* The passes so far prove nothing by the totals of their first responses. */
static void go_on(struct full *full, struct workspace_state *state)
{
	struct full_state *f = &state->full;

	if (may_go_on(full, state)) {
		full->together = full->distinct;
		next_pass(full, state);
	} else {
		settle(full, state,
		       f->sweep.end == SWEEP_LOST || full->partition.lost ? VERDICT_LOST
									  : VERDICT_UNCERTIFIED);
	}
	note_depth(full, state);
}

static void judge(struct full *full, struct workspace_state *state, const struct answer *answer)
{
	struct full_state *f = &state->full;
	bool all = full->step == FULL_COUNT_BOTH, snapshot = !all && certificate_is_snapshot(state);
	int64_t started = all ? f->started : f->sweep.started;
	int64_t owed = all ? f->owed : certificate_owed(state);
	int64_t total = all ? f->owed : f->sweep.first_total;

	full->distinct = answer->n[0];
	full->suspects = answer->n[1];
	full->holding = answer->n[3];
	if (f->sweep.untold) {
		settle(full, state, VERDICT_UNCERTIFIED);
	} else if (snapshot || (certificate_is_sound(state, total, all) && started != TIME_NONE &&
				answer->n[0] == owed)) {
		full->proven_at = started;
		settle(full, state, VERDICT_CERTIFIED);
		note_depth(full, state);
	} else if (f->pass > 1 && !all) {
		full->step = FULL_COUNT_BOTH;
	} else if (certificate_has_curve(state)) {
		full->step = FULL_CURVE;
	} else {
		go_on(full, state);
	}
}

static void judge_curve(struct full *full, struct workspace_state *state,
			const struct answer *answer)
{
	full->jumpy = answer->seen.groups >= 0 &&
		      !curve_is_steady(&state->curve, &answer->seen, state->full.sweep.started);
	if (answer->seen.groups >= 0 && !state->full.sweep.beyond &&
	    curve_proves(&state->curve, &answer->seen, state->full.sweep.started, state->lookback,
			 &full->proven_at)) {
		settle(full, state, VERDICT_CERTIFIED);
		note_depth(full, state);
	} else {
		go_on(full, state);
	}
}

static void begin_rechecks(struct full *full, struct workspace_state *state,
			   const struct answer *answer)
{
	int64_t left = most_rechecks(full, state) - full->rechecked;

	full->recheck.repair = full->repair;
	recheck_begin(&full->recheck, answer, (int)min_i64(left, IDS_MOST), TIME_NONE,
		      certificate_before(state, full->proven_at));
	/* All that were not seen are too young to be suspected: the sweep ends as it is. */
	full->exhausted = full->recheck.n <= 0;
	if (full->exhausted)
		begin_counts(full, state);
	else
		full->step = FULL_RECHECK;
}

/*
 * A page that shows no stored row is not the place; then the one before it is tried.
 */
static void join(struct full *full, struct workspace_state *state, bool joined)
{
	struct sweep *sweep = &state->full.sweep;

	full->wants_join = false;
	if (!sweep_joined(sweep, joined))
		return;
	sweep->plan.ahead = state->full.pass == 1 ? full->ahead : 1;
	full->step = FULL_READ;
}

void full_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct full *full = self;

	full->pending.waiting = false;
	switch (full->step) {
	case FULL_JOIN:
		join(full, state, answer->n[0] > 0);
		break;
	case FULL_SUSPECT:
		begin_rechecks(full, state, answer);
		break;
	case FULL_SPLIT:
		partition_split(&full->partition, answer->parts);
		full->step = FULL_PARTITION;
		break;
	case FULL_CURVE:
		judge_curve(full, state, answer);
		break;
	default:
		judge(full, state, answer);
		break;
	}
}

static void end_closing_scan(struct full *full, struct workspace_state *state)
{
	const struct sweep *closing = &full->closing;
	bool again = sweep_has_moved(closing);

	if (closing->end == SWEEP_DISORDER || closing->end == SWEEP_LOST ||
	    closing->end == SWEEP_SHALLOW ||
	    (again && (full->closings >= SWEEP_CLOSINGS_MOST || closing->started == TIME_NONE))) {
		settle(full, state, VERDICT_UNCERTIFIED);
	} else if (again) {
		begin_closing_scan(full, state, closing->started);
	} else {
		full->step = FULL_COUNT;
	}
}

void full_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct full *full = self;

	if (!action_committed(&full->pending))
		return;
	switch (full->step) {
	case FULL_READ:
	case FULL_JOIN:
		full->looked = false;
		break;
	case FULL_SAVE:
		full->step = FULL_SPLIT;
		break;
	case FULL_FLUSH:
		if (certificate_needs_closing(state))
			begin_closing_scan(full, state, state->full.sweep.started);
		else
			full->step = FULL_COUNT;
		break;
	case FULL_FLUSH_CLOSE:
		end_closing_scan(full, state);
		break;
	case FULL_DELETE:
		full->holding = tally->holding;
		full->unlisted += full->proven ? full->recheck.unchanged : 0;
		if (has_more(full, state))
			full->step = FULL_SUSPECT;
		else
			begin_counts(full, state);
		break;
	default: /* FULL_PUBLISH */
		full->step = FULL_OVER;
		break;
	}
}

bool full_deletes(const void *self, int i)
{
	const struct full *full = self;

	return full->step == FULL_DELETE && recheck_deletes(&full->recheck, i);
}

enum absence full_absence(const void *self, int i)
{
	const struct full *full = self;
	enum absence absence =
		full->step == FULL_DELETE ? recheck_absence(&full->recheck, i) : ABSENCE_NONE;

	/* A sweep that proves nothing may have skipped conversations that are there. */
	return absence == ABSENCE_HERE && full->verdict != VERDICT_CERTIFIED ? ABSENCE_NONE
									     : absence;
}
