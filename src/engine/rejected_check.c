/* SPDX-License-Identifier: MIT */
#include "rejected_check.h"

void rejected_check_begin(struct rejected_check *check, int64_t holding, uint32_t chance)
{
	*check = (struct rejected_check){ .started = TIME_NONE,
					  .holding = holding,
					  .chance = chance };
}

void rejected_check_next(void *self, struct workspace_state *state, bool stage_full,
			 struct action *action)
{
	struct rejected_check *check = self;
	struct ask rejected = {
		.kind = ASK_REJECTED,
		.most = check->again ? IDS_MOST : REJECTED_CHECK_PROBES,
		.chance = check->chance,
	};
	struct request request;

	(void)state;
	(void)stage_full;
	if (check->pending.waiting)
		return;
	if (check->step == REJECTED_CHECK_ASK)
		action_ask(&check->pending, action, rejected);
	else if (check->step == REJECTED_CHECK_GET && recheck_next(&check->recheck, &request))
		action_send(&check->pending, action, &request);
	else if (check->step == REJECTED_CHECK_COMMIT)
		action_commit(&check->pending, action, SEEN_BY_NOTHING, 0);
	else if (check->step == REJECTED_CHECK_OVER)
		action_done(action, VERDICT_NONE);
}

void rejected_check_item(void *self, struct workspace_state *state, enum item_outcome outcome,
			 int64_t updated_at)
{
	struct rejected_check *check = self;

	(void)state;
	(void)updated_at;
	check->pending.waiting = false;
	recheck_take(&check->recheck, outcome, TIME_NONE);
	if (recheck_over(&check->recheck))
		check->step = REJECTED_CHECK_COMMIT;
}

void rejected_check_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct rejected_check *check = self;

	(void)state;
	check->pending.waiting = false;
	recheck_begin(&check->recheck, answer, IDS_MOST, TIME_NONE, TIME_NONE);
	check->step = recheck_over(&check->recheck) ? REJECTED_CHECK_OVER : REJECTED_CHECK_GET;
}

void rejected_check_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct rejected_check *check = self;
	bool better = tally->holding < check->holding;

	(void)state;
	if (!action_committed(&check->pending))
		return;
	check->step = better && !check->again ? REJECTED_CHECK_ASK : REJECTED_CHECK_OVER;
	check->again = true;
	check->holding = tally->holding;
}

bool rejected_check_deletes(const void *self, int i)
{
	const struct rejected_check *check = self;

	return check->step == REJECTED_CHECK_COMMIT && recheck_deletes(&check->recheck, i);
}

/* So many bad items are a few, or one in so many of a large page; sql/merge says so, too. */
#define A_FEW 5
#define A_FEW_IN 20

bool rejected_check_is_odd(const struct page *page)
{
	return page->rejected > max_i64(A_FEW, page->n / A_FEW_IN);
}
