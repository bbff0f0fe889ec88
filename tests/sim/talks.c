/* SPDX-License-Identifier: MIT */
#include "talks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "engine.h"

#define TALKS 60
#define LONGEST 420
#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)

/* What the world may do to a list besides adding to its end; both at once, nobody could see. */
enum mischief {
	MISCHIEF_NONE,
	MISCHIEF_INSERT,
	MISCHIEF_REMOVE,
	MISCHIEF_GAP, /* the full pages of the first conversation lack their last row, always */
	MISCHIEFS,
};

/* A conversation at the API. */
struct talk {
	uint64_t list[LONGEST];
	int64_t at[LONGEST];   /* when each was written */
	int n, fewest;	       /* now, and at any time */
	int64_t changed;       /* updated_at */
	bool unresolved, told; /* the merge of conversations has seen that change */
	int touched;	       /* how often the list was changed */
};

/* What the warehouse has of it. */
struct held {
	uint64_t ids[2 * LONGEST];
	int reading[2 * LONGEST];
	bool removed[2 * LONGEST];
	int n;
	bool known, due, history, postponed, read;
	struct message_due row;
	int64_t read_at, read_changed;
};

struct staged {
	int talk, reading;
	uint64_t id;
};

struct world {
	struct chance chance;
	enum mischief mischief;
	bool moves;	      /* a message moves updated_at */
	bool untold;	      /* pages tell no total */
	int page_most;	      /* of the server */
	int64_t now, history; /* history was gone through down to here */
	uint64_t next_id;
	struct talk talks[TALKS];
	struct held held[TALKS];

	/* of the cycle */
	struct engine engine;
	struct workspace_state state;
	struct answer answer;
	int ids[MESSAGES_MOST];	     /* which conversations the last answer brought */
	int begun_at[MESSAGES_MOST]; /* `touched` when the reading's first page was served */
	int begun_number[MESSAGES_MOST];
	struct request flight[MESSAGES_MOST];
	int n_flight;
	struct staged staged[MESSAGES_MOST * PAGE_ROWS_MOST];
	int n_staged;
	int requests;
	bool rest; /* nothing happens any more */
	char wrong[300];
};

static struct world w;

static bool wrong(const char *fmt, ...)
{
	va_list args;

	if (w.wrong[0])
		return false;
	va_start(args, fmt);
	vsnprintf(w.wrong, sizeof(w.wrong), fmt, args);
	va_end(args);
	return false;
}

/* ---- the world ------------------------------------------------------------- */

static void put(struct talk *t, int place)
{
	if (t->n == LONGEST)
		return;
	memmove(&t->list[place + 1], &t->list[place], (size_t)(t->n - place) * sizeof(t->list[0]));
	memmove(&t->at[place + 1], &t->at[place], (size_t)(t->n - place) * sizeof(t->at[0]));
	t->list[place] = ++w.next_id;
	t->at[place] = w.now;
	t->n++;
	t->touched++;
}

static void take_out(struct talk *t, int place)
{
	if (t->n == 0)
		return;
	memmove(&t->list[place], &t->list[place + 1],
		(size_t)(t->n - place - 1) * sizeof(t->list[0]));
	memmove(&t->at[place], &t->at[place + 1], (size_t)(t->n - place - 1) * sizeof(t->at[0]));
	t->n--;
	t->fewest = t->n < t->fewest ? t->n : t->fewest;
	t->touched++;
}

static void update(struct talk *t, bool always)
{
	if (!w.moves && !always)
		return;
	t->changed = w.now;
	t->told = false;
}

