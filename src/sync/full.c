/* SPDX-License-Identifier: MIT */
#include "full.h"

/* Of the conversations not seen, a sweep asks for so many, or one in a hundred. */
#define FEWEST_VISITS 100

/*
 * More deletions than this many, or than one in so many conversations, are
 * not believed within a week.
 */
#define FUSE_LEAST 20
#define FUSE_SHARE 50

/*
 * A scan of several pages must be closed by another; a list that moves so
 * fast is left to the next cycle.
 */
#define MOST_CLOSINGS 8

/* ---- beginning ------------------------------------------------------- */

static void begin_pass(struct memory *memory, bool backwards, int ahead)
{
	struct sweep_plan plan = {
		.per_page = PER_PAGE_MOST,
		.backwards = backwards,
		.order = memory->order,
		.floor = TIME_NONE,
		.lookback = memory->lookback,
		.expected = memory->largest_total,
		.ahead = ahead,
	};

	sweep_begin(&memory->full.sweep, &plan);
}

void full_begin(struct full *full, struct memory *memory, int ahead, bool repair)
{
	*full = (struct full){ .step = FULL_READ, .ahead = ahead, .repair = repair };
	if (memory->full.running) {
		struct sweep state = memory->full.sweep;

		sweep_resume(&memory->full.sweep, &state);
		memory->full.sweep.plan.ahead = 1;
		full->step = state.begun ? FULL_JOIN : FULL_READ;
		return;
	}
	memory->full = (struct full_memory){ .running = true, .pass = 1, .started = TIME_NONE };
	begin_pass(memory, order_ascending(memory->order), ahead);
}

void full_set_ahead(struct full *full, struct memory *memory, int ahead)
{
	full->ahead = ahead;
	if (full->step == FULL_READ && memory->full.pass == 1)
		memory->full.sweep.plan.ahead = ahead;
}

/* ---- the certificate ------------------------------------------------- */

/*
 * The order in which the pass that is over found the list: as proven before,
 * or by this very pass.
 */
static enum order order_found(const struct memory *memory)
{
	const struct evidence *evidence = &memory->full.sweep.evidence;

	if (memory->order != ORDER_UNKNOWN && !order_contradicted(evidence, memory->order))
		return memory->order;
	return order_proven(evidence);
}

/*
 * Whether the response that began the pass showed the newest conversations,
 * so that what it says of them can be used.
 */
static bool began_at_the_fresh_end(const struct memory *memory)
{
	enum order order = order_found(memory);

	return order != ORDER_UNKNOWN &&
	       order_ascending(order) == memory->full.sweep.plan.backwards;
}

/* One page is one moment: all that is on it was there together. */
static bool is_snapshot(const struct memory *memory)
{
	const struct sweep *sweep = &memory->full.sweep;

	return memory->full.pass == 1 && sweep->pages == 1 && sweep->end == SWEEP_ALL &&
	       sweep->rows == sweep->first_total;
}

/*
 * How many conversations the pass had to show: all that there were when it
 * began, less those that may have come just then.
 */
static int64_t owed(const struct memory *memory)
{
	const struct sweep *sweep = &memory->full.sweep;

	return sweep->first_total - (began_at_the_fresh_end(memory) ? sweep->recent : 0);
}

/*
 * Whether the list must be looked at again from its fresh end, because rows
 * may have jumped there before they were read.
 */
static bool needs_closing(const struct memory *memory)
{
	const struct sweep *sweep = &memory->full.sweep;

	return sweep->end == SWEEP_ALL && sweep->moved && sweep->started != TIME_NONE &&
	       order_by_update(order_found(memory));
}

static void begin_closing(struct full *full, const struct memory *memory, int64_t since)
{
	struct sweep_plan plan = memory->full.sweep.plan;

	plan.order = order_found(memory);
	plan.backwards = order_ascending(plan.order);
	plan.floor = since - memory->lookback;
	plan.expected = memory->full.sweep.last_total;
	plan.ahead = 1;
	sweep_begin(&full->closing, &plan);
}

/* ---- what next ------------------------------------------------------- */

