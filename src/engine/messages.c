/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include <assert.h>

#define SECOND USEC_PER_SEC
#define HOUR (3600 * SECOND)

/* A list that makes no sense is begun anew so often in one round. */
#define ANEW_MOST 2

/* When so many conversations in a row have no page, the fault is not theirs. */
#define REFUSALS_MOST 3

/* Unresolved ones are read again after this, by whether a message moves updated_at. */
#define AGAIN_IF_SURE (24 * HOUR)
#define AGAIN HOUR

/* An update that belongs to a message has its time, or one a little later. */
#define SAME_MOMENT (5 * SECOND)

/* Believed when it was seen so often; one in so many may be a machine that lagged. */
#define SURE_MOVES 20
#define SURE_MOVES_NOT 3
#define STRAY 50

enum messages_moves messages_moves(int64_t moved, int64_t unmoved)
{
	if (moved >= SURE_MOVES && unmoved * STRAY <= moved)
		return MESSAGES_MOVES;
	return unmoved >= SURE_MOVES_NOT ? MESSAGES_MOVES_NOT : MESSAGES_MOVES_UNKNOWN;
}

int64_t messages_again(int64_t moved, int64_t unmoved)
{
	return messages_moves(moved, unmoved) == MESSAGES_MOVES ? AGAIN_IF_SURE : AGAIN;
}

void messages_begin(struct messages *messages, int ahead)
{
	*messages = (struct messages){ .ahead = ahead, .started = TIME_NONE };
}

/* ---- the next action ------------------------------------------------------ */

/*
 * The page that a reading wants: one that shows the last message that is known, in the place where
 * it should stand, and as many behind it as may be. So pages overlap, and a row that has slipped
 * through a joint shows at once.
 */
static void choose_page(struct messages_reading *r)
{
	int64_t most = -1;

	for (int size = r->per_page; size > 0 && size >= r->per_page / 2; size--) {
		int64_t page = r->count > 0 ? (r->count - 1) / size + 1 : 1;

		if (page * size - r->count <= most)
			continue;
		most = page * size - r->count;
		r->page = (int)page;
		r->size = size;
	}
	/* Very small pages may all end with it: then the next one has to do. */
	r->page += r->count > 0 && most == 0;
}

/* Those that were begun go first, so that few are half read. */
static int next_reading(const struct messages *m)
{
	int fresh = -1;

	for (int i = 0; i < m->n; i++) {
		const struct messages_reading *r = &m->readings[i];

		if (r->over || r->sent)
			continue;
		if (r->end != MESSAGES_NOT_READ)
			return i;
		if (fresh < 0)
			fresh = i;
	}
	return fresh;
}

static bool send_next(struct messages *m, struct action *action)
{
	int i = m->in_flight < m->ahead ? next_reading(m) : -1;
	struct messages_reading *r;

	if (i < 0)
		return false;
	r = &m->readings[i];
	r->sent = true;
	choose_page(r);
	m->sent[(m->first_sent + m->in_flight++) % MESSAGES_MOST] = i;
	*action = (struct action){
		.kind = ACTION_SEND,
		.request = { .kind = REQUEST_MESSAGES,
			     .item = i,
			     .page = r->page,
			     .per_page = r->size,
			     .spares = m->turn == MESSAGES_HISTORY },
	};
	return true;
}

static void ask(struct messages *m, struct action *action)
{
	struct ask due = { .kind = ASK_MESSAGES,
			   .turn = m->turn,
			   .most = MESSAGES_MOST,
			   .after = messages_again(m->moved, m->unmoved) };

	action_ask(&m->pending, action, due);
}

static void commit(struct messages *m, struct action *action, bool last)
{
	action_commit(&m->pending, action, SEEN_BY_NOTHING, 0);
	action->last = m->over = last;
	action->verdict = m->turn == MESSAGES_TURNS ? VERDICT_READ : VERDICT_NONE;
}

void messages_next(void *self, struct workspace_state *state, bool stage_full,
		   struct action *action)
{
	struct messages *m = self;

	(void)state;
	if (m->pending.waiting)
		return;
	if (m->over) {
		action_done(action, m->turn == MESSAGES_TURNS ? VERDICT_READ : VERDICT_NONE);
		return;
	}
	if (!m->enough && !(stage_full && m->wrote) && send_next(m, action))
		return;
	if (m->in_flight > 0)
		return;
	if (m->enough || m->turn == MESSAGES_TURNS)
		commit(m, action, true);
	else if (m->wrote)
		commit(m, action, false);
	else
		ask(m, action);
}

void messages_stop(struct messages *messages)
{
	for (int i = 0; i < messages->n; i++)
		messages->readings[i].sent = false;
	messages->in_flight = 0;
	messages->enough = true;
}

/* ---- the warehouse -------------------------------------------------------- */

void messages_answer(void *self, struct workspace_state *state, const struct answer *answer)
{
	struct messages *m = self;

	(void)state;
	m->pending.waiting = false;
	m->moved = answer->n[0];
	m->unmoved = answer->n[1];
	m->n = answer->ids;
	for (int i = 0; i < m->n; i++) {
		const struct message_due *due = &answer->due[i];

		m->readings[i] = (struct messages_reading){ .due = *due,
							    .count = due->count,
							    .last = due->last,
							    .newest = TIME_NONE,
							    .total = -1,
							    .per_page = due->per_page,
							    .number = due->number };
	}
	if (m->n == 0)
		m->turn++;
}

/* A step that was written down is not written down once more. */
static bool settle(struct messages *m)
{
	bool all = true;

	for (int i = 0; i < m->n; i++) {
		struct messages_reading *r = &m->readings[i];

		r->told = r->anew;
		r->unwritten = false;
		all = all && r->over;
	}
	return all;
}

