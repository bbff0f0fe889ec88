/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <assert.h>
#include <stddef.h>

/* A scan that is read again, and each closing scan, has the next number. */
#define NUMBERS_OF_A_SCAN 100

/*
 * The phases of a cycle: where the struct of each lies in struct engine, where it keeps the Date of
 * its first response, and its entrances. NULL: a phase without that entrance.
 */
static const struct phase_ops {
	size_t self, started;
	void (*next)(void *self, struct workspace_state *state, bool stage_full,
		     struct action *action);
	void (*page)(void *self, struct workspace_state *state, const struct page *page);
	void (*item)(void *self, struct workspace_state *state, enum item_outcome outcome,
		     int64_t updated_at);
	void (*answer)(void *self, struct workspace_state *state, const struct answer *answer);
	void (*committed)(void *self, struct workspace_state *state, const struct tally *tally);
	bool (*deletes)(const void *self, int i);
	bool (*refused)(void *self, struct workspace_state *state);
	enum absence (*absence)(const void *self, int i);
} phases[] = {
	[PHASE_FULL] = { offsetof(struct engine, full), offsetof(struct engine, state.full.started),
			 full_next, full_page, full_item, full_answer, full_committed, full_deletes,
			 full_refused, full_absence },
	[PHASE_SCAN] = { offsetof(struct engine, scan), offsetof(struct engine, scan.started),
			 scan_next, scan_page, scan_item, scan_answer, scan_committed, scan_deletes,
			 scan_refused, scan_absence },
	[PHASE_UNRESOLVED] = { offsetof(struct engine, unresolved_scan),
			       offsetof(struct engine, unresolved_scan.started),
			       unresolved_scan_next, unresolved_scan_page, unresolved_scan_item,
			       unresolved_scan_answer, unresolved_scan_committed,
			       unresolved_scan_deletes, unresolved_scan_refused,
			       unresolved_scan_absence },
	[PHASE_AUDIT] = { offsetof(struct engine, audit), offsetof(struct engine, audit.started),
			  audit_next, audit_page, NULL, audit_answer, audit_committed, NULL,
			  audit_refused, NULL },
	[PHASE_REPAIR] = { offsetof(struct engine, repair), offsetof(struct engine, repair.started),
			   repair_next, repair_page, repair_item, repair_answer, repair_committed,
			   repair_deletes, repair_refused, repair_absence },
	[PHASE_STALE] = { offsetof(struct engine, stale_check),
			  offsetof(struct engine, stale_check.started), stale_check_next, NULL,
			  stale_check_item, stale_check_answer, stale_check_committed, NULL, NULL,
			  NULL },
	[PHASE_HINTED] = { offsetof(struct engine, hinted), offsetof(struct engine, hinted.started),
			   hinted_next, NULL, hinted_item, NULL, hinted_committed, NULL, NULL,
			   NULL },
	[PHASE_REJECTED] = { offsetof(struct engine, rejected_check),
			     offsetof(struct engine, rejected_check.started), rejected_check_next,
			     NULL, rejected_check_item, rejected_check_answer,
			     rejected_check_committed, rejected_check_deletes, NULL, NULL },
	[PHASE_MESSAGES] = { offsetof(struct engine, messages),
			     offsetof(struct engine, messages.started), messages_next, NULL, NULL,
			     messages_answer, messages_committed, NULL, NULL, NULL },
};

static void *phase_of(struct engine *e)
{
	return (char *)e + phases[e->phase].self;
}

/*
 * A number that no scan of this cycle has had: an audit may settle several times, and a later scan
 * must not take for shown what only one before it has shown.
 */
static int give_numbers(struct engine *e)
{
	int first = e->scans;

	e->scans += NUMBERS_OF_A_SCAN;
	return first;
}

