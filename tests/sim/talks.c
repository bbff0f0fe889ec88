/* SPDX-License-Identifier: MIT */
#include "talks.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "engine.h"

/* Conversations of a story of messages alone. */
#define TALKS 60

#define LONGEST 420

/* A list is begun anew so often before it is left alone; so many are refused in a row, and no more. */
#define ANEW_AT_MOST 3
#define REFUSED_AT_MOST 3

/* Rows before a commit is due, and the most that are staged then: pages on their way come, too. */
#define STAGE_FULL 500
#define STAGED_MOST (STAGE_FULL + 6 * PAGE_ROWS_MOST)
#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

/* What the world may do to a list besides adding to its end; both at once, nobody could see. */
enum mischief {
	MISCHIEF_NONE,
	MISCHIEF_INSERT,
	MISCHIEF_REMOVE,
	MISCHIEF_GAP,	/* the full pages of the first conversation lack their last row, always */
	MISCHIEF_STUCK, /* its every page is the first one */
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
	bool gone;	       /* the API answers 404 */
};

/* What the warehouse has of it. */
struct held {
	uint64_t ids[2 * LONGEST];
	int reading[2 * LONGEST];
	bool removed[2 * LONGEST];
	int n;
	bool known, due, history, postponed, read;
	bool deleted; /* its conversation is held as one that is gone */
	struct message_due row;
	int64_t read_at, read_changed;
	int64_t gone_at; /* when a 404 came; TIME_NONE */
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
	int64_t dues;	      /* how often something became due */
	uint64_t next_id;
	int n;
	int64_t moved, unmoved;	 /* readings that said whether a message moves updated_at */
	void (*meanwhile)(void); /* what else happens between two actions */
	bool trusted;		 /* the instants are what they should be */

	/* of the cycle */
	struct engine engine;
	struct workspace_state state;
	struct answer answer;
	int ids[MESSAGES_MOST];	     /* which conversations the last answer brought */
	int begun_at[MESSAGES_MOST]; /* `touched` when the reading's first page was served */
	int begun_number[MESSAGES_MOST];
	struct request flight[MESSAGES_MOST];
	int n_flight;
	struct staged staged[STAGED_MOST + PAGE_ROWS_MOST];
	int n_staged;
	int requests, ahead;
	int turn, refusals;	   /* of the last answer; one after the other */
	bool came[MESSAGES_MOST];  /* something has come since the last commit */
	int shrunk[MESSAGES_MOST]; /* how often each was begun anew, as was written down */
	enum verdict verdict;	   /* of the last commit */
	bool stopped, whole;	   /* it was told to make way; it read all there is */
	bool rest;		   /* nothing happens any more */
	char wrong[300];

	/* These last: most of it is cleared with each story, and of these only those in use. */
	struct talk talks[TALKS_MOST];
	struct held held[TALKS_MOST];
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
	struct talk *t = &w.talks[chance_below(&w.chance, w.n)];
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
	return (w.mischief == MISCHIEF_GAP || w.mischief == MISCHIEF_STUCK) && talk == 0;
}

static void begin_world(uint64_t seed)
{
	memset(&w, 0, offsetof(struct world, talks));
	w.chance = chance_stream(seed, 77);
	w.history = TIME_NEVER;
}

/* One more conversation, of which nothing is held. */
static struct talk *add_talk(void)
{
	int i = w.n++;

	w.talks[i] = (struct talk){ .n = 0 };
	w.held[i] = (struct held){ .gone_at = TIME_NONE };
	w.held[i].row.per_page = 100;
	w.held[i].row.number = 1;
	w.held[i].row.changed_at = TIME_NONE;
	return &w.talks[i];
}

static void invent(uint64_t seed)
{
	begin_world(seed);
	w.meanwhile = happen;
	w.trusted = true;
	w.mischief = (enum mischief)chance_below(&w.chance, MISCHIEFS);
	w.moves = chance_hit(&w.chance, 600);
	w.untold = chance_hit(&w.chance, 100);
	w.page_most = chance_hit(&w.chance, 700) ? 100 : 8 + chance_below(&w.chance, 60);
	w.now = 1000 * 24 * HOUR;
	w.state.lookback = 2 * MINUTE;
	w.state.per_page = 100;
	w.state.certified_at = w.now;
	for (int i = 0; i < TALKS; i++) {
		struct talk *t = add_talk();
		int n = chance_hit(&w.chance, is_senseless(i) ? 1000 : 100)
				? 90 + chance_below(&w.chance, 260)
				: chance_below(&w.chance, 14);

		t->unresolved = chance_hit(&w.chance, 300);
		t->changed = w.now - chance_below(&w.chance, 90) * 24 * HOUR;
		while (t->n < n)
			put(t, t->n);
		t->fewest = t->n;
		for (int k = 0; k < t->n; k++)
			t->at[k] = t->changed;
	}
}

