/* SPDX-License-Identifier: MIT */
#include "forecast.h"

#include <inttypes.h>

#include "inspect.h"
#include "messages.h"
#include "rate_limit.h"
#include "time_format.h"

#define MINUTE (60 * USEC_PER_SEC)
#define DAY (24 * 60 * MINUTE)
#define MINUTES_A_DAY 1440

/* Cycles of so many microseconds that begin within a day. */
static int64_t a_day(int64_t interval)
{
	return (DAY + interval - 1) / interval;
}

/* The strategy that cycles come back to after an extraordinary one. */
static enum strategy usual_strategy(const struct workspace_state *state, int64_t now)
{
	const struct engine_conf incremental = { .kind = CYCLE_INCREMENTAL, .now = now };
	struct workspace_state settled = *state;

	settled.needs_full = FULL_NOT_NEEDED;
	settled.full.running = false;
	return plan_strategy(&settled, &incremental);
}

/* A list that was read again and again is read so the next time. */
static void add_again(struct forecast *f, struct plan_cost *cost, int64_t requests)
{
	cost->most = max_i64(cost->most, requests + requests / 4);
	cost->usec = cost->most * MINUTE / f->facts.usable;
}

static void work_out(struct forecast *f, int64_t now)
{
	const struct workspace_schedule *schedule = &f->workspace->schedule;
	const struct engine_conf incremental = { .kind = CYCLE_INCREMENTAL, .now = now };
	const struct workspace_state *m = &f->state;

	struct plan_facts next = f->facts;

	f->strategy = plan_strategy(m, &incremental);
	/* After a bulk action the next scan reads the changed conversations once more. */
	if (f->strategy == STRATEGY_HEAD_SCAN || f->strategy == STRATEGY_TAIL_SCAN)
		next.changed += f->again;
	f->cycle = plan_cost(f->strategy, m, &next);
	f->usual = plan_cost(usual_strategy(m, now), m, &f->facts);
	f->verify = plan_cost(STRATEGY_COUNT_AUDIT, m, &f->facts);
	f->full = plan_cost(STRATEGY_FULL_SWEEP, m, &f->facts);
	if (f->swept_lately > f->full.most)
		add_again(f, &f->full, f->swept_lately);
	if (f->strategy == STRATEGY_FULL_SWEEP)
		f->cycle = f->full;
	else if (f->scanned_in_vain > 0)
		add_again(f, &f->cycle, f->scanned_in_vain);
	f->wanted = a_day(schedule->incremental) * f->usual.most +
		    a_day(schedule->verify) * f->verify.most + f->full.most;
	f->allowed = (int64_t)f->facts.usable * MINUTES_A_DAY;
	f->interval = plan_interval(m, &f->facts, schedule->verify);
	f->met = f->interval <= schedule->incremental;
}

bool forecast_make(struct warehouse *warehouse, const struct workspace_conf *workspace, int64_t now,
		   struct forecast *forecast, struct err *err)
{
	struct inspect_load load;
	struct warehouse_known known;
	struct rate_limit rate_limit;
	int id;

	*forecast = (struct forecast){ .workspace = workspace };
	rate_limit_begin(&rate_limit, (int)workspace->requests_per_minute, (int)workspace->reserve);
	forecast->facts.usable = rate_limit.usable;
	if (!warehouse_find(warehouse, workspace->name, &id, err))
		return false;
	if (id == 0)
		return true;
	if (!warehouse_load(warehouse, id, &known, err) ||
	    !inspect_load(warehouse, id, &load, err) ||
	    !inspect_messages(warehouse, id, &forecast->messages, err))
		return false;
	forecast->state = known.state;
	forecast->known = known.state.last_total > 0 || known.state.certified_at != TIME_NONE;
	forecast->facts.unresolved = load.unresolved;
	forecast->facts.changed = (int64_t)((double)load.changes *
					    (double)workspace->schedule.incremental / (double)DAY);
	forecast->again = load.again;
	forecast->changes = load.changes;
	forecast->swept_lately = load.swept_lately;
	forecast->scanned_in_vain = load.scanned_in_vain;
	work_out(forecast, now);
	return true;
}

void forecast_sum(const struct forecast *f, struct buf *out)
{
	const struct workspace_conf *w = f->workspace;

	buf_printf(out,
		   "%d requests a minute are ours (%" PRId64 " less %" PRId64 "%%), %" PRId64
		   " a day",
		   f->facts.usable, w->requests_per_minute, w->reserve,
		   (int64_t)f->facts.usable * MINUTES_A_DAY);
	if (f->known)
		buf_printf(out,
			   "; the schedule wants %" PRId64 ": %" PRId64 " cycles of %" PRId64
			   ", %" PRId64 " verifies of %" PRId64 ", a full sweep of %" PRId64,
			   f->wanted, a_day(w->schedule.incremental), f->usual.most,
			   a_day(w->schedule.verify), f->verify.most, f->full.most);
}

static void unmet(const struct forecast *f, struct buf *out)
{
	char interval[TIME_FORMAT_SIZE];

	if (f->interval == TIME_NEVER)
		buf_printf(out, "the schedule cannot be met: verifies and the full sweep alone "
				"take more than the quota; verify less often, or take a larger "
				"plan");
	else
		buf_printf(out,
			   "the schedule cannot be met: the quota allows a cycle every %s; "
			   "set schedule.incremental to that, or take a larger plan",
			   duration_format((f->interval / USEC_PER_SEC + 1) * USEC_PER_SEC,
					   interval));
}

