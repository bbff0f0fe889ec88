/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a list shows, before it is cut into pages. */
static struct shown {
	int id, name;
	bool pinned, again; /* it was shown before, in the same list */
	struct state state;
	uint64_t tie;
} shown[2 * MOST_THINGS];
static int n_shown, first_shown;
static int n_listed; /* conversations of it, each counted once */
static enum world_order shown_order;

PRINTF_LIKE(2, 3)
static void tell(const struct world *w, const char *fmt, ...)
{
	va_list args;

	if (!w->told)
		return;
	printf("%6d ", w->now);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

const struct state *world_state(const struct thing *thing, int t)
{
	for (int i = thing->n - 1; i >= 0; i--)
		if (thing->states[i].visible_at <= t)
			return thing->states[i].gone ? NULL : &thing->states[i];
	return NULL;
}

/* The newest state, visible or not. */
static struct state *latest(struct thing *thing)
{
	return &thing->states[thing->n - 1];
}

static void add_state(struct thing *thing, const struct state *state)
{
	if (thing->n == MOST_STATES) {
		memmove(thing->states + 1, thing->states + 2, (MOST_STATES - 2) * sizeof(*state));
		thing->n--;
	}
	/* A later change never becomes visible before an earlier one. */
	thing->states[thing->n] = *state;
	if (thing->n > 0 && state->visible_at < thing->states[thing->n - 1].visible_at)
		thing->states[thing->n].visible_at = thing->states[thing->n - 1].visible_at;
	thing->n++;
}

static struct thing *new_thing(struct world *w, struct chance *c)
{
	struct thing *thing = &w->things[w->n];

	thing->id = ++w->n;
	thing->name = chance_below(c, 1 << 30);
	thing->n = 0;
	thing->exempt = thing->pinned = false;
	thing->jumped_at = 0;
	thing->archived_at = 0;
	return thing;
}

static struct state first_state(struct world *w, struct chance *c, int at)
{
	static const enum status statuses[] = { STATUS_OPEN,	 STATUS_OPEN,	  STATUS_PENDING,
						STATUS_RESOLVED, STATUS_RESOLVED, STATUS_RESOLVED };

	return (struct state){
		.visible_at = at,
		.created = at,
		.updated = at,
		.status = statuses[chance_below(c, 6)],
		.channel = chance_below(c, 3),
		.assignee = chance_below(c, 4),
		.heap = ++w->heap,
	};
}

void world_begin(struct world *w, const struct world_conf *conf, uint64_t seed)
{
	struct chance c = chance_stream(seed, 1);

	w->conf = *conf;
	w->seed = seed;
	w->rate_limit = chance_stream(seed, 2);
	w->view = chance_stream(seed, 3);
	w->luck = chance_stream(seed, 4);
	w->now = WORLD_BEGINS;
	w->heap = w->n = w->events = w->lied_at = w->mad = w->hid_at = w->disturbed = 0;
	w->rests = w->fooled = false;
	w->requests = 0;
	w->meanwhile = NULL;
	for (int i = 0; i < conf->rows; i++) {
		struct thing *thing = new_thing(w, &c);
		struct state state = first_state(w, &c, chance_below(&c, 900));

		state.updated += chance_below(&c, 3) ? 0 : chance_below(&c, 90);
		state.visible_at = state.updated;
		add_state(thing, &state);
	}
}

bool world_left_near(const struct world *world, int64_t t, int slack)
{
	for (int i = 0; i < world->n; i++) {
		const struct state *last = &world->things[i].states[world->things[i].n - 1];

		if (world->conf.lag > 0 && last->gone && llabs(last->visible_at - t) <= slack)
			return true;
	}
	return false;
}

/* ---- events ---------------------------------------------------------- */

static const char *const event_names[EVENT_KINDS] = {
	"create",   "update",	"resolve", "reopen", "move",	"silent", "delete", "merge",
	"backdate", "set back", "bulk",	   "purge",  "archive", "spoil",  "cure",
};

/* A thing that is there and, with WANT, is resolved (1) or not (0); NULL when chance finds none. */
static struct thing *pick(struct world *w, struct chance *c, int want)
{
	for (int tries = 0; tries < 20 && w->n > 0; tries++) {
		struct thing *thing = &w->things[chance_below(c, w->n)];
		const struct state *state = latest(thing);

		if (state->gone || (want >= 0 && (state->status == STATUS_RESOLVED) != want))
			continue;
		return thing;
	}
	return NULL;
}

static void create(struct world *w, struct chance *c, int back)
{
	struct thing *thing;
	struct state state;

	if (w->n == MOST_THINGS)
		return;
	thing = new_thing(w, c);
	state = first_state(w, c, w->now - back);
	state.visible_at = w->now + chance_below(c, w->conf.late + 1);
	/* One that no list has ever shown is found by the next audit. */
	if (state.status == w->conf.hidden)
		state.status = STATUS_OPEN;
	if (w->conf.ahead > 0 && chance_hit(c, w->conf.ahead))
		state.created += 1 + chance_below(c, 500);
	thing->exempt = back > 0;
	if (back > 0)
		w->lied_at = state.visible_at;
	add_state(thing, &state);
	tell(w, "create %d, status %d, created %d, visible %d", thing->id, state.status,
	     state.created, state.visible_at);
}

/* Whether lists show, at second T, what is there. */
static bool is_listed(const struct world *w, const struct thing *thing, const struct state *state,
		      int t)
{
	return !(thing->archived_at > 0 && thing->archived_at <= t) &&
	       (w->conf.window == 0 || state->updated >= t - w->conf.window);
}

/* Its change shows later than any lookback can reach: until then nobody knows of it. */
static void delay(struct thing *thing, struct state *state, struct chance *c)
{
	thing->exempt = true;
	state->visible_at += 10 + chance_below(c, 100);
}

/* It happens to one thing; what merges does so into OTHER. */
static void apply(struct world *w, struct chance *c, enum event_kind kind, struct thing *thing,
		  const struct thing *other)
{
	struct state state = *latest(thing);

	state.visible_at = w->now + chance_below(c, w->conf.late + 1);
	/* One that comes back into the list is as good as one that says that it is old. */
	if (!is_listed(w, thing, &state, w->now))
		w->lied_at = state.visible_at;
	if (kind == EVENT_SILENT) {
		state.silent++;
	} else if (kind == EVENT_DELETE || kind == EVENT_MERGE) {
		state.gone = true;
		state.merged_into = kind == EVENT_MERGE ? other->id : 0;
	} else if (kind == EVENT_SET_BACK) {
		thing->exempt = true;
		state.updated -= 1 + chance_below(c, 50);
		state.silent++;
	} else if ((kind != EVENT_SPOIL && kind != EVENT_CURE) || chance_below(c, 2)) {
		state.updated = w->now;
		state.version++;
		state.heap = ++w->heap;
	}
	if (w->conf.delays > 0 && state.updated == w->now && chance_hit(c, w->conf.delays))
		delay(thing, &state, c);
	if (w->conf.pins > 0 && chance_hit(c, w->conf.pins))
		thing->pinned = !thing->pinned, thing->jumped_at = w->now;
	if (kind == EVENT_SPOIL || kind == EVENT_CURE)
		state.odd = kind == EVENT_SPOIL;
	if (kind == EVENT_RESOLVE)
		state.status = STATUS_RESOLVED;
	else if (kind == EVENT_REOPEN)
		state.status = STATUS_OPEN;
	else if (kind == EVENT_MOVE)
		state.status = state.status == STATUS_OPEN ? STATUS_PENDING : STATUS_OPEN;
	if (kind == EVENT_MOVE || kind == EVENT_SILENT)
		state.assignee = chance_below(c, 4);
	add_state(thing, &state);
	tell(w, "%s %d, version %d.%d, visible %d", event_names[kind], thing->id, state.version,
	     state.silent, latest(thing)->visible_at);
}

/* Out of all lists, or back: then it is as if it had been there all the time. */
static void archive(struct world *w, struct thing *thing)
{
	thing->archived_at = thing->archived_at ? 0 : w->now;
	thing->exempt = true;
	w->hid_at = w->now;
	if (!thing->archived_at)
		w->lied_at = w->now;
	tell(w, "%s %d", thing->archived_at ? "archive" : "unarchive", thing->id);
}

static void change(struct world *w, struct chance *c, enum event_kind kind)
{
	static const int wants[EVENT_KINDS] = {
		[EVENT_UPDATE] = -1, [EVENT_RESOLVE] = 0, [EVENT_REOPEN] = 1, [EVENT_MOVE] = 0,
		[EVENT_SILENT] = -1, [EVENT_DELETE] = -1, [EVENT_MERGE] = -1, [EVENT_SET_BACK] = -1,
		[EVENT_ARCHIVE] = 1, [EVENT_SPOIL] = -1,  [EVENT_CURE] = -1,
	};
	struct thing *thing = pick(w, c, wants[kind]), *other = pick(w, c, -1);

	if (thing && kind == EVENT_ARCHIVE)
		archive(w, thing);
	else if (thing && other && (kind != EVENT_MERGE || other != thing))
		apply(w, c, kind, thing, other);
}

void world_act(struct world *w, enum event_kind kind, int id, int into)
{
	struct chance c = chance_stream(w->seed, 2000 + (uint64_t)w->events++);

	w->disturbed = w->now;
	if (kind == EVENT_ARCHIVE)
		archive(w, &w->things[id - 1]);
	else
		apply(w, &c, kind, &w->things[id - 1], &w->things[into > 0 ? into - 1 : 0]);
}

int world_make(struct world *w, int created, int updated, enum status status)
{
	struct chance c = chance_stream(w->seed, 3000 + (uint64_t)w->n);
	struct thing *thing = new_thing(w, &c);
	struct state state = first_state(w, &c, created);

	/* An order by id goes by the order of making. */
	thing->name = thing->id;
	state.updated = updated;
	state.status = status;
	state.visible_at = w->now;
	add_state(thing, &state);
	w->disturbed = w->now;
	tell(w, "make %d, status %d, created %d", thing->id, status, created);
	return thing->id;
}

/* One action on many: all of them change at one and the same instant. */
static void action_on_many(struct world *w, struct chance *c, enum event_kind kind)
{
	int n = 2 + chance_below(c, w->n / 2 + 1),
	    visible = w->now + chance_below(c, w->conf.late + 1);

	for (int i = 0; i < n; i++) {
		struct thing *thing = pick(w, c, -1);
		struct state state;

		if (!thing)
			return;
		state = *latest(thing);
		if (!is_listed(w, thing, &state, w->now))
			w->lied_at = visible;
		state.visible_at = visible;
		state.gone = kind == EVENT_PURGE;
		if (kind == EVENT_BULK) {
			state.updated = w->now;
			state.version++;
			state.heap = ++w->heap;
			state.assignee = chance_below(c, 4);
		}
		add_state(thing, &state);
		tell(w, "%s %d, version %d.%d, visible %d", event_names[kind], thing->id,
		     state.version, state.silent, latest(thing)->visible_at);
	}
}

static void event(struct world *w)
{
	int number = w->events++, sum = 0, k;
	struct chance c = chance_stream(w->seed, 1000 + (uint64_t)number);

	if (number >= MOST_EVENTS || w->dropped[number])
		return;
	w->disturbed = w->now;
	for (int i = 0; i < EVENT_KINDS; i++)
		sum += w->conf.mix[i];
	k = chance_below(&c, sum);
	for (int i = 0; i < EVENT_KINDS; i++) {
		if (k < w->conf.mix[i]) {
			if (i == EVENT_BULK || i == EVENT_PURGE)
				action_on_many(w, &c, (enum event_kind)i);
			else if (i == EVENT_CREATE || i == EVENT_BACKDATE)
				create(w, &c, i == EVENT_BACKDATE ? 20 + chance_below(&c, 400) : 0);
			else
				change(w, &c, (enum event_kind)i);
			return;
		}
		k -= w->conf.mix[i];
	}
}

void world_tick(struct world *w, int most_seconds)
{
	int passes = chance_below(&w->rate_limit, most_seconds + 1);

	w->now += passes;
	while (!w->rests && chance_hit(&w->rate_limit, w->conf.events))
		event(w);
}

/* ---- answers --------------------------------------------------------- */

static int by_order(const void *x, const void *y)
{
	const struct shown *a = x, *b = y;
	int64_t d = 0;

	if (a->pinned != b->pinned)
		return a->pinned ? -1 : 1;
	switch (shown_order) {
	case WORLD_UPDATED_DESC:
	case WORLD_UPDATED_TIES:
		d = b->state.updated - a->state.updated;
		break;
	case WORLD_UPDATED_ASC:
		d = a->state.updated - b->state.updated;
		break;
	case WORLD_CREATED_DESC:
		d = b->state.created - a->state.created;
		break;
	case WORLD_CREATED_ASC:
		d = a->state.created - b->state.created;
		break;
	case WORLD_HEAP:
		d = a->state.heap - b->state.heap;
		break;
	default:
		break;
	}
	if (d == 0 && (shown_order == WORLD_UPDATED_TIES || shown_order == WORLD_SHUFFLE))
		return a->tie < b->tie ? -1 : 1;
	if (d == 0)
		d = a->name - b->name;
	return d < 0 ? -1 : d > 0;
}

static bool is_filtered(const struct filter *filter)
{
	return filter->status != STATUS_ANY || filter->channel != 0 || filter->assignee != 0;
}

static bool matches(const struct world *w, const struct filter *filter, const struct state *state)
{
	if (w->conf.filtered == FILTERED_ALL)
		return true;
	if (is_filtered(filter) && w->conf.filtered == FILTERED_NONE)
		return false;
	if (is_filtered(filter) && w->conf.filtered == FILTERED_ASSIGNED && state->assignee == 0)
		return false;
	if (filter->status != STATUS_ANY && filter->status != state->status)
		return false;
	if (filter->channel > 0 && filter->channel != state->channel + 1)
		return false;
	if (filter->assignee < 0)
		return state->assignee == 0;
	return filter->assignee == 0 || filter->assignee == state->assignee;
}

/* A list that is not filtered by status may keep one to itself. */
static bool is_hidden(const struct world *w, const struct filter *filter, const struct state *state)
{
	return filter->status == STATUS_ANY && w->conf.hidden != STATUS_ANY &&
	       state->status == w->conf.hidden;
}

/* The second that a machine knows of which an answer comes, of a KIND that may be behind. */
static int known_at(struct world *w, enum lagging kind)
{
	bool lags = w->conf.lagging == LAGGING_ALL || w->conf.lagging == kind;

	return w->now - (lags ? chance_below(&w->view, w->conf.lag + 1) : 0);
}

/* What a list shows of a thing at second T; NULL when it does not. */
static const struct state *in_list(const struct world *w, const struct filter *filter,
				   const struct thing *thing, int t)
{
	const struct state *state = world_state(thing, t);

	return state && matches(w, filter, state) && !is_hidden(w, filter, state) &&
			       is_listed(w, thing, state, t)
		       ? state
		       : NULL;
}

/*
 * The state of a thing before the one that is shown. Of two with one updated_at nobody could say
 * which is the true one.
 */
static struct state state_before(const struct world *w, const struct shown *row)
{
	const struct thing *thing = &w->things[row->id - 1];

	for (int i = thing->n - 1; i >= 0; i--)
		if (thing->states[i].updated < row->state.updated)
			return thing->states[i];
	return row->state;
}

/* Some rows come twice: the same ones each time. */
static void show_twice(struct world *w)
{
	for (int i = 0; i < n_shown; i++) {
		struct shown row = shown[i];
		int to = i + 1;

		if (row.again || (row.name ^ row.id) % 1000 >= w->conf.twice_share)
			continue;
		row.again = true;
		if (w->conf.twice == TWICE_OLDER) {
			row.state = state_before(w, &row);
			to = i + w->conf.page < n_shown ? i + w->conf.page : n_shown;
		}
		if (w->conf.twice == TWICE_INSTEAD) {
			if (to < n_shown)
				shown[to] = row;
		} else {
			memmove(&shown[to + 1], &shown[to],
				(size_t)(n_shown - to) * sizeof(*shown));
			shown[to] = row;
			n_shown++;
		}
		if (n_shown == (int)ARRAY_SIZE(shown))
			return;
	}
}

static void build_list(struct world *w, const struct filter *filter)
{
	int t = known_at(w, LAGGING_LISTS);

	n_shown = 0;
	for (int i = 0; i < w->n; i++) {
		const struct state *state = in_list(w, filter, &w->things[i], t);

		if (state)
			shown[n_shown++] = (struct shown){ .id = w->things[i].id,
							   .name = w->things[i].name,
							   .pinned = w->things[i].pinned,
							   .state = *state,
							   .tie = chance_next(&w->view) };
	}
	shown_order = w->conf.flips_at > 0 && w->now >= w->conf.flips_at ? w->conf.flips_to
									 : w->conf.order;
	qsort(shown, (size_t)n_shown, sizeof(*shown), by_order);
	n_listed = n_shown;
	if (w->conf.twice != TWICE_NEVER)
		show_twice(w);
}

/* Whether every item has a value of another type now. */
static bool is_mistyped(const struct world *w)
{
	return !w->rests && w->now >= w->conf.mistyped_at && w->now < w->conf.mistyped_to;
}

/* Whether an item cannot be loaded, by itself or since none can. */
static bool is_odd(const struct world *w, const struct state *state)
{
	return state->odd || is_mistyped(w);
}

/* Some minutes, a year, or eight thousand. */
static int64_t leap(struct world *w)
{
	static const int64_t by[] = { 310, 31536000, INT64_C(253402300799) };

	return by[chance_below(&w->luck, (int)ARRAY_SIZE(by))];
}

static int64_t date_of(struct world *w)
{
	int64_t date = w->now + w->conf.skew;

	if (w->conf.leaps > 0 && chance_hit(&w->luck, w->conf.leaps))
		date += leap(w);
	return w->conf.no_date ? TIME_NONE : date * USEC_PER_SEC;
}

/* Whether the request is answered at all. */
static bool answers(struct world *w)
{
	world_tick(w, 2);
	w->requests++;
	if (w->meanwhile)
		w->meanwhile(w, w->requests);
	if (w->rests)
		return true;
	if (chance_hit(&w->luck, w->conf.slow)) {
		tell(w, "429");
		w->disturbed = w->now;
		world_tick(w, 60);
		return false;
	}
	if (!chance_hit(&w->luck, w->conf.fails))
		return true;
	w->disturbed = w->now;
	return false;
}

/* The rows that were chosen are filled in with what is true by now; what is gone is left out. */
static void hydrate(struct world *w, int from, int to)
{
	int n = from;

	for (int i = from; i < to; i++) {
		const struct state *state = world_state(&w->things[shown[i].id - 1], w->now);

		if (!state)
			continue;
		shown[n] = shown[i];
		shown[n++].state = *state;
	}
	n_shown = n;
}

/* Whether all that there is has one status: then all counts that are cut are the same. */
static bool has_one_status(const struct world *w)
{
	unsigned seen = 0;

	for (int i = 0; i < w->n; i++) {
		const struct state *state = world_state(&w->things[i], w->now);

		if (state)
			seen |= 1u << state->status;
	}
	return (seen & (seen - 1)) == 0;
}

/* How many rows a list is said to have that has so many. */
static int said(struct world *w, const struct filter *filter, int rows)
{
	int off = rows * w->conf.estimate / 1000;

	/* What was whole when it was proven, and is cut later: the next audit tells. */
	w->fooled = w->fooled || (w->conf.cap > 0 && !w->conf.deeper && rows <= w->conf.cap &&
				  filter->status == STATUS_ANY);

	if (w->conf.cap > 0 && rows > w->conf.cap) {
		w->fooled = w->fooled || (!w->conf.deeper && has_one_status(w));
		if (!w->conf.deeper)
			n_shown = w->conf.cap;
		return w->conf.cap;
	}
	rows += w->conf.overcount;
	return w->conf.estimate > 0 ? rows - off + chance_below(&w->view, 2 * off + 1) : rows;
}

static int count_list(const struct world *w, const struct filter *filter, int t)
{
	int n = 0;

	for (int i = 0; i < w->n; i++)
		n += in_list(w, filter, &w->things[i], t) != NULL;
	return n;
}

/* How many a list has, by the kind of counting that its total comes from. */
static int counted(const struct world *w, const struct filter *filter)
{
	static const struct filter all = { .status = STATUS_ANY };
	static const struct filter resolved = { .status = STATUS_RESOLVED };

	if (w->conf.total_late > 0)
		return count_list(w, filter, w->now - w->conf.total_late);
	if (w->conf.counted == COUNTED_WHOLE)
		return count_list(w, &all, w->now);
	if (w->conf.counted == COUNTED_UNRESOLVED && !is_filtered(filter))
		return n_listed - count_list(w, &resolved, w->now);
	return w->conf.twice == TWICE_COUNTED ? n_shown : n_listed;
}

/* Which page is shown; an API that has lost its senses shows another. */
static int turn_to(struct world *w, const struct request *request, int *total)
{
	int number = request->page;

	*total = said(w, &request->filter, counted(w, &request->filter));
	if (w->rests || w->now < w->conf.mad_at || w->now >= w->conf.mad_to)
		return number;
	w->mad = w->disturbed = w->now;
	switch (w->conf.madness) {
	case MAD_EMPTY:
		n_shown = *total = 0;
		return number;
	case MAD_HALF:
		*total /= 2;
		return number;
	default:
		return 1;
	}
}

/* Where the page that was asked for begins. A list may go no deeper than so many rows. */
static int begins_at(struct world *w, const struct request *request, int size, int number)
{
	int from = (number - 1) * (size > w->conf.shared ? size - w->conf.shared : size);

	w->refused = false;
	if (w->conf.depth == 0 || from + size <= w->conf.depth)
		return from;
	if (w->conf.beyond == BEYOND_REFUSED)
		w->refused = true;
	else if (w->conf.beyond == BEYOND_LAST)
		from = w->conf.depth > size ? w->conf.depth - size : 0;
	n_shown = n_shown < w->conf.depth ? n_shown : w->conf.depth;
	if (w->refused && w->told)
		printf("%6d GET list status %d channel %d assignee %d, page %d: refused\n", w->now,
		       request->filter.status, request->filter.channel, request->filter.assignee,
		       request->page);
	return from;
}

static void tell_page(const struct world *w, const struct request *request, const struct page *page)
{
	if (!w->told)
		return;
	printf("%6d GET list status %d channel %d assignee %d, page %d of %d:", w->now,
	       request->filter.status, request->filter.channel, request->filter.assignee,
	       request->page, page->per_page);
	for (int i = 0; i < page->n; i++)
		printf(" %d@%d", shown[first_shown + i].id, shown[first_shown + i].state.updated);
	printf(" total %d\n", (int)page->total);
}

static int max_of(int a, int b)
{
	return a > b ? a : b;
}

/* How many rows the page that was asked for has room for. */
static int size_of(const struct world *w, const struct request *request)
{
	int size = request->per_page < w->conf.page ? request->per_page : w->conf.page;

	return max_of(size, w->conf.page_least);
}

bool world_list(struct world *w, const struct request *request, struct page *page)
{
	int size = size_of(w, request), total, last;

	if (!answers(w))
		return false;
	if (is_mistyped(w))
		w->disturbed = w->now;
	build_list(w, &request->filter);
	first_shown = begins_at(w, request, size, turn_to(w, request, &total));
	if (w->refused)
		return true;
	last = first_shown + size < n_shown ? first_shown + size : n_shown;
	if (w->conf.hydrate && first_shown < last) {
		hydrate(w, first_shown, last);
		last = n_shown;
	}
	page->date = date_of(w);
	page->filter = request->filter;
	page->total = w->conf.counted == COUNTED_PAGE ? max_of(last - first_shown, 0) : total;
	page->page = request->page;
	page->per_page = w->conf.size_untold ? request->per_page : size;
	page->total_pages = (int)((page->total + size - 1) / size);
	page->n = page->rejected = 0;
	for (int i = first_shown; i < last; i++) {
		struct state *state = &shown[i].state;

		state->odd = is_odd(w, state);
		page->rejected += state->odd;
		page->rows[page->n++] = (struct row){
			.id = (uint64_t)shown[i].id,
			.created_at = state->odd ? TIME_NONE : state->created * USEC_PER_SEC,
			.updated_at = state->odd ? TIME_NONE : state->updated * USEC_PER_SEC,
			.status = state->odd ? STATUS_ANY : state->status,
		};
	}
	tell_page(w, request, page);
	return true;
}

bool world_lies(const struct world *w)
{
	return w->conf.cap > 0 || w->conf.hidden != STATUS_ANY || w->conf.estimate > 0 ||
	       w->conf.overcount != 0 || w->conf.counted != COUNTED_TRULY ||
	       w->conf.twice != TWICE_NEVER || w->conf.filtered >= FILTERED_NONE ||
	       w->conf.total_late > 0 || w->conf.shared > 0 || w->conf.page_least > 0 ||
	       w->conf.size_untold;
}

/* How many stand in the smallest part of the list that this one is in. */
static int alike(const struct world *w, const struct state *one)
{
	int n = 0;

	for (int i = 0; i < w->n; i++) {
		const struct state *state = world_state(&w->things[i], w->now);

		n += state && state->status == one->status &&
		     (w->conf.unsplit ||
		      (state->channel == one->channel && state->assignee == one->assignee));
	}
	return n;
}

bool world_hides(const struct world *w, const struct thing *thing)
{
	const struct state *state = &thing->states[thing->n - 1];

	if (!is_listed(w, thing, state, w->now))
		return true;
	/* It was so old that no list showed it, before it changed again. */
	for (int i = 1; i < thing->n && w->conf.window > 0; i++)
		if (thing->states[i].visible_at > thing->states[i - 1].updated + w->conf.window)
			return true;
	/* The smallest part of the list that it is in is too deep. */
	return w->conf.depth > 0 && alike(w, state) > w->conf.depth / w->conf.page * w->conf.page;
}

void world_cure(struct world *w)
{
	for (int i = 0; i < w->n; i++)
		for (int j = 0; j < w->things[i].n; j++)
			w->things[i].states[j].odd = false;
}

bool world_brews(const struct world *w)
{
	for (int i = 0; i < w->n; i++)
		if (w->things[i].states[w->things[i].n - 1].visible_at > w->now)
			return true;
	return false;
}

int world_shown(int i, struct state *state)
{
	*state = shown[first_shown + i].state;
	return shown[first_shown + i].id;
}

bool world_get(struct world *w, int id, int *answered, struct state *state, int64_t *date)
{
	const struct thing *thing = &w->things[id - 1];
	const struct state *seen;
	int t;

	if (!answers(w))
		return false;
	t = known_at(w, LAGGING_GETS);
	*date = date_of(w);
	*answered = 0;
	seen = world_state(thing, t);
	for (int hops = 0; !seen && hops < 5 && thing->states[thing->n - 1].merged_into; hops++) {
		thing = &w->things[thing->states[thing->n - 1].merged_into - 1];
		seen = world_state(thing, t);
	}
	if (w->now >= w->conf.storm_at && w->now < w->conf.storm_to &&
	    chance_hit(&w->view, w->conf.storm_share)) {
		w->disturbed = w->now;
		seen = NULL;
	}
	if (seen) {
		*answered = thing->id;
		*state = *seen;
		state->odd = is_odd(w, seen);
	}
	tell(w, "GET %d: %d", id, *answered);
	return true;
}