/* ---- the warehouse ----------------------------------------------------------- */

static void make_due(struct held *h)
{
	h->known = h->due = true;
	h->history = h->postponed = false;
	h->gone_at = TIME_NONE;
	h->row.due_at = ++w.dues;
}

/* A merge has changed it: see sql/merge/87_messages_due.sql. */
static void merge_one(int i, int64_t changed, bool unresolved)
{
	struct held *h = &w.held[i];

	h->row.unresolved = unresolved;
	h->row.changed_at = changed;
	h->deleted = false;
	if (unresolved || h->known || changed >= w.history)
		make_due(h);
}

/* A cycle of changes. */
static void merge(void)
{
	for (int i = 0; i < w.n; i++) {
		struct talk *t = &w.talks[i];

		if (!t->told)
			merge_one(i, t->changed, t->unresolved);
		t->told = true;
	}
	w.state.complete_as_of = w.state.active_as_of = w.now - 1;
}

static bool is_history(const struct held *h)
{
	return h->row.changed_at != TIME_NONE && h->row.changed_at < w.history && !h->deleted;
}

/* History becomes due, the newest first, as conversations were merged last. */
static void advance_history(void)
{
	for (;;) {
		int newest = -1, due = 0;

		for (int i = 0; i < w.n; i++)
			due += w.held[i].due && w.held[i].history && !w.held[i].postponed;
		if (due >= MESSAGES_MOST)
			return;
		for (int i = 0; i < w.n; i++)
			if (is_history(&w.held[i]) &&
			    (newest < 0 ||
			     w.held[i].row.changed_at > w.held[newest].row.changed_at))
				newest = i;
		if (newest < 0)
			return;
		/* Those of one instant go together. */
		w.history = w.held[newest].row.changed_at;
		for (int i = 0; i < w.n; i++) {
			struct held *h = &w.held[i];

			if (h->row.changed_at != w.history || h->due || h->deleted ||
			    h->gone_at != TIME_NONE || (h->read && h->read_changed == w.history))
				continue;
			h->known = h->due = h->history = true;
			h->row.due_at = ++w.dues;
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
		if (h->gone_at != TIME_NONE)
			return !h->due && h->gone_at < w.now - 24 * HOUR;
		return !h->due && h->row.unresolved && h->read && h->read_at < w.now - ask->after;
	default:
		return h->due && h->history;
	}
}

static bool answer(const struct ask *ask)
{
	struct ask earlier = *ask;

	if (ask->kind != ASK_MESSAGES)
		return wrong("a cycle of messages asks for something else");
	/* By the numbers of the answer before. */
	if (ask->turn == MESSAGES_AGAIN &&
	    (ask->after > HOUR) != (w.answer.n[0] >= 20 && w.answer.n[1] * 50 <= w.answer.n[0]))
		return wrong("after %d and %d readings it reads again after %d minutes",
			     (int)w.answer.n[0], (int)w.answer.n[1], (int)(ask->after / MINUTE));
	w.answer = (struct answer){ .n = { w.moved, w.unmoved } };
	w.turn = ask->turn;
	if (ask->turn == MESSAGES_HISTORY)
		advance_history();
	for (int i = 0; i < w.n; i++) {
		for (earlier.turn = 0; earlier.turn < ask->turn; earlier.turn++)
			if (is_of_turn(&w.held[i], &earlier))
				return wrong("turn %d comes before turn %d is over", ask->turn,
					     earlier.turn);
		if (!is_of_turn(&w.held[i], ask) || w.answer.ids == ask->most)
			continue;
		w.ids[w.answer.ids] = i;
		w.shrunk[w.answer.ids] = 0;
		w.came[w.answer.ids] = false;
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

	if (w.came[item] != (step.end != MESSAGES_NOT_READ))
		return wrong("conversation %d: %s", talk,
			     w.came[item] ? "what came of it is not written down"
					  : "what is written down has not come");
	w.came[item] = false;
	if (step.end == MESSAGES_NOT_READ)
		return true;
	w.shrunk[item] += step.shrunk;
	if (w.shrunk[item] > ANEW_AT_MOST || (step.shrunk > 0 && w.mischief == MISCHIEF_NONE))
		return wrong("conversation %d: it was begun anew %d times", talk, w.shrunk[item]);
	h->row.count = step.count;
	h->row.last = r->last;
	h->row.per_page = step.per_page;
	h->row.number = step.number;
	h->postponed = step.end == MESSAGES_POSTPONED;
	w.moved += step.moved;
	w.unmoved += step.unmoved;
	if (step.end == MESSAGES_GONE) {
		h->due = h->due && h->row.due_at != step.due_at;
		h->history = h->history && h->due;
		h->gone_at = w.now;
		return w.talks[talk].gone || wrong("conversation %d: it is not gone", talk);
	}
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
	h->gone_at = TIME_NONE;
	if (step.unmoved && w.moves && w.trusted)
		return wrong("conversation %d: its message did move updated_at", talk);
	return w.begun_at[item] != w.talks[talk].touched || (is_senseless(talk) && w.untold) ||
	       equals(talk);
}

static bool commit(const struct action *action)
{
	const struct tally tally = { .live = w.n };

	w.verdict = action->verdict;

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
	w.came[q.item] = true;
	w.refusals = 0;
	page = (struct message_page){ .page = q.page,
				      .per_page =
					      q.per_page < w.page_most ? q.per_page : w.page_most,
				      .total = w.untold ? -1 : t->n,
				      .gone = t->gone };
	if (w.begun_number[q.item] != number) {
		w.begun_number[q.item] = number;
		w.begun_at[q.item] = t->touched;
	}
	if (w.mischief == MISCHIEF_STUCK && is_senseless(talk))
		page.page = 1;
	from = (page.page - 1) * page.per_page;
	for (int i = from; !t->gone && i < t->n && i < from + page.per_page; i++) {
		page.rows[page.n].id = t->list[i];
		page.rows[page.n++].created_at = t->at[i];
		w.staged[w.n_staged++] = (struct staged){ talk, number, t->list[i] };
	}
	if (!t->gone && is_senseless(talk) && w.mischief == MISCHIEF_GAP &&
	    page.n == page.per_page && from + page.n < t->n)
		page.n--;
	engine_messages(&w.engine, &page);
}

/* ---- a cycle -------------------------------------------------------------------- */

static void begin(void)
{
	struct engine_conf conf = { .kind = CYCLE_MESSAGES, .ahead = 1, .now = w.now };

	w.n_flight = w.n_staged = 0;
	w.answer.ids = 0;
	w.stopped = w.whole = false;
	w.refusals = 0;
	w.verdict = VERDICT_NONE;
	engine_begin(&w.engine, &conf, &w.state);
	w.ahead = 1 + chance_below(&w.chance, 4);
	engine_set_ahead(&w.engine, w.ahead);
}

/* Whose page cannot be had is left alone; where that goes on, the fault is not theirs. */
static bool refuse(void)
{
	bool goes_on, enough = ++w.refusals >= REFUSED_AT_MOST;

	w.came[w.flight[0].item] = true;
	memmove(&w.flight[0], &w.flight[1], (size_t)--w.n_flight * sizeof(w.flight[0]));
	goes_on = engine_messages_refused(&w.engine);
	if (goes_on == enough)
		return wrong("it %s after %d pages that were refused",
			     goes_on ? "goes on" : "gives up", w.refusals);
	return goes_on;
}

/* Pages of one conversation come one after the other, and few are half read at a time. */
static bool send(const struct request *request)
{
	const struct messages *m = &w.engine.messages;
	int begun = 0;

	if (request->spares != (w.turn == MESSAGES_HISTORY))
		return wrong("history takes what is kept for others, or these leave it");
	for (int i = 0; i < w.n_flight; i++)
		if (w.flight[i].item == request->item)
			return wrong("two pages of one conversation are on their way");
	for (int i = 0; i < m->n; i++)
		begun += !m->readings[i].over && (w.begun_number[i] >= 0 || m->readings[i].sent);
	if (begun > w.ahead)
		return wrong("%d conversations are half read, with %d pages at a time", begun,
			     w.ahead);
	w.flight[w.n_flight++] = *request;
	return true;
}

/* It ends when nothing more is due, or when it was told to; of conversations it has said nothing. */
static bool check_end(void)
{
	const struct workspace_state *state = &w.engine.state;

	if (!w.whole && !w.stopped)
		return wrong("a cycle of messages ends too early");
	if (!w.whole && w.verdict == VERDICT_READ)
		return wrong("its last commit says otherwise than its end");
	if (state->complete_as_of > w.state.complete_as_of ||
	    state->active_as_of > w.state.active_as_of || state->order != w.state.order ||
	    state->watermark != w.state.watermark)
		return wrong("a cycle of messages says something of conversations");
	for (int i = 0; i < w.n; i++)
		if (w.whole && w.held[i].due && !w.held[i].postponed)
			return wrong("conversation %d: it is due, and nobody reads it", i);
	return false;
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
		if (!w.rest && chance_hit(&w.chance, w.refusals > 0 ? 300 : 8))
			return refuse();
		serve();
		return w.n_staged <= STAGED_MOST || wrong("a batch has no end");
	case ACTION_SEND:
		return send(&action->request);
	case ACTION_ASK:
		return answer(&action->ask);
	case ACTION_COMMIT:
		return commit(action);
	case ACTION_DONE:
		w.whole = action->verdict == VERDICT_READ;
		return check_end();
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
			w.stopped = true;
			engine_stop_messages(&w.engine);
			most = INT32_MAX;
		}
		engine_next(&w.engine, chance_hit(&w.chance, 50) || w.n_staged >= STAGE_FULL,
			    &action);
		if (!act(&action, &crash))
			return !w.wrong[0];
		while (chance_hit(&w.chance, 300))
			w.meanwhile();
	}
	return wrong("a cycle does not end");
}

