/* SPDX-License-Identifier: MIT */
/*
 * action.h -- The next action that the engine wants, and the results that it
 * is told.
 *
 * The engine does nothing itself. It names one of these actions; the loop
 * carries it out and tells the result. Names, ids and texts stay with the loop;
 * the engine counts them.
 */
#ifndef ACTION_H
#define ACTION_H

#include "curve.h"
#include "cycle_kind.h"
#include "engine_types.h"
#include "order.h"

enum action_kind {
	ACTION_WAIT,   /* nothing to do before a reply or an answer has come */
	ACTION_SEND,   /* send `request` */
	ACTION_COMMIT, /* merge the staged rows, and with them all that the engine remembers */
	ACTION_ASK,    /* put `ask` to the warehouse */
	ACTION_DONE,   /* the cycle is over; `verdict` says how it went */
};

/* The list that showed a batch's conversations; the warehouse remembers it. */
enum seen_by {
	SEEN_BY_NOTHING,
	SEEN_BY_SWEEP, /* a full sweep; survives a crash */
	SEEN_BY_SCAN,  /* any other; does not */
};

enum ask_kind {
	/* Does the last page show a conversation that the running sweep has seen? n[0]: 0 or 1. */
	ASK_JOINED,
	/*
	 * Counts of the conversations that a full sweep saw. n[0]: distinct ones created before
	 * `before`, in `pass` (0: in all passes); one that says it was created after `after`, or
	 * nothing, counts by when it was first seen. n[1]: suspects, of those in turn at most
	 * `turn`. n[2]: distinct ones of any age. n[3]: items that hold the instants and that it
	 * saw, or that are newer.
	 */
	ASK_SEEN,
	/*
	 * The conversations that a full sweep saw, by when it saw each last: `seen`. Those created
	 * before `before` are old.
	 */
	ASK_CURVE,
	/*
	 * Live conversations that the full sweep did not see, at most `most`: as ids. Of those that
	 * are known to stand in no list, or not to be believed deleted, at most `turn`, those first
	 * that were asked for longest ago.
	 */
	ASK_SUSPECTS,
	/*
	 * Live conversations with an updated_at after `after`, and not after `before`, that scan
	 * `scan` did not show, nor the last page: as ids. n[0]: how many there are.
	 * n[1]: with the page, how many on it are not held yet.
	 */
	ASK_UNSEEN,
	/* Live ones held as open, pending or snoozed that the scan did not show. n[0]: how many. */
	ASK_LEAVERS,
	/* Live ones held in the cell `filter` that the scan did not show. n[0]: how many. */
	ASK_MISSING,
	/* How many are held, and how many items could not be loaded. */
	ASK_COUNTS,
	/*
	 * How many are held in the cell `filter`, by channel; or where it
	 * names one, by assignee.
	 */
	ASK_CELLS,
	/* Conversations whose older copy wants a second look: as ids. */
	ASK_STALE_COPIES,
	/* Conversations whose item could not be loaded, at most `most`: as ids. */
	ASK_REJECTED,
	/*
	 * Conversations whose messages are to be read in `turn`, at most `most`: as ids and `due`.
	 * Those that were not read for `after` are to be read again. n[0], n[1]: how often messages
	 * moved updated_at, and did not.
	 */
	ASK_MESSAGES,
};

struct ask {
	enum ask_kind kind;
	int64_t before, after;
	int64_t settled; /* ids only of conversations that were created, or first seen, before
			  * this */
	int pass, most, turn;
	int scan;
	bool disputed;	 /* those too of which a 404 was not believed */
	bool by_chance;	 /* any of them, and not the first */
	bool exact;	 /* of counts: look at every conversation */
	bool with_page;	 /* rows of the last page count as seen, too */
	uint32_t chance; /* of rejected items: which come first */
	struct filter filter;
};

/*
 * The most ids that one answer brings, and room for one more: the control, a
 * conversation just seen.
 */
#define IDS_MOST 100

/* Channels, or agents, that a cell is split by; of more it is not split. */
#define PARTS_MOST 200

/* Counts by status, in the order of enum status; STATUS_ANY is all. */
#define COUNTS (STATUS_OTHER + 1)

struct answer {
	int64_t n[4];
	int ids;      /* how many ids came with it, the control not among them */
	bool control; /* whether there is one; its number is `ids` */
	/* Whether each was missed by a list before, and has not changed since. */
	bool known[IDS_MOST];
	int64_t live;		/* conversations held that lists must show, */
	int64_t absent;		/* and of them, those that are known to be missing from the list */
	int64_t deleted_lately; /* and that were found deleted in the last 7 days */
	int64_t counts[COUNTS]; /* of ASK_COUNTS */
	int64_t rejected;	/* beside them, items that could not be loaded; */
	int64_t outdated;	/* and of them, those whose newer item could not be */
	int parts;		/* of ASK_CELLS: how many channels or agents there are; too
				 * many: -1 */
	int64_t held[PARTS_MOST + 1]; /* how many are held of each; of agents, nobody first */
	struct curve_seen seen;	      /* of ASK_CURVE; groups: -1 when there are too many */
	struct message_due due[MESSAGES_MOST]; /* of ASK_MESSAGES */
};

