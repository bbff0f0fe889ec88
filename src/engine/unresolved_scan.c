/* SPDX-License-Identifier: MIT */
#include "unresolved_scan.h"

static void begin_sweep(struct unresolved_scan *unresolved_scan,
			const struct workspace_state *state, enum status status)
{
	struct sweep_plan plan = {
		.filter = { .status = status },
		.per_page = state->per_page,
		.overlap = true,
		.floor = TIME_NONE,
		.lookback = state->lookback,
		.expected = state->largest_total,
		.ahead = 1,
		.probe = true,
	};

	unresolved_scan->status = status;
	sweep_begin(&unresolved_scan->sweep, &plan);
}

/*
 * From the fresh end of a list that goes by creation, to the conversations that the last full sweep
 * has seen.
 */
static void begin_new(struct unresolved_scan *unresolved_scan, const struct workspace_state *state)
{
	struct sweep_plan plan = {
		.per_page = state->per_page,
		.backwards = order_ascending(state->order),
		.overlap = true,
		.order = state->order,
		.floor = state->watermark - state->lookback,
		.lookback = state->lookback,
		.expected = state->last_total,
		.ahead = 1,
		.probe = true,
	};

	sweep_begin(&unresolved_scan->sweep, &plan);
	unresolved_scan->step = UNRESOLVED_SCAN_NEW;
}

void unresolved_scan_begin(struct unresolved_scan *unresolved_scan,
			   const struct workspace_state *state, int number)
{
	*unresolved_scan = (struct unresolved_scan){ .step = UNRESOLVED_SCAN_READ,
						     .number = number + 1,
						     .started = TIME_NONE,
						     .limit = TIME_NONE,
						     .verdict = VERDICT_ACTIVE };
	begin_sweep(unresolved_scan, state, STATUS_OPEN);
}

/* ---- the next action ------------------------------------------------- */

static void flush(struct unresolved_scan *unresolved_scan, struct action *action)
{
	unresolved_scan->step = UNRESOLVED_SCAN_FLUSH;
	action_commit(&unresolved_scan->pending, action, SEEN_BY_SCAN, unresolved_scan->number);
}

/* The sweep is over: its findings are kept in mind, and the next thing begins. */
static void after_sweep(struct unresolved_scan *unresolved_scan,
			const struct workspace_state *state, struct action *action)
{
	bool by_creation = state->order != ORDER_UNKNOWN && !order_by_update(state->order) &&
			   workspace_state_reaches_new(state);

	if (unresolved_scan->sweep.end != SWEEP_ALL && unresolved_scan->sweep.end != SWEEP_FLOOR)
		unresolved_scan->verdict = VERDICT_UNEXPLAINED;
	if (unresolved_scan->sweep.end == SWEEP_SHALLOW || state->filterless)
		unresolved_scan->cut_short = true;
	if (unresolved_scan->step == UNRESOLVED_SCAN_READ ||
	    unresolved_scan->step == UNRESOLVED_SCAN_RESOLVED)
		unresolved_scan->totals[unresolved_scan->status] =
			unresolved_scan->sweep.last_total;
	if (unresolved_scan->step == UNRESOLVED_SCAN_READ &&
	    unresolved_scan->status < STATUS_SNOOZED)
		begin_sweep(unresolved_scan, state, unresolved_scan->status + 1);
	else if (unresolved_scan->step == UNRESOLVED_SCAN_READ && by_creation &&
		 state->watermark != TIME_NONE)
		begin_new(unresolved_scan, state);
	else if (unresolved_scan->step == UNRESOLVED_SCAN_RESOLVED)
		flush(unresolved_scan, action);
	else
		unresolved_scan->step = UNRESOLVED_SCAN_COUNT;
}

/* A list of one status shows others, too: the other lists would show the same once more. */
static bool is_idle(struct unresolved_scan *unresolved_scan, const struct workspace_state *state)
{
	if (!state->filterless || unresolved_scan->sweep.asked > 0)
		return false;
	unresolved_scan->idle = true;
	unresolved_scan->verdict = VERDICT_UNEXPLAINED;
	return true;
}