/* Begins the phase that a strategy is done by. */
static void begin_phase(struct engine *e, enum strategy strategy)
{
	bool accept_deletions = cycle_kind(e->conf.kind)->accept_deletions;

	switch (strategy) {
	case STRATEGY_ONE_PAGE:
	case STRATEGY_HEAD_SCAN:
	case STRATEGY_TAIL_SCAN:
		e->phase = PHASE_SCAN;
		scan_begin(&e->scan, &e->state, give_numbers(e));
		break;
	case STRATEGY_UNRESOLVED_SCAN:
		e->phase = PHASE_UNRESOLVED;
		unresolved_scan_begin(&e->unresolved_scan, &e->state, give_numbers(e));
		break;
	case STRATEGY_COUNT_AUDIT:
		e->phase = PHASE_AUDIT;
		audit_begin(&e->audit, &e->state, &e->conf);
		break;
	case STRATEGY_REPAIR:
		e->phase = PHASE_REPAIR;
		repair_begin(&e->repair, &e->state, e->conf.cells, e->conf.n_cells,
			     accept_deletions);
		break;
	case STRATEGY_HINTED:
		e->phase = PHASE_HINTED;
		hinted_begin(&e->hinted, e->conf.n_hinted);
		break;
	case STRATEGY_MESSAGES:
		e->phase = PHASE_MESSAGES;
		messages_begin(&e->messages, e->conf.ahead);
		break;
	default:
		e->phase = PHASE_FULL;
		e->state.tried_at = e->conf.now;
		/* A page that came short once does not make pages short for good. */
		if (!e->state.full.running)
			e->state.per_page = PER_PAGE_MOST;
		full_begin(&e->full, &e->state, e->conf.ahead, accept_deletions);
		break;
	}
}

static void note_instants(struct engine *e)
{
	e->complete_as_of = e->state.complete_as_of;
	e->active_as_of = e->state.active_as_of;
}

void engine_begin(struct engine *engine, const struct engine_conf *conf,
		  const struct workspace_state *state)
{
	*engine = (struct engine){ .conf = *conf, .state = *state };
	workspace_state_doubt_future(&engine->state, conf->now, conf->database_ahead);
	/* The lateness that the last commit of the cycle before found out. */
	workspace_state_learn_lateness(&engine->state, state->late_by, conf->lookback_most);
	note_instants(engine);
	engine->strategy = plan_strategy(&engine->state, conf);
	/* Hints come often: rejected items wait for the cycle that comes anyway. */
	if (!cycle_kind(conf->kind)->hinted && plan_asks_again(engine->strategy, &engine->state)) {
		engine->phase = PHASE_REJECTED;
		rejected_check_begin(&engine->rejected_check, state->holding, conf->chance);
	} else {
		begin_phase(engine, engine->strategy);
	}
}

int64_t engine_date(struct engine *engine, int64_t date, int64_t age, int64_t host)
{
	struct api_time told = { .date = date,
				 .age = age,
				 .host = host,
				 .database = host + engine->conf.database_ahead };

	/* The finding of the cycle before counts for this one until a response says otherwise. */
	if (date != TIME_NONE && !engine->dated)
		engine->state.date_ahead = 0;
	engine->dated = engine->dated || date != TIME_NONE;
	engine->state.date_ahead = max_i64(engine->state.date_ahead, api_time_ahead(&told));
	return api_time_believed(&told);
}

void engine_set_ahead(struct engine *engine, int ahead)
{
	engine->conf.ahead = ahead;
	if (engine->phase == PHASE_FULL)
		full_set_ahead(&engine->full, &engine->state, ahead);
	if (engine->phase == PHASE_MESSAGES)
		engine->messages.ahead = (int)min_i64(ahead, MESSAGES_MOST);
}

int64_t engine_started(const struct engine *engine)
{
	return *(const int64_t *)((const char *)engine + phases[engine->phase].started);
}

/* ---- the next action ------------------------------------------------- */

static void phase_next(struct engine *e, bool stage_full, struct action *action)
{
	*action = (struct action){ .kind = ACTION_WAIT };
	phases[e->phase].next(phase_of(e), &e->state, stage_full, action);
}

/* An audit wants to know the changes before it counts again. */
static void begin_settling(struct engine *e)
{
	struct engine_conf changes = { .kind = CYCLE_INCREMENTAL, .now = e->conf.now };

	e->settling = true;
	e->changes = 0;
	begin_phase(e, plan_strategy(&e->state, &changes));
}

