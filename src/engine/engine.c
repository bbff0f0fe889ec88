/* SPDX-License-Identifier: MIT */
#include "engine.h"

/* Begins the part that a strategy is done by. */
static void begin_part(struct engine *e, enum strategy strategy)
{
	switch (strategy) {
	case STRATEGY_ONE_PAGE:
	case STRATEGY_HEAD_SCAN:
	case STRATEGY_TAIL_SCAN:
		e->part = PART_SCAN;
		scan_begin(&e->scan, &e->state);
		break;
	case STRATEGY_UNRESOLVED_SCAN:
		e->part = PART_UNRESOLVED;
		unresolved_scan_begin(&e->unresolved_scan, &e->state);
		break;
	case STRATEGY_COUNT_AUDIT:
		e->part = PART_AUDIT;
		audit_begin(&e->audit, &e->state, &e->conf);
		break;
	case STRATEGY_REPAIR:
		e->part = PART_REPAIR;
		repair_begin(&e->repair, &e->state, e->conf.cells, e->conf.n_cells,
			     e->conf.accept_deletions);
		break;
	default:
		e->part = PART_FULL;
		e->state.tried_at = e->conf.now;
		full_begin(&e->full, &e->state, e->conf.ahead, e->conf.accept_deletions);
		break;
	}
}

void engine_begin(struct engine *engine, const struct engine_conf *conf,
		  const struct workspace_state *state)
{
	*engine = (struct engine){ .conf = *conf, .state = *state };
	engine->strategy = plan_strategy(state, conf);
	begin_part(engine, engine->strategy);
}

void engine_set_ahead(struct engine *engine, int ahead)
{
	engine->conf.ahead = ahead;
	if (engine->part == PART_FULL)
		full_set_ahead(&engine->full, &engine->state, ahead);
}

int64_t engine_started(const struct engine *engine)
{
	switch (engine->part) {
	case PART_SCAN:
		return engine->scan.started;
	case PART_UNRESOLVED:
		return engine->unresolved_scan.started;
	case PART_AUDIT:
		return engine->audit.started;
	case PART_REPAIR:
		return engine->repair.started;
	case PART_STALE:
		return TIME_NONE;
	default:
		return engine->state.full.started;
	}
}

/* ---- what next ------------------------------------------------------- */

static void part_next(struct engine *e, bool stage_full, struct action *action)
{
	*action = (struct action){ .kind = ACTION_WAIT };
	switch (e->part) {
	case PART_FULL:
		full_next(&e->full, &e->state, stage_full, action);
		break;
	case PART_SCAN:
		scan_next(&e->scan, stage_full, action);
		break;
	case PART_UNRESOLVED:
		unresolved_scan_next(&e->unresolved_scan, &e->state, stage_full, action);
		break;
	case PART_AUDIT:
		audit_next(&e->audit, action);
		break;
	case PART_REPAIR:
		repair_next(&e->repair, stage_full, action);
		break;
	case PART_STALE:
		stale_check_next(&e->stale_check, action);
		break;
	}
}

/* An audit wants to know what changed before it counts again. */
static void begin_settling(struct engine *e)
{
	struct engine_conf changes = { .goal = GOAL_INCREMENTAL, .now = e->conf.now };

	e->settling = true;
	e->changes = 0;
	begin_part(e, plan_strategy(&e->state, &changes));
}

/* Whether there is something to be repaired after the audit. */
static bool repairs(const struct engine *e)
{
	return e->part == PART_AUDIT && e->conf.repair && e->audit.n_found > 0 &&
	       e->audit.verdict == VERDICT_DIFFERENT;
}

/* Whether older copies want a second look before the cycle is over. */
static bool stale_copies(const struct engine *e)
{
	return e->part != PART_STALE && e->state.stale_copies > 0;
}

/* The part that worked has come to VERDICT: true when another one follows. */
static bool follow(struct engine *e, enum verdict verdict)
{
	if (e->settling) {
		e->settling = false;
		e->part = PART_AUDIT;
		audit_settled(&e->audit, e->changes);
		return true;
	}
	if (repairs(e)) {
		e->part = PART_REPAIR;
		repair_begin(&e->repair, &e->state, e->audit.found, e->audit.n_found,
			     e->conf.accept_deletions);
		return true;
	}
	if (!e->checking_stale)
		return false;
	e->checking_stale = false;
	e->part = PART_STALE;
	stale_check_begin(&e->stale_check, verdict);
	return true;
}