/* Something happens to a conversation. */
static void happen(void)
{
	struct talk *t = &w.talks[chance_below(&w.chance, TALKS)];
	int what = chance_below(&w.chance, 10);

	if (w.rest)
		return;
	w.now += chance_below(&w.chance, 5) * SECOND;
	/* What nobody is told of must be told of by updated_at, or never be found. */
	if (what == 0 && w.mischief == MISCHIEF_INSERT) {
		put(t, chance_below(&w.chance, t->n + 1));
		update(t, true);
	} else if (what == 0 && w.mischief == MISCHIEF_REMOVE) {
		take_out(t, chance_below(&w.chance, t->n + 1) % (t->n > 0 ? t->n : 1));
		update(t, true);
	} else if (what == 1) {
		t->unresolved = !t->unresolved;
		update(t, true);
	} else {
		for (int i = 1 + chance_below(&w.chance, 3); i > 0; i--)
			put(t, t->n);
		/* Of one that is resolved it is known only by updated_at. */
		update(t, !t->unresolved);
	}
}

/* Its list makes no sense, whenever it is longer than a page. */
static bool is_senseless(int talk)
{
	return w.mischief == MISCHIEF_GAP && talk == 0;
}

static void invent(uint64_t seed)
{
	memset(&w, 0, sizeof(w));
	w.chance = chance_stream(seed, 77);
	w.mischief = (enum mischief)chance_below(&w.chance, MISCHIEFS);
	w.moves = chance_hit(&w.chance, 600);
	w.untold = chance_hit(&w.chance, 100);
	w.page_most = chance_hit(&w.chance, 700) ? 100 : 8 + chance_below(&w.chance, 60);
	w.now = 1000 * 24 * 60 * MINUTE;
	w.history = TIME_NEVER;
	for (int i = 0; i < TALKS; i++) {
		struct talk *t = &w.talks[i];
		int n = chance_hit(&w.chance, is_senseless(i) ? 1000 : 100)
				? 90 + chance_below(&w.chance, 260)
				: chance_below(&w.chance, 14);

		t->unresolved = chance_hit(&w.chance, 300);
		t->changed = w.now - chance_below(&w.chance, 90) * 24 * 60 * MINUTE;
		while (t->n < n)
			put(t, t->n);
		t->fewest = t->n;
		for (int k = 0; k < t->n; k++)
			t->at[k] = t->changed;
		w.held[i].row.per_page = 100;
		w.held[i].row.number = 1;
	}
}

/* ---- the warehouse ----------------------------------------------------------- */

/* A cycle of changes: see sql/merge/87_messages_due.sql. */
static void merge(void)
{
	for (int i = 0; i < TALKS; i++) {
		struct talk *t = &w.talks[i];
		struct held *h = &w.held[i];

		if (t->told)
			continue;
		t->told = true;
		h->row.unresolved = t->unresolved;
		if (t->unresolved || h->known || t->changed > w.history) {
			h->known = h->due = true;
			h->history = false;
		}
		h->row.changed_at = t->changed;
		h->row.due_at = w.now;
		h->postponed = false;
	}
	w.state.complete_as_of = w.state.active_as_of = w.now - 1;
}

/* History becomes due, the newest first, as conversations were merged last. */
static void advance_history(void)
{
	for (int n = 0; n < 20; n++) {
		int newest = -1;

		for (int i = 0; i < TALKS; i++)
			if (w.held[i].row.changed_at < w.history &&
			    (newest < 0 ||
			     w.held[i].row.changed_at > w.held[newest].row.changed_at))
				newest = i;
		if (newest < 0)
			return;
		/* Those of one instant go together. */
		w.history = w.held[newest].row.changed_at;
		for (int i = 0; i < TALKS; i++) {
			struct held *h = &w.held[i];

			if (h->row.changed_at != w.history || h->due ||
			    (h->read && h->read_changed == w.history))
				continue;
			h->known = h->due = h->history = true;
		}
	}
}

static bool is_of_turn(const struct held *h, const struct ask *ask)
{
	if (h->postponed)
		return false;
	switch (ask->turn) {
	case MESSAGES_WAITING:
		return h->due && h->row.unresolved;
	case MESSAGES_CHANGED:
		return h->due && !h->history;
	case MESSAGES_AGAIN:
		return !h->due && h->row.unresolved && h->read && h->read_at < w.now - ask->after;
	default:
		return h->due && h->history;
	}
}

