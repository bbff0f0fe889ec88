/* SPDX-License-Identifier: MIT */
/*
 * drive.h -- the engine between a world and a warehouse: one story, from one seed.
 *
 * Plays the part of the loop: sends, feeds replies in order, commits, asks;
 * and fails, crashes and restarts wherever chance wants. A second instance
 * may take the lock over in the middle of a cycle, which the first one
 * learns at its next commit. After every commit the warehouse is checked
 * against the truth.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "bound.h"
#include "engine.h"
#include "ware.h"
#include "world.h"

/* What a story is like, apart from its world. */
struct story {
	struct world_conf world;
	int lookback;	     /* seconds */
	int cycles;	     /* while the source lives */
	int ahead;	     /* pages in flight */
	int crashes, stages; /* in a thousand actions: the process dies; the stage is full */
	int takeovers;	     /* in a thousand actions: a second instance takes the lock over */
	int verifies, fulls; /* in a thousand cycles */
	int looks;	     /* of a thousand verifies: only to look, beside whoever has the lock */
	int hints;	     /* in a thousand cycles: events said where to look */
	int idle;	     /* seconds between cycles, at most */
	bool settles;	     /* whether it has to end equal */
};

struct drive {
	struct story story;
	struct world world;
	struct ware ware;
	struct chance luck;
	struct chance hinting; /* apart, so that stories without hints stay as they are */
	char wrong[200];       /* what went wrong; "" while nothing has */
	long cycles, requests, published, bounded, rounds;
	long dies_at;	/* the process dies when so many requests have been sent; 0: it does not */
	bool flip_seen; /* the list has changed its order, and a page has come since */
	const int *hinted;	/* the conversations that events spoke of; NULL: any */
	enum strategy strategy; /* of the last cycle */
	bool told;
};

/* How a cycle came out. */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_CUT, /* by failures, a crash, or since the lock was lost */
	OUTCOME_WRONG,
};

/* A story begins: an empty warehouse. */
void drive_begin(struct drive *drive, const struct story *story, uint64_t seed);

/* Runs one cycle; with a second instance, perhaps two. */
enum outcome drive_cycle(struct drive *drive, const struct engine_conf *conf,
			 enum verdict *verdict);

/* Notes what is wrong, unless something was wrong before. Returns false. */
PRINTF_LIKE(2, 3)
bool drive_wrong(struct drive *drive, const char *fmt, ...);

#endif
