/* SPDX-License-Identifier: MIT */
/*
 * ingest.h -- Reads the replies of a cycle into its batch, and tells the engine
 * of each.
 *
 * A reply is a page of a list, one conversation, or a page of messages. Its rows
 * go to the stage, the facts that decisions depend on go to the engine, in the
 * order of sending. A reply that is no answer changes nothing: request_queue.h
 * sends its request again.
 */
#ifndef INGEST_H
#define INGEST_H

#include "clock.h"
#include "decode.h"
#include "engine.h"
#include "json.h"
#include "message_batch.h"
#include "request_queue.h"
#include "stage.h"
#include "table.h"

struct ingest {
	/* set by the owner, and outliving it */
	struct engine *engine;
	const struct clock *clock;
	struct decode *decode;
	struct json_reader *json;

	struct stage *stage; /* where rows are gathered; the owner takes it for a commit */
	struct table *page; /* ids of the page fed last: the decoder has other cycles' pages, too */
	struct table *ids;  /* of the last answer of the warehouse, which requests are about */
	struct message_batch messages; /* of a cycle that reads them */
	int64_t told; /* the latest time that the API has told; TIME_NONE: none yet */
	bool untold;  /* the list does not tell how many there are */

	/* counted since the cycle began */
	int pages;
	int64_t rows;
	int64_t total;		    /* as the last page said; -1 before the first */
	int64_t at_page, last_page; /* where the sweep stands */
};

/* Begins with an empty stage. Before it, the first four fields must be set. */
void ingest_begin(struct ingest *ingest);

/* Frees all that it holds, the stage among it. */
void ingest_end(struct ingest *ingest);

/*
 * Takes the reply that SLOT was waiting for. False when it is no answer: with the reason in ERR,
 * whose kind says whether the request may be sent again.
 */
bool ingest_reply(struct ingest *ingest, struct slot *slot, struct err *err) MUST_CHECK;

/*
 * Stages the things that the commit writes besides the rows of replies: how far messages were read,
 * where the cycle reads them.
 */
void ingest_stage_messages(struct ingest *ingest);

#endif