/* Whether there is something to be repaired after the audit. */
static bool repairs(const struct engine *e)
{
	return e->phase == PHASE_AUDIT && cycle_kind(e->conf.kind)->repair &&
	       e->audit.n_found > 0 && e->audit.verdict == VERDICT_DIFFERENT;
}

/* Whether older copies want a second look before the cycle is over. */
static bool stale_copies(const struct engine *e)
{
	return e->phase != PHASE_STALE && e->phase != PHASE_MESSAGES && e->state.stale_copies > 0;
}

/* The phase that worked has come to VERDICT: true when another one follows. */
static bool follow(struct engine *e, enum verdict verdict)
{
	if (e->phase == PHASE_REJECTED) {
		begin_phase(e, e->strategy);
		return true;
	}
	if (e->settling) {
		e->settling = false;
		e->phase = PHASE_AUDIT;
		audit_settled(&e->audit, e->changes);
		return true;
	}
	if (repairs(e)) {
		e->phase = PHASE_REPAIR;
		repair_begin(&e->repair, &e->state, e->audit.found, e->audit.n_found,
			     cycle_kind(e->conf.kind)->accept_deletions);
		return true;
	}
	if (!e->checking_stale)
		return false;
	e->checking_stale = false;
	e->phase = PHASE_STALE;
	stale_check_begin(&e->stale_check, verdict);
	return true;
}

/* A page was none: the rows read until then are kept, and nothing is said of them. */
static void give_up(struct engine *e, struct action *action)
{
	*action = (struct action){ .kind = ACTION_WAIT };
	if (e->committing)
		return;
	if (e->kept || cycle_kind(e->conf.kind)->look) {
		action_done(action, VERDICT_MISSHAPEN);
		return;
	}
	e->kept = true;
	action->kind = ACTION_COMMIT;
	action->seen = e->phase == PHASE_FULL ? SEEN_BY_SWEEP : SEEN_BY_NOTHING;
}

/* The next action of the phase that works, or of one that follows it. */
static void go_on(struct engine *e, bool stage_full, struct action *action)
{
	if (e->phase == PHASE_AUDIT && e->audit.step == AUDIT_SETTLE)
		begin_settling(e);
	phase_next(e, stage_full, action);
	while (action->kind == ACTION_DONE && follow(e, action->verdict))
		phase_next(e, stage_full, action);
	if (action->kind != ACTION_COMMIT || !action->last)
		return;
	/* The run ends with the last phase's last commit only. */
	if (e->settling || repairs(e)) {
		action->last = false;
	} else if (stale_copies(e)) {
		action->last = false;
		e->checking_stale = true;
	}
}

/*
 * A verdict that would have moved an instant does not while items that could not be loaded hold it.
 */
static enum verdict held_back(const struct engine *e, enum verdict verdict)
{
	bool proves = verdict == VERDICT_CERTIFIED || verdict == VERDICT_COMPLETE ||
		      verdict == VERDICT_ACTIVE;

	return proves && e->state.holding > 0 ? VERDICT_REJECTED : verdict;
}

void engine_next(struct engine *engine, bool stage_full, struct action *action)
{
	if (engine->misshapen)
		give_up(engine, action);
	else
		go_on(engine, stage_full || engine->odd, action);
	action->verdict = held_back(engine, action->verdict);
	if (action->kind != ACTION_COMMIT)
		return;
	engine->committing = true;
	engine->ending = action->last;
}

/* ---- replies, answers, commits --------------------------------------- */

/*
 * Whether a filtered list shows rows that the filter leaves out. One that has
 * just changed may have been filled in after the page was cut.
 */
static bool is_filter_idle(const struct page *page, int64_t lookback)
{
	if (page->filter.status == STATUS_ANY || page->date == TIME_NONE)
		return false;
	for (const struct row *row = page->rows; row < page->rows + page->n; row++)
		if (row->status != STATUS_ANY && row->status != page->filter.status &&
		    row->updated_at != TIME_NONE && row->updated_at < page->date - lookback)
			return true;
	return false;
}

