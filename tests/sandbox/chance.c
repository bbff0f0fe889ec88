/* SPDX-License-Identifier: MIT */
#include "chance.h"

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/*
 * The finalizer of splitmix64 (Steele, Lea, Flood: "Fast splittable
 * pseudorandom number generators", 2014).
 */
static uint64_t stir(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t chance_hash(uint64_t seed, uint64_t n)
{
	return stir(stir(seed + GOLDEN) + n * GOLDEN);
}

struct chance chance_from(uint64_t seed, uint64_t n)
{
	return (struct chance){ chance_hash(seed, n) };
}

uint64_t chance_next(struct chance *chance)
{
	chance->state += GOLDEN;
	return stir(chance->state);
}

uint32_t chance_below(struct chance *chance, uint32_t n)
{
	return (uint32_t)((chance_next(chance) >> 32) * n >> 32);
}

bool chance_percent(struct chance *chance, unsigned percent)
{
	return chance_below(chance, 100) < percent;
}

double chance_share(struct chance *chance)
{
	return (double)(chance_next(chance) >> 11) * 0x1p-53;
}
