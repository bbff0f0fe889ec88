/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "overlap.h"
#include "rejected_check.h"
#include "sweep.h"

#define MINUTE (60 * USEC_PER_SEC)
#define DAY (24 * 60 * MINUTE)

/*
 * After a full sweep that proved nothing: some minutes, the longer the list the more, a few times;
 * then ten minutes, twenty, forty, ... a day.
 */
#define SOON (2 * MINUTE)
#define SOON_PER_PAGE USEC_PER_SEC
#define SOON_TIMES 4
#define FIRST_RETRY (10 * MINUTE)

/*
 * Of those that no list shows, or whose deletion is not believed, a full sweep asks for a few. A
 * 404 is asked for twice, with a control between.
 */
#define MOST_IN_TURN 5
#define REQUESTS_IN_TURN 3

/*
 * Passes and closing scans over a list that proved nothing, after the first; and pages of those
 * that are read again where its totals jump.
 */
#define PASSES_MORE 5
#define PAGES_AGAIN 32

/* Requests of an audit that finds everything equal. */
#define AUDIT_REQUESTS 5

/* Requests that count whether the list has parts that it does not show. */
#define STATUS_SUM_REQUESTS 5
#define STATUS_SUM_AGAIN 10

/* Of those that it did not see a sweep asks for so many, or for one in a hundred. */
#define FEWEST_SUSPECTS 100

const char *plan_strategy_name(enum strategy strategy)
{
	static const char *const names[STRATEGIES] = {
		[STRATEGY_NONE] = "",
		[STRATEGY_ONE_PAGE] = "one_page",
		[STRATEGY_HEAD_SCAN] = "head_scan",
		[STRATEGY_TAIL_SCAN] = "tail_scan",
		[STRATEGY_UNRESOLVED_SCAN] = "unresolved_scan",
		[STRATEGY_FULL_SWEEP] = "full_sweep",
		[STRATEGY_COUNT_AUDIT] = "count_audit",
		[STRATEGY_REPAIR] = "repair",
		[STRATEGY_HINTED] = "hinted",
		[STRATEGY_MESSAGES] = "messages",
	};

	assert((size_t)strategy < ARRAY_SIZE(names));
	return names[strategy];
}

int64_t plan_retry(const struct workspace_state *state)
{
	int64_t wait = FIRST_RETRY;

	if (state->uncertified == 0 || state->tried_at == TIME_NONE)
		return TIME_NONE;
	if (state->uncertified <= SOON_TIMES)
		wait = min_i64(wait, SOON + SOON_PER_PAGE * sweep_pages(state->last_total,
									state->per_page));
	for (int i = SOON_TIMES + 1; i < state->uncertified && wait < DAY; i++)
		wait *= 2;
	return state->tried_at + min_i64(wait, DAY);
}

/* The strategy of an incremental cycle that need not read everything. */
static enum strategy by_order(const struct workspace_state *state)
{
	/* Where filters do nothing, no list is smaller than that of everything. */
	enum strategy unordered =
		state->filterless ? STRATEGY_FULL_SWEEP : STRATEGY_UNRESOLVED_SCAN;

	if (workspace_state_withheld(state))
		return unordered;
	if (state->last_total < state->per_page)
		return STRATEGY_ONE_PAGE;
	if (!workspace_state_reaches_new(state))
		return unordered;
	if (state->order == ORDER_UPDATED_DESC)
		return STRATEGY_HEAD_SCAN;
	if (state->order == ORDER_UPDATED_ASC)
		return STRATEGY_TAIL_SCAN;
	return unordered;
}

/* Whether everything has to be read first. One that was tried in vain waits for its turn. */
static bool needs_everything(const struct workspace_state *state, int64_t now)
{
	int64_t retry = plan_retry(state);

	if (state->needs_full == FULL_NOT_NEEDED || state->needs_full == FULL_UNCERTIFIED)
		return false;
	if (state->full.running && state->certified_at == TIME_NONE)
		return true;
	return retry == TIME_NONE || now >= retry;
}

/*
 * The strategy of a cycle of changes, as far as that depends on the need to read everything first.
 */
