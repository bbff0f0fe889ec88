/* SPDX-License-Identifier: MIT */
/*
 * message_decode.h -- Decodes a page of messages into staged rows.
 *
 * The facts of each message go into the stage, those of the page to the engine.
 * A message that cannot be read (message.h) is staged as rejected: its id,
 * the reason and the names of its members. Nothing of the content is copied
 * on the way.
 */
#ifndef MESSAGE_DECODE_H
#define MESSAGE_DECODE_H

#include "base.h"
#include "engine_types.h"
#include "err.h"
#include "stage.h"
#include "table.h"

struct message_decode;

/* A decoder for pages, to be used again and again. */
struct message_decode *message_decode_new(void) MUST_CHECK;
void message_decode_free(struct message_decode **decode);

/* Where a page comes from. */
struct message_origin {
	const char *conversation;
	struct stage *stage;  /* its messages go there */
	int number;	      /* of the reading */
	bool all;	      /* keep activities and notes, too */
	int64_t observed_at;  /* the response's Date; TIME_NONE without one */
	const char *last;     /* set: the id of its last message; "" where it cannot be read, */
	int64_t last_written; /* and when that was written; TIME_NONE */
};

/*
 * Reads the page BODY: its messages into the stage, its facts into PAGE, whose
 * `page` and `per_page` have the numbers that were asked for, and are corrected
 * by its own meta. False with ERR_DATA when it is not a page; then nothing of
 * it is staged.
 */
bool message_decode_page(struct message_decode *decode, const struct buf *body,
			 struct message_origin *origin, struct message_page *page,
			 struct err *err) MUST_CHECK;

#endif
