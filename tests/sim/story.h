/* SPDX-License-Identifier: MIT */
/*
 * story.h -- what happens: invented from a seed, or told as a case, and played.
 */
#ifndef STORY_H
#define STORY_H

#include "drive.h"

/* A story from a seed: any combination of orders, drift, faults. */
void story_invent(struct story *story, uint64_t seed);

/* Lets its lists be built badly, in some stories. */
void story_spoil(struct story *story, uint64_t seed);

/* Plays it. DROPPED are events to leave out, or NULL. True when all invariants held. */
bool story_play(struct drive *drive, const struct story *story, uint64_t seed, const bool *dropped);

/* Whether a list has an order, or at least one at a time: then the warehouse can equal it. */
bool story_can_settle(const struct story *story);

/* The source rests: so many cycles, full sweeps among them, must make the warehouse equal to it. */
void story_settle(struct drive *drive);

/* "updated_desc"; what the list goes by. */
const char *story_order(enum world_order order);

#endif