static bool answer(const struct ask *ask)
{
	struct ask earlier = *ask;

	w.answer = (struct answer){ .ids = 0 };
	if (ask->turn == MESSAGES_HISTORY)
		advance_history();
	for (int i = 0; i < TALKS; i++) {
		for (earlier.turn = 0; earlier.turn < ask->turn; earlier.turn++)
			if (is_of_turn(&w.held[i], &earlier))
				return wrong("turn %d comes before turn %d is over", ask->turn,
					     earlier.turn);
		if (!is_of_turn(&w.held[i], ask) || w.answer.ids == ask->most)
			continue;
		w.ids[w.answer.ids] = i;
		w.begun_number[w.answer.ids] = -1;
		w.answer.due[w.answer.ids++] = w.held[i].row;
	}
	engine_answer(&w.engine, &w.answer);
	return true;
}

static struct held *keep(int talk, uint64_t id, int reading)
{
	struct held *h = &w.held[talk];
	int i = 0;

	while (i < h->n && h->ids[i] != id)
		i++;
	h->n += i == h->n;
	h->ids[i] = id;
	h->reading[i] = reading;
	h->removed[i] = false;
	return h;
}

/* What was read whole, while its list stayed as it was, is the list. */
static bool equals(int talk)
{
	const struct held *h = &w.held[talk];
	const struct talk *t = &w.talks[talk];
	int n = 0;

	for (int i = 0; i < h->n; i++)
		n += !h->removed[i];
	if (n != t->n)
		return wrong("conversation %d: %d messages are held, and there are %d", talk, n,
			     t->n);
	for (int k = 0; k < t->n; k++) {
		int i = 0;

		while (i < h->n && (h->ids[i] != t->list[k] || h->removed[i]))
			i++;
		if (i == h->n)
			return wrong("conversation %d: message %d is missing", talk, k);
	}
	return true;
}

/* See sql/warehouse/messages.sql. */
static bool write_step(int item)
{
	struct message_step step = engine_message_step(&w.engine, item);
	int talk = w.ids[item];
	struct held *h = &w.held[talk];
	const struct messages_reading *r = &w.engine.messages.readings[item];

	if (step.end == MESSAGES_NOT_READ)
		return true;
	h->row.count = step.count;
	h->row.last = r->last;
	h->row.per_page = step.per_page;
	h->row.number = step.number;
	h->postponed = step.end == MESSAGES_POSTPONED;
	if (step.end != MESSAGES_WHOLE)
		return true;
	for (int i = 0; i < h->n; i++)
		h->removed[i] = h->removed[i] || h->reading[i] < step.number;
	if (step.count == 0 && w.talks[talk].fewest > 0)
		return wrong("conversation %d: it is read whole, and nothing of it was", talk);
	h->due = h->due && h->row.due_at != step.due_at;
	h->history = h->history && h->due;
	h->read = true;
	h->read_at = w.now;
	h->read_changed = h->row.changed_at;
	if (step.unmoved && w.moves)
		return wrong("conversation %d: its message did move updated_at", talk);
	return w.begun_at[item] != w.talks[talk].touched || is_senseless(talk) || equals(talk);
}

static bool commit(void)
{
	const struct tally tally = { .live = TALKS };

	for (int i = 0; i < w.n_staged; i++)
		(void)keep(w.staged[i].talk, w.staged[i].id, w.staged[i].reading);
	w.n_staged = 0;
	for (int i = 0; i < w.answer.ids; i++)
		if (!write_step(i))
			return false;
	engine_committed(&w.engine, &tally);
	return true;
}

/* ---- the API ------------------------------------------------------------------- */

static void serve(void)
{
	static struct message_page page;
	struct request q = w.flight[0];
	int talk = w.ids[q.item], number = messages_number(&w.engine.messages), from;
	const struct talk *t = &w.talks[talk];

	memmove(&w.flight[0], &w.flight[1], (size_t)--w.n_flight * sizeof(w.flight[0]));
	w.requests++;
	page = (struct message_page){ .page = q.page,
				      .per_page =
					      q.per_page < w.page_most ? q.per_page : w.page_most,
				      .total = w.untold ? -1 : t->n };
	if (w.begun_number[q.item] != number) {
		w.begun_number[q.item] = number;
		w.begun_at[q.item] = t->touched;
	}
	from = (page.page - 1) * page.per_page;
	for (int i = from; i < t->n && i < from + page.per_page; i++) {
		page.rows[page.n].id = t->list[i];
		page.rows[page.n++].created_at = t->at[i];
		w.staged[w.n_staged++] = (struct staged){ talk, number, t->list[i] };
	}
	if (is_senseless(talk) && page.n == page.per_page && from + page.n < t->n)
		page.n--;
	engine_messages(&w.engine, &page);
}

