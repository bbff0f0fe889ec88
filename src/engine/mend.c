/* SPDX-License-Identifier: MIT */
#include "mend.h"

/* Scans of a verify that came before have lower numbers. */
#define FIRST_NUMBER 1000

static void begin_cell(struct mend *mend, const struct memory *memory)
{
	struct sweep_plan plan = {
		.filter = mend->cells[mend->cell].filter,
		.per_page = memory->per_page,
		.overlap = true,
		.floor = TIME_NONE,
		.lookback = memory->lookback,
		.expected = memory->largest_total,
		.ahead = 1,
	};

	mend->number++;
	mend->step = MEND_READ;
	sweep_begin(&mend->sweep, &plan);
}

void mend_begin(struct mend *mend, const struct memory *memory, const struct cell *cells, int n,
		bool believe)
{
	*mend = (struct mend){
		.n = n,
		.believe = believe,
		.number = FIRST_NUMBER,
		.started = TIME_NONE,
		.limit = TIME_NONE,
		.lookback = memory->lookback,
		.verdict = VERDICT_EQUAL,
	};
	for (int i = 0; i < n; i++)
		mend->cells[i] = cells[i];
	begin_cell(mend, memory);
}

static void ask_missing(struct mend *mend, struct action *action)
{
	struct ask missing = {
		.kind = ASK_MISSING,
		.filter = mend->cells[mend->cell].filter,
		.settled = mend->limit,
		.scan = mend->number,
		.most = IDS_MOST,
	};

	work_ask(&mend->work, action, missing);
}

void mend_next(struct mend *mend, bool stage_full, struct action *action)
{
	struct request request;

	if (mend->work.waiting || mend->work.committing)
		return;
	if (mend->step == MEND_READ && sweep_done(&mend->sweep))
		mend->step = MEND_FLUSH;
	if (mend->step == MEND_READ && stage_full)
		work_commit_aside(&mend->work, action, SEEN_BY_SCAN, mend->number);
	else if (mend->step == MEND_READ && sweep_next(&mend->sweep, &action->request))
		action->kind = ACTION_SEND;
	else if (mend->step == MEND_FLUSH || mend->step == MEND_BURY || mend->step == MEND_RECORD)
		work_commit(&mend->work, action, SEEN_BY_SCAN, mend->number);
	else if (mend->step == MEND_MISSING)
		ask_missing(mend, action);
	else if (mend->step == MEND_VISIT && recheck_next(&mend->recheck, &request))
		work_send(&mend->work, action, &request);
	else if (mend->step == MEND_OVER)
		work_done(action, mend->verdict);
	if (mend->step == MEND_RECORD) {
		action->last = true;
		action->verdict = mend->verdict;
	}
}

void mend_page(struct mend *mend, const struct page *page)
{
	if (mend->started == TIME_NONE && page->date != TIME_NONE) {
		mend->started = page->date;
		mend->limit = page->date - mend->lookback;
	}
	sweep_take(&mend->sweep, page);
}

void mend_item(struct mend *mend, enum item_outcome outcome)
{
	mend->work.waiting = false;
	recheck_take(&mend->recheck, outcome, TIME_NONE);
	if (recheck_over(&mend->recheck))
		mend->step = MEND_BURY;
}

/* The cell has been read and all that was missing in it heard of. */
static void next_cell(struct mend *mend, const struct memory *memory)
{
	const struct cell *cell = &mend->cells[mend->cell];

	if (cell->api != cell->held)
		mend->verdict = VERDICT_DIFFERENT;
	if (++mend->cell < mend->n)
		begin_cell(mend, memory);
	else
		mend->step = MEND_RECORD;
}

void mend_answer(struct mend *mend, const struct memory *memory, const struct answer *answer)
{
	struct cell *cell = &mend->cells[mend->cell];

	mend->work.waiting = false;
	cell->api = mend->sweep.last_total;
	cell->held = answer->n[1];
	mend->recheck.repair = mend->believe;
	recheck_begin(&mend->recheck, answer, IDS_MOST, TIME_NONE, TIME_NONE);
	if (recheck_over(&mend->recheck))
		next_cell(mend, memory);
	else
		mend->step = MEND_VISIT;
}

void mend_committed(struct mend *mend, const struct memory *memory)
{
	if (!work_committed(&mend->work))
		return;
	if (mend->step == MEND_RECORD) {
		mend->step = MEND_OVER;
	} else if (mend->step == MEND_BURY && recheck_doubted(&mend->recheck)) {
		next_cell(mend, memory);
	} else {
		/* What was asked for may have been a hundred of more: until nothing is missing. */
		mend->step = MEND_MISSING;
	}
}

bool mend_buries(const struct mend *mend, int i)
{
	return mend->step == MEND_BURY && recheck_buries(&mend->recheck, i);
}
