/* SPDX-License-Identifier: MIT */
#include "audit.h"

/*
 * Counts are read so often before a difference is believed: at first, after a cycle of changes, and
 * the held ones after another.
 */
#define READINGS 3

static void begin_counts(struct audit *audit)
{
	audit->status = STATUS_OPEN;
	audit->step = AUDIT_TOTAL;
}

void audit_begin(struct audit *audit, const struct workspace_state *state,
		 const struct engine_conf *conf)
{
	const struct cycle_rules *rules = cycle_kind(conf->kind);
	int64_t rows =
		state->depth > 0 ? min_i64(state->last_total, state->depth) : state->last_total;
	int64_t pages = sweep_pages(rows, state->per_page);

	*audit = (struct audit){
		.look = rules->look,
		.started = TIME_NONE,
		.per_page = state->per_page,
		.depth = state->depth,
		.reading = 1,
	};
	/* Page 1 is seen often enough; the second witness stands deeper. */
	if (state->order != ORDER_UNKNOWN && pages > 2)
		audit->witness = 2 + (int)(conf->chance % (uint32_t)(pages - 1));
	begin_counts(audit);
	if (rules->settle_first)
		audit->step = AUDIT_SETTLE;
}

void audit_settled(struct audit *audit, int64_t changes)
{
	audit->reading++;
	audit->slack = audit->reading == READINGS ? changes : 0;
	/*
	 * The last time only the held counts are read again: the changes since the API counted are
	 * known.
	 */
	if (audit->reading == READINGS)
		audit->step = AUDIT_HELD;
	else
		begin_counts(audit);
}

/* ---- the next action ------------------------------------------------- */

static void send_count(struct audit *audit, struct action *action, struct filter filter, int page)
{
	struct request request = {
		.kind = REQUEST_LIST,
		.filter = filter,
		.page = page > 0 ? page : 1,
		.per_page = page > 0 ? audit->per_page : 1,
	};

	action_send(&audit->pending, action, &request);
}

/* The part of the cell being split that has the number I. */
static struct filter part_filter(const struct audit *audit, int i)
{
	struct filter filter = audit->parent.filter;

	if (filter.channel == 0)
		filter.channel = 1 + i;
	else
		filter.assignee = i == 0 ? -1 : i;
	return filter;
}

static void finish(struct audit *audit, struct action *action)
{
	if (audit->look) {
		audit->step = AUDIT_OVER;
		action_done(action, audit->verdict);
		return;
	}
	action_commit(&audit->pending, action, SEEN_BY_NOTHING, 0);
	action->last = true;
	action->verdict = audit->verdict;
}

void audit_next(void *self, struct workspace_state *state, bool stage_full, struct action *action)
{
	struct audit *audit = self;

	(void)state;
	(void)stage_full;
	if (audit->pending.waiting)
		return;
	switch (audit->step) {
	case AUDIT_TOTAL:
		send_count(audit, action, (struct filter){ .status = STATUS_ANY }, audit->witness);
		break;
	case AUDIT_COUNT:
		send_count(audit, action, (struct filter){ .status = audit->status }, 0);
		break;
	case AUDIT_HELD:
		action_ask(&audit->pending, action,
			   (struct ask){ .kind = ASK_COUNTS, .exact = true });
		break;
	case AUDIT_SPLIT:
		action_ask(&audit->pending, action,
			   (struct ask){ .kind = ASK_CELLS, .filter = audit->parent.filter });
		break;
	case AUDIT_PART:
		send_count(audit, action, part_filter(audit, audit->part), 0);
		break;
	case AUDIT_FLUSH:
		action_commit(&audit->pending, action, SEEN_BY_NOTHING, 0);
		break;
	case AUDIT_RECORD:
		finish(audit, action);
		break;
	case AUDIT_OVER:
		action_done(action, audit->verdict);
		break;
	case AUDIT_SETTLE:
		break;
	}
}

/* ---- splitting ------------------------------------------------------- */

static int64_t difference(const struct cell *cell)
{
	return cell->api - cell->held;
}

static void add(struct cell *cells, int *n, struct cell cell)
{
	if (*n < CELLS_MOST)
		cells[(*n)++] = cell;
}

static void end_with(struct audit *audit, enum verdict verdict)
{
	audit->verdict = verdict;
	audit->step = AUDIT_RECORD;
}

static void next_cell(struct audit *audit)
{
	if (audit->n_todo == 0) {
		end_with(audit, VERDICT_DIFFERENT);
		return;
	}
	audit->parent = audit->todo[--audit->n_todo];
	audit->step = AUDIT_SPLIT;
}

