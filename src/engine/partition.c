/* SPDX-License-Identifier: MIT */
#include "partition.h"

/* Conversations move from one status to another while one counts: so often they are counted. */
#define MOST_READINGS 3

static void open_part(struct partition *partition)
{
	struct sweep_plan plan = partition->sweep.plan;

	plan.filter = partition->at;
	plan.expected = 0;
	plan.per_page = partition->sweep.per_page;
	partition->opened++;
	sweep_begin(&partition->sweep, &plan);
}

void partition_set_ahead(struct partition *partition, int ahead)
{
	partition->sweep.plan.ahead = ahead;
}

/* ---- the walk ---------------------------------------------------------- */

/* The split that the part under way comes from; NULL of a status. */
static struct partition_split *origin(struct partition *partition)
{
	if (partition->at.channel == 0)
		return NULL;
	return &partition->splits[partition->at.assignee != 0];
}

/* A part of which READ conversations of TOTAL could be had. */
static void note_deep(struct partition *partition, struct filter filter, int64_t total,
		      int64_t read)
{
	if (total <= read)
		return;
	partition->beyond += total - read;
	if (partition->n_deep < CELLS_MOST)
		partition->deep[partition->n_deep++] = (struct cell){ filter, total, read };
}

/* The part that the one under way is a part of. */
static struct filter parent(const struct filter *part)
{
	struct filter filter = *part;

	if (filter.assignee != 0)
		filter.assignee = 0;
	else
		filter.channel = 0;
	return filter;
}

/* Whether there is another part beside the one under way, and goes to it. */
static bool to_sibling(struct partition *partition)
{
	struct filter *at = &partition->at;

	if (at->assignee != 0) {
		at->assignee = at->assignee < 0 ? 1 : at->assignee + 1;
		return at->assignee < partition->splits[1].n;
	}
	if (at->channel != 0)
		return at->channel++ < partition->splits[0].n;
	at->status++;
	return at->status <= STATUS_RESOLVED;
}

/* Filters do nothing: no more can be had than the whole list showed. */
static void give_up(struct partition *partition)
{
	note_deep(partition, (struct filter){ .status = STATUS_ANY }, partition->total,
		  min_i64(partition->total, partition->reach));
	partition->over = true;
}

void partition_begin(struct partition *partition, const struct workspace_state *state,
		     int64_t total, int64_t reach)
{
	*partition = (struct partition){
		.at = { .status = STATUS_OPEN },
		.total = total,
		.reach = reach,
		.sweep.plan = { .floor = TIME_NONE, .lookback = state->lookback, .ahead = 1 },
		.sweep.per_page = state->per_page,
	};
	if (state->filterless)
		give_up(partition);
	else
		open_part(partition);
}

/* The parts of a split have been read: all but those that we do not know. */
static void close_split(struct partition *partition)
{
	struct partition_split *split = origin(partition);
	struct filter whole = parent(&partition->at);

	note_deep(partition, whole, split->total, split->sum);
	*split = (struct partition_split){ .n = 0 };
	partition->at = whole;
}

/* The part under way is over: goes to the next one. */
static void move_on(struct partition *partition)
{
	while (!to_sibling(partition)) {
		if (!origin(partition)) {
			partition->over = true;
			return;
		}
		close_split(partition);
	}
	open_part(partition);
}

/* ---- replies ----------------------------------------------------------- */

/*
 * Together the parts have far more than the whole: the filter does nothing,
 * and each of them would show the same.
 */
static bool is_filter_idle(int64_t sum, int64_t total)
{
	return sum > total + total / 2 + PER_PAGE_MOST;
}

