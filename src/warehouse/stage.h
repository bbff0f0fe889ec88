/* SPDX-License-Identifier: MIT */
/*
 * stage.h -- Gathers the rows of a batch for the staging tables.
 *
 * The items that decode reads go in here one by one, until the warehouse merges
 * them in one transaction. Channels, agents, teams and contacts are staged once
 * for each different content in a batch; most conversations share them. The
 * tables are those of sql/session.sql.
 */
#ifndef STAGE_H
#define STAGE_H

#include "base.h"
#include "buf.h"
#include "engine_types.h"
#include "err.h"
#include "item.h"
#include "message.h"

/* An item that could not be read. */
struct rejection {
	const char *fingerprint; /* its id, or a hash of its text */
	const char *conversation_id, *contact_id;
	int64_t created_at; /* TIME_NONE when that could not be read either */
	const char *reason;
	const char *text; /* the item, JSON */
};

/* Where an item came from. */
struct origin {
	int page;	     /* 0: it was fetched alone */
	const char *asked;   /* the id that was asked for; NULL of a list */
	int64_t observed_at; /* the response's Date; TIME_NONE without one */
};

/*
 * Where a message stands: in the list of which conversation, in which place from 1, and in which
 * reading of it.
 */
struct stage_place {
	const char *conversation;
	int place, reading;
	int64_t observed_at; /* the response's Date; TIME_NONE without one */
};

/* A message that could not be read. */
struct stage_bad_message {
	const char *id; /* or NULL */
	const char *reason;
	const char *const *members; /* the names of its members, */
	size_t n_members;	    /* and how many there are */
};

/* How far the messages of a conversation were read. */
struct stage_reading {
	const char *conversation;
	struct message_step step;
	const char *last;     /* id of the last message; "" where it cannot be read */
	int64_t last_written; /* TIME_NONE */
	int64_t observed_at;  /* TIME_NONE: as the last page */
};

enum stage_table {
	STAGE_CONVERSATION,
	STAGE_CHANNEL,
	STAGE_AGENT,
	STAGE_TEAM,
	STAGE_CONTACT,
	STAGE_GONE,
	STAGE_ABSENT,
	STAGE_REJECTED,
	STAGE_MESSAGE,
	STAGE_READING,
	STAGE_REJECTED_MESSAGE,
	STAGE_TABLES,
};

#define STAGE_KNOWN 4096

struct stage {
	struct buf copy[STAGE_TABLES]; /* the COPY statements, with the names of the columns, */
	int columns[STAGE_TABLES];     /* and how many those are */
	struct buf rows[STAGE_TABLES]; /* whole COPY streams, once closed; empty without rows */
	int64_t fallback;	       /* stands for the Date of a response without one */
	int n[STAGE_TABLES];
	int seq;
	size_t values; /* of JSON, about: the decoder counts those that it stages */
	bool closed;
	uint64_t known[STAGE_KNOWN]; /* hashes of dimension rows that are staged already */
};

/* The most that a stage may hold; the loop commits long before. */
#define STAGE_MOST (256u << 20)

/* An empty stage; it is reset before its first use, too. */
struct stage *stage_new(void) MUST_CHECK;
void stage_free(struct stage **stage);

/* Empties it. NOW stands for the Date of responses that had none. */
void stage_reset(struct stage *stage, int64_t now);

/* Adds a conversation, and the channel, agent, team and contact that it mentions. */
void stage_item(struct stage *stage, const struct item *item, const struct origin *origin);

/* A conversation that the API does not have any more; MERGED_INTO may be NULL. */
void stage_gone(struct stage *stage, const char *id, const char *merged_into, int64_t observed_at);

/*
 * A conversation that a list did not show: a GET knows it, or IS_GONE, which was not believed.
 */
void stage_absent(struct stage *stage, const char *id, bool is_gone, int64_t observed_at);

/* Adds an item that could not be read. */
void stage_reject(struct stage *stage, const struct rejection *rejection,
		  const struct origin *origin);

/* Adds a message; one that could not be read; how far those of a conversation were read. */
void stage_message(struct stage *stage, const struct stage_place *place,
		   const struct message *message);
void stage_reject_message(struct stage *stage, const struct stage_place *place,
			  const struct stage_bad_message *bad);
void stage_reading(struct stage *stage, const struct stage_reading *reading);

/* Bytes that are staged, and rows. */
size_t stage_bytes(const struct stage *stage) MUST_CHECK;
int stage_rows(const struct stage *stage) MUST_CHECK;

/* Whether it is large enough for a commit. */
bool stage_is_batch(const struct stage *stage) MUST_CHECK;

/* Whether nothing more should be added while it waits for the warehouse. */
bool stage_is_full(const struct stage *stage) MUST_CHECK;

/* Whether items that are asked for one by one make one batch too large; then ERR says so. */
bool stage_is_too_much(const struct stage *stage, struct err *err) MUST_CHECK;

/* Ends the streams; nothing can be added until the next reset. */
void stage_close(struct stage *stage);

/* The COPY statement of one table. Lives as long as the stage. */
const char *stage_copy(const struct stage *stage, enum stage_table table) MUST_CHECK;

#endif
