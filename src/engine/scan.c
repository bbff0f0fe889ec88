/* SPDX-License-Identifier: MIT */
#include "scan.h"

/* A scan under which rows moved that have one and the same time is read again, so often. */
#define MOST_TRIES 3

/*
 * More conversations than this that should have been shown are no accident: the order has changed.
 */
#define MOST_UNSEEN 20

static void begin_sweep(struct sweep *sweep, const struct workspace_state *state, int64_t floor)
{
	struct sweep_plan plan = {
		.per_page = state->per_page,
		.backwards = order_ascending(state->order),
		.overlap = true,
		.probe = true,
		.order = state->order,
		.floor = floor,
		.lookback = state->lookback,
		.expected = state->last_total,
		.ahead = 1,
	};

	sweep_begin(sweep, &plan);
}

/*
 * Without a watermark everything is above the floor; and in a list that does not stand by update
 * old ones may have changed anywhere.
 */
static int64_t floor_of(const struct workspace_state *state, int64_t since)
{
	bool all = since == TIME_NONE || !order_by_update(state->order);

	return all ? TIME_NONE + 1 : since - state->lookback;
}

static void begin_try(struct scan *scan, const struct workspace_state *state)
{
	scan->tries++;
	scan->number++;
	begin_sweep(&scan->sweep, state, floor_of(state, state->watermark));
	scan->step = SCAN_READ;
}

void scan_begin(struct scan *scan, const struct workspace_state *state, int number)
{
	*scan = (struct scan){ .number = number, .started = TIME_NONE, .limit = TIME_NONE };
	begin_try(scan, state);
}

/* ---- the next action ------------------------------------------------- */

static void read_on(struct scan *scan, struct sweep *sweep, bool stage_full, struct action *action)
{
	bool done = sweep_done(sweep);

	if (done && scan->step == SCAN_READ && sweep->pages == 1) {
		scan->step = SCAN_CHECK;
		return;
	}
	if (done) {
		scan->step = scan->step == SCAN_READ ? SCAN_FLUSH : SCAN_FLUSH_CLOSE;
		action_commit(&scan->pending, action, SEEN_BY_SCAN, scan->number);
	} else if (stage_full) {
		action_commit_in_background(&scan->pending, action, SEEN_BY_SCAN, scan->number);
	} else if (sweep_next(sweep, &action->request)) {
		action->kind = ACTION_SEND;
	}
}

/* The scan shows changes after this instant. */
static int64_t oldest(const struct scan *scan)
{
	return scan->sweep.end == SWEEP_ALL ? TIME_NONE : scan->sweep.oldest;
}

static void check(struct scan *scan, struct action *action)
{
	struct ask unseen = {
		.kind = ASK_UNSEEN,
		.after = oldest(scan),
		.before = TIME_NONE,
		.scan = scan->number,
		.settled = scan->limit,
		.with_page = scan->sweep.pages == 1 && !scan->flushed,
		.most = MOST_UNSEEN,
	};

	action_ask(&scan->pending, action, unseen);
}

/* Those that every machine had to show by then, in their places, between its two ends. */
static void check_closing(struct scan *scan, struct action *action)
{
	const struct sweep *closing = &scan->closing;
	struct ask unseen = {
		.kind = ASK_UNSEEN,
		.after = closing->end == SWEEP_ALL ? TIME_NONE : closing->oldest,
		.before = closing->started - closing->plan.lookback,
		.scan = scan->number,
		.settled = TIME_NONE,
	};

	action_ask(&scan->pending, action, unseen);
}

static void publish(struct scan *scan, struct action *action)
{
	action_commit(&scan->pending, action, SEEN_BY_SCAN, scan->number);
	action->last = true;
	action->verdict = scan->verdict;
}

static void count_status(struct scan *scan, struct action *action)
{
	struct request request;

	partition_counts_next(&scan->counts, &request);
	action_send(&scan->pending, action, &request);
}