/* The part not counted yet in which most is held; -1 when there is none. */
static int next_part(const struct audit *audit)
{
	int best = -1;

	for (int i = 0; i < audit->parts; i++)
		if (!audit->part_done[i] &&
		    (best < 0 || audit->part_held[i] > audit->part_held[best]))
			best = i;
	return best;
}

/*
 * Goes to the next part, until the differences found in some explain that of the whole.
 */
static void next_count(struct audit *audit)
{
	audit->part = audit->explained == difference(&audit->parent) ? -1 : next_part(audit);
	if (audit->part >= 0) {
		audit->step = AUDIT_PART;
		return;
	}
	/*
	 * A difference that no part explains lies in one that we have never seen: then the whole
	 * has to be read.
	 */
	if (audit->explained != difference(&audit->parent))
		add(audit->found, &audit->n_found, audit->parent);
	next_cell(audit);
}

/*
 * Reading a cell costs its pages; splitting it a count for about half of its
 * parts, and then a part's pages.
 */
static bool splitting_pays(const struct audit *audit)
{
	int64_t rows = max_i64(audit->parent.api, audit->parent.held);
	int64_t pages = sweep_pages(rows, audit->per_page);
	int parts = audit->parts;

	if (parts > 0 && audit->depth > 0 && rows > audit->depth)
		return true;
	return parts > 1 && pages > parts / 2 + pages / parts + 1;
}

static void begin_split(struct audit *audit, const struct answer *answer)
{
	bool by_assignee = audit->parent.filter.channel != 0;

	audit->parts = answer->parts < 0 ? 0 : answer->parts + by_assignee;
	if (!splitting_pays(audit)) {
		add(audit->found, &audit->n_found, audit->parent);
		next_cell(audit);
		return;
	}
	for (int i = 0; i < audit->parts; i++) {
		audit->part_held[i] = answer->held[i];
		audit->part_done[i] = false;
	}
	audit->explained = 0;
	next_count(audit);
}

static void take_part(struct audit *audit, int64_t total)
{
	struct cell cell = {
		.filter = part_filter(audit, audit->part),
		.api = total,
		.held = audit->part_held[audit->part],
	};

	audit->part_done[audit->part] = true;
	audit->explained += difference(&cell);
	if (difference(&cell) != 0 && cell.filter.assignee == 0)
		add(audit->todo, &audit->n_todo, cell);
	else if (difference(&cell) != 0)
		add(audit->found, &audit->n_found, cell);
	next_count(audit);
}

/* ---- comparing ------------------------------------------------------- */

/* Whether a count differs by more than the changes since. */
static bool differs(const struct audit *audit, const struct answer *answer, enum status status)
{
	if (audit->filterless && status != STATUS_ANY)
		return false;
	return action_differs(answer, status, audit->api[status], audit->slack);
}

/*
 * The statuses that differ are to be split; if only the whole does, that has to be read.
 */
static void begin_cells(struct audit *audit, const struct answer *answer)
{
	struct cell all = { .api = audit->api[STATUS_ANY], .held = audit->held[STATUS_ANY] };

	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++) {
		struct cell cell = { .filter = { .status = s },
				     .api = audit->api[s],
				     .held = audit->held[s] };

		if (differs(audit, answer, s))
			add(audit->todo, &audit->n_todo, cell);
	}
	if (audit->n_todo == 0)
		add(audit->found, &audit->n_found, all);
	next_cell(audit);
}

static void compare(struct audit *audit, const struct answer *answer)
{
	bool different = false;

	for (enum status s = STATUS_ANY; s <= STATUS_RESOLVED; s++)
		different = different || differs(audit, answer, s);
	if (!different)
		end_with(audit, VERDICT_EQUAL);
	else if (audit->look)
		end_with(audit, VERDICT_DIFFERENT);
	else if (audit->reading < READINGS)
		audit->step = AUDIT_FLUSH;
	else
		begin_cells(audit, answer);
}

/* ---- replies, answers, commits --------------------------------------- */

/* The second witness: a page deep in the list must stand in the order that is relied on. */
static bool bears_out(const struct workspace_state *state, const struct page *page)
{
	struct evidence evidence = { 0 };
	int64_t horizon = page->date == TIME_NONE ? TIME_NONE : page->date - state->lookback;

	order_note(&evidence, page->rows, NULL, page->n, horizon);
	return !order_contradicted(&evidence, state->order);
}

/* How many more the statuses are together than the whole; 0 where each is as long as the whole. */
static int64_t excess(const struct audit *audit)
{
	int64_t sum = 0, least = INT64_MAX;

	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++) {
		sum += audit->api[s];
		least = min_i64(least, audit->api[s]);
	}
	return least == audit->api[STATUS_ANY] ? 0 : max_i64(sum - audit->api[STATUS_ANY], 0);
}