/* A commit that the next step depends on. */
static void commit(struct full *full, struct act *act)
{
	act->kind = ACT_COMMIT;
	act->seen = SEEN_BY_SWEEP;
	full->waiting = true;
}

/* A commit in the middle of reading: more pages are asked for while it is under way. */
static void commit_aside(struct full *full, struct act *act)
{
	act->kind = ACT_COMMIT;
	act->seen = SEEN_BY_SWEEP;
	full->committing = true;
}

static void ask(struct full *full, struct act *act, struct ask question)
{
	act->kind = ACT_ASK;
	act->ask = question;
	full->waiting = true;
}

static void read_on(struct full *full, struct memory *memory, bool stage_full, struct act *act)
{
	struct sweep *sweep = &memory->full.sweep;

	if (full->wants_join) {
		ask(full, act, (struct ask){ .kind = ASK_JOINED });
	} else if (sweep_done(sweep)) {
		full->step = FULL_FLUSH;
		commit(full, act);
	} else if (stage_full && sweep->begun && full->step == FULL_READ) {
		commit_aside(full, act);
	} else if (sweep_next(sweep, &act->request)) {
		act->kind = ACT_SEND;
	}
}

/* While a commit is under way, the next pages may travel, as long as there is room for them. */
static void read_ahead(struct full *full, struct memory *memory, bool stage_full, struct act *act)
{
	if (full->step == FULL_READ && !stage_full &&
	    sweep_next(&memory->full.sweep, &act->request))
		act->kind = ACT_SEND;
}

static void close_on(struct full *full, bool stage_full, struct act *act)
{
	if (sweep_done(&full->closing)) {
		full->step = FULL_FLUSH_CLOSE;
		commit(full, act);
	} else if (stage_full) {
		commit_aside(full, act);
	} else if (sweep_next(&full->closing, &act->request)) {
		act->kind = ACT_SEND;
	}
}

/*
 * The instant before which a conversation must have been created to count,
 * for a pass that began at STARTED.
 */
static int64_t counts_before(const struct memory *memory, int64_t started)
{
	return started == TIME_NONE ? TIME_NONE : started - memory->lookback;
}

static void count(struct full *full, const struct memory *memory, struct act *act)
{
	const struct full_memory *f = &memory->full;

	/*
	 * The second pass is judged alone first, then both of them by what
	 * the first one had to show.
	 */
	if (full->step == FULL_COUNT_BOTH)
		ask(full, act,
		    (struct ask){ .kind = ASK_SEEN,
				  .before = counts_before(memory, f->started),
				  .pass = 0 });
	else
		ask(full, act,
		    (struct ask){ .kind = ASK_SEEN,
				  .before = counts_before(memory, f->sweep.started),
				  .pass = f->pass });
}

static void visit(struct full *full, struct act *act)
{
	act->kind = ACT_SEND;
	act->request =
		(struct request){ .kind = REQUEST_GET,
				  .item = full->step == FULL_CONTROL ? full->ids : full->id };
	full->waiting = true;
}

/* How many suspects one sweep may ask for. */
static int64_t most_visits(const struct full *full, const struct memory *memory)
{
	return full->repair ? full->suspects : max_i64(FEWEST_VISITS, memory->live / 100);
}

/* Whether suspects are left that may be asked for. */
static bool has_more(const struct full *full, const struct memory *memory)
{
	return full->visited < min_i64(full->suspects, most_visits(full, memory));
}

static void publish(struct full *full, const struct memory *memory, struct act *act)
{
	commit(full, act);
	act->last = !has_more(full, memory);
	act->verdict = full->verdict;
}

