/* SPDX-License-Identifier: MIT */
#include "hot.h"

/* All sweeps of a cycle show the same set. */
#define SCAN_NUMBER 1

static void begin_sweep(struct hot *hot, const struct memory *memory, enum status status)
{
	struct sweep_plan plan = {
		.filter = { .status = status },
		.per_page = memory->per_page,
		.overlap = true,
		.floor = TIME_NONE,
		.lookback = memory->lookback,
		.expected = memory->largest_total,
		.ahead = 1,
	};

	hot->status = status;
	sweep_begin(&hot->sweep, &plan);
}

/* From the fresh end of a list that goes by creation, to what the last full sweep has seen. */
static void begin_new(struct hot *hot, const struct memory *memory)
{
	struct sweep_plan plan = {
		.per_page = memory->per_page,
		.backwards = order_ascending(memory->order),
		.overlap = true,
		.order = memory->order,
		.floor = memory->watermark - memory->lookback,
		.lookback = memory->lookback,
		.expected = memory->last_total,
		.ahead = 1,
	};

	sweep_begin(&hot->sweep, &plan);
	hot->step = HOT_NEW;
}

void hot_begin(struct hot *hot, const struct memory *memory)
{
	*hot = (struct hot){ .step = HOT_READ,
			     .started = TIME_NONE,
			     .limit = TIME_NONE,
			     .verdict = VERDICT_ACTIVE };
	begin_sweep(hot, memory, STATUS_OPEN);
}

/* ---- what next ------------------------------------------------------- */

static void flush(struct hot *hot, struct action *action)
{
	hot->step = HOT_FLUSH;
	work_commit(&hot->work, action, SEEN_BY_SCAN, SCAN_NUMBER);
}

/* The sweep is over: what it found is kept in mind, and the next thing begins. */
static void after_sweep(struct hot *hot, const struct memory *memory, struct action *action)
{
	bool by_creation = memory->order != ORDER_UNKNOWN && !order_by_update(memory->order);

	if (hot->sweep.end != SWEEP_ALL && hot->sweep.end != SWEEP_FLOOR)
		hot->verdict = VERDICT_UNEXPLAINED;
	if (hot->step == HOT_READ || hot->step == HOT_RESOLVED)
		hot->totals[hot->status] = hot->sweep.last_total;
	if (hot->step == HOT_READ && hot->status < STATUS_SNOOZED)
		begin_sweep(hot, memory, hot->status + 1);
	else if (hot->step == HOT_READ && by_creation && memory->watermark != TIME_NONE)
		begin_new(hot, memory);
	else if (hot->step == HOT_RESOLVED)
		flush(hot, action);
	else
		hot->step = HOT_COUNT;
}

static void read_on(struct hot *hot, const struct memory *memory, bool stage_full,
		    struct action *action)
{
	if (sweep_done(&hot->sweep))
		after_sweep(hot, memory, action);
	else if (stage_full)
		work_commit_aside(&hot->work, action, SEEN_BY_SCAN, SCAN_NUMBER);
	else if (sweep_next(&hot->sweep, &action->request))
		action->kind = ACTION_SEND;
}

static void count_resolved(struct hot *hot, struct action *action)
{
	struct request request = {
		.kind = REQUEST_LIST,
		.filter = { .status = STATUS_RESOLVED },
		.page = 1,
		.per_page = 1,
	};

	work_send(&hot->work, action, &request);
}

static void publish(struct hot *hot, struct action *action)
{
	work_commit(&hot->work, action, SEEN_BY_SCAN, SCAN_NUMBER);
	action->last = true;
	action->verdict = hot->verdict;
}

static void ask(struct hot *hot, struct action *action, enum ask_kind kind)
{
	struct ask question = {
		.kind = kind, .settled = hot->limit, .scan = SCAN_NUMBER, .most = IDS_MOST
	};

	work_ask(&hot->work, action, question);
}

static void recheck_on(struct hot *hot, struct action *action)
{
	struct request request;

	if (recheck_next(&hot->recheck, &request))
		work_send(&hot->work, action, &request);
}

