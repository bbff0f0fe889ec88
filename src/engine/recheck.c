/* SPDX-License-Identifier: MIT */
#include "recheck.h"

#include <string.h>

/*
 * More deletions than this many, or than one in so many conversations, are
 * not believed in a week.
 */
#define FUSE_LEAST 20
#define FUSE_SHARE 50

void recheck_begin(struct recheck *recheck, const struct answer *answer, int most, int64_t after,
		   int64_t limit)
{
	bool blown = recheck->fuse_blown;

	*recheck = (struct recheck){
		.n = answer->ids < most ? answer->ids : most,
		.control = answer->control,
		.control_at = answer->ids,
		.repair = recheck->repair,
		.live = answer->live,
		.deleted_lately = answer->deleted_lately,
		.after = after,
		.limit = limit,
		.fuse_blown = blown,
	};
	memcpy(recheck->known, answer->known, sizeof(recheck->known));
	if (recheck->n <= 0)
		recheck->step = RECHECK_OVER;
}

/* No loss is believed. */
static void stale_check(struct recheck *recheck)
{
	recheck->disputed = true;
	recheck->gone = recheck->merged = 0;
	recheck->step = RECHECK_OVER;
}

/* All that was to be asked has been: are so many losses believable? */
static void weigh(struct recheck *recheck)
{
	int64_t most = max_i64(FUSE_LEAST, recheck->live / FUSE_SHARE);
	int64_t lost = recheck_losses(recheck);

	recheck->step = RECHECK_OVER;
	if (!recheck->repair && lost > 0 && lost + recheck->deleted_lately > most) {
		recheck->fuse_blown = true;
		stale_check(recheck);
	}
}

/* The next of those that answered 404. */
static void to_next_gone(struct recheck *recheck)
{
	while (recheck->next < recheck->n && recheck->outcome[recheck->next] != ITEM_GONE)
		recheck->next++;
	if (recheck->next == recheck->n)
		weigh(recheck);
}

/* All ids have answered: is a 404 worth anything? */
static void begin_control(struct recheck *recheck)
{
	recheck->next = 0;
	if (recheck->gone == 0) {
		weigh(recheck);
	} else if (recheck->control) {
		recheck->step = RECHECK_CONTROL;
	} else if (recheck->repair) {
		/*
		 * Of an empty list nothing is left to be a control; a person
		 * says that it is true.
		 */
		recheck->step = RECHECK_AGAIN;
		to_next_gone(recheck);
	} else {
		recheck->api_unreliable = true;
		stale_check(recheck);
	}
}

bool recheck_next(const struct recheck *recheck, struct request *request)
{
	*request = (struct request){ .kind = REQUEST_GET, .item = recheck->next };
	if (recheck->step == RECHECK_CONTROL)
		request->item = recheck->control_at;
	return recheck->step != RECHECK_OVER;
}

static void note(struct recheck *recheck, enum item_outcome outcome, int64_t updated_at)
{
	int at = recheck->next++;

	recheck->outcome[at] = (uint8_t)outcome;
	recheck->gone += outcome == ITEM_GONE;
	recheck->merged += outcome == ITEM_MERGED;
	recheck->withheld[at] = outcome == ITEM_HERE && updated_at != TIME_NONE &&
				updated_at > recheck->after && updated_at <= recheck->limit;
	recheck->unchanged += recheck->withheld[at] && !recheck->known[at];
}

void recheck_take(struct recheck *recheck, enum item_outcome outcome, int64_t updated_at)
{
	switch (recheck->step) {
	case RECHECK_ASK:
		note(recheck, outcome, updated_at);
		if (recheck->next == recheck->n)
			begin_control(recheck);
		break;
	case RECHECK_CONTROL:
		/*
		 * If a conversation that was there a moment ago is not there either, the API
		 * answers 404 to all.
		 */
		recheck->step = RECHECK_AGAIN;
		recheck->api_unreliable = outcome != ITEM_HERE;
		if (recheck->api_unreliable)
			stale_check(recheck);
		else
			to_next_gone(recheck);
		break;
	case RECHECK_AGAIN:
		recheck->gone--;
		note(recheck, outcome, updated_at);
		to_next_gone(recheck);
		break;
	case RECHECK_OVER:
		break;
	}
}

bool recheck_over(const struct recheck *recheck)
{
	return recheck->step == RECHECK_OVER;
}

int recheck_losses(const struct recheck *recheck)
{
	return recheck->gone + recheck->merged;
}

bool recheck_disputed(const struct recheck *recheck)
{
	return recheck->disputed;
}

enum absence recheck_absence(const struct recheck *recheck, int i)
{
	if (i >= recheck->n || recheck->step != RECHECK_OVER || recheck->api_unreliable)
		return ABSENCE_NONE;
	if (recheck->withheld[i])
		return ABSENCE_HERE;
	return recheck->outcome[i] == ITEM_GONE && recheck->disputed ? ABSENCE_GONE : ABSENCE_NONE;
}

bool recheck_deletes(const struct recheck *recheck, int i)
{
	if (i >= recheck->n || recheck->step != RECHECK_OVER)
		return false;
	return (recheck->outcome[i] == ITEM_MERGED && recheck->merged > 0) ||
	       (recheck->outcome[i] == ITEM_GONE && recheck->gone > 0);
}