/* The limits of the lists. */
static void add_limits(const struct workspace_state *state, struct buf *out)
{
	if (state->certified_at == TIME_NONE)
		buf_str(out, "; as long as nothing is proven sahut-etl sync reads everything, as a "
			     "full sweep does");
	if (state->filterless)
		buf_str(out, "; the API's filters do nothing, so everything is read each time");
	if (state->depth > 0)
		buf_printf(out,
			   "; the list can be read to %" PRId64
			   " conversations, and a longer one is read in %" PRId64 " parts",
			   state->depth, state->parts);
	if (state->beyond > 0)
		buf_printf(out,
			   ", of which %" PRId64 " conversations lie too deep (see status --json)",
			   state->beyond);
}

void forecast_outcome(const struct forecast *f, struct buf *out)
{
	int64_t interval = f->workspace->schedule.incremental;
	char age[TIME_FORMAT_SIZE], least[TIME_FORMAT_SIZE];

	if (!f->known) {
		buf_str(out, "nothing is known of it before its first load");
		return;
	}
	if (!f->met) {
		unmet(f, out);
		return;
	}
	/* A change is seen by the next cycle at the latest, and published less the lookback. */
	buf_printf(out,
		   "published data is at most %s old (interval, cycle and lookback); the quota "
		   "would allow a cycle every %s",
		   duration_format(interval + f->usual.usec + f->state.lookback, age),
		   duration_format(max_i64(f->interval, USEC_PER_SEC), least));
	if (f->state.order == ORDER_UNKNOWN && f->strategy == STRATEGY_UNRESOLVED_SCAN)
		buf_str(out, "; changes of resolved conversations are seen by full sweeps only, "
			     "since the list goes by nothing that tells them");
	add_limits(&f->state, out);
}

/* ---- messages ------------------------------------------------------------ */

/* sahut_etl.lease() grants in this time no more than the quota of a minute. */
#define LEASE_WINDOW 63

/* Requests a minute that others leave. */
static int64_t left_over(const struct forecast *f)
{
	int64_t usual = max_i64(f->usual.most + f->verify.most, f->wanted / MINUTES_A_DAY);

	return max_i64(0, f->facts.usable - usual);
}

/* Requests in a window that messages may have, and those that history leaves of them. */
static int64_t messages_rate(const struct forecast *f)
{
	return f->workspace->messages.share * left_over(f) / 100;
}

static int64_t history_a_day(const struct forecast *f)
{
	int64_t rate = messages_rate(f);

	if (rate > 1)
		rate -= (rate + 9) / 10;
	return rate * (DAY / USEC_PER_SEC) / LEASE_WINDOW;
}

/*
 * Requests a day for what is read before history: conversations that change, and unresolved ones
 * that were not read for long.
 */
static int64_t messages_meanwhile(const struct forecast *f)
{
	int64_t again = messages_again(f->messages.moved, f->messages.unmoved);

	return f->changes + f->facts.unresolved * (DAY / again);
}

static void messages_done(const struct forecast *f, int64_t requests, struct buf *out)
{
	const struct inspect_messages *m = &f->messages;
	int64_t left = history_a_day(f) - messages_meanwhile(f);
	char text[TIME_FORMAT_SIZE];

	if (messages_rate(f) == 0 && left_over(f) > 0) {
		buf_printf(out,
			   "; of the %" PRId64 " requests a minute that are left over that is not "
			   "one, so none are read: raise messages.share",
			   left_over(f));
	} else if (messages_rate(f) == 0) {
		buf_str(out, "; nothing is left over, so none are read: take a larger plan, or "
			     "cycles less often");
	} else if (left <= 0) {
		buf_printf(out,
			   "; conversations that change, and unresolved ones that are read again, "
			   "take about %" PRId64 " requests a day, all of it, so history does not "
			   "come to its end: raise messages.share, or take a larger plan",
			   messages_meanwhile(f));
	} else if (requests > 0) {
		buf_printf(out, "; done in about %s",
			   duration_format((requests * MINUTES_A_DAY / left + 1) * MINUTE, text));
		if (messages_moves(m->moved, m->unmoved) == MESSAGES_MOVES_UNKNOWN)
			buf_str(out, ", or sooner where a message turns out to move updated_at");
	}
}

void forecast_messages(const struct forecast *f, struct buf *out)
{
	const struct inspect_messages *m = &f->messages;
	int64_t conversations = m->due + m->to_come, requests;
	char text[TIME_FORMAT_SIZE];

	if (!m->read || f->workspace->messages.read == WORKSPACE_MESSAGES_OFF)
		return;
	/* Most have one page; of those that were read it is known. */
	requests = m->known > 0 ? conversations * max_i64(m->pages, m->known) / m->known
				: conversations;
	buf_printf(out,
		   "messages of %" PRId64 " conversations are to be read, with about %" PRId64
		   " requests, %" PRId64 " a minute (%" PRId64 "%% of what is left over)",
		   conversations, requests, messages_rate(f), f->workspace->messages.share);
	if (m->history_at != TIME_NONE)
		buf_printf(out, "; history is known back to %s", time_format(m->history_at, text));
	messages_done(f, requests, out);
}