void hot_next(struct hot *hot, const struct memory *memory, bool stage_full, struct action *action)
{
	while (action->kind == ACTION_WAIT && !hot->work.waiting && !hot->work.committing) {
		switch (hot->step) {
		case HOT_READ:
		case HOT_NEW:
		case HOT_RESOLVED:
			read_on(hot, memory, stage_full, action);
			/* Nothing to send and not over: replies are awaited. */
			if (action->kind == ACTION_WAIT && hot->sweep.asked > 0)
				return;
			break;
		case HOT_COUNT:
			count_resolved(hot, action);
			break;
		case HOT_LEAVERS:
			ask(hot, action, ASK_LEAVERS);
			break;
		case HOT_VISIT:
			recheck_on(hot, action);
			break;
		case HOT_BURY:
		case HOT_FLUSH:
			work_commit(&hot->work, action, SEEN_BY_SCAN, SCAN_NUMBER);
			break;
		case HOT_COMPARE:
			ask(hot, action, ASK_COUNTS);
			break;
		case HOT_PUBLISH:
			publish(hot, action);
			break;
		case HOT_OVER:
			work_done(action, hot->verdict);
			break;
		}
	}
}

/* ---- what comes back ------------------------------------------------- */

void hot_page(struct hot *hot, struct memory *memory, const struct page *page)
{
	if (hot->started == TIME_NONE && page->date != TIME_NONE) {
		hot->started = page->date;
		hot->limit = page->date - memory->lookback;
	}
	if (hot->step == HOT_COUNT) {
		hot->work.waiting = false;
		hot->totals[STATUS_RESOLVED] = page->total;
		hot->step = HOT_FLUSH;
		return;
	}
	sweep_take(&hot->sweep, page);
	if (hot->step == HOT_NEW && hot->sweep.end == SWEEP_DISORDER) {
		memory_demote(memory);
		hot->verdict = VERDICT_DEMOTED;
	}
}

void hot_item(struct hot *hot, enum item_outcome outcome)
{
	hot->work.waiting = false;
	recheck_take(&hot->recheck, outcome, TIME_NONE);
	if (hot->recheck.stormy)
		hot->verdict = VERDICT_UNEXPLAINED;
	if (recheck_over(&hot->recheck))
		hot->step = HOT_BURY;
}

/* Many have left: reading all that is resolved may cost less than asking for each. */
static bool sweep_is_cheaper(const struct hot *hot, int64_t leavers, int per_page)
{
	return !hot->resolved_read &&
	       leavers > sweep_pages(hot->totals[STATUS_RESOLVED], per_page) + 1;
}

static void begin_leavers(struct hot *hot, const struct memory *memory, const struct answer *answer)
{
	if (sweep_is_cheaper(hot, answer->n[0], memory->per_page)) {
		hot->resolved_read = true;
		begin_sweep(hot, memory, STATUS_RESOLVED);
		hot->step = HOT_RESOLVED;
		return;
	}
	recheck_begin(&hot->recheck, answer, IDS_MOST, TIME_NONE, TIME_NONE);
	hot->step = recheck_over(&hot->recheck) ? HOT_COMPARE : HOT_VISIT;
}

/*
 * The cycle's own counts, taken one after another, against what is held: a
 * free check, and an exact one when nothing changed meanwhile.
 */
static void compare(struct hot *hot, struct memory *memory, const struct answer *answer)
{
	memory->last_total = 0;
	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++) {
		memory->last_total += hot->totals[s];
		if (hot->changes == 0 && hot->totals[s] != answer->counts[s])
			memory->audit_due = true;
	}
	if (hot->verdict == VERDICT_ACTIVE)
		memory_publish_active(memory, hot->started);
	hot->step = HOT_PUBLISH;
}

void hot_answer(struct hot *hot, struct memory *memory, const struct answer *answer)
{
	hot->work.waiting = false;
	if (hot->step == HOT_LEAVERS)
		begin_leavers(hot, memory, answer);
	else
		compare(hot, memory, answer);
}

void hot_committed(struct hot *hot, const struct tally *tally)
{
	hot->changes += tally->fresh + tally->changed + tally->deleted;
	if (!work_committed(&hot->work))
		return;
	if (hot->step == HOT_PUBLISH)
		hot->step = HOT_OVER;
	else
		hot->step = hot->step == HOT_BURY && recheck_doubted(&hot->recheck) ? HOT_COMPARE
										    : HOT_LEAVERS;
}

bool hot_buries(const struct hot *hot, int i)
{
	return hot->step == HOT_BURY && recheck_buries(&hot->recheck, i);
}