void scan_next(void *self, struct workspace_state *state, bool stage_full, struct action *action)
{
	struct scan *scan = self;
	struct request request;

	(void)state;
	if (scan->pending.waiting || scan->pending.committing)
		return;
	if (scan->step == SCAN_READ)
		read_on(scan, &scan->sweep, stage_full, action);
	else if (scan->step == SCAN_CLOSE)
		read_on(scan, &scan->closing, stage_full, action);
	else if (scan->step == SCAN_RECHECK && recheck_next(&scan->recheck, &request))
		action_send(&scan->pending, action, &request);
	else if (scan->step == SCAN_STATUS_SUM)
		count_status(scan, action);
	else if (scan->step == SCAN_FLUSH_PAGE || scan->step == SCAN_FLUSH_AGAIN ||
		 scan->step == SCAN_DELETE)
		action_commit(&scan->pending, action, SEEN_BY_SCAN, scan->number);
	else if (scan->step == SCAN_PUBLISH)
		publish(scan, action);
	else if (scan->step == SCAN_OVER)
		action_done(action, scan->verdict);
	if (scan->step == SCAN_CHECK)
		check(scan, action);
	else if (scan->step == SCAN_CHECK_CLOSE)
		check_closing(scan, action);
}

/* ---- replies, answers, commits --------------------------------------- */

static void end_with(struct scan *scan, enum verdict verdict)
{
	scan->verdict = verdict;
	scan->step = SCAN_PUBLISH;
}

/* The list does not stand in the order any more. */
static void demote(struct scan *scan, struct workspace_state *state)
{
	workspace_state_demote(state);
	end_with(scan, VERDICT_DEMOTED);
}

/* Only another look at everything can explain this. */
static void give_up(struct scan *scan, struct workspace_state *state)
{
	state->needs_full = FULL_UNEXPLAINED;
	end_with(scan, VERDICT_UNEXPLAINED);
}

/* Every change up to the start has been shown, and nothing speaks against it. */
static void publish_instants(struct scan *scan, struct workspace_state *state)
{
	int64_t started = scan->sweep.started, newest = scan->sweep.newest;

	scan->started = started;
	state->audit_due = state->audit_due || scan->unaccounted != 0;
	/*
	 * The API counts a conversation that we do not hold: something is missing, though the scan
	 * ended well.
	 */
	if (scan->unaccounted > 0 || started == TIME_NONE) {
		end_with(scan, VERDICT_UNEXPLAINED);
		return;
	}
	state->watermark =
		max_i64(state->watermark, newest == TIME_NONE ? started : min_i64(newest, started));
	state->watermark = max_i64(state->watermark, started - state->lookback);
	workspace_state_publish_complete(state, started);
	end_with(scan, VERDICT_COMPLETE);
}

/*
 * The rows that the scan showed are believed. Where the API counts fewer than
 * are held, some are gone; or have left the whole list, and then their change
 * was not shown, either. And of a list that no sweep has proven nobody knows
 * that its total is all.
 */
static void accept_scan(struct scan *scan, struct workspace_state *state)
{
	bool proven = state->certified_at != TIME_NONE;

	if ((scan->unaccounted >= 0 && proven) || scan->sweep.started == TIME_NONE) {
		publish_instants(scan, state);
		return;
	}
	partition_counts_begin(&scan->counts, state->last_total);
	scan->step = SCAN_STATUS_SUM;
}

static void take_status(struct scan *scan, struct workspace_state *state, const struct page *page)
{
	scan->pending.waiting = false;
	partition_counts_take(&scan->counts, page->total);
	if (!scan->counts.over)
		return;
	state->audit_due = state->audit_due || scan->unaccounted < 0;
	if (scan->counts.more) {
		workspace_state_withhold(state, UNPROVEN_PARTS);
		end_with(scan, VERDICT_UNEXPLAINED);
	} else {
		publish_instants(scan, state);
	}
}

static void begin_closing_scan(struct scan *scan, const struct workspace_state *state,
			       int64_t since)
{
	scan->closings++;
	scan->number++;
	begin_sweep(&scan->closing, state, floor_of(state, since));
	scan->step = SCAN_CLOSE;
}

/* Whether those that were not shown are not counted either: then they stand nowhere in the list. */
static bool is_uncounted(const struct scan *scan)
{
	return scan->sweep.pages == 1 && scan->unaccounted == -scan->recheck.unchanged;
}

