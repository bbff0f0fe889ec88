/* SPDX-License-Identifier: MIT */
/*
 * world.h -- a model of the Sahut API, small enough that everything happens often.
 *
 * A few dozen conversations on pages of a few rows, changed between and
 * during requests; lists in any order, or none; changes that become
 * visible late, replicas that lag, a clock that is off, deletions, merges,
 * silent edits. All from one seed, and every event can be left out, so that
 * a story that fails can be made short.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>

#include "chance.h"
#include "engine_types.h"

/* The second at which stories begin. */
#define WORLD_BEGINS 1000

#define MOST_THINGS 400
#define MOST_STATES 40
#define MOST_EVENTS 4000

enum world_order {
	WORLD_UPDATED_DESC,
	WORLD_UPDATED_TIES, /* as that, ties in another order at each request */
	WORLD_UPDATED_ASC,
	WORLD_CREATED_DESC,
	WORLD_CREATED_ASC,
	WORLD_ID,
	WORLD_HEAP, /* no order: what changes moves to the end */
	WORLD_SHUFFLE,
	WORLD_ORDERS,
};

enum event_kind {
	EVENT_CREATE,
	EVENT_UPDATE,
	EVENT_RESOLVE,
	EVENT_REOPEN,
	EVENT_MOVE,
	EVENT_SILENT,
	EVENT_DELETE,
	EVENT_MERGE,
	EVENT_BACKDATE,
	EVENT_SET_BACK,
	EVENT_BULK,    /* many change at one instant */
	EVENT_PURGE,   /* many are deleted at one instant */
	EVENT_ARCHIVE, /* a resolved one goes out of all lists, or comes back */
	EVENT_SPOIL,   /* it is shown with a value of another type, */
	EVENT_CURE,    /* and as it should be */
	EVENT_KINDS,
};

/* What an API may do that has lost its senses. */
enum madness {
	MAD_EMPTY, /* the list is empty */
	MAD_STUCK, /* every page is the first one */
	MAD_HALF,  /* the total is half of what it is */
	MAD_KINDS,
};

/* What comes of a page that lies beyond the depth of a list. */
enum beyond {
	BEYOND_REFUSED,
	BEYOND_EMPTY,
	BEYOND_LAST, /* the last page that can be had, once more */
	BEYONDS,
};

/* What the totals of lists count. */
enum counted {
	COUNTED_TRULY,
	COUNTED_PAGE,	    /* the rows of the page */
	COUNTED_WHOLE,	    /* all that there are, whatever the filter */
	COUNTED_UNRESOLVED, /* of the whole list only what is not resolved */
	COUNTEDS,
};

/* What filtered lists show. */
enum filtered {
	FILTERED_TRULY,
	FILTERED_ALL,	   /* what the whole list shows */
	FILTERED_NONE,	   /* nothing, and a total of 0 */
	FILTERED_ASSIGNED, /* only what somebody works on */
	FILTEREDS,
};

/* Rows that a list shows twice. */
enum twice {
	TWICE_NEVER,
	TWICE_BESIDE,  /* one after the other, */
	TWICE_COUNTED, /* and in the total, too */
	TWICE_INSTEAD, /* in the place of another one, which is not shown */
	TWICE_OLDER,   /* a page further on, as they were before they changed */
	TWICES,
};

/* Which answers come from machines that are behind. */
enum lagging {
	LAGGING_ALL,
	LAGGING_LISTS,
	LAGGING_GETS,
	LAGGINGS,
};

