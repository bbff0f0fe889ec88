/* SPDX-License-Identifier: MIT */
#include "stale_check.h"

/* So many are looked at in a cycle. */
#define MOST_LOOKS 20

void stale_check_begin(struct stale_check *stale_check, enum verdict verdict)
{
	*stale_check = (struct stale_check){ .step = STALE_CHECK_ASK,
					     .started = TIME_NONE,
					     .verdict = verdict };
}

void stale_check_next(void *self, struct workspace_state *state, bool stage_full,
		      struct action *action)
{
	struct stale_check *stale_check = self;
	struct request request;

	(void)state;
	(void)stage_full;
	if (stale_check->pending.waiting)
		return;
	if (stale_check->step == STALE_CHECK_ASK) {
		action_ask(&stale_check->pending, action,
			   (struct ask){ .kind = ASK_STALE_COPIES, .most = MOST_LOOKS });
	} else if (stale_check->step == STALE_CHECK_RECHECK &&
		   recheck_next(&stale_check->recheck, &request)) {
		action_send(&stale_check->pending, action, &request);
	} else if (stale_check->step == STALE_CHECK_COMMIT) {
		action_commit(&stale_check->pending, action, SEEN_BY_NOTHING, 0);
		action->last = true;
		action->verdict = stale_check->verdict;
	} else if (stale_check->step == STALE_CHECK_OVER) {
		action_done(action, stale_check->verdict);
	}
}

void stale_check_item(void *self, struct workspace_state *state, enum item_outcome outcome,
		      int64_t updated_at)
{
	struct stale_check *stale_check = self;

	(void)state;
	(void)updated_at;
	stale_check->pending.waiting = false;
	recheck_take(&stale_check->recheck, outcome, TIME_NONE);
	if (recheck_over(&stale_check->recheck))
		stale_check->step = STALE_CHECK_COMMIT;
}

void stale_check_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct stale_check *stale_check = self;

	(void)state;
	stale_check->pending.waiting = false;
	recheck_begin(&stale_check->recheck, answer, MOST_LOOKS, TIME_NONE, TIME_NONE);
	stale_check->step =
		recheck_over(&stale_check->recheck) ? STALE_CHECK_COMMIT : STALE_CHECK_RECHECK;
}

void stale_check_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct stale_check *stale_check = self;

	(void)state;
	(void)tally;
	if (action_committed(&stale_check->pending))
		stale_check->step = STALE_CHECK_OVER;
}