static void read_on(struct unresolved_scan *unresolved_scan, const struct workspace_state *state,
		    bool stage_full, struct action *action)
{
	if (sweep_done(&unresolved_scan->sweep))
		after_sweep(unresolved_scan, state, action);
	else if (is_idle(unresolved_scan, state))
		flush(unresolved_scan, action);
	else if (stage_full)
		action_commit_in_background(&unresolved_scan->pending, action, SEEN_BY_SCAN,
					    unresolved_scan->number);
	else if (sweep_next(&unresolved_scan->sweep, &action->request))
		action->kind = ACTION_SEND;
}

/* How many are resolved, and then how many there are in all. */
static void count(struct unresolved_scan *unresolved_scan, struct action *action)
{
	struct request request = {
		.kind = REQUEST_LIST,
		.filter = { .status = unresolved_scan->step == UNRESOLVED_SCAN_COUNT
					      ? STATUS_RESOLVED
					      : STATUS_ANY },
		.page = 1,
		.per_page = 1,
	};

	action_send(&unresolved_scan->pending, action, &request);
}

static void publish(struct unresolved_scan *unresolved_scan, struct action *action)
{
	action_commit(&unresolved_scan->pending, action, SEEN_BY_SCAN, unresolved_scan->number);
	action->last = true;
	action->verdict = unresolved_scan->verdict;
}

static void ask(struct unresolved_scan *unresolved_scan, struct action *action, enum ask_kind kind)
{
	struct ask query = { .kind = kind,
			     .settled = unresolved_scan->limit,
			     .scan = unresolved_scan->number,
			     .most = IDS_MOST };

	action_ask(&unresolved_scan->pending, action, query);
}

static void recheck_on(struct unresolved_scan *unresolved_scan, struct action *action)
{
	struct request request;

	if (recheck_next(&unresolved_scan->recheck, &request))
		action_send(&unresolved_scan->pending, action, &request);
}

void unresolved_scan_next(void *self, struct workspace_state *state, bool stage_full,
			  struct action *action)
{
	struct unresolved_scan *unresolved_scan = self;

	while (action->kind == ACTION_WAIT && !unresolved_scan->pending.waiting &&
	       !unresolved_scan->pending.committing) {
		switch (unresolved_scan->step) {
		case UNRESOLVED_SCAN_READ:
		case UNRESOLVED_SCAN_NEW:
		case UNRESOLVED_SCAN_RESOLVED:
			read_on(unresolved_scan, state, stage_full, action);
			/* Nothing to send and not over: replies are awaited. */
			if (action->kind == ACTION_WAIT && unresolved_scan->sweep.asked > 0)
				return;
			break;
		case UNRESOLVED_SCAN_COUNT:
		case UNRESOLVED_SCAN_COUNT_ALL:
			count(unresolved_scan, action);
			break;
		case UNRESOLVED_SCAN_LEAVERS:
			ask(unresolved_scan, action, ASK_LEAVERS);
			break;
		case UNRESOLVED_SCAN_RECHECK:
			recheck_on(unresolved_scan, action);
			break;
		case UNRESOLVED_SCAN_DELETE:
		case UNRESOLVED_SCAN_FLUSH:
			action_commit(&unresolved_scan->pending, action, SEEN_BY_SCAN,
				      unresolved_scan->number);
			break;
		case UNRESOLVED_SCAN_COMPARE:
			ask(unresolved_scan, action, ASK_COUNTS);
			break;
		case UNRESOLVED_SCAN_PUBLISH:
			publish(unresolved_scan, action);
			break;
		case UNRESOLVED_SCAN_OVER:
			action_done(action, unresolved_scan->verdict);
			break;
		}
	}
}

/* ---- replies, answers, commits --------------------------------------- */

