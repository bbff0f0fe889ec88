/* SPDX-License-Identifier: MIT */
/*
 * whole.h -- conversations, events of webhooks and messages in one story.
 *
 * The world of world.h, whose changes are told by events that come late, twice, forged or never,
 * and in whose conversations people write. Cycles of changes, cycles that look where events
 * point to and cycles that read messages take turns, fail and die. Beside the invariants of
 * drive.h and talks.h it is checked that no event that was heard is forgotten while the process
 * lives, that each costs what it may and says nothing of instants or deletions, that a message of
 * which one spoke is read, and that in the end every message is held.
 */
#ifndef WHOLE_H
#define WHOLE_H

#include "drive.h"

/* Plays one story. False with what is wrong in DRIVE. */
bool whole_play(struct drive *drive, uint64_t seed);

#endif
