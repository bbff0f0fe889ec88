/* SPDX-License-Identifier: MIT */
#include "action.h"

const char *action_verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICTS] = {
		[VERDICT_NONE] = "",
		[VERDICT_CERTIFIED] = "certified",
		[VERDICT_COMPLETE] = "complete",
		[VERDICT_ACTIVE] = "active",
		[VERDICT_UNCERTIFIED] = "uncertified",
		[VERDICT_LOST] = "lost",
		[VERDICT_DEMOTED] = "demoted",
		[VERDICT_UNEXPLAINED] = "unexplained",
		[VERDICT_REJECTED] = "rejected",
		[VERDICT_MISSHAPEN] = "misshapen",
		[VERDICT_EQUAL] = "equal",
		[VERDICT_DIFFERENT] = "different",
		[VERDICT_READ] = "read",
	};

	assert((size_t)verdict < ARRAY_SIZE(names));
	return names[verdict];
}

bool action_differs(const struct answer *answer, enum status status, int64_t api, int64_t slack)
{
	int64_t difference = api - answer->counts[status];

	if (status == STATUS_ANY)
		difference -= answer->rejected;
	else
		slack += answer->rejected + answer->outdated;
	return difference > slack || difference < -slack;
}

int64_t action_unfiltered(const struct answer *answer, int64_t whole, const int64_t api[COUNTS])
{
	int64_t known = answer->counts[STATUS_ANY] + answer->rejected;

	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++) {
		whole -= api[s];
		known -= answer->counts[s];
	}
	return whole - known;
}

void action_add_tally(struct tally *sum, const struct tally *tally)
{
	sum->seen += tally->seen;
	sum->fresh += tally->fresh;
	sum->changed += tally->changed;
	sum->rejected += tally->rejected;
	sum->deleted += tally->deleted;
	sum->late += tally->late;
	sum->silent += tally->silent;
	sum->versions += tally->versions;
	sum->live = tally->live;
	sum->holding = tally->holding;
	sum->stale_copies = tally->stale_copies;
}

void action_commit(struct pending *pending, struct action *action, enum seen_by seen, int scan)
{
	action->kind = ACTION_COMMIT;
	action->seen = seen;
	action->scan = scan;
	pending->waiting = true;
}

void action_commit_in_background(struct pending *pending, struct action *action, enum seen_by seen,
				 int scan)
{
	action->kind = ACTION_COMMIT;
	action->seen = seen;
	action->scan = scan;
	pending->committing = true;
}

void action_ask(struct pending *pending, struct action *action, struct ask ask)
{
	action->kind = ACTION_ASK;
	action->ask = ask;
	pending->waiting = true;
}

void action_send(struct pending *pending, struct action *action, const struct request *request)
{
	action->kind = ACTION_SEND;
	action->request = *request;
	pending->waiting = true;
}

void action_done(struct action *action, enum verdict verdict)
{
	action->kind = ACTION_DONE;
	action->verdict = verdict;
}

bool action_committed(struct pending *pending)
{
	if (pending->committing) {
		pending->committing = false;
		return false;
	}
	pending->waiting = false;
	return true;
}