/* What a world is like. Times are seconds. */
struct world_conf {
	enum world_order order, flips_to;
	int flips_at;	      /* second; 0: never */
	int rows, page;	      /* at the beginning; on a page, at most */
	int events;	      /* in a thousand requests */
	int mix[EVENT_KINDS]; /* weights */
	int late, lag, skew; /* a change becomes visible so much later; replicas lag; Date is off */
	int fails;	     /* requests that fail, in a thousand, */
	int slow;	     /* and that are refused with a 429: then nothing is sent for a while */
	bool hydrate;	     /* a list is cut into pages first, and its rows are filled in later */
	bool no_date;	     /* responses have no Date */
	int pins;	     /* of a thousand, so many come and go that stand before all others */
	int ahead;	     /* of a thousand that are created, so many say that it will be later */
	int delays;	     /* of a thousand changes, so many show later than any lookback */
	int leaps;	     /* Dates that have not come, in a thousand */
	int storm_at, storm_to; /* every GET answers 404 in between, */
	int storm_share;	/* or of a thousand so many */
	int depth;		/* no page shows more rows of a list than that; 0: all do */
	enum beyond beyond;
	int window;	    /* lists show only what has changed in so many seconds; 0: all */
	int mad_at, mad_to; /* lists make no sense in between */
	enum madness madness;
	int cap;     /* no list is said to have more rows than this; 0: it is said how many */
	bool deeper; /* what lies beyond the cap can be read */
	enum status hidden;	      /* the whole list leaves it out; STATUS_ANY: none */
	int estimate;		      /* totals are off by so much in a thousand, at most */
	bool unsplit;		      /* channels and agents are too many to count each of them */
	int overcount;		      /* each total is too large by this, or too small */
	int mistyped_at, mistyped_to; /* every item has a value of another type in between */
	enum counted counted;
	enum filtered filtered;
	enum twice twice; /* so are some rows, */
	int twice_share;  /* so many in a thousand */
	enum lagging lagging;
	int total_late;	  /* totals are as they were so long ago */
	int shared;	  /* so many rows of a page are the last ones of the page before */
	int page_least;	  /* a page has so many rows at least, whatever was asked for */
	bool size_untold; /* how many rows a page has is not what the answer says */
};

/* A conversation from VISIBLE_AT on. */
struct state {
	int visible_at;
	int created, updated;
	enum status status;
	int channel, assignee; /* assignee 0: nobody */
	int version;	       /* counts changes that moved updated_at, */
	int silent;	       /* and that did not */
	int heap;
	bool odd; /* its item cannot be loaded */
	bool gone;
	int merged_into; /* 0: into none */
};

struct thing {
	int id, name;	 /* name: what an order by id goes by */
	bool pinned;	 /* it stands before those that are not; */
	int jumped_at;	 /* and since then, or no longer */
	bool exempt;	 /* it lies about time: completeness cannot be asked of it */
	int archived_at; /* no list shows it from then on; 0: they do */
	int n;
	struct state states[MOST_STATES];
};

struct world {
	struct world_conf conf;
	uint64_t seed;
	struct chance rate_limit, view, luck;
	int now, heap, n, events;
	int lied_at; /* when a conversation last appeared that says it was created before */
	int mad;     /* when a list last made no sense */
	bool fooled; /* a list was cut, and no count could tell */
	int hid_at;  /* when a conversation was last archived */
	bool rests;
	int disturbed; /* when something last happened, or an answer was not what it should be */
	bool dropped[MOST_EVENTS]; /* events left out of the story */
	struct thing things[MOST_THINGS];
	long requests;
	bool refused; /* so was the last list request */
	/* What happens before the answer to the so-manyth request, in a case told by hand; or NULL. */
	void (*meanwhile)(struct world *world, long request);
	bool told; /* print the story */
};

/* A world with its conversations, at second 1000. DROPPED may be NULL. */
void world_begin(struct world *world, const struct world_conf *conf, uint64_t seed);

/* Adds a conversation that is there from now on, and says that it began and changed then. */
int world_make(struct world *world, int created, int updated, enum status status);

/*
 * What happens to a conversation, now, but creation. It merges into
 * conversation INTO.
 */
void world_act(struct world *world, enum event_kind kind, int id, int into);

/* Lets time pass, with the events that come with it. */
void world_tick(struct world *world, int most_seconds);

/* Answers a list request. False when the request failed. */
bool world_list(struct world *world, const struct request *request, struct page *page);

/* Answers a GET. *THING is the conversation that was answered with, 0 for a 404. */
bool world_get(struct world *world, int id, int *answered, struct state *state, int64_t *date);

/* Whether its lists do not show, or do not count, all that there is. */
bool world_lies(const struct world *world);

/* Whether a change has happened that is not visible yet. */
bool world_brews(const struct world *world);

/* All that could not be loaded can be, as if it had never been otherwise. */
void world_cure(struct world *world);

/* The state of a thing that is visible at second T; NULL when there is none. */
const struct state *world_state(const struct thing *thing, int t);

/* Whether no list can be counted on to show a thing, or to have shown it. */
bool world_hides(const struct world *world, const struct thing *thing);

/*
 * Whether a conversation went at about second T, SLACK seconds more or less,
 * which an older copy may still show.
 */
bool world_left_near(const struct world *world, int64_t t, int slack);

/* What the last list showed, row by row: id and state. */
int world_shown(int i, struct state *state);

#endif
