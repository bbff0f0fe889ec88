/* SPDX-License-Identifier: MIT */
/*
 * chance.h -- numbers that look like chance and follow from a seed.
 *
 * Every purpose draws from a stream of its own, so that leaving out one
 * event changes no other.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdint.h>

struct chance {
	uint64_t state;
};

static inline uint64_t chance_next(struct chance *c)
{
	uint64_t z = (c->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* The stream for one purpose of a seed. */
static inline struct chance chance_stream(uint64_t seed, uint64_t purpose)
{
	struct chance c = { seed * UINT64_C(0xd1342543de82ef95) +
			    purpose * UINT64_C(0x2545f4914f6cdd1d) };

	(void)chance_next(&c);
	return c;
}

/* A whole number from 0 to n - 1. */
static inline int chance_below(struct chance *c, int n)
{
	return n <= 0 ? 0 : (int)(chance_next(c) % (uint64_t)n);
}

/* True PERMILLE times in a thousand. */
static inline int chance_hit(struct chance *c, int permille)
{
	return chance_below(c, 1000) < permille;
}

#endif
