/* SPDX-License-Identifier: MIT */
/*
 * chance.h -- random numbers that a seed decides.
 *
 * The same seed gives the same world and the same changes in every run, on
 * every machine. Nothing here is fit for secrets.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include "base.h"

/* A stream of numbers. A value; copying it copies the future. */
struct chance {
	uint64_t state;
};

/* A number that stands for the pair: as good as random, and always the same. */
uint64_t chance_hash(uint64_t seed, uint64_t n) MUST_CHECK;

/* The stream that belongs to the pair. */
struct chance chance_from(uint64_t seed, uint64_t n) MUST_CHECK;

/* The next 64 bits. */
uint64_t chance_next(struct chance *chance);

/* A number from 0 up to, but not including, N, which is not 0. */
uint32_t chance_below(struct chance *chance, uint32_t n) MUST_CHECK;

/* True in PERCENT cases of a hundred. */
bool chance_percent(struct chance *chance, unsigned percent) MUST_CHECK;

/* A number from 0 up to, but not including, 1. */
double chance_share(struct chance *chance) MUST_CHECK;

#endif