/* ---- a cycle -------------------------------------------------------------------- */

static void begin(void)
{
	struct engine_conf conf = { .kind = CYCLE_MESSAGES, .ahead = 1, .now = w.now };

	w.state.lookback = 2 * MINUTE;
	w.state.per_page = 100;
	w.state.certified_at = w.now;
	w.n_flight = w.n_staged = 0;
	w.answer.ids = 0;
	engine_begin(&w.engine, &conf, &w.state);
	engine_set_ahead(&w.engine, 1 + chance_below(&w.chance, 4));
}

/* Carries out an action. False at the end, and when something is wrong. */
static bool act(const struct action *action, bool *crash)
{
	*crash = !w.rest && chance_hit(&w.chance, 4);
	if (*crash)
		return false;
	switch (action->kind) {
	case ACTION_WAIT:
		if (w.n_flight == 0)
			return wrong("it waits for nothing");
		if (!w.rest && chance_hit(&w.chance, 8)) {
			memmove(&w.flight[0], &w.flight[1],
				(size_t)--w.n_flight * sizeof(w.flight[0]));
			return engine_messages_refused(&w.engine);
		}
		serve();
		return true;
	case ACTION_SEND:
		w.flight[w.n_flight++] = action->request;
		return true;
	case ACTION_ASK:
		return answer(&action->ask);
	case ACTION_COMMIT:
		return commit();
	case ACTION_DONE:
		break;
	}
	return false;
}

/* One cycle; it may be cut off, or told to make way. */
static bool cycle(void)
{
	int least = w.requests,
	    most = chance_hit(&w.chance, 400) ? chance_below(&w.chance, 40) : 9999;
	bool crash = false;

	begin();
	for (int turns = 0; turns < 20000; turns++) {
		struct action action;

		if (w.requests - least >= most && !w.rest) {
			w.n_flight = 0;
			engine_stop_messages(&w.engine);
			most = INT32_MAX;
		}
		engine_next(&w.engine, chance_hit(&w.chance, 50), &action);
		if (!act(&action, &crash))
			return !w.wrong[0];
		while (chance_hit(&w.chance, 300))
			happen();
	}
	return wrong("a cycle does not end");
}

/* When all has come to rest, so many cycles later everything is there. */
static bool settle(void)
{
	int least;

	w.rest = true;
	for (int i = 0; i < TALKS; i++)
		w.held[i].postponed = false;
	for (int i = 0; i < 4; i++) {
		merge();
		/* Those of which nothing tells are read again after a day at most. */
		w.now += 25 * 60 * MINUTE;
		if (!cycle())
			return false;
		for (int k = 0; k < TALKS; k++)
			w.held[k].postponed = false;
	}
	for (int i = 0; i < TALKS; i++)
		if (!is_senseless(i) && !equals(i))
			return false;
	if (w.mischief == MISCHIEF_GAP)
		return true;
	least = w.requests;
	merge();
	if (!cycle())
		return false;
	return w.requests == least || wrong("%d requests for nothing", w.requests - least);
}

bool talks_play(uint64_t seed, const char **why)
{
	bool ok = true;

	invent(seed);
	*why = w.wrong;
	for (int i = 0; i < 12 && ok; i++) {
		for (int n = chance_below(&w.chance, 12); n > 0; n--)
			happen();
		w.now += MINUTE;
		merge();
		ok = cycle();
		for (int k = 0; k < TALKS && chance_hit(&w.chance, 300); k++)
			w.held[k].postponed = false;
	}
	return ok && settle();
}