static void take_count(struct unresolved_scan *unresolved_scan, struct workspace_state *state,
		       const struct page *page)
{
	unresolved_scan->pending.waiting = false;
	if (unresolved_scan->step == UNRESOLVED_SCAN_COUNT)
		unresolved_scan->totals[STATUS_RESOLVED] = page->total;
	else
		unresolved_scan->totals[STATUS_ANY] = page->total;
	if (unresolved_scan->step == UNRESOLVED_SCAN_COUNT_ALL)
		workspace_state_note_total(state, page);
	unresolved_scan->step = unresolved_scan->step == UNRESOLVED_SCAN_COUNT
					? UNRESOLVED_SCAN_COUNT_ALL
					: UNRESOLVED_SCAN_FLUSH;
}

void unresolved_scan_page(void *self, struct workspace_state *state, const struct page *page)
{
	struct unresolved_scan *unresolved_scan = self;

	/* A later response would say that the cycle began when lists had been read already. */
	if (!unresolved_scan->begun)
		unresolved_scan->started = page->date;
	unresolved_scan->begun = true;
	if (unresolved_scan->limit == TIME_NONE && page->date != TIME_NONE)
		unresolved_scan->limit = page->date - state->lookback;
	if (unresolved_scan->step == UNRESOLVED_SCAN_COUNT ||
	    unresolved_scan->step == UNRESOLVED_SCAN_COUNT_ALL) {
		take_count(unresolved_scan, state, page);
		return;
	}
	sweep_take(&unresolved_scan->sweep, page);
	if (unresolved_scan->step == UNRESOLVED_SCAN_NEW &&
	    unresolved_scan->sweep.end == SWEEP_DISORDER) {
		workspace_state_demote(state);
		unresolved_scan->verdict = VERDICT_DEMOTED;
	}
}

bool unresolved_scan_refused(void *self, struct workspace_state *state)
{
	struct unresolved_scan *unresolved_scan = self;

	(void)state;
	return unresolved_scan->step != UNRESOLVED_SCAN_COUNT &&
	       sweep_refuse(&unresolved_scan->sweep);
}

void unresolved_scan_item(void *self, struct workspace_state *state, enum item_outcome outcome,
			  int64_t updated_at)
{
	struct unresolved_scan *unresolved_scan = self;

	(void)state;
	unresolved_scan->pending.waiting = false;
	recheck_take(&unresolved_scan->recheck, outcome, updated_at);
	if (unresolved_scan->recheck.api_unreliable)
		unresolved_scan->verdict = VERDICT_UNEXPLAINED;
	if (recheck_over(&unresolved_scan->recheck))
		unresolved_scan->step = UNRESOLVED_SCAN_DELETE;
}

/* Many have left: reading all that is resolved may cost less than asking for each. */
static bool sweep_is_cheaper(const struct unresolved_scan *unresolved_scan,
			     const struct workspace_state *state, int64_t leavers)
{
	int64_t resolved = unresolved_scan->totals[STATUS_RESOLVED];
	bool too_deep = state->depth > 0 && resolved > state->depth;

	return !unresolved_scan->resolved_read && !too_deep &&
	       leavers > sweep_pages(resolved, state->per_page) + 1;
}

static void begin_leavers(struct unresolved_scan *unresolved_scan,
			  const struct workspace_state *state, const struct answer *answer)
{
	if (sweep_is_cheaper(unresolved_scan, state, answer->n[0])) {
		unresolved_scan->resolved_read = true;
		begin_sweep(unresolved_scan, state, STATUS_RESOLVED);
		unresolved_scan->step = UNRESOLVED_SCAN_RESOLVED;
		return;
	}
	recheck_begin(&unresolved_scan->recheck, answer, IDS_MOST, TIME_NONE,
		      unresolved_scan->limit);
	unresolved_scan->step = recheck_over(&unresolved_scan->recheck) ? UNRESOLVED_SCAN_COMPARE
									: UNRESOLVED_SCAN_RECHECK;
}

/*
 * Whether a list that was read has as many rows as all lists together, and is not the only one:
 * then no list is said to have more, and this one may be cut.
 */