static enum strategy of_changes(const struct workspace_state *state, int64_t now)
{
	return needs_everything(state, now) ? STRATEGY_FULL_SWEEP : by_order(state);
}

/*
 * Requests of a cycle by STRATEGY in which N conversations have changed. The best guess of the cost
 * of an unresolved scan is that of the last one.
 */
static int64_t changes_cost(enum strategy strategy, const struct workspace_state *state,
			    const struct engine_conf *conf)
{
	struct plan_facts facts = { .changed = conf->n_hinted, .usable = 1 };
	int64_t cost = plan_cost(strategy, state, &facts).least;

	return strategy == STRATEGY_UNRESOLVED_SCAN ? max_i64(cost, conf->usual_cost) : cost;
}

/*
 * Looking at N conversations takes N requests. A cycle of changes may take fewer; and of a list
 * that is one page it says more for the same.
 */
static enum strategy hinted(const struct workspace_state *state, const struct engine_conf *conf)
{
	enum strategy strategy = of_changes(state, conf->now);
	int64_t cost = changes_cost(strategy, state, conf);

	if (conf->more_hinted || cost < conf->n_hinted ||
	    (cost == conf->n_hinted && strategy == STRATEGY_ONE_PAGE))
		return strategy;
	return STRATEGY_HINTED;
}

enum strategy plan_strategy(const struct workspace_state *state, const struct engine_conf *conf)
{
	const struct cycle_rules *rules = cycle_kind(conf->kind);

	if (rules->messages)
		return STRATEGY_MESSAGES;
	if (rules->counts)
		return conf->n_cells > 0 ? STRATEGY_REPAIR : STRATEGY_COUNT_AUDIT;
	if (rules->insists && state->certified_at == TIME_NONE)
		return STRATEGY_FULL_SWEEP;
	if (rules->everything)
		return STRATEGY_FULL_SWEEP;
	return rules->hinted ? hinted(state, conf) : of_changes(state, conf->now);
}

bool plan_asks_again(enum strategy strategy, const struct workspace_state *state)
{
	bool of_changes = strategy == STRATEGY_ONE_PAGE || strategy == STRATEGY_HEAD_SCAN ||
			  strategy == STRATEGY_TAIL_SCAN || strategy == STRATEGY_UNRESOLVED_SCAN;

	return of_changes && state->askable > 0;
}

/* ---- costs ----------------------------------------------------------- */

/* A scan that reads changes from the fresh end of the list. */
static struct plan_cost scan_cost(const struct workspace_state *state,
				  const struct plan_facts *facts)
{
	bool backwards = order_ascending(state->order);
	int64_t pages =
		overlap_pages(state->last_total, facts->changed, state->per_page, backwards);
	/* All of it is due, and its one page has no room left: it is looked behind that. */
	bool full = state->last_total == state->per_page && facts->changed >= state->last_total;

	/*
	 * The last page may have to be found; several pages under which rows
	 * have moved are closed by another.
	 */
	return (struct plan_cost){ .least = pages + full,
				   .most = pages + (full || backwards) + (pages > 1) };
}

static struct plan_cost unresolved_scan_cost(const struct workspace_state *state,
					     const struct plan_facts *facts)
{
	/* Three lists, each with a last page that may not be full; and the resolved counted. */
	int64_t pages = overlap_pages(facts->unresolved, facts->unresolved, state->per_page, false);
	bool by_creation = state->order != ORDER_UNKNOWN && !order_by_update(state->order);
	int64_t new_ones = by_creation ? scan_cost(state, facts).most : 0;

	return (struct plan_cost){
		.least = max_i64(pages, 3) + 2 + by_creation,
		.most = pages + 2 + 2 + 3 + new_ones + facts->changed,
	};
}

/*
 * Requests for those that are held and not counted: a sweep asks for them, for what is gone twice,
 * for a control, and counts the statuses.
 */
