/* SPDX-License-Identifier: MIT */
/*
 * engine_types.h -- The types of the engine's input and output.
 *
 * Plain structs, without a pointer in most of them: the engine decides on
 * these alone, so it can be run against a model of the API as well as
 * against the API. All times are microseconds UTC on the API's own clock,
 * the Date header, unless a comment says otherwise.
 */
#ifndef ENGINE_TYPES_H
#define ENGINE_TYPES_H

#include "base.h"

/* Rows of a page: as the API's reference allows, and the most before it counts as broken. */
#define PER_PAGE_MOST 100
#define PAGE_ROWS_MOST 1000

enum status {
	STATUS_ANY,
	STATUS_OPEN,
	STATUS_PENDING,
	STATUS_SNOOZED,
	STATUS_RESOLVED,
	STATUS_OTHER, /* one that the reference does not know */
};

/*
 * A listing: which conversations, by the API's three filters. Channels and
 * agents are numbers in the loop's list of names.
 */
struct filter {
	enum status status;
	int channel;  /* 0: any; else 1 + its place in the list */
	int assignee; /* 0: anybody or nobody; -1: nobody; else 1 + the agent's place in the list */
};

/* One conversation on a page, as far as decisions depend on it. */
struct row {
	uint64_t id;	    /* a hash of it */
	int64_t created_at; /* TIME_NONE for an item that could not be read */
	int64_t updated_at; /* TIME_NONE where it is missing */
	enum status status; /* STATUS_ANY for one that could not be read */
};

/* A page of a list, or one conversation. */
struct page {
	int64_t date;	/* the response's Date; TIME_NONE without one */
	int64_t total;	/* meta; where it does not say, as many as the page lets expect: */
	bool untold;	/* then nothing can be counted */
	bool must_tell; /* others told one: a page without is broken */
	int page, per_page, total_pages;
	struct filter filter; /* that was asked for */
	int n;
	int rejected;			 /* of the rows, items that could not be loaded */
	struct row rows[PAGE_ROWS_MOST]; /* rejected items among them, in the list's order */
};

/* ---- how far a workspace is proven ---- */

/* Rows that a proven workspace is known to lack, or to have too many. */
enum exception {
	EXCEPTION_ACCEPTED, /* items that could not be loaded and that a person has accepted */
	EXCEPTION_UNLISTED, /* conversations that answer by their id and stand in no list */
	EXCEPTION_DISPUTED, /* conversations that are gone, which is not believed of so many */
	EXCEPTIONS,
};

/* How far it may be relied on. */
enum proof {
	PROOF_NONE,	/* nothing is said of it */
	PROOF_LOADING,	/* rows come in */
	PROOF_UNPROVEN, /* loaded, and never proven */
	PROOF_DEMOTED,	/* published instants are taken back */
	PROOF_REJECTED, /* items that could not be loaded hold the instants */
	PROOF_DIFFERS,	/* the counts differed when they were last compared */
	PROOF_EXCEPTED, /* proven, but for those that are known */
	PROOF_PROVEN,
	PROOFS,
};

/* The view sahut_etl.proof, which alone says how far a workspace may be relied on. */
struct standing {
	enum proof proof;
	int64_t exceptions[EXCEPTIONS];
};

/* ---- messages ---- */

/* In which turn conversations are read; see messages.h. */
enum messages_turn {
	MESSAGES_WAITING, /* not resolved, and nobody has answered, as far as is known */
	MESSAGES_CHANGED,
	MESSAGES_AGAIN, /* not resolved, and not read for long */
	MESSAGES_HISTORY,
	MESSAGES_TURNS,
};

/* So many conversations are read between two queries. */
#define MESSAGES_MOST 40

/* A conversation whose messages are to be read. */
struct message_due {
	int64_t count; /* messages of its list that are known, from its beginning, */
	uint64_t last; /* and the hash of the last one's id */
	int per_page;  /* of the pages that it was read by */
	int number;    /* of the reading */
	bool unresolved;
	int64_t changed_at; /* its updated_at as it is held; TIME_NONE */
	int64_t due_at;	    /* since when it is due, for the warehouse; TIME_NONE: it is not */
};

/* A page of messages. */
struct message_page {
	bool gone;     /* there is none: the documented 404 */
	int64_t total; /* meta; -1 where it does not say */
	int page, per_page;
	int n;
	struct {
		uint64_t id; /* a hash of it; of an empty text where it cannot be read */
		int64_t created_at;
	} rows[PAGE_ROWS_MOST];
};

/* The result of a reading, as the commit that is asked for writes it down. */
enum messages_end {
	MESSAGES_NOT_READ,  /* nothing came of it, and nothing is written */
	MESSAGES_SOME,	    /* up to `count`; it goes on from there another time */
	MESSAGES_WHOLE,	    /* to the end of the list */
	MESSAGES_GONE,	    /* the API does not have this conversation's messages */
	MESSAGES_POSTPONED, /* its list makes no sense: it is left alone for a while */
};

struct message_step {
	enum messages_end end;
	int64_t due_at;
	int64_t count;
	int per_page, number;
	int shrunk;	     /* how often it was begun anew since the last commit */
	bool moved, unmoved; /* new messages have moved updated_at; have not */
};

/* ---- requests ---- */

enum request_kind {
	REQUEST_LIST,
	REQUEST_GET,
	REQUEST_MESSAGES, /* of one conversation */
};

struct request {
	enum request_kind kind;
	struct filter filter; /* of a list */
	int page, per_page;
	int item;    /* of one conversation: which of the ids that the last answer brought */
	bool spares; /* it leaves a part of its share of the quota to more urgent ones */
};

#endif
