/* SPDX-License-Identifier: MIT */
#include "turn.h"

#include "outbox.h"

/*
 * Whether somebody need not wait for anything: a track is over, or the store
 * was given back in this round after whoever wants it had been asked.
 */
static bool has_work(const struct turn *turn)
{
	for (size_t i = 0; i < turn->n; i++)
		if (turn->tracks[i] &&
		    (track_over(turn->tracks[i]) || track_can_go_on(turn->tracks[i])))
			return true;
	return turn->store && store_ready(turn->store);
}

enum wait_why turn_round(struct turn *turn, int64_t deadline)
{
	int64_t now = wait_now();
	struct http_reply *reply;

	while ((reply = http_take(turn->http)))
		outbox_deliver(reply);
	for (size_t i = 0; i < turn->n; i++) {
		struct track *track = turn->tracks[(turn->next + i) % turn->n];

		if (track)
			deadline = min_i64(deadline, track_turn(track, now));
	}
	turn->next = turn->n ? (turn->next + 1) % turn->n : 0;
	return wait_turn(turn->wait, has_work(turn) ? 0 : deadline);
}
