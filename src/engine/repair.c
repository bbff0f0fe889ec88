/* SPDX-License-Identifier: MIT */
#include "repair.h"

/* Scans of a verify that came before have lower numbers. */
#define FIRST_NUMBER 1000

static void begin_cell(struct repair *repair, const struct workspace_state *state)
{
	struct sweep_plan plan = {
		.filter = repair->cells[repair->cell].filter,
		.per_page = state->per_page,
		.overlap = true,
		.floor = TIME_NONE,
		.lookback = state->lookback,
		.expected = state->largest_total,
		.ahead = 1,
	};

	repair->number++;
	repair->step = REPAIR_READ;
	sweep_begin(&repair->sweep, &plan);
}

void repair_begin(struct repair *repair, const struct workspace_state *state,
		  const struct cell *cells, int n, bool accept_deletions)
{
	*repair = (struct repair){
		.n = n,
		.accept_deletions = accept_deletions,
		.number = FIRST_NUMBER,
		.started = TIME_NONE,
		.limit = TIME_NONE,
		.lookback = state->lookback,
		.verdict = VERDICT_EQUAL,
	};
	for (int i = 0; i < n; i++)
		repair->cells[i] = cells[i];
	begin_cell(repair, state);
}

static void ask_missing(struct repair *repair, struct action *action)
{
	struct ask missing = {
		.kind = ASK_MISSING,
		.filter = repair->cells[repair->cell].filter,
		.settled = repair->limit,
		.scan = repair->number,
		.most = IDS_MOST,
		.disputed = repair->accept_deletions,
	};

	action_ask(&repair->pending, action, missing);
}

void repair_next(void *self, struct workspace_state *state, bool stage_full, struct action *action)
{
	struct repair *repair = self;
	struct request request;

	(void)state;
	if (repair->pending.waiting || repair->pending.committing)
		return;
	if (repair->step == REPAIR_READ && sweep_done(&repair->sweep))
		repair->step = REPAIR_FLUSH;
	if (repair->step == REPAIR_READ && stage_full)
		action_commit_in_background(&repair->pending, action, SEEN_BY_SCAN, repair->number);
	else if (repair->step == REPAIR_READ && sweep_next(&repair->sweep, &action->request))
		action->kind = ACTION_SEND;
	else if (repair->step == REPAIR_FLUSH || repair->step == REPAIR_DELETE ||
		 repair->step == REPAIR_RECORD)
		action_commit(&repair->pending, action, SEEN_BY_SCAN, repair->number);
	else if (repair->step == REPAIR_MISSING)
		ask_missing(repair, action);
	else if (repair->step == REPAIR_RECHECK && recheck_next(&repair->recheck, &request))
		action_send(&repair->pending, action, &request);
	else if (repair->step == REPAIR_OVER)
		action_done(action, repair->verdict);
	if (repair->step == REPAIR_RECORD) {
		action->last = true;
		action->verdict = repair->verdict;
	}
}

void repair_page(void *self, struct workspace_state *state, const struct page *page)
{
	struct repair *repair = self;

	(void)state;
	if (repair->started == TIME_NONE && page->date != TIME_NONE) {
		repair->started = page->date;
		repair->limit = page->date - repair->lookback;
	}
	sweep_take(&repair->sweep, page);
}

bool repair_refused(void *self, struct workspace_state *state)
{
	struct repair *repair = self;

	(void)state;
	return repair->step == REPAIR_READ && sweep_refuse(&repair->sweep);
}

void repair_item(void *self, struct workspace_state *state, enum item_outcome outcome,
		 int64_t updated_at)
{
	struct repair *repair = self;

	(void)state;
	repair->pending.waiting = false;
	recheck_take(&repair->recheck, outcome, updated_at);
	if (recheck_over(&repair->recheck))
		repair->step = REPAIR_DELETE;
}

/* The cell has been read and all that was missing in it heard of. */
static void next_cell(struct repair *repair, const struct workspace_state *state)
{
	const struct cell *cell = &repair->cells[repair->cell];

	if (cell->api != cell->held)
		repair->verdict = VERDICT_DIFFERENT;
	if (++repair->cell < repair->n)
		begin_cell(repair, state);
	else
		repair->step = REPAIR_RECORD;
}

void repair_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct repair *repair = self;
	struct cell *cell = &repair->cells[repair->cell];

	repair->pending.waiting = false;
	cell->api = repair->sweep.last_total;
	cell->held = answer->n[1];
	repair->recheck.repair = repair->accept_deletions;
	/* In a cell that is too deep, a conversation that was not shown need not be missing. */
	recheck_begin(&repair->recheck, answer, repair->sweep.end == SWEEP_SHALLOW ? 0 : IDS_MOST,
		      TIME_NONE, repair->limit);
	if (recheck_over(&repair->recheck))
		next_cell(repair, state);
	else
		repair->step = REPAIR_RECHECK;
}

void repair_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct repair *repair = self;

	(void)tally;
	if (!action_committed(&repair->pending))
		return;
	if (repair->step == REPAIR_RECORD) {
		repair->step = REPAIR_OVER;
	} else if (repair->step == REPAIR_DELETE && recheck_disputed(&repair->recheck)) {
		next_cell(repair, state);
	} else {
		/* Those asked for may have been a hundred of more: until none is missing. */
		repair->step = REPAIR_MISSING;
	}
}

bool repair_deletes(const void *self, int i)
{
	const struct repair *repair = self;

	return repair->step == REPAIR_DELETE && recheck_deletes(&repair->recheck, i);
}

enum absence repair_absence(const void *self, int i)
{
	const struct repair *repair = self;
	enum absence absence =
		repair->step == REPAIR_DELETE ? recheck_absence(&repair->recheck, i) : ABSENCE_NONE;

	return absence == ABSENCE_HERE && repair->sweep.end != SWEEP_ALL ? ABSENCE_NONE : absence;
}