static bool is_cut(const struct unresolved_scan *unresolved_scan)
{
	int64_t sum = 0, most = 0;

	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++) {
		sum += unresolved_scan->totals[s];
		if (s < STATUS_RESOLVED)
			most = max_i64(most, unresolved_scan->totals[s]);
	}
	return most > 0 && most >= unresolved_scan->totals[STATUS_ANY] && sum > most;
}

/*
 * Whether the statuses are fewer than all that there was before the cycle, and after it, but for
 * those that no list has by its status: then filters leave some out, or some have moved meanwhile
 * from a list that was not read yet to one that was.
 */
static bool leaves_out(const struct unresolved_scan *unresolved_scan, int64_t before,
		       const struct answer *answer)
{
	int64_t all = min_i64(before, unresolved_scan->totals[STATUS_ANY]);

	return action_unfiltered(answer, all, unresolved_scan->totals) > 0;
}

/*
 * The cycle's own counts, taken one after another, against the held ones: a free check, and an
 * exact one when nothing changed meanwhile.
 */
static void compare(struct unresolved_scan *unresolved_scan, struct workspace_state *state,
		    const struct answer *answer)
{
	bool short_of = leaves_out(unresolved_scan, state->last_total, answer);

	state->last_total = unresolved_scan->totals[STATUS_ANY];
	state->audit_due = state->audit_due || short_of;
	for (enum status s = STATUS_ANY; s <= STATUS_RESOLVED; s++)
		if (unresolved_scan->changes == 0 &&
		    action_differs(answer, s, unresolved_scan->totals[s], 0))
			state->audit_due = true;
	if (short_of || is_cut(unresolved_scan))
		unresolved_scan->verdict = VERDICT_UNEXPLAINED;
	if (unresolved_scan->verdict == VERDICT_ACTIVE)
		workspace_state_publish_active(state, unresolved_scan->started);
	unresolved_scan->step = UNRESOLVED_SCAN_PUBLISH;
}

void unresolved_scan_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct unresolved_scan *unresolved_scan = self;

	unresolved_scan->pending.waiting = false;
	if (unresolved_scan->step == UNRESOLVED_SCAN_LEAVERS)
		begin_leavers(unresolved_scan, state, answer);
	else
		compare(unresolved_scan, state, answer);
}

void unresolved_scan_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct unresolved_scan *unresolved_scan = self;

	(void)state;
	unresolved_scan->changes += tally->fresh + tally->changed + tally->deleted;
	if (!action_committed(&unresolved_scan->pending))
		return;
	if (unresolved_scan->step == UNRESOLVED_SCAN_PUBLISH)
		unresolved_scan->step = UNRESOLVED_SCAN_OVER;
	else if (unresolved_scan->idle)
		unresolved_scan->step = UNRESOLVED_SCAN_PUBLISH;
	else if (unresolved_scan->cut_short)
		unresolved_scan->step = UNRESOLVED_SCAN_COMPARE;
	else
		unresolved_scan->step = unresolved_scan->step == UNRESOLVED_SCAN_DELETE &&
							recheck_disputed(&unresolved_scan->recheck)
						? UNRESOLVED_SCAN_COMPARE
						: UNRESOLVED_SCAN_LEAVERS;
}

bool unresolved_scan_deletes(const void *self, int i)
{
	const struct unresolved_scan *unresolved_scan = self;

	return unresolved_scan->step == UNRESOLVED_SCAN_DELETE &&
	       recheck_deletes(&unresolved_scan->recheck, i);
}

enum absence unresolved_scan_absence(const void *self, int i)
{
	const struct unresolved_scan *unresolved_scan = self;
	enum absence absence = unresolved_scan->step == UNRESOLVED_SCAN_DELETE
				       ? recheck_absence(&unresolved_scan->recheck, i)
				       : ABSENCE_NONE;

	return absence == ABSENCE_HERE && unresolved_scan->verdict != VERDICT_ACTIVE ? ABSENCE_NONE
										     : absence;
}
