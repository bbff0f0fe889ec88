/* SPDX-License-Identifier: MIT */
#include "hinted.h"

void hinted_begin(struct hinted *hinted, int n)
{
	*hinted = (struct hinted){ .step = n > 0 ? HINTED_GET : HINTED_COMMIT,
				   .n = n,
				   .started = TIME_NONE };
}

void hinted_next(void *self, struct workspace_state *state, bool stage_full, struct action *action)
{
	struct hinted *hinted = self;
	struct request request = { .kind = REQUEST_GET, .item = hinted->next };

	(void)state;
	(void)stage_full;
	if (hinted->pending.waiting)
		return;
	if (hinted->step == HINTED_GET) {
		action_send(&hinted->pending, action, &request);
	} else if (hinted->step == HINTED_COMMIT) {
		action_commit(&hinted->pending, action, SEEN_BY_NOTHING, 0);
		action->last = true;
	} else {
		action_done(action, VERDICT_NONE);
	}
}

void hinted_item(void *self, struct workspace_state *state, enum item_outcome outcome,
		 int64_t updated_at)
{
	struct hinted *hinted = self;

	(void)state;
	(void)outcome;
	(void)updated_at;
	hinted->pending.waiting = false;
	if (++hinted->next == hinted->n)
		hinted->step = HINTED_COMMIT;
}

void hinted_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct hinted *hinted = self;

	(void)state;
	(void)tally;
	if (action_committed(&hinted->pending))
		hinted->step = HINTED_OVER;
}