void full_next(struct full *full, struct memory *memory, bool stage_full, struct act *act)
{
	act->kind = ACT_WAIT;
	if (full->waiting)
		return;
	if (full->committing) {
		read_ahead(full, memory, stage_full, act);
		return;
	}
	switch (full->step) {
	case FULL_READ:
	case FULL_JOIN:
		read_on(full, memory, stage_full, act);
		break;
	case FULL_CLOSE:
		close_on(full, stage_full, act);
		break;
	case FULL_COUNT:
	case FULL_COUNT_BOTH:
		count(full, memory, act);
		break;
	case FULL_SUSPECT:
		ask(full, act, (struct ask){ .kind = ASK_SUSPECTS, .most = IDS_MOST });
		break;
	case FULL_VISIT:
	case FULL_CONTROL:
		visit(full, act);
		break;
	case FULL_PUBLISH:
	case FULL_BURY:
		publish(full, memory, act);
		break;
	default:
		act->kind = ACT_DONE;
		act->verdict = full->verdict;
		break;
	}
}

/* ---- what comes back ------------------------------------------------- */

void full_take_page(struct full *full, struct memory *memory, const struct page *page)
{
	struct sweep *sweep = full->step == FULL_CLOSE ? &full->closing : &memory->full.sweep;

	sweep_take(sweep, page);
	memory->largest_total = max_i64(memory->largest_total, page->total);
	if (memory->full.pass == 1 && memory->full.started == TIME_NONE)
		memory->full.started = memory->full.sweep.started;
	full->wants_join = full->step == FULL_JOIN;
}

/* Too many deletions in a week are not believed: a broken API is likelier than a purge. */
static void mind_the_fuse(struct full *full, const struct memory *memory)
{
	int64_t most = max_i64(FUSE_LEAST, memory->live / FUSE_SHARE);

	if (full->repair || full->gone + full->deleted_lately <= most)
		return;
	full->fuse_blown = true;
	full->gone = 0;
}

void full_take_item(struct full *full, const struct memory *memory, enum item_outcome outcome)
{
	full->waiting = false;
	if (full->step == FULL_CONTROL) {
		/*
		 * If what was there a moment ago is not there either, the API
		 * answers 404 to everything.
		 */
		if (outcome != ITEM_HERE)
			full->gone = 0;
		full->step = FULL_BURY;
		return;
	}
	full->fate[full->id++] = (uint8_t)outcome;
	full->gone += outcome == ITEM_GONE;
	full->visited++;
	if (full->id < full->ids)
		return;
	mind_the_fuse(full, memory);
	if (!full->control)
		full->gone = 0;
	full->step = full->gone > 0 ? FULL_CONTROL : FULL_BURY;
}

bool full_buries(const struct full *full, int i)
{
	if (full->step != FULL_BURY || i >= full->ids)
		return false;
	return full->fate[i] == ITEM_MERGED || (full->fate[i] == ITEM_GONE && full->gone > 0);
}

static void learn_order(struct memory *memory)
{
	enum order found = order_found(memory);

	memory->evidence = memory->full.sweep.evidence;
	if (order_contradicted(&memory->evidence, memory->order))
		memory_demote(memory);
	memory->order = found;
}

/* The certificate stands: everything that was there at STARTED has been seen. */
static void certified(struct full *full, struct memory *memory, int64_t started)
{
	const struct sweep *sweep = &memory->full.sweep;
	bool fresh = began_at_the_fresh_end(memory) && order_by_update(order_found(memory));

	learn_order(memory);
	memory->needs_full = FULL_NOT_NEEDED;
	memory->uncertified = 0;
	memory->full.running = false;
	if (started != TIME_NONE) {
		memory->certified_at = max_i64(memory->certified_at, started - memory->lookback);
		memory->watermark = max_i64(memory->watermark,
					    fresh ? min_i64(sweep->newest, started) : started);
		memory_publish_complete(memory, started);
	}
	full->verdict = VERDICT_CERTIFIED;
	full->step = FULL_PUBLISH;
}

static void uncertified(struct full *full, struct memory *memory, enum verdict verdict)
{
	memory->evidence = memory->full.sweep.evidence;
	if (order_contradicted(&memory->evidence, memory->order))
		memory_demote(memory);
	else
		memory->needs_full =
			memory->certified_at == TIME_NONE ? FULL_FIRST_LOAD : FULL_UNCERTIFIED;
	memory->uncertified++;
	memory->full.running = false;
	full->verdict = verdict;
	full->suspects = 0;
	full->step = FULL_PUBLISH;
}

