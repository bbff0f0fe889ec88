/* SPDX-License-Identifier: MIT */
/*
 * decode.h -- Decodes a page of the API into staged rows.
 *
 * An item that cannot be read (item.h) is staged as rejected, whole, with the
 * path to the spot, and the page goes on. A page that is not the documented
 * shape is an error. Of every item, good or bad, the engine is told the facts
 * that it decides by. Knows neither HTTP nor the warehouse.
 */
#ifndef DECODE_H
#define DECODE_H

#include "base.h"
#include "engine_types.h"
#include "err.h"
#include "item.h"
#include "stage.h"
#include "table.h"

struct decode;

/*
 * Values and names of members on one page, unknown fields included: a thousand fields in each row
 * of an ordinary page. PostgreSQL reads each of them, while others wait for it.
 */
#define DECODE_MOST_VALUES ((size_t)200000)

/* A decoder for pages, to be used again and again. */
struct decode *decode_new(const struct item_privacy *privacy) MUST_CHECK;
void decode_free(struct decode **decode);

/*
 * From now on FN(ARG) is called between the items of a heavy page, each few
 * milliseconds, since such a page may take a second in all: other work that is
 * due can be served there. It must not call the decoder.
 */
void decode_relieve(struct decode *decode, void (*fn)(void *arg), void *arg);

/*
 * Reads the list page of N bytes at BODY: its items into STAGE, its facts into
 * PAGE, whose `date`, `page` and `per_page` have the response's Date and the
 * numbers that were asked for, and are corrected by the page's own meta. False
 * when it is not a page; then nothing of it is staged, and decode_error() has
 * the reason.
 */
bool decode_page(struct decode *decode, const char *body, size_t n, struct stage *stage,
		 struct page *page) MUST_CHECK;

/* The GET of one conversation: the id that was asked for, and the findings of decode_item(). */
struct decode_one {
	const char *id;	    /* that was asked for */
	int64_t date;	    /* of the response */
	bool same;	    /* it is that conversation, and was staged, good or bad */
	int64_t updated_at; /* its own, where it can be read; else TIME_NONE */
	const char *other;  /* it is this one instead; lives until the next call */
};

/* Reads the answer to the GET of one conversation. False as above. */
bool decode_item(struct decode *decode, const char *body, size_t n, struct stage *stage,
		 struct decode_one *one) MUST_CHECK;

/* Why the last page or item was not one. */
const struct err *decode_error(const struct decode *decode) MUST_CHECK;

/*
 * The id of the I-th row of the last page, or the fingerprint that stands for it; lives until the
 * next call. NULL when there is none.
 */
const char *decode_id(const struct decode *decode, int i) MUST_CHECK;

/*
 * All of them, to be kept: the next page that is read may be another
 * workspace's. One column.
 */
struct table *decode_ids(const struct decode *decode) MUST_CHECK;

#endif
