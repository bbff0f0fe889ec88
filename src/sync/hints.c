/* SPDX-License-Identifier: MIT */
#include "hints.h"

#include <string.h>

/* Hints are gathered for so long. */
#define GATHERED (2 * USEC_PER_SEC)

/* Where the id stands among those that nobody has taken; N when it does not. */
static int find(const struct hints *hints, const char *id)
{
	int i = hints->taken;

	while (i < hints->n && strcmp(hints->list[i].id, id) != 0)
		i++;
	return i;
}

void hints_add_more(struct hints *hints, int64_t now)
{
	if (!hints->more)
		hints->more_heard = now;
	hints->more = true;
}

bool hints_add(struct hints *hints, const char *id, bool message, int64_t now)
{
	size_t n = strlen(id);
	int at;

	if (n >= HINTS_ID_SIZE) {
		hints_add_more(hints, now);
		return true;
	}
	at = find(hints, id);
	if (at < hints->n) {
		hints->list[at].message = hints->list[at].message || message;
		return false;
	}
	if (hints->n == HINTS_MOST) {
		hints_add_more(hints, now);
		return true;
	}
	hints->n++;
	hints->list[at] = (struct hint){ .heard = now, .message = message };
	memcpy(hints->list[at].id, id, n);
	return true;
}

int64_t hints_due(const struct hints *hints)
{
	int64_t first = hints->n > hints->taken ? hints->list[hints->taken].heard : TIME_NEVER;

	if (hints->more)
		first = min_i64(first, hints->more_heard);
	return first == TIME_NEVER ? TIME_NEVER : first + GATHERED;
}

void hints_take(struct hints *hints)
{
	hints->taken = hints->n;
	hints->more_taken = hints->more;
	hints->more = false;
}

/* Removes the I-th. */
static void drop(struct hints *hints, int i)
{
	hints->n--;
	memmove(&hints->list[i], &hints->list[i + 1],
		(size_t)(hints->n - i) * sizeof(hints->list[0]));
}

/* One that a cycle had taken and that was said again meanwhile is one. */
static void join(struct hints *hints)
{
	int taken = hints->taken;

	hints->taken = 0;
	for (int i = taken; i < hints->n;) {
		int first = find(hints, hints->list[i].id);

		if (first >= taken) {
			i++;
			continue;
		}
		hints->list[first].message = hints->list[first].message || hints->list[i].message;
		drop(hints, i);
	}
}

void hints_end(struct hints *hints, bool well)
{
	if (well) {
		hints->n -= hints->taken;
		memmove(hints->list, hints->list + hints->taken,
			(size_t)hints->n * sizeof(hints->list[0]));
		hints->taken = 0;
	} else {
		join(hints);
		hints->more = hints->more || hints->more_taken;
	}
	hints->more_taken = false;
}
