/* SPDX-License-Identifier: MIT */
#include "stale_check.h"

/* So many are looked at in a cycle. */
#define MOST_LOOKS 20

void stale_check_begin(struct stale_check *stale_check, enum verdict verdict)
{
	*stale_check = (struct stale_check){ .step = STALE_CHECK_ASK, .verdict = verdict };
}

void stale_check_next(struct stale_check *stale_check, struct action *action)
{
	struct request request;

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

void stale_check_item(struct stale_check *stale_check, enum item_outcome outcome)
{
	stale_check->pending.waiting = false;
	recheck_take(&stale_check->recheck, outcome, TIME_NONE);
	if (recheck_over(&stale_check->recheck))
		stale_check->step = STALE_CHECK_COMMIT;
}

void stale_check_answer(struct stale_check *stale_check, const struct answer *answer)
{
	stale_check->pending.waiting = false;
	recheck_begin(&stale_check->recheck, answer, MOST_LOOKS, TIME_NONE, TIME_NONE);
	stale_check->step =
		recheck_over(&stale_check->recheck) ? STALE_CHECK_COMMIT : STALE_CHECK_RECHECK;
}

void stale_check_committed(struct stale_check *stale_check)
{
	if (action_committed(&stale_check->pending))
		stale_check->step = STALE_CHECK_OVER;
}
