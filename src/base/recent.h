/* SPDX-License-Identifier: MIT */
/*
 * recent.h -- Remembers the last keys that were seen.
 *
 * A window of bounded size: the oldest key makes room for a new one.
 */
#ifndef RECENT_H
#define RECENT_H

#include "base.h"

/* Five pages of a list. */
#define RECENT_MOST 512

struct recent {
	uint64_t keys[RECENT_MOST];
	int at, n;
};

/* Whether the key is one of the last ones. */
bool recent_has(const struct recent *recent, uint64_t key) MUST_CHECK;

/* The key was seen. */
void recent_add(struct recent *recent, uint64_t key);

/* None was seen. */
void recent_clear(struct recent *recent);

#endif