void engine_page(struct engine *engine, const struct page *page)
{
	engine->odd = engine->odd || rejected_check_is_odd(page);
	if (engine->misshapen)
		return;
	if (is_filter_idle(page, engine->state.lookback))
		engine->state.filterless = true;
	assert(phases[engine->phase].page);
	phases[engine->phase].page(phase_of(engine), &engine->state, page);
}

bool engine_refused(struct engine *engine)
{
	const struct phase_ops *phase = &phases[engine->phase];

	return phase->refused && phase->refused(phase_of(engine), &engine->state);
}

void engine_item(struct engine *engine, enum item_outcome outcome, int64_t updated_at)
{
	assert(phases[engine->phase].item);
	phases[engine->phase].item(phase_of(engine), &engine->state, outcome, updated_at);
}

void engine_messages(struct engine *engine, const struct message_page *page)
{
	assert(engine->phase == PHASE_MESSAGES);
	messages_page(&engine->messages, page);
}

bool engine_messages_refused(struct engine *engine)
{
	return engine->phase == PHASE_MESSAGES && messages_refused(&engine->messages);
}

void engine_stop_messages(struct engine *engine)
{
	if (engine->phase == PHASE_MESSAGES)
		messages_stop(&engine->messages);
}

struct message_step engine_message_step(const struct engine *engine, int i)
{
	return messages_step(&engine->messages, &engine->state, i);
}

void engine_answer(struct engine *engine, const struct answer *answer)
{
	phases[engine->phase].answer(phase_of(engine), &engine->state, answer);
}

/* Learns from a commit of any phase. */
static void learn(struct engine *engine, const struct tally *tally)
{
	struct workspace_state *state = &engine->state;

	state->live = tally->live;
	state->stale_copies = tally->stale_copies;
	state->holding = tally->holding;
	if (tally->standing.proof != PROOF_NONE)
		state->standing = tally->standing;
	if (tally->held_back) {
		state->complete_as_of = min_i64(state->complete_as_of, engine->complete_as_of);
		state->active_as_of = min_i64(state->active_as_of, engine->active_as_of);
	}
	note_instants(engine);
	engine->changes += tally->fresh + tally->changed + tally->deleted;
	/* Something became visible later than was thought possible. */
	if (tally->late > 0)
		workspace_state_learn_lateness(state, tally->late_by, engine->conf.lookback_most);
}

void engine_committed(struct engine *engine, const struct tally *tally)
{
	learn(engine, tally);
	engine->committing = engine->odd = false;
	/* Nothing was said by a commit whose rows could not be merged, nor is anything now. */
	if (tally->misshapen) {
		engine->misshapen = true;
		engine->kept = engine->kept || engine->ending;
	}
	if (engine->misshapen)
		return;
	phases[engine->phase].committed(phase_of(engine), &engine->state, tally);
}

bool engine_ignores_refusal(const struct engine *engine)
{
	return engine->phase == PHASE_HINTED;
}

bool engine_deletes(const struct engine *engine, int i)
{
	const struct phase_ops *ops = &phases[engine->phase];

	return ops->deletes && ops->deletes((const char *)engine + ops->self, i);
}

enum absence engine_absence(const struct engine *engine, int i)
{
	const struct phase_ops *phase = &phases[engine->phase];

	return phase->absence ? phase->absence((const char *)engine + phase->self, i)
			      : ABSENCE_NONE;
}

bool engine_fuse_blown(const struct engine *engine)
{
	return engine->full.recheck.fuse_blown || engine->scan.recheck.fuse_blown ||
	       engine->unresolved_scan.recheck.fuse_blown || engine->repair.recheck.fuse_blown ||
	       engine->rejected_check.recheck.fuse_blown;
}

int engine_cells(const struct engine *engine, const struct cell **cells)
{
	if (engine->phase == PHASE_REPAIR) {
		*cells = engine->repair.cells;
		return engine->repair.n;
	}
	*cells = engine->audit.found;
	return engine->audit.n_found;
}
