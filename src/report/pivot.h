/* SPDX-License-Identifier: MIT */
/*
 * pivot.h -- Turns a long table into a wide one.
 *
 * A query answers a row for each day and channel, because it cannot know how
 * many channels there are; people want a row for each day and a column for
 * each channel.
 */
#ifndef PIVOT_H
#define PIVOT_H

#include "table.h"

/*
 * LONGER has three columns: the name of a row, the name of a column, and the number where they
 * meet. Rows and columns stand in the order in which they first come; rows of the same name must
 * follow one another. Where no row tells a number it is 0; where one tells NULL it is NULL. The
 * caller frees the table.
 */
struct table *pivot_wide(const struct table *longer) MUST_CHECK;

#endif
