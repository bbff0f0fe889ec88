/* SPDX-License-Identifier: MIT */
/*
 * drive.h -- the engine between a world and a warehouse: one story, from one seed.
 *
 * Plays the part of the loop: sends, feeds replies in order, commits, asks;
 * and fails, crashes and restarts wherever chance wants. After every commit
 * the warehouse is checked against the truth.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "engine.h"
#include "ware.h"
#include "world.h"

/* What a story is like, apart from its world. */
struct story {
	struct world_conf world;
	int lookback;	     /* seconds */
	int cycles;	     /* while the source lives */
	int ahead;	     /* pages in flight */
	int crashes, stages; /* in a thousand acts: the process dies; the stage is full */
	int verifies, fulls; /* in a thousand cycles */
	int idle;	     /* seconds between cycles, at most */
	bool settles;	     /* whether it has to end equal */
	bool every_step;     /* check after each commit, not only at the end of a cycle */
};

struct drive {
	struct story story;
	struct world world;
	struct ware ware;
	struct chance luck;
	char wrong[200]; /* what went wrong; "" while nothing has */
	long cycles, requests, published;
	bool flip_seen; /* the list has changed its order, and a page has come since */
	bool told;
};

/* A story from a seed: any combination of orders, drift, faults. */
void drive_invent(struct story *story, uint64_t seed);

/* Plays it. DROPPED are events to leave out, or NULL. True when all invariants held. */
bool drive_play(struct drive *drive, const struct story *story, uint64_t seed, const bool *dropped);

/* Runs one cycle. False when it was cut off by a failure or a crash. */
bool drive_cycle(struct drive *drive, const struct engine_conf *conf, enum verdict *verdict);

#endif