void engine_next(struct engine *engine, bool stage_full, struct action *action)
{
	if (engine->part == PART_AUDIT && engine->audit.step == AUDIT_SETTLE)
		begin_settling(engine);
	part_next(engine, stage_full, action);
	while (action->kind == ACTION_DONE && follow(engine, action->verdict))
		part_next(engine, stage_full, action);
	if (action->kind != ACTION_COMMIT || !action->last)
		return;
	/* The run ends with the last part's last commit only. */
	if (engine->settling || repairs(engine)) {
		action->last = false;
	} else if (stale_copies(engine)) {
		action->last = false;
		engine->checking_stale = true;
	}
}

/* ---- what comes back ------------------------------------------------- */

void engine_page(struct engine *engine, const struct page *page)
{
	struct workspace_state *state = &engine->state;

	switch (engine->part) {
	case PART_FULL:
		full_page(&engine->full, state, page);
		break;
	case PART_SCAN:
		scan_page(&engine->scan, state, page);
		break;
	case PART_UNRESOLVED:
		unresolved_scan_page(&engine->unresolved_scan, state, page);
		break;
	case PART_AUDIT:
		audit_page(&engine->audit, state, page);
		break;
	case PART_REPAIR:
		repair_page(&engine->repair, page);
		break;
	case PART_STALE:
		break;
	}
}

void engine_item(struct engine *engine, enum item_outcome outcome, int64_t updated_at)
{
	switch (engine->part) {
	case PART_FULL:
		full_item(&engine->full, outcome);
		break;
	case PART_SCAN:
		scan_item(&engine->scan, &engine->state, outcome, updated_at);
		break;
	case PART_UNRESOLVED:
		unresolved_scan_item(&engine->unresolved_scan, outcome);
		break;
	case PART_REPAIR:
		repair_item(&engine->repair, outcome);
		break;
	case PART_STALE:
		stale_check_item(&engine->stale_check, outcome);
		break;
	case PART_AUDIT:
		break;
	}
}

void engine_answer(struct engine *engine, const struct answer *answer)
{
	struct workspace_state *state = &engine->state;

	switch (engine->part) {
	case PART_FULL:
		full_answer(&engine->full, state, answer);
		break;
	case PART_SCAN:
		scan_answer(&engine->scan, state, answer);
		break;
	case PART_UNRESOLVED:
		unresolved_scan_answer(&engine->unresolved_scan, state, answer);
		break;
	case PART_AUDIT:
		audit_answer(&engine->audit, state, answer);
		break;
	case PART_REPAIR:
		repair_answer(&engine->repair, state, answer);
		break;
	case PART_STALE:
		stale_check_answer(&engine->stale_check, answer);
		break;
	}
}

/* What every commit teaches, whichever part asked for it. */
static void learn(struct engine *engine, const struct tally *tally)
{
	struct workspace_state *state = &engine->state;

	state->live = tally->live;
	state->stale_copies = tally->stale_copies;
	engine->changes += tally->fresh + tally->changed + tally->deleted;
	/*
	 * Something became visible later than was thought possible. What is
	 * later than any lookback may reach (an import of old conversations)
	 * teaches nothing.
	 */
	if (tally->late > 0 && tally->late_by <= engine->conf.lookback_most)
		state->lookback =
			max_i64(state->lookback, min_i64(max_i64(2 * state->lookback,
								 state->lookback + tally->late_by),
							 engine->conf.lookback_most));
}

void engine_committed(struct engine *engine, const struct tally *tally)
{
	learn(engine, tally);
	switch (engine->part) {
	case PART_FULL:
		full_committed(&engine->full, &engine->state);
		break;
	case PART_SCAN:
		scan_committed(&engine->scan, &engine->state);
		break;
	case PART_UNRESOLVED:
		unresolved_scan_committed(&engine->unresolved_scan, tally);
		break;
	case PART_AUDIT:
		audit_committed(&engine->audit);
		break;
	case PART_REPAIR:
		repair_committed(&engine->repair, &engine->state);
		break;
	case PART_STALE:
		stale_check_committed(&engine->stale_check);
		break;
	}
}

bool engine_buries(const struct engine *engine, int i)
{
	switch (engine->part) {
	case PART_FULL:
		return full_buries(&engine->full, i);
	case PART_SCAN:
		return scan_buries(&engine->scan, i);
	case PART_UNRESOLVED:
		return unresolved_scan_buries(&engine->unresolved_scan, i);
	case PART_REPAIR:
		return repair_buries(&engine->repair, i);
	default:
		return false;
	}
}

bool engine_fuse_blown(const struct engine *engine)
{
	return engine->full.recheck.fuse_blown || engine->scan.recheck.fuse_blown ||
	       engine->unresolved_scan.recheck.fuse_blown || engine->repair.recheck.fuse_blown;
}

int engine_cells(const struct engine *engine, const struct cell **cells)
{
	if (engine->part == PART_REPAIR) {
		*cells = engine->repair.cells;
		return engine->repair.n;
	}
	*cells = engine->audit.found;
	return engine->audit.n_found;
}