/* When all has come to rest, so many cycles later everything is there. */
static bool settle(void)
{
	int least;

	w.rest = true;
	for (int i = 0; i < w.n; i++)
		w.held[i].postponed = false;
	for (int i = 0; i < 4; i++) {
		merge();
		/* Those of which nothing tells are read again after a day at most. */
		w.now += 25 * 60 * MINUTE;
		if (!cycle())
			return false;
		for (int k = 0; k < w.n; k++)
			w.held[k].postponed = false;
	}
	for (int i = 0; i < w.n; i++)
		if (!is_senseless(i) && !equals(i))
			return false;
	if (w.mischief == MISCHIEF_GAP || w.mischief == MISCHIEF_STUCK)
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
		for (int k = 0; k < w.n && chance_hit(&w.chance, 300); k++)
			w.held[k].postponed = false;
	}
	return ok && settle();
}

/* ---- beside conversations ----------------------------------------------------------- */

void talks_begin(uint64_t seed, void (*meanwhile)(void), bool moves)
{
	begin_world(seed);
	w.meanwhile = meanwhile;
	w.moves = moves;
	w.untold = chance_hit(&w.chance, 100);
	w.page_most = chance_hit(&w.chance, 700) ? 100 : 8 + chance_below(&w.chance, 60);
}

