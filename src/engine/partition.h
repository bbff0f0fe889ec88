/* SPDX-License-Identifier: MIT */
/*
 * partition.h -- Reads a list by its parts, since its own pages do not show all
 * of it.
 *
 * Of a list that is too deep the API shows the first pages only (PROTOCOL.md,
 * rule 6). Its parts by status are lists of their own, and each of those
 * that is too deep as well is read by channel, and then by assignee. A part
 * that is too deep still is read as far as it goes, and named. Pure, like
 * all of the engine.
 *
 * Whether a list has parts that it does not show is told by its statuses'
 * counts, one after another. They may add up to more than the whole for a
 * moment, while conversations move from one to another; if they always do, the
 * whole list leaves a status out, or its total is not true (rule 6, too).
 */
#ifndef PARTITION_H
#define PARTITION_H

#include "action.h"
#include "sweep.h"
#include "workspace_state.h"

/* Parts of one part: channels, or agents. */
struct partition_split {
	int n; /* how many, with nobody for one; 0: it is not split */
	int64_t total,
		sum; /* conversations of the whole, and of those of its parts that were seen */
};

struct partition {
	struct filter at;		  /* the part that is read, */
	struct sweep sweep;		  /* and how far */
	struct partition_split splits[2]; /* of the status by channel, of the channel by assignee */
	bool asks;	    /* it has to be split: partition_split() is to be told by how many */
	bool over;	    /* all have been read */
	bool lost;	    /* one of them makes no sense */
	int64_t reach;	    /* lists may be read so far */
	int64_t total, sum; /* conversations of the whole list, and of the statuses so far */
	int opened;	    /* parts that were looked at */
	int n_deep;	    /* parts that could not be read whole, the first of them in */
	struct cell deep[CELLS_MOST]; /* api: how many they have; held: how many were read */
	int64_t beyond;		      /* conversations that no page shows */
};

/*
 * Begins with the open conversations. The whole list has TOTAL conversations, and lists may be read
 * to REACH.
 */
void partition_begin(struct partition *partition, const struct workspace_state *state,
		     int64_t total, int64_t reach);

/* So many pages may be in flight from now on. */
void partition_set_ahead(struct partition *partition, int ahead);

/* The next request, if there is one: false when it waits for a reply, asks, or is over. */
bool partition_next(struct partition *partition, struct request *request) MUST_CHECK;

/* The reply to the oldest request that was not answered, */
void partition_take(struct partition *partition, const struct page *page);

/* or that it was refused; false when the refusal says nothing of a depth. */
bool partition_refuse(struct partition *partition) MUST_CHECK;

/* The part under way has N channels, or agents, that are known; negative: too many. */
void partition_split(struct partition *partition, int n);

/* Whether all were read, and nothing is in flight. */
bool partition_done(const struct partition *partition) MUST_CHECK;

/* The counts of the statuses, beside that of the whole list. */
struct partition_counts {
	enum status status; /* being counted; STATUS_ANY: all, once more */
	int readings;
	int64_t sum, least, most; /* of the reading */
	int64_t whole;
	bool over; /* all is counted that has to be; */
	bool more; /* and the statuses are always more than the whole */
};

/* Begins to count. WHOLE: the rows of the whole list, as its last page told. */
void partition_counts_begin(struct partition_counts *counts, int64_t whole);

/* The request that counts next: one row of the list of a status, whose reply tells a total. */
void partition_counts_next(const struct partition_counts *counts, struct request *request);

/* Takes the total that the reply to that request told. */
void partition_counts_take(struct partition_counts *counts, int64_t total);

#endif
