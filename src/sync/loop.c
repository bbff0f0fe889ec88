/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include "request_queue.h"

/*
 * Whether somebody need not wait for anything: a cycle is over, or the warehouse
 * was given back in this round after whoever wants it had been asked.
 */
static bool has_work(const struct loop *loop)
{
	for (size_t i = 0; i < loop->n; i++)
		if (loop->cycles[i] &&
		    (cycle_over(loop->cycles[i]) || cycle_can_go_on(loop->cycles[i])))
			return true;
	/* What came while somebody waited for the warehouse is not heard of again. */
	return event_loop_reload_asked(loop->event_loop) ||
	       (loop->warehouse &&
		(warehouse_ready(loop->warehouse) || warehouse_has_notify(loop->warehouse)));
}

/* What the cycles that are over have committed is to be computed again. */
static void want_days(const struct loop *loop)
{
	for (size_t i = 0; i < loop->n; i++)
		if (loop->cycles[i] && cycle_over(loop->cycles[i]))
			report_refresh_want(loop->refresh,
					    cycle_progress(loop->cycles[i])->workspace);
}

enum event_loop_why loop_round(struct loop *loop, int64_t deadline)
{
	int64_t now = event_loop_now();
	struct http_reply *reply;

	while ((reply = http_take(loop->http)))
		request_queue_deliver(reply);
	for (size_t i = 0; i < loop->n; i++) {
		struct cycle *cycle = loop->cycles[(loop->next + i) % loop->n];

		if (cycle)
			deadline = min_i64(deadline, cycle_turn(cycle, now));
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
