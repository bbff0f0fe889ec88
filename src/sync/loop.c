/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include "request_queue.h"

/*
 * Whether a cycle need not wait for anything: it is over, or the warehouse was given back in this
 * round after the cycles that want it had been asked.
 */
static bool has_work(const struct loop *loop)
{
	for (size_t i = 0; i < loop->n; i++)
		if (loop->cycles[i] &&
		    (cycle_over(loop->cycles[i]) || cycle_can_go_on(loop->cycles[i])))
			return true;
	/* A signal that came while a cycle waited for the warehouse does not wake us again. */
	return event_loop_reload_asked(loop->event_loop) ||
	       (loop->warehouse &&
		(warehouse_ready(loop->warehouse) || warehouse_has_notify(loop->warehouse)));
}

/* Days that the finished cycles have committed to are to be computed again. */
static void want_days(const struct loop *loop)
{
	for (size_t i = 0; i < loop->n; i++)
		if (loop->cycles[i] && cycle_over(loop->cycles[i]))
			report_refresh_want(loop->refresh,
					    cycle_progress(loop->cycles[i])->workspace);
}

/* The least that other cycles than ONE have used of the warehouse. */
static int64_t least_used(const struct loop *loop, const struct cycle *one)
{
	int64_t least = TIME_NEVER;

	for (size_t i = 0; i < loop->n; i++)
		if (loop->cycles[i] && loop->cycles[i] != one)
			least = min_i64(least, cycle_share(loop->cycles[i])->used);
	return least;
}

/* A turn of CYCLE, and what it then leaves to others. */
static int64_t turn(const struct loop *loop, struct cycle *cycle)
{
	int64_t began = event_loop_now(), when = cycle_turn(cycle, began), now = event_loop_now();

	return min_i64(when, fair_share_after_turn(cycle_share(cycle), now, now - began,
						   least_used(loop, cycle)));
}

enum event_loop_why loop_round(struct loop *loop, int64_t deadline)
{
	struct http_reply *reply;

	while ((reply = http_take(loop->http)))
		request_queue_deliver(reply);
	for (size_t i = 0; i < loop->n; i++) {
		struct cycle *cycle = loop->cycles[(loop->next + i) % loop->n];

		if (cycle)
			deadline = min_i64(deadline, turn(loop, cycle));
	}
	loop->next = loop->n ? (loop->next + 1) % loop->n : 0;
	if (loop->refresh)
		want_days(loop);
	if (has_work(loop))
		deadline = 0;
	else if (loop->refresh)
		deadline = min_i64(deadline, report_refresh_turn(loop->refresh));
	return event_loop_turn(loop->event_loop, deadline);
}
