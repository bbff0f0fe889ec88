/* SPDX-License-Identifier: MIT */
/*
 * birth.h -- conversations come into the world.
 *
 * The many of the start, spread over the past and mostly resolved, and
 * single ones later. All by the world's seed.
 */
#ifndef BIRTH_H
#define BIRTH_H

#include "chance.h"
#include "world.h"

struct birth_plan {
	uint32_t conversations;
	unsigned resolved; /* percent of them */
	int64_t days;	   /* back from now, in which they began */
	int64_t now;	   /* seconds since 1970 */
};

/* Fills an empty world. */
void birth_fill(struct world *world, const struct birth_plan *plan);

/*
 * Adds an open conversation that begins at AT, of a new contact or one that
 * returns. It is hidden until a change makes it appear. Returns its number.
 */
uint32_t birth_inbound(struct world *world, struct chance *chance, uint32_t at);

/* Adds the open conversation of this contact, channel and state, hidden likewise. */
uint32_t birth_outbound(struct world *world, uint32_t contact, uint8_t channel,
			const struct conversation_state *state, uint32_t at);

#endif
