/* SPDX-License-Identifier: MIT */
/*
 * ware.h -- a model of the warehouse: what a commit does, and what queries are answered.
 *
 * The same promises as the SQL of sql/merge and sql/query, in a few arrays.
 * It checks itself against the world after each commit: invariants I1 and
 * I3 of PROTOCOL.md.
 */
#ifndef WARE_H
#define WARE_H

#include "action.h"
#include "workspace_state.h"
#include "world.h"

/* A conversation as held. */
struct held {
	bool present, live;
	struct state state;
	int64_t first_seen;
	int passes;		    /* of the running sweep that saw it: a bit each */
	int64_t since;		    /* when the batch began in which it saw it last */
	int scan;		    /* that saw it last */
	bool stale_copy;	    /* an older copy came; */
	int64_t got_at;		    /* when a GET first said the same, or TIME_NONE */
	int64_t got;		    /* and what its updated_at was */
	bool absent;		    /* the list is known not to show it, */
	int64_t found_at, asked_at; /* since then; and when a GET told so, or TIME_NONE */
	int changed, listed;	    /* by which commit it was last changed, and shown by a list */
	bool disputed;		    /* the GET answered 404, and that was not believed */
	bool unlisted;		    /* two lists did not show it, and a GET knows it */
	bool rejected;		    /* its item could not be loaded when it came last, */
	bool accepted;		    /* which a person has accepted; */
	bool of_page;		    /* it came on a page that was none; */
	int64_t rejected_at, rejected_last; /* since when, and when it came last */
};

/* A row that was received and is not committed yet. */
struct staged {
	int id;
	struct state state;
	int64_t date;
	bool alone; /* by a GET */
	int page;   /* which of the desk's pages it stood on */
};

#define MOST_STAGED 4096

/* What a commit says of conversations that a list did not show. */
struct missing {
	int deleted[IDS_MOST], n_deleted;
	int absent[IDS_MOST], n_absent;
	enum absence how[IDS_MOST];
	int64_t date;
};

/* What an instance has on its own connection. */
struct desk {
	int who; /* the instance */
	struct staged staged[MOST_STAGED];
	int n_staged;
	int page_ids[PAGE_ROWS_MOST], n_page; /* of the last page, */
	int pages;			      /* of so many */
	int ids[IDS_MOST + 1];		      /* of the last answer */
};

struct ware {
	int commits;
	int holder; /* of the lock */
	int top;    /* no conversation with a higher number was ever held */
	struct held held[MOST_THINGS + 1];
	struct workspace_state state; /* as committed */
	int parts; /* channels and agents that are known, of each; -1: too many */
	bool mixed; /* a unresolved scan was read in two orders: what holds is what the next one says */
	bool flaky;    /* GETs that answer 404 by chance: what is deleted is a guess, too */
	bool tainted;  /* what was certified is beyond what counting can prove, and */
	bool flipped;  /* the list stands in another order than is relied on, and nobody knows */
	bool shuffled; /* what a unresolved scan shows beyond what joints can: documented limits */
};

/* Empty. */
void ware_begin(struct ware *ware, const struct workspace_state *state);

/* A cycle begins: what the scans of another have shown is forgotten. */
void ware_begin_run(struct ware *ware);

/* An instance connects. */
void ware_sit(struct desk *desk, int who);

/* Adds a received row to the batch. */
void ware_stage(struct desk *desk, int id, const struct state *state, int64_t date, bool alone);

/*
 * Commits the batch, and what it says of the MISSING. STATE becomes true with it. False, with nothing done, for who does not hold the lock.
 */
bool ware_commit(struct ware *ware, struct desk *desk, const struct action *action,
		 const struct workspace_state *state, const struct missing *missing,
		 struct tally *tally);

/* Answers a query. */
void ware_ask(const struct ware *ware, struct desk *desk, const struct ask *ask, int64_t now,
	      struct answer *answer);

/* Conversations held as live, and held and not live any more. */
int64_t ware_live(const struct ware *ware);
int64_t ware_dead(const struct ware *ware);

/* What is wrong with what is claimed, or NULL; TEXT has room for it. */
const char *ware_check(const struct ware *ware, const struct world *world, char *text, int size);

/* Whether it equals what the world shows; if not, TEXT says where. */
bool ware_equals(const struct ware *ware, const struct world *world, char *text, int size);

#endif
