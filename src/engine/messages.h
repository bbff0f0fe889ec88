/* SPDX-License-Identifier: MIT */
/*
 * messages.h -- Decides of which conversations messages are read next, and from which page on.
 *
 * Conversations are read turn by turn: those where a customer waits for an answer, those that have
 * changed since they were read, those that are not resolved and were not read for long, and then
 * history, from its newest end backwards. The warehouse gives the next few of a turn in their
 * order; here it is decided how each is read. A list of messages only grows at its end, so each
 * page is chosen so that it shows the last message that is known, in its place; when another one
 * stands there, or the list has become shorter, it is read anew from its first page. The messages
 * and the position are one commit. Pure, like all of the engine.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "action.h"
#include "workspace_state.h"

/* The reading of one conversation. */
struct messages_reading {
	struct message_due due; /* as the warehouse gave it */
	enum messages_end end;
	int64_t count;	/* messages of the list that are known, from its beginning; */
	uint64_t last;	/* the hash of the last one's id, */
	int64_t newest; /* when the newest of those that are new was written; TIME_NONE */
	int64_t total;	/* of the list, as its last page told; -1: it does not */
	int per_page;	/* the largest page that the server gives */
	int page, size; /* that was asked for last */
	int number;	/* of the reading: one more when it begins anew */
	int anew, told; /* how often it did, and how often as written down */
	bool unwritten; /* it has come to something since the last commit */
	bool sent;	/* a page is on its way */
	bool over;	/* nothing more is asked for in this round */
	bool replaced;	/* pages turned out to be smaller or larger, once */
};

struct messages {
	struct pending pending;
	int turn;		 /* enum messages_turn */
	int n;			 /* conversations of the answer */
	int sent[MESSAGES_MOST]; /* a ring: the reading that the next page belongs to */
	int first_sent, in_flight;
	int ahead;
	int refusals;		/* readings in a row of which no page could be had */
	bool enough;		/* somebody else is due: come to an end */
	bool wrote;		/* a reading has come to something since the last commit */
	bool over;		/* the last commit was asked for */
	int64_t moved, unmoved; /* whether new messages moved updated_at, as was seen so far */
	int64_t started;	/* no commit of this phase publishes: TIME_NONE */
	struct messages_reading readings[MESSAGES_MOST];
};

/* Whether a message moves its conversation's updated_at. */
enum messages_moves {
	MESSAGES_MOVES_UNKNOWN,
	MESSAGES_MOVES,
	MESSAGES_MOVES_NOT,
};

/* Judges from the numbers of readings in which it did, and in which it did not. */
enum messages_moves messages_moves(int64_t moved, int64_t unmoved) MUST_CHECK;

/* By the same numbers: after how long an unresolved conversation is read again. */
int64_t messages_again(int64_t moved, int64_t unmoved) MUST_CHECK;

/* Begins with the first turn; AHEAD pages may be on their way at once. */
void messages_begin(struct messages *messages, int ahead);

/* Comes to an end soon: asks for no more pages, and commits the messages that were read. */
void messages_stop(struct messages *messages);

/* The next step, and the replies to it; see engine.h. */
void messages_next(void *self, struct workspace_state *state, bool stage_full,
		   struct action *action);
void messages_answer(void *self, struct workspace_state *state, const struct answer *answer);
void messages_committed(void *self, struct workspace_state *state, const struct tally *tally);

/* The page that came for the oldest request, or the documented 404. */
void messages_page(struct messages *messages, const struct message_page *page);

/*
 * The oldest request was answered by something that is no page, or refused, and tried often enough.
 * False when that happens with one conversation after the other: then the fault is not theirs.
 */
bool messages_refused(struct messages *messages) MUST_CHECK;

/* The number of the reading to which the oldest request's page belongs. */
int messages_number(const struct messages *messages) MUST_CHECK;

/*
 * The step that the commit that is asked for writes down for the I-th conversation of the answer.
 */
struct message_step messages_step(const struct messages *messages,
				  const struct workspace_state *state, int i) MUST_CHECK;

#endif