void messages_committed(void *self, struct workspace_state *state, const struct tally *tally)
{
	struct messages *m = self;

	(void)state;
	(void)tally;
	if (!action_committed(&m->pending))
		return;
	m->wrote = false;
	if (!settle(m))
		return;
	/* Fewer than were asked for: there are no more of this turn. */
	if (m->n < MESSAGES_MOST && m->turn < MESSAGES_TURNS)
		m->turn++;
	m->n = 0;
}

/* ---- a page ---------------------------------------------------------------- */

/* From the first page once more; a reading that goes wrong again and again is left alone. */
static void begin_anew(struct messages_reading *r)
{
	r->count = 0;
	r->last = 0;
	r->total = -1;
	r->newest = TIME_NONE;
	r->number++;
	r->end = MESSAGES_SOME;
	if (++r->anew > ANEW_MOST) {
		r->end = MESSAGES_POSTPONED;
		r->over = true;
	}
}

/* Whether the list is shorter than it was, or the last known message is not where it stood. */
static bool has_moved(const struct messages_reading *r, const struct message_page *page,
		      int64_t place)
{
	if (page->total >= 0 && (page->total < r->count || page->total < r->total))
		return true;
	return place >= 0 && (place >= page->n || page->rows[place].id != r->last);
}

/* Whether more follows. A page in the middle of a list that is not full makes no sense. */
static bool goes_on(const struct messages_reading *r, const struct message_page *page, bool *odd)
{
	bool more = page->total >= 0 ? page->total > r->count : page->n == page->per_page;

	*odd = more && page->n < page->per_page;
	return more;
}

/* The rows behind PLACE are new. */
static void add_rows(struct messages_reading *r, const struct message_page *page, int64_t place)
{
	for (int64_t i = place + 1; i < page->n; i++)
		r->newest = max_i64(r->newest, page->rows[i].created_at);
	if (page->n > 0)
		r->last = page->rows[page->n - 1].id;
	r->count += page->n - 1 - place;
	r->total = page->total;
}

/* The server's pages are smaller than was asked for: the known message may stand on another one. */
static bool is_elsewhere(struct messages_reading *r, const struct message_page *page, int64_t place)
{
	bool smaller = page->per_page < r->size;

	if (!smaller || r->replaced || page->page != r->page)
		return false;
	r->per_page = page->per_page;
	r->replaced = place >= page->per_page;
	return r->replaced;
}

static void take(struct messages_reading *r, const struct message_page *page)
{
	/* Of the last message that is known, on this page; -1 where there is none. */
	int64_t place = r->count - 1 - (int64_t)(page->page - 1) * page->per_page;
	bool odd;

	if (is_elsewhere(r, page, place)) {
		r->end = MESSAGES_SOME;
		return;
	}
	if (page->page != r->page || page->n > page->per_page || place < -1 ||
	    has_moved(r, page, place)) {
		begin_anew(r);
		return;
	}
	add_rows(r, page, place);
	r->end = goes_on(r, page, &odd) ? MESSAGES_SOME : MESSAGES_WHOLE;
	r->over = r->end == MESSAGES_WHOLE;
	if (odd)
		begin_anew(r);
}

static struct messages_reading *pop(struct messages *m)
{
	struct messages_reading *r;

	assert(m->in_flight > 0);
	r = &m->readings[m->sent[m->first_sent]];
	m->first_sent = (m->first_sent + 1) % MESSAGES_MOST;
	m->in_flight--;
	r->sent = false;
	r->unwritten = m->wrote = true;
	return r;
}

void messages_page(struct messages *messages, const struct message_page *page)
{
	struct messages_reading *r = pop(messages);

	messages->refusals = 0;
	if (page->gone) {
		r->end = MESSAGES_GONE;
		r->over = true;
		return;
	}
	take(r, page);
}

bool messages_refused(struct messages *messages)
{
	struct messages_reading *r = pop(messages);

	r->end = MESSAGES_POSTPONED;
	r->over = true;
	return ++messages->refusals < REFUSALS_MOST;
}

int messages_number(const struct messages *messages)
{
	return messages->readings[messages->sent[messages->first_sent]].number;
}

/* ---- steps that are written down --------------------------------------------- */

/* Up to when every change of such a conversation is known. */
static int64_t known_until(const struct workspace_state *state, bool unresolved)
{
	return unresolved ? max_i64(state->complete_as_of, state->active_as_of)
			  : state->complete_as_of;
}

/* Whether new messages have moved updated_at, or have not though that would be known by now. */
static void compare(const struct messages_reading *r, const struct workspace_state *state,
		    struct message_step *step)
{
	int64_t changed = r->due.changed_at;

	if (r->end != MESSAGES_WHOLE || r->newest == TIME_NONE || changed == TIME_NONE)
		return;
	step->moved = changed >= r->newest && changed <= r->newest + SAME_MOMENT;
	step->unmoved = r->newest > changed + SAME_MOMENT &&
			r->newest <= known_until(state, r->due.unresolved);
}

struct message_step messages_step(const struct messages *messages,
				  const struct workspace_state *state, int i)
{
	const struct messages_reading *r = &messages->readings[i];
	struct message_step step = { .end = r->unwritten ? r->end : MESSAGES_NOT_READ,
				     .due_at = r->due.due_at,
				     .count = r->count,
				     .per_page = r->per_page,
				     .number = r->number,
				     .shrunk = r->anew - r->told };

	compare(r, state, &step);
	return step;
}
