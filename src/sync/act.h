/* SPDX-License-Identifier: MIT */
/*
 * act.h -- what the engine wants done next, and what it hears of it.
 *
 * The engine does nothing itself. It answers "what next?" with one of these
 * acts; the loop carries it out and tells how it went. Names, ids and texts
 * stay with the loop; the engine counts them.
 */
#ifndef ACT_H
#define ACT_H

#include "facts.h"
#include "order.h"

enum act_kind {
	ACT_WAIT,   /* nothing to do before a reply or an answer has come */
	ACT_SEND,   /* send `request` */
	ACT_COMMIT, /* merge what is staged, and with it all that the engine remembers */
	ACT_ASK,    /* put `ask` to the warehouse */
	ACT_DONE,   /* the cycle is over; `verdict` says how it went */
};

/* What a batch's conversations have been seen by, which the warehouse remembers. */
enum seen_by {
	SEEN_BY_NOTHING,
	SEEN_BY_SWEEP, /* a full sweep; survives a crash */
	SEEN_BY_SCAN,  /* any other; does not */
};

enum ask_kind {
	/* Does the last page show a conversation that the running sweep has seen? n[0]: 0 or 1. */
	ASK_JOINED,
	/*
	 * What a full sweep saw. n[0]: distinct ones created before `before`,
	 * of `pass` (0: of all passes). n[1]: live ones it did not see.
	 */
	ASK_SEEN,
	/*
	 * Live conversations that the sweep did not see, at most `most`: as
	 * ids. n[0]: rows deleted in the last 7 days.
	 */
	ASK_SUSPECTS,
};

struct ask {
	enum ask_kind kind;
	int64_t before;
	int pass, most;
};

/*
 * The most ids that one answer brings, and room for one more: the control, a
 * conversation just seen.
 */
#define IDS_MOST 100

struct answer {
	int64_t n[4];
	int ids;      /* how many ids came with it, the control not among them */
	bool control; /* whether there is one; its number is `ids` */
};

/* What came of the GET of one conversation. */
enum item_outcome {
	ITEM_HERE,   /* it is there; the loop has staged it */
	ITEM_GONE,   /* the documented 404 */
	ITEM_MERGED, /* the API answers with another id */
};

/* What a commit came to. */
struct tally {
	int64_t seen, fresh, changed, rejected, deleted, late, silent, versions;
	int64_t live; /* conversations held now that are not deleted */
};

enum verdict {
	VERDICT_NONE,
	VERDICT_CERTIFIED,   /* everything is there, proven by counting */
	VERDICT_COMPLETE,    /* every change up to the new instant is there */
	VERDICT_ACTIVE,	     /* so is every one of conversations that are not resolved */
	VERDICT_UNCERTIFIED, /* everything was read, nothing was proven */
	VERDICT_LOST,	     /* the list made no sense; nothing was proven */
	VERDICT_EQUAL,	     /* the counts agree */
	VERDICT_DIFFERENT,   /* they do not */
	VERDICTS,
};

struct act {
	enum act_kind kind;
	struct request request;
	struct ask ask;
	enum seen_by seen; /* of a commit: by what its conversations were seen */
	bool last;	   /* of a commit: the run ends with it */
	enum verdict verdict;
};

/* "certified"; as it stands in the warehouse and in the log. */
const char *act_verdict_name(enum verdict verdict) MUST_CHECK;

#endif