static void second_pass(struct full *full, struct memory *memory)
{
	struct full_memory *f = &memory->full;
	struct evidence evidence = f->sweep.evidence;

	f->owed = owed(memory);
	f->pass = 2;
	/*
	 * Pages in flight together cost the first pass its proof, perhaps;
	 * the second reads them one by one.
	 */
	begin_pass(memory, !f->sweep.plan.backwards, 1);
	f->sweep.evidence = evidence;
	full->step = FULL_READ;
}

static void judge(struct full *full, struct memory *memory, const struct answer *answer)
{
	struct full_memory *f = &memory->full;
	bool both = full->step == FULL_COUNT_BOTH;
	int64_t started = both ? f->started : f->sweep.started;

	full->distinct = answer->n[0];
	full->suspects = answer->n[1];
	if (!both && is_snapshot(memory))
		certified(full, memory, started);
	else if (started != TIME_NONE && answer->n[0] == (both ? f->owed : owed(memory)))
		certified(full, memory, started);
	else if (f->pass == 1 && started != TIME_NONE && f->sweep.end == SWEEP_ALL)
		second_pass(full, memory);
	else if (f->pass == 2 && !both)
		full->step = FULL_COUNT_BOTH;
	else
		uncertified(full, memory,
			    f->sweep.end == SWEEP_LOST ? VERDICT_LOST : VERDICT_UNCERTIFIED);
}

static void begin_visits(struct full *full, const struct memory *memory,
			 const struct answer *answer)
{
	full->ids = (int)min_i64(answer->ids, most_visits(full, memory) - full->visited);
	full->control = answer->control;
	full->deleted_lately = answer->n[0];
	full->id = full->gone = 0;
	full->step = full->ids > 0 ? FULL_VISIT : FULL_OVER;
}

void full_take_answer(struct full *full, struct memory *memory, const struct answer *answer)
{
	full->waiting = false;
	switch (full->step) {
	case FULL_JOIN:
		sweep_joined(&memory->full.sweep, answer->n[0] > 0);
		full->wants_join = false;
		/*
		 * A page that shows nothing of what was stored is not the
		 * place; the one before it is tried.
		 */
		if (answer->n[0] > 0 || memory->full.sweep.page <= 1) {
			memory->full.sweep.plan.ahead = memory->full.pass == 1 ? full->ahead : 1;
			full->step = FULL_READ;
		}
		break;
	case FULL_SUSPECT:
		begin_visits(full, memory, answer);
		break;
	default:
		judge(full, memory, answer);
		break;
	}
}

/* Where one goes after the pass, or a closing scan, has been committed. */
static void after_flush(struct full *full, struct memory *memory)
{
	const struct sweep *closing = &full->closing;

	if (full->step == FULL_FLUSH && needs_closing(memory)) {
		full->closings = 1;
		begin_closing(full, memory, memory->full.sweep.started);
		full->step = FULL_CLOSE;
	} else if (full->step == FULL_FLUSH_CLOSE &&
		   (closing->end == SWEEP_DISORDER || closing->end == SWEEP_LOST ||
		    full->closings == MOST_CLOSINGS)) {
		uncertified(full, memory, VERDICT_UNCERTIFIED);
	} else if (full->step == FULL_FLUSH_CLOSE && closing->pages > 1) {
		full->closings++;
		begin_closing(full, memory, closing->started);
		full->step = FULL_CLOSE;
	} else {
		full->step = FULL_COUNT;
	}
}

void full_committed(struct full *full, struct memory *memory, const struct tally *tally)
{
	memory->live = tally->live;
	if (full->committing) {
		full->committing = false;
		return;
	}
	full->waiting = false;
	switch (full->step) {
	case FULL_FLUSH:
	case FULL_FLUSH_CLOSE:
		after_flush(full, memory);
		break;
	case FULL_PUBLISH:
		full->step = has_more(full, memory) ? FULL_SUSPECT : FULL_OVER;
		break;
	case FULL_BURY:
		full->step = has_more(full, memory) ? FULL_SUSPECT : FULL_OVER;
		break;
	default:
		break;
	}
}
