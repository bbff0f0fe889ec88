/* SPDX-License-Identifier: MIT */
/*
 * debts.h -- what is owed to the events that were heard, beside the list that has to remember it.
 *
 * Every hint goes to struct hints, as in the daemon, and to a plain book of its own: who was
 * spoken of, since when, whether a cycle is looking, and whether it was said again meanwhile. Both
 * have to say the same at every moment. Ids are numbers; times are seconds.
 */
#ifndef DEBTS_H
#define DEBTS_H

#include "hints.h"
#include "world.h"

/* Forged events speak of so many conversations that never were, behind those that may be. */
#define DEBTS_FORGED 150
#define DEBTS_IDS (MOST_THINGS + DEBTS_FORGED + 1)

/* In place of an id: one that is too long to be kept. */
#define DEBTS_TOO_LONG 0

/* Hints are gathered for so many seconds. */
#define DEBTS_GATHERED 2

/* What is owed to a conversation. */
struct debt {
	bool is;    /* it was heard, and nobody has looked since; */
	bool taken; /* a cycle is looking; */
	bool again; /* it was heard once more while a cycle looked */
	int first, first_again;
	bool message, message_again; /* there is a message, */
	int said, said_again;	     /* and so many there were then */
	int promised;		     /* so many are to be held when all is read */
};

struct debts {
	struct hints hints;
	struct debt list[DEBTS_IDS];
	bool more, more_taken;
	int ids[HINTS_MOST]; /* that a cycle has taken */
	char wrong[120];     /* "" while both say the same */
};

/* How the cycle that had taken them has come to its end. */
enum debts_end {
	DEBTS_LOOKED,
	DEBTS_FAILED,	/* for a moment: they are owed as before */
	DEBTS_HOPELESS, /* asking again is pointless: a cycle of changes is owed in their place */
	DEBTS_DIED,	/* the process: all is lost */
};

/* An event is heard; the conversation had so many messages then. */
void debts_hear(struct debts *debts, int id, bool message, int said, int now);

/* Whether a cycle by hints is due. False when that is wrong: before they are gathered, or later. */
bool debts_due(struct debts *debts, int now, bool *due);

/* A cycle takes all there are. False when these are not all. */
bool debts_take(struct debts *debts);

/* It has ended. What was looked at, and has a message, is promised. */
void debts_end(struct debts *debts, enum debts_end end, int now);

/* How many hints there should be. */
int debts_count(const struct debts *debts);

/* Whether the list has what is owed, each once, and nothing else. */
bool debts_check(struct debts *debts);

#endif