static int64_t suspects_cost(const struct workspace_state *state)
{
	int64_t n = state->live - state->last_total -
		    state->standing.exceptions[EXCEPTION_UNLISTED] -
		    state->standing.exceptions[EXCEPTION_DISPUTED];

	if (n <= 0 || state->last_total == 0)
		return 0;
	n = min_i64(n, max_i64(FEWEST_SUSPECTS, state->live / 100));
	return 2 * n + (n + IDS_MOST - 1) / IDS_MOST + STATUS_SUM_REQUESTS;
}

static struct plan_cost full_cost(const struct workspace_state *state)
{
	int64_t pages = sweep_pages(state->last_total, state->per_page);
	int64_t known = min_i64(state->standing.exceptions[EXCEPTION_UNLISTED] +
					state->standing.exceptions[EXCEPTION_DISPUTED],
				MOST_IN_TURN);
	bool small = state->per_page < PER_PAGE_MOST;
	bool again = state->unproven == UNPROVEN_SHORT || state->unproven == UNPROVEN_LOST ||
		     state->unproven == UNPROVEN_CUT;
	bool full = state->last_total > 0 && state->last_total % state->per_page == 0;
	bool odd = state->certified_at == TIME_NONE || state->unproven == UNPROVEN_PARTS;
	int counts = odd ? STATUS_SUM_REQUESTS : 0;
	/* Statuses that are more than the whole are counted again before that is believed. */
	int recounts = state->unproven == UNPROVEN_PARTS ? STATUS_SUM_AGAIN : 0;

	/* First the whole list as far as it goes, and then each of its parts. */
	if (state->depth > 0 && state->last_total > state->depth)
		pages += sweep_pages(state->depth, state->per_page) + 2 + state->parts;
	/*
	 * A list that proved nothing is read again and again. Read backwards, the last page has to
	 * be found, and of small pages the size. Behind a last page that is full is looked, and
	 * before the first certificate statuses are counted.
	 */
	return (struct plan_cost){ .least = pages + full + counts,
				   .most = pages + full + counts + recounts + suspects_cost(state) +
					   known * REQUESTS_IN_TURN +
					   again * (PASSES_MORE * pages + PAGES_AGAIN) +
					   (pages + 99) / 100 +
					   order_ascending(state->order) * (1 + small) };
}

struct plan_cost plan_cost(enum strategy strategy, const struct workspace_state *state,
			   const struct plan_facts *facts)
{
	struct plan_cost cost = { .least = 1, .most = 1 };

	switch (strategy) {
	case STRATEGY_HEAD_SCAN:
	case STRATEGY_TAIL_SCAN:
		cost = scan_cost(state, facts);
		break;
	case STRATEGY_UNRESOLVED_SCAN:
		cost = unresolved_scan_cost(state, facts);
		break;
	case STRATEGY_FULL_SWEEP:
		cost = full_cost(state);
		break;
	case STRATEGY_ONE_PAGE:
		cost.most += state->certified_at == TIME_NONE ? STATUS_SUM_REQUESTS : 0;
		break;
	case STRATEGY_COUNT_AUDIT:
		cost = (struct plan_cost){ AUDIT_REQUESTS, AUDIT_REQUESTS, 0 };
		break;
	default:
		break;
	}
	if (plan_asks_again(strategy, state)) {
		cost.least++;
		cost.most += min_i64(state->askable, REJECTED_CHECK_PROBES);
	}
	cost.usec = cost.most * MINUTE / facts->usable;
	return cost;
}

int64_t plan_interval(const struct workspace_state *state, const struct plan_facts *facts,
		      int64_t verify)
{
	struct plan_cost cycle = plan_cost(by_order(state), state, facts);
	struct plan_cost audit = plan_cost(STRATEGY_COUNT_AUDIT, state, facts);
	struct plan_cost full = plan_cost(STRATEGY_FULL_SWEEP, state, facts);
	int64_t left = DAY - full.usec - DAY / verify * audit.usec;

	double apart = (double)cycle.usec * (double)DAY / (double)max_i64(left, 1);

	/* The time of a day that is left beside them, shared out among cycles. */
	return left <= 0 || apart >= (double)TIME_NEVER ? TIME_NEVER : (int64_t)apart;
}
