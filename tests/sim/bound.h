/* SPDX-License-Identifier: MIT */
/*
 * bound.h -- I4: a cycle that nothing disturbs costs no more than plan.h says.
 */
#ifndef BOUND_H
#define BOUND_H

#include "engine.h"
#include "ware.h"
#include "world.h"

/* What a cycle may cost, and whether that can be said of it. */
struct bound {
	bool known, proves; /* whether it also has to prove what it reads */
	bool holds;	    /* items that could not be loaded hold the instants */
	int64_t most;
};

/* When a cycle begins that is to be done by STRATEGY. */
void bound_begin(struct bound *bound, const struct ware *ware, const struct world *world,
		 enum strategy strategy);

/* Whether a cycle that came to VERDICT kept it; in *TELLS, whether anything can be said. */
bool bound_kept(const struct bound *bound, const struct world *world, enum verdict verdict,
		int64_t began, int64_t requests, bool *tells);

#endif