void talks_say(int i, int n, int64_t now)
{
	w.now = now;
	while (w.n <= i)
		(void)add_talk();
	while (n-- > 0)
		put(&w.talks[i], w.talks[i].n);
	w.talks[i].fewest = min_i64(w.talks[i].fewest, w.talks[i].n);
}

int talks_said(int i)
{
	return w.talks[i].n;
}

void talks_vanish(int i)
{
	w.talks[i].gone = true;
}

void talks_merged(int i, int64_t changed, bool unresolved)
{
	merge_one(i, changed, unresolved);
}

void talks_deleted(int i)
{
	struct held *h = &w.held[i];

	h->deleted = true;
	h->due = h->history = h->row.unresolved = false;
	h->gone_at = TIME_NONE;
}

void talks_due(int i)
{
	if (!w.held[i].deleted)
		make_due(&w.held[i]);
}

void talks_rest(void)
{
	w.rest = true;
	for (int i = 0; i < w.n; i++)
		w.held[i].postponed = false;
}

bool talks_cycle(const struct workspace_state *state, int64_t now, bool trusted, bool *whole)
{
	w.state = *state;
	w.now = now;
	w.trusted = trusted;
	for (int i = 0; i < w.n && chance_hit(&w.chance, 300); i++)
		w.held[i].postponed = false;
	*whole = cycle() && w.whole;
	return !w.wrong[0];
}

void talks_now(int64_t now)
{
	w.now = now;
}

bool talks_has(int i, int n)
{
	const struct held *h = &w.held[i];
	int has = 0;

	for (int k = 0; k < h->n; k++)
		has += !h->removed[k];
	return has >= n || h->postponed;
}

bool talks_equal(int i)
{
	return w.talks[i].gone || equals(i);
}

long talks_requests(void)
{
	return w.requests;
}

const char *talks_wrong(void)
{
	return w.wrong;
}
