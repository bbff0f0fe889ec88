/* SPDX-License-Identifier: MIT */
/*
 * talks.h -- the reading of messages against a model of the API and of the warehouse.
 *
 * Conversations to which messages are added, at the end, late or not at all,
 * and from which some vanish; pages of a size that the server chooses; cycles
 * that make way, and processes that die. After every commit what was read
 * whole has to equal the list, and at the end all of it has to.
 */
#ifndef TALKS_H
#define TALKS_H

#include <stdbool.h>
#include <stdint.h>

/* Plays one story. False with *WRONG, which lives until the next one. */
bool talks_play(uint64_t seed, const char **wrong);

#endif
