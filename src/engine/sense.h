/* SPDX-License-Identifier: MIT */
/*
 * sense.h -- whether a list that is being read still makes sense.
 *
 * The runaway fuse (PROTOCOL.md, rule 10): never more pages than the largest
 * total seen allows, plus a margin. Pages that bring nothing new for ever, or
 * a total that halves, end the sweep, not the warehouse. Pure, like all of
 * the engine.
 */
#ifndef SENSE_H
#define SENSE_H

#include "base.h"

/* How far a sweep has come, and what its latest page is like. */
struct sense {
	int64_t first_total, total; /* of the first response, and of this one */
	int64_t pages, most_pages;  /* read, and that the largest total takes */
	int64_t stepped_back;	    /* of them, those that were read again */
	int64_t before;		    /* rows that stand before the page, by its number */
	int rows, repeats;	    /* on it, and how many of them were seen lately */
	bool rereading;		    /* it is read again, and need not bring anything */
	int in_vain;		    /* pages before it that brought nothing, one after another */
};

/* Whether the list makes sense with this page. Counts on in `in_vain`. */
bool sense_made(struct sense *sense) MUST_CHECK;

#endif
