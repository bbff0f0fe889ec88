/* SPDX-License-Identifier: MIT */
#include "visit.h"

/*
 * More deletions than this many, or than one in so many conversations, are
 * not believed in a week.
 */
#define FUSE_LEAST 20
#define FUSE_SHARE 50

void visit_begin(struct visit *visit, const struct answer *answer, int most, int64_t after,
		 int64_t limit)
{
	bool blown = visit->fuse_blown;

	*visit = (struct visit){
		.n = answer->ids < most ? answer->ids : most,
		.control = answer->control,
		.control_at = answer->ids,
		.repair = visit->repair,
		.live = answer->live,
		.deleted_lately = answer->deleted_lately,
		.after = after,
		.limit = limit,
		.fuse_blown = blown,
	};
	if (visit->n <= 0)
		visit->step = VISIT_OVER;
}

/* No loss is believed. */
static void doubt(struct visit *visit)
{
	visit->doubted = true;
	visit->gone = visit->merged = 0;
	visit->step = VISIT_OVER;
}

/* All that was to be asked has been: are so many losses believable? */
static void weigh(struct visit *visit)
{
	int64_t most = max_i64(FUSE_LEAST, visit->live / FUSE_SHARE);
	int64_t lost = visit_losses(visit);

	visit->step = VISIT_OVER;
	if (!visit->repair && lost > 0 && lost + visit->deleted_lately > most) {
		visit->fuse_blown = true;
		doubt(visit);
	}
}

/* The next of those that answered 404. */
static void to_next_gone(struct visit *visit)
{
	while (visit->next < visit->n && visit->fate[visit->next] != ITEM_GONE)
		visit->next++;
	if (visit->next == visit->n)
		weigh(visit);
}

/* All ids have answered: is a 404 worth anything? */
static void begin_control(struct visit *visit)
{
	visit->next = 0;
	if (visit->gone == 0) {
		weigh(visit);
	} else if (visit->control) {
		visit->step = VISIT_CONTROL;
	} else if (visit->repair) {
		/*
		 * Of an empty list nothing is left to be a control; a person
		 * says that it is true.
		 */
		visit->step = VISIT_AGAIN;
		to_next_gone(visit);
	} else {
		visit->stormy = true;
		doubt(visit);
	}
}

bool visit_next(const struct visit *visit, struct request *request)
{
	*request = (struct request){ .kind = REQUEST_GET, .item = visit->next };
	if (visit->step == VISIT_CONTROL)
		request->item = visit->control_at;
	return visit->step != VISIT_OVER;
}

static void note(struct visit *visit, enum item_outcome outcome, int64_t updated_at)
{
	visit->fate[visit->next++] = (uint8_t)outcome;
	visit->gone += outcome == ITEM_GONE;
	visit->merged += outcome == ITEM_MERGED;
	visit->unchanged += outcome == ITEM_HERE && updated_at != TIME_NONE &&
			    updated_at > visit->after && updated_at <= visit->limit;
}

void visit_take(struct visit *visit, enum item_outcome outcome, int64_t updated_at)
{
	switch (visit->step) {
	case VISIT_ASK:
		note(visit, outcome, updated_at);
		if (visit->next == visit->n)
			begin_control(visit);
		break;
	case VISIT_CONTROL:
		/*
		 * If what was there a moment ago is not there either, the API
		 * answers 404 to all.
		 */
		visit->step = VISIT_AGAIN;
		visit->stormy = outcome != ITEM_HERE;
		if (visit->stormy)
			doubt(visit);
		else
			to_next_gone(visit);
		break;
	case VISIT_AGAIN:
		visit->gone--;
		note(visit, outcome, updated_at);
		to_next_gone(visit);
		break;
	case VISIT_OVER:
		break;
	}
}

bool visit_over(const struct visit *visit)
{
	return visit->step == VISIT_OVER;
}

int visit_losses(const struct visit *visit)
{
	return visit->gone + visit->merged;
}

bool visit_doubted(const struct visit *visit)
{
	return visit->doubted;
}

bool visit_buries(const struct visit *visit, int i)
{
	if (i >= visit->n || visit->step != VISIT_OVER)
		return false;
	return (visit->fate[i] == ITEM_MERGED && visit->merged > 0) ||
	       (visit->fate[i] == ITEM_GONE && visit->gone > 0);
}
