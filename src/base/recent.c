/* SPDX-License-Identifier: MIT */
#include "recent.h"

bool recent_has(const struct recent *recent, uint64_t key)
{
	for (int i = 0; i < recent->n; i++)
		if (recent->keys[i] == key)
			return true;
	return false;
}

void recent_add(struct recent *recent, uint64_t key)
{
	recent->keys[recent->at] = key;
	recent->at = (recent->at + 1) % RECENT_MOST;
	if (recent->n < RECENT_MOST)
		recent->n++;
}

void recent_clear(struct recent *recent)
{
	recent->at = recent->n = 0;
}
