/* SPDX-License-Identifier: MIT */
/*
 * odd.h -- items that the model of the warehouse could not load.
 *
 * As sahut_etl.rejected_item: what holds the instants, what is asked for
 * again, and what is forgotten when.
 */
#ifndef ODD_H
#define ODD_H

#include "ware.h"

/* Takes the odd rows of a batch. Returns whether a page of it was none. */
bool odd_take(struct ware *ware, const struct desk *desk, struct tally *tally);

/* Whether the batch has rows that hold the instants. */
bool odd_in_batch(const struct ware *ware, const struct desk *desk);

/* How many hold the instants. */
int64_t odd_holding(const struct ware *ware);

/* Whether one of the warehouse's does. */
bool odd_holds(const struct held *held);

/* A certified sweep, begun at STARTED, has not seen them: they are rejected no longer. */
void odd_forget(struct ware *ware, int64_t started);

/* A run has come to a good end: what came on a page that was none is held by now, or of no matter. */
void odd_clear(struct ware *ware);

/* A person accepts all that hold. */
void odd_accept(struct ware *ware);

#endif