/*
 * Whether a count of the API differs from the one held by more than SLACK, and by more than the
 * items that could not be loaded: those are known to be there, and their status is not.
 */
bool action_differs(const struct answer *answer, enum status status, int64_t api,
		    int64_t slack) MUST_CHECK;

/*
 * How many of WHOLE conversations stand in no list of one status, which the totals API count, but
 * for those that are held with a status that no list is of.
 */
int64_t action_unfiltered(const struct answer *answer, int64_t whole,
			  const int64_t api[COUNTS]) MUST_CHECK;

/* The outcome of the GET of one conversation. */
enum item_outcome {
	ITEM_HERE,   /* it is there; the loop has staged it */
	ITEM_GONE,   /* the documented 404 */
	ITEM_MERGED, /* the API answers with another id */
};

/* A conversation that the list does not show and that is not known to be deleted. */
enum absence {
	ABSENCE_NONE,
	ABSENCE_HERE, /* a GET knows it */
	ABSENCE_GONE, /* none does, and that is not believed */
};

/* The counts of a commit. */
struct tally {
	int64_t seen, fresh, changed, rejected, deleted, late, silent, versions;
	int64_t live;	      /* conversations held now that are not deleted */
	int64_t holding;      /* items that could not be loaded and that nobody has accepted */
	bool misshapen;	      /* of a page more than a few could not be loaded */
	bool held_back;	      /* the batch itself had items that hold: no instant rose with it */
	int64_t stale_copies; /* older copies that want a second look */
	struct standing standing; /* at the end of the run */
	int64_t late_by;	  /* the least by which a late one missed a published instant */
};

enum verdict {
	VERDICT_NONE,
	VERDICT_CERTIFIED,   /* everything is there, proven by counting */
	VERDICT_COMPLETE,    /* every change up to the new instant is there */
	VERDICT_ACTIVE,	     /* so is every one of conversations that are not resolved */
	VERDICT_UNCERTIFIED, /* everything was read, nothing was proven */
	VERDICT_LOST,	     /* the list made no sense; nothing was proven */
	VERDICT_DEMOTED,     /* the order that was relied on does not hold */
	VERDICT_UNEXPLAINED, /* a scan saw rows that it could not explain; everything must be
                              * read */
	VERDICT_REJECTED,    /* the rows read are believed, but for items that could not be
                              * loaded */
	VERDICT_MISSHAPEN,   /* a page was none: nothing was proven, and the run fails */
	VERDICT_EQUAL,	     /* the counts agree */
	VERDICT_DIFFERENT,   /* they do not */
	VERDICT_READ,	     /* no messages are to be read any more */
	VERDICTS,
};

struct action {
	enum action_kind kind;
	struct request request;
	struct ask ask;
	enum seen_by seen; /* of a commit: the list that showed its conversations, */
	int scan;	   /* and by which scan of the cycle, counted from 1 */
	bool last;	   /* of a commit: the run ends with it */
	bool swept;	   /* of a commit: a full sweep has come to its end */
	bool absences;	   /* of a commit: conversations that the sweep did not see are not in
                            * the list */
	enum verdict verdict;
};

#define CELLS_MOST 32

/* A part of the list: the API's count of it, and the number held. */
struct cell {
	struct filter filter;
	int64_t api, held;
};

/* How a cycle is to be done. */
struct engine_conf {
	enum cycle_kind kind;
	int ahead;		/* pages in flight together, at most */
	int64_t now;		/* by the host's calendar, when the cycle begins, */
	int64_t database_ahead; /* of which the database's is ahead by this */
	int64_t lookback_most;	/* late arrivals make the lookback longer, up to this */
	uint32_t chance;	/* any number: which page is the second witness */
	int n_hinted;		/* of a hinted kind: conversations to look at, */
	bool more_hinted;	/* and there were others */
	int64_t usual_cost;	/* requests that a cycle of changes took last; 0: not known */
	int n_cells;		/* of a kind that recalls: the cells to fetch at once */
	struct cell cells[CELLS_MOST];
};

/* "certified"; as it stands in the warehouse and in the log. */
const char *action_verdict_name(enum verdict verdict) MUST_CHECK;

/* Adds the tally of one commit to the sum of all. */
void action_add_tally(struct tally *sum, const struct tally *tally);

/*
 * The thing that a phase waits for. Each function below fills an action, and then the phase waits
 * or not.
 */
struct pending {
	bool waiting;	 /* for a commit, a query or a GET */
	bool committing; /* a commit is under way, and nothing waits for it */
};

/* A commit that the next step depends on. */
void action_commit(struct pending *pending, struct action *action, enum seen_by seen, int scan);

/* A commit in the middle of reading: more pages are asked for while it is under way. */
void action_commit_in_background(struct pending *pending, struct action *action, enum seen_by seen,
				 int scan);

/* A query. */
void action_ask(struct pending *pending, struct action *action, struct ask ask);

/* A request whose answer the next step depends on. */
void action_send(struct pending *pending, struct action *action, const struct request *request);

/* The phase has come to its end. */
void action_done(struct action *action, enum verdict verdict);

/* A commit was done. True when a step depended on it, false for one in the background. */
bool action_committed(struct pending *pending) MUST_CHECK;

#endif
