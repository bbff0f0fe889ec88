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
		[VERDICT_EQUAL] = "equal",
		[VERDICT_DIFFERENT] = "different",
	};

	return names[verdict];
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
	sum->doubts = tally->doubts;
}
