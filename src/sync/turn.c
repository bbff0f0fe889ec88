/* SPDX-License-Identifier: MIT */
#include "turn.h"

#include "outbox.h"

/*
 * Whether somebody need not wait for anything: a cycle is over, or the warehouse
 * was given back in this round after whoever wants it had been asked.
 */
static bool has_work(const struct turn *turn)
{
	for (size_t i = 0; i < turn->n; i++)
		if (turn->cycles[i] &&
		    (cycle_over(turn->cycles[i]) || cycle_can_go_on(turn->cycles[i])))
			return true;
	/* What came while somebody waited for the warehouse is not heard of again. */
	return wait_reload_asked(turn->wait) ||
	       (turn->warehouse &&
		(warehouse_ready(turn->warehouse) || warehouse_has_notify(turn->warehouse)));
}

/* What the cycles that are over have committed is to be computed again. */
static void want_days(const struct turn *turn)
{
	for (size_t i = 0; i < turn->n; i++)
		if (turn->cycles[i] && cycle_over(turn->cycles[i]))
			report_refresh_want(turn->refresh,
					    cycle_progress(turn->cycles[i])->workspace);
}

enum wait_why turn_round(struct turn *turn, int64_t deadline)
{
	int64_t now = wait_now();
	struct http_reply *reply;

	while ((reply = http_take(turn->http)))
		outbox_deliver(reply);
	for (size_t i = 0; i < turn->n; i++) {
		struct cycle *cycle = turn->cycles[(turn->next + i) % turn->n];

		if (cycle)
			deadline = min_i64(deadline, cycle_turn(cycle, now));
	}
	turn->next = turn->n ? (turn->next + 1) % turn->n : 0;
	if (turn->refresh)
		want_days(turn);
	if (has_work(turn))
		deadline = 0;
	else if (turn->refresh)
		deadline = min_i64(deadline, report_refresh_turn(turn->refresh));
	return wait_turn(turn->wait, deadline);
}