/* Whether it was more than one moment. That it was looked behind a full page does not count. */
static bool is_several(const struct sweep *sweep)
{
	return sweep->pages - sweep->probed > 1;
}

/* The rows that the scan showed have been looked into: are they believed? */
static void judge(struct scan *scan, struct workspace_state *state)
{
	bool several = is_several(&scan->sweep);
	bool shaky = several && sweep_shaky(&scan->sweep);
	/* When all was read, and it was not there, that says nothing about the order. */
	bool missed =
		scan->recheck.unchanged > 0 && scan->sweep.end == SWEEP_ALL && !is_uncounted(scan);
	/* It may have jumped over us, and a machine that is behind show it as it was. */
	bool jumped = scan->recheck.unchanged > 0 && sweep_has_moved(&scan->sweep);

	if (scan->recheck.api_unreliable)
		end_with(scan, VERDICT_UNEXPLAINED);
	else if ((shaky || jumped) && scan->tries < MOST_TRIES)
		scan->step = SCAN_FLUSH_AGAIN;
	else if (shaky || missed || (several && scan->sweep.started == TIME_NONE))
		give_up(scan, state);
	else if (scan->recheck.unchanged > 0 && !is_uncounted(scan))
		demote(scan, state);
	else if (sweep_has_moved(&scan->sweep) && scan->recheck.n > 0)
		scan->step = SCAN_DELETE;
	else if (sweep_has_moved(&scan->sweep))
		begin_closing_scan(scan, state, scan->sweep.started);
	else
		accept_scan(scan, state);
}

/* The sweep is over in a way that needs no queries. */
static bool is_hopeless(struct scan *scan, struct workspace_state *state)
{
	/* Where its end lies too deep, no scan begins there until a full sweep says otherwise. */
	if (scan->sweep.end == SWEEP_SHALLOW && scan->sweep.reach > 0)
		state->depth = scan->sweep.reach;
	if (scan->sweep.end == SWEEP_DISORDER)
		demote(scan, state);
	else if (scan->sweep.end == SWEEP_LOST || scan->sweep.end == SWEEP_SHALLOW ||
		 (is_several(&scan->sweep) && !order_by_update(state->order)))
		give_up(scan, state);
	return scan->step == SCAN_PUBLISH;
}

/*
 * The closing scan is at rest. If it did not show a row that it should have shown, rows stand
 * elsewhere, and those that have jumped may too. If it was one page, it was one moment, too.
 */
static void close(struct scan *scan, struct workspace_state *state, const struct answer *answer)
{
	if (answer->n[0] > 0) {
		if (scan->tries < MOST_TRIES)
			scan->step = SCAN_FLUSH_AGAIN;
		else
			give_up(scan, state);
		return;
	}
	if (scan->closing.pages == 1)
		scan->unaccounted = scan->closing.last_total - state->live - scan->rejected +
				    recheck_losses(&scan->recheck);
	accept_scan(scan, state);
}

static void end_closing_scan(struct scan *scan, struct workspace_state *state)
{
	const struct sweep *closing = &scan->closing;
	bool again = sweep_has_moved(closing);

	if (closing->end == SWEEP_DISORDER)
		demote(scan, state);
	else if (closing->end == SWEEP_LOST || closing->end == SWEEP_SHALLOW ||
		 closing->started == TIME_NONE || (again && scan->closings >= SWEEP_CLOSINGS_MOST))
		give_up(scan, state);
	else if (again)
		begin_closing_scan(scan, state, closing->started);
	else
		scan->step = SCAN_CHECK_CLOSE;
}

void scan_page(void *self, struct workspace_state *state, const struct page *page)
{
	struct scan *scan = self;
	struct sweep *sweep = scan->step == SCAN_CLOSE ? &scan->closing : &scan->sweep;

	if (scan->step == SCAN_STATUS_SUM) {
		take_status(scan, state, page);
		return;
	}
	workspace_state_note_total(state, page);
	sweep_take(sweep, page);
	state->per_page = sweep->per_page;
	state->last_total = page->total;
	state->largest_total = max_i64(state->largest_total, page->total);
	if (scan->started == TIME_NONE)
		scan->started = sweep->started;
	if (scan->step != SCAN_READ || !sweep_done(sweep))
		return;
	if (sweep->started != TIME_NONE)
		scan->limit = sweep->started - state->lookback;
	(void)is_hopeless(scan, state);
}

