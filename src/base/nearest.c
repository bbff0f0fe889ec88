/* SPDX-License-Identifier: MIT */
#include "nearest.h"

#include <string.h>

/* Longer words are near to none. */
#define LONGEST 63

/* A word with as many mistakes was not meant. */
#define TOO_FAR 3

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The distance of two words, by rows of the matrix: the last two are kept. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[3][LONGEST + 1];
	size_t la = strlen(a), lb = strlen(b);
	unsigned *before = row[0], *last = row[1], *now = row[2];

	if (la > LONGEST || lb > LONGEST)
		return TOO_FAR;
	for (size_t j = 0; j <= lb; j++)
		before[j] = last[j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *spare = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[lb];
}

struct nearest nearest_to(const char *word)
{
	return (struct nearest){ .word = word, .distance = TOO_FAR };
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
	unsigned d = distance(nearest->word, candidate);

	if (d < nearest->distance) {
		nearest->distance = d;
		nearest->found = candidate;
	}
}
