/* SPDX-License-Identifier: MIT */
#include "cycle_log.h"

#include <inttypes.h>

#include "err_policy.h"
#include "events.h"
#include "time_format.h"

static void cycle_log_failure(const struct log *log, const struct cycle *cycle)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	struct err_policy_text text;
	struct log_line line;

	log_begin(&line, err_policy_level(p->err.kind), &events_table()->cycle_failed, "%s",
		  err_policy_sentence(&p->err, &text));
	log_text(&line, "workspace", cycle_name(cycle));
	log_text(&line, "kind", cycle_kind(cycle_recorded_kind(cycle))->name);
	log_text(&line, "error", err_kind_name(p->err.kind));
	if (p->err.code[0])
		log_text(&line, "code", p->err.code);
	log_number(&line, "requests", p->requests);
	log_end(log, &line);
}

static void cycle_log_end(const struct log *log, const struct cycle *cycle, int64_t now)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	char complete[TIME_FORMAT_SIZE], active[TIME_FORMAT_SIZE], took[TIME_FORMAT_SIZE];
	struct log_line line;

	log_begin(&line, LEVEL_INFO, &events_table()->cycle,
		  "%s: %" PRId64 " conversations, %" PRId64 " new, %" PRId64 " changed: %s",
		  cycle_name(cycle), p->sum.live, p->sum.fresh, p->sum.changed,
		  action_verdict_name(p->verdict));
	log_text(&line, "workspace", cycle_name(cycle));
	log_text(&line, "kind", cycle_kind(cycle_recorded_kind(cycle))->name);
	log_text(&line, "strategy", plan_strategy_name(p->strategy));
	log_text(&line, "verdict", action_verdict_name(p->verdict));
	log_number(&line, "requests", p->requests);
	log_number(&line, "pages", p->pages);
	log_number(&line, "new", p->sum.fresh);
	log_number(&line, "changed", p->sum.changed);
	log_number(&line, "deleted", p->sum.deleted);
	log_number(&line, "rejected", p->sum.rejected);
	log_text(&line, "complete_as_of", time_format(p->now.complete_as_of, complete));
	log_text(&line, "active_as_of", time_format(p->now.active_as_of, active));
	log_text(&line, "took", duration_format(now - p->began, took));
	log_end(log, &line);
}

static void cycle_log_messages(const struct log *log, const struct cycle *cycle, int64_t now)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	char took[TIME_FORMAT_SIZE];
	struct log_line line;

	log_begin(&line, LEVEL_INFO, &events_table()->messages,
		  "%s: %d pages of messages, %" PRId64 " new ones%s", cycle_name(cycle), p->pages,
		  p->sum.fresh, p->verdict == VERDICT_READ ? ": none is due any more" : "");
	log_text(&line, "workspace", cycle_name(cycle));
	log_text(&line, "kind", cycle_kind(cycle_recorded_kind(cycle))->name);
	log_text(&line, "verdict", action_verdict_name(p->verdict));
	log_number(&line, "requests", p->requests);
	log_number(&line, "pages", p->pages);
	log_number(&line, "new", p->sum.fresh);
	log_number(&line, "rejected", p->sum.rejected);
	log_text(&line, "took", duration_format(now - p->began, took));
	log_end(log, &line);
}

static void cycle_log_order(const struct log *log, const struct cycle *cycle)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	enum order was = p->before.order, is = p->now.order;
	struct log_line line;

	if (was == is)
		return;
	if (is == ORDER_UNKNOWN)
		log_begin(&line, LEVEL_WARNING, &events_table()->order_demoted,
			  "%s: the list does not stand in the order %s any more; everything is "
			  "read to learn it anew",
			  cycle_name(cycle), order_name(was));
	else
		log_begin(&line, LEVEL_NOTICE, &events_table()->order_learned,
			  "%s: the list stands in the order %s", cycle_name(cycle), order_name(is));
	log_text(&line, "workspace", cycle_name(cycle));
	log_text(&line, "order", order_name(is));
	log_end(log, &line);
}

static void cycle_log_oddities(const struct log *log, const struct cycle *cycle)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	struct log_line line;

	/* They are met again in every cycle. */
	if (p->sum.rejected > 0 && p->now.holding != p->before.holding) {
		log_begin(&line, LEVEL_WARNING, &events_table()->rejected,
			  "%s: %" PRId64 " items could not be loaded, and hold the instants until "
			  "they can be, or are accepted; sahut-etl rejected lists them",
			  cycle_name(cycle), p->now.holding);
		log_text(&line, "workspace", cycle_name(cycle));
		log_number(&line, "rejected", p->now.holding);
		log_end(log, &line);
	}
	if (p->fuse_blown) {
		log_begin(&line, LEVEL_ERROR, &events_table()->fuse_blown,
			  "%s: the API says that more conversations are gone than is believable; "
			  "none was marked deleted. "
			  "If it is true, run: sahut-etl -w %s verify --full --repair",
			  cycle_name(cycle), cycle_name(cycle));
		log_text(&line, "workspace", cycle_name(cycle));
		log_end(log, &line);
	}
}

/* Said when it begins, and then more seldom each time. */
static void cycle_log_clock(const struct log *log, const struct cycle *cycle, int64_t now,
			    struct complaint *clock)
{
	int64_t ahead = cycle_progress(cycle)->now.date_ahead;
	char by[TIME_FORMAT_SIZE];
	struct log_line line;

	if (ahead == 0 && clock)
		(void)!log_backoff_over(clock, now, NULL);
	if (ahead == 0 || (clock && !log_backoff(clock, now)))
		return;
	log_begin(&line, LEVEL_WARNING, &events_table()->clock_wrong,
		  "%s: a Date of the API is %s ahead of this host's clock and of the database's; "
		  "it is not believed, and no instant moves by it; sahut-etl check compares them",
		  cycle_name(cycle), duration_format(ahead, by));
	log_text(&line, "workspace", cycle_name(cycle));
	log_number(&line, "ahead_usec", ahead);
	log_end(log, &line);
}

void cycle_log_cycle(const struct log *log, const struct cycle *cycle, int64_t now,
		     struct complaint *clock)
{
	bool messages = cycle_kind(cycle_recorded_kind(cycle))->messages;

	if (cycle_progress(cycle)->state != CYCLE_DONE)
		cycle_log_failure(log, cycle);
	else if (messages)
		cycle_log_messages(log, cycle, now);
	else
		cycle_log_end(log, cycle, now);
	if (messages)
		return;
	cycle_log_order(log, cycle);
	cycle_log_oddities(log, cycle);
	cycle_log_clock(log, cycle, now, clock);
}