/* The first page of a part tells how many it has: it may have to be split. */
static void weigh(struct partition *partition)
{
	struct partition_split *from = origin(partition);
	int64_t total = partition->sweep.first_total;

	partition->sum += from ? 0 : total;
	if (is_filter_idle(partition->sum, partition->total)) {
		give_up(partition);
		return;
	}
	if (from) {
		from->sum += total;
		if (is_filter_idle(from->sum, from->total)) {
			from->sum = min_i64(from->total, partition->reach);
			close_split(partition);
			move_on(partition);
			return;
		}
	}
	partition->asks = total > partition->reach && partition->at.assignee == 0;
}

/* The part was read as far as it goes. */
static void end_part(struct partition *partition)
{
	const struct sweep *sweep = &partition->sweep;

	if (sweep->end == SWEEP_LOST)
		partition->lost = true;
	/* The last page that can be had may be a short one, and look like the end. */
	if (sweep->end == SWEEP_SHALLOW || (sweep->end == SWEEP_ALL && !sweep->moved))
		note_deep(partition, partition->at, sweep->last_total,
			  sweep->rows - sweep->repeats);
	if (sweep->end != SWEEP_RUNNING && sweep->asked == 0)
		move_on(partition);
}

void partition_take(struct partition *partition, const struct page *page)
{
	bool first = !partition->sweep.begun;

	sweep_take(&partition->sweep, page);
	if (first && partition->sweep.begun)
		weigh(partition);
	if (!partition->asks && !partition->over)
		end_part(partition);
}

bool partition_refuse(struct partition *partition)
{
	struct partition_split *from = origin(partition);

	if (sweep_refuse(&partition->sweep)) {
		end_part(partition);
		return true;
	}
	/* Not even the first page: the filter is not known there. */
	if (!from)
		return false;
	move_on(partition);
	return true;
}

void partition_split(struct partition *partition, int n)
{
	int place = partition->at.channel != 0;

	partition->asks = false;
	/* Of one channel there is nothing to split, but its agents there are. */
	if (n <= 0) {
		/* Its first page may have been all that it shows, against its total. */
		end_part(partition);
		return;
	}
	partition->splits[place] =
		(struct partition_split){ .n = n + place, .total = partition->sweep.first_total };
	if (place)
		partition->at.assignee = -1;
	else
		partition->at.channel = 1;
	open_part(partition);
}

bool partition_next(struct partition *partition, struct request *request)
{
	return !partition->over && !partition->asks && sweep_next(&partition->sweep, request);
}

bool partition_done(const struct partition *partition)
{
	return partition->over && partition->sweep.asked == 0;
}

/* ---- the statuses' counts ------------------------------------------------ */

static void begin_reading(struct partition_counts *counts)
{
	counts->status = STATUS_OPEN;
	counts->sum = counts->most = 0;
	counts->least = INT64_MAX;
}

void partition_counts_begin(struct partition_counts *counts, int64_t whole)
{
	*counts = (struct partition_counts){ .whole = whole };
	begin_reading(counts);
}

void partition_counts_next(const struct partition_counts *counts, struct request *request)
{
	*request = (struct request){ .kind = REQUEST_LIST,
				     .filter = { .status = counts->status },
				     .page = 1,
				     .per_page = 1 };
}

/*
 * The whole was counted before its parts, and now after them. Where filters do nothing, each part
 * is the whole, and says nothing.
 */
static void take_whole(struct partition_counts *counts, int64_t total)
{
	bool alike = counts->least == total && counts->most == total;

	counts->over = alike || counts->sum <= min_i64(counts->whole, total);
	counts->whole = total;
	if (counts->over)
		return;
	begin_reading(counts);
	counts->over = counts->more = ++counts->readings == MOST_READINGS;
}

void partition_counts_take(struct partition_counts *counts, int64_t total)
{
	if (counts->status == STATUS_ANY) {
		take_whole(counts, total);
		return;
	}
	counts->sum += total;
	counts->least = min_i64(counts->least, total);
	counts->most = max_i64(counts->most, total);
	counts->status = counts->status == STATUS_RESOLVED ? STATUS_ANY : counts->status + 1;
}
