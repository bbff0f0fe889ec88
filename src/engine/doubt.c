/* SPDX-License-Identifier: MIT */
#include "doubt.h"

/* So many are looked at in a cycle. */
#define MOST_LOOKS 20

void doubt_begin(struct doubt *doubt, enum verdict verdict)
{
	*doubt = (struct doubt){ .step = DOUBT_ASK, .verdict = verdict };
}

void doubt_next(struct doubt *doubt, struct action *action)
{
	struct request request;

	if (doubt->work.waiting)
		return;
	if (doubt->step == DOUBT_ASK) {
		work_ask(&doubt->work, action,
			 (struct ask){ .kind = ASK_DOUBTS, .most = MOST_LOOKS });
	} else if (doubt->step == DOUBT_VISIT && recheck_next(&doubt->recheck, &request)) {
		work_send(&doubt->work, action, &request);
	} else if (doubt->step == DOUBT_COMMIT) {
		work_commit(&doubt->work, action, SEEN_BY_NOTHING, 0);
		action->last = true;
		action->verdict = doubt->verdict;
	} else if (doubt->step == DOUBT_OVER) {
		work_done(action, doubt->verdict);
	}
}

void doubt_item(struct doubt *doubt, enum item_outcome outcome)
{
	doubt->work.waiting = false;
	recheck_take(&doubt->recheck, outcome, TIME_NONE);
	if (recheck_over(&doubt->recheck))
		doubt->step = DOUBT_COMMIT;
}

void doubt_answer(struct doubt *doubt, const struct answer *answer)
{
	doubt->work.waiting = false;
	recheck_begin(&doubt->recheck, answer, MOST_LOOKS, TIME_NONE, TIME_NONE);
	doubt->step = recheck_over(&doubt->recheck) ? DOUBT_COMMIT : DOUBT_VISIT;
}

void doubt_committed(struct doubt *doubt)
{
	if (work_committed(&doubt->work))
		doubt->step = DOUBT_OVER;
}