bool scan_refused(void *self, struct workspace_state *state)
{
	struct scan *scan = self;

	struct sweep *sweep = scan->step == SCAN_CLOSE ? &scan->closing : &scan->sweep;

	if ((scan->step != SCAN_READ && scan->step != SCAN_CLOSE) || !sweep_refuse(sweep))
		return false;
	if (scan->step == SCAN_READ && sweep_done(sweep))
		(void)is_hopeless(scan, state);
	return true;
}

void scan_item(void *self, struct workspace_state *state, enum item_outcome outcome,
	       int64_t updated_at)
{
	struct scan *scan = self;

	scan->pending.waiting = false;
	recheck_take(&scan->recheck, outcome, updated_at);
	if (!recheck_over(&scan->recheck))
		return;
	scan->unaccounted += recheck_losses(&scan->recheck);
	judge(scan, state);
}

void scan_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct scan *scan = self;
	const struct sweep *sweep = &scan->sweep;

	scan->pending.waiting = false;
	if (scan->step == SCAN_CHECK_CLOSE) {
		close(scan, state, answer);
		return;
	}
	/*
	 * New rows of a single page are committed first: they may be late, and a longer lookback is
	 * stored with the next commit.
	 */
	if (sweep->pages == 1 && answer->n[1] > 0 && !scan->flushed) {
		scan->flushed = true;
		scan->step = SCAN_FLUSH_PAGE;
		return;
	}
	/*
	 * A single page is one moment, and so are several under which nothing moved: the total is
	 * exactly the number that must be held after the merge.
	 */
	scan->rejected = answer->rejected;
	scan->unaccounted = sweep->pages == 1 || !sweep->moved
				    ? sweep->last_total - answer->live + answer->absent -
					      answer->rejected - answer->n[1]
				    : 0;
	recheck_begin(&scan->recheck, answer, MOST_UNSEEN, oldest(scan), scan->limit);
	if (answer->n[0] > MOST_UNSEEN)
		give_up(scan, state);
	else if (recheck_over(&scan->recheck))
		judge(scan, state);
	else
		scan->step = SCAN_RECHECK;
}

/* The answers are committed, so the next question may be asked. */
static void close_anew(struct scan *scan, const struct workspace_state *state)
{
	recheck_begin(&scan->recheck, &(struct answer){ .ids = 0 }, 0, TIME_NONE, TIME_NONE);
	begin_closing_scan(scan, state, scan->sweep.started);
}

void scan_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct scan *scan = self;

	(void)tally;
	if (!action_committed(&scan->pending))
		return;
	if (scan->step == SCAN_FLUSH || scan->step == SCAN_FLUSH_PAGE)
		scan->step = SCAN_CHECK;
	else if (scan->step == SCAN_FLUSH_AGAIN)
		begin_try(scan, state);
	else if (scan->step == SCAN_DELETE)
		close_anew(scan, state);
	else if (scan->step == SCAN_FLUSH_CLOSE)
		end_closing_scan(scan, state);
	else
		scan->step = SCAN_OVER;
}

/* Whether the commit under way settles those that were asked for. */
static bool is_settling(const struct scan *scan)
{
	return scan->step == SCAN_PUBLISH || scan->step == SCAN_DELETE;
}

bool scan_deletes(const void *self, int i)
{
	const struct scan *scan = self;

	return is_settling(scan) && recheck_deletes(&scan->recheck, i);
}

enum absence scan_absence(const void *self, int i)
{
	const struct scan *scan = self;
	enum absence absence =
		is_settling(scan) ? recheck_absence(&scan->recheck, i) : ABSENCE_NONE;

	/* One that is there has changed since the scan began: the next one shows it. */
	return absence == ABSENCE_GONE ? absence : ABSENCE_NONE;
}