/*
 * Statuses that were more than the whole at each reading, and by more than has moved: the whole
 * list leaves some out, or its total is not true. The published instants are taken back.
 */
static void look_for_more(const struct audit *audit, struct workspace_state *state)
{
	if (audit->more > 0 && audit->more == audit->counted && !audit->filterless &&
	    excess(audit) > audit->slack && state->certified_at != TIME_NONE)
		workspace_state_withhold(state, UNPROVEN_PARTS);
}

void audit_page(void *self, struct workspace_state *state, const struct page *page)
{
	struct audit *audit = self;

	audit->pending.waiting = false;
	if (audit->started == TIME_NONE)
		audit->started = page->date;
	audit->filterless = state->filterless;
	if (page->untold) {
		/* Nothing can be compared. */
		state->audit_due = false;
		end_with(audit, VERDICT_UNEXPLAINED);
		return;
	}
	if (audit->step == AUDIT_PART) {
		take_part(audit, page->total);
		return;
	}
	if (audit->step == AUDIT_COUNT) {
		audit->api[audit->status] = page->total;
		audit->step = audit->status == STATUS_RESOLVED ? AUDIT_HELD : AUDIT_COUNT;
		audit->counted += audit->status == STATUS_RESOLVED;
		audit->more += audit->status == STATUS_RESOLVED && excess(audit) > 0;
		audit->status++;
		return;
	}
	workspace_state_note_total(state, page);
	audit->api[STATUS_ANY] = state->last_total = page->total;
	audit->step = AUDIT_COUNT;
	if (audit->witness > 0 && !bears_out(state, page)) {
		workspace_state_demote(state);
		end_with(audit, VERDICT_DEMOTED);
	}
	audit->witness = 0;
}

bool audit_refused(void *self, struct workspace_state *state)
{
	struct audit *audit = self;

	audit->pending.waiting = false;
	if (audit->step == AUDIT_TOTAL && audit->witness > 0) {
		/* It was too deep: nobody bears witness there. */
		state->depth = (int64_t)(audit->witness - 1) * audit->per_page;
		audit->witness = 0;
		return true;
	}
	if (audit->step != AUDIT_PART)
		return false;
	/* The API does not count such parts: their whole is the smallest cell. */
	add(audit->found, &audit->n_found, audit->parent);
	next_cell(audit);
	return true;
}

/* Whether each status has as many as all: then filters do nothing, today at least. */
static bool is_alike(const struct audit *audit)
{
	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++)
		if (audit->api[s] != audit->api[STATUS_ANY])
			return false;
	return audit->api[STATUS_ANY] > 0;
}

/* How many stand in the list of no status. */
static int64_t left_out(const struct audit *audit, const struct answer *answer)
{
	return action_unfiltered(answer, audit->api[STATUS_ANY], audit->api);
}

/* Whether the statuses are parts of the whole. */
static bool adds_up(const struct audit *audit, const struct answer *answer)
{
	int64_t sum = 0;

	for (enum status s = STATUS_OPEN; s <= STATUS_RESOLVED; s++)
		sum += audit->api[s];
	return sum > 0 && sum <= audit->api[STATUS_ANY] && left_out(audit, answer) <= 0;
}

/* At each reading some stood in the list of no status: filters cannot be relied on. */
static void judge_filters(struct audit *audit, struct workspace_state *state,
			  const struct answer *answer)
{
	audit->parted = audit->parted || left_out(audit, answer) <= audit->slack;
	if (!audit->look && audit->reading == READINGS && !audit->parted)
		state->filterless = audit->filterless = true;
}

void audit_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct audit *audit = self;

	audit->pending.waiting = false;
	if (audit->step == AUDIT_SPLIT) {
		begin_split(audit, answer);
		return;
	}
	/* Where the statuses add up again, filters do something again. */
	if (state->filterless && adds_up(audit, answer))
		state->filterless = audit->filterless = false;
	audit->filterless = audit->filterless || is_alike(audit);
	judge_filters(audit, state, answer);
	for (int i = 0; i < COUNTS; i++)
		audit->held[i] = answer->counts[i];
	audit->rejected = answer->rejected;
	compare(audit, answer);
	if (audit->verdict == VERDICT_EQUAL)
		state->audit_due = false;
	if (!audit->look && audit->reading == READINGS)
		look_for_more(audit, state);
}

void audit_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct audit *audit = self;

	(void)state;
	(void)tally;
	if (action_committed(&audit->pending))
		audit->step = audit->step == AUDIT_FLUSH ? AUDIT_SETTLE : AUDIT_OVER;
}
