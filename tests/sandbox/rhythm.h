/* SPDX-License-Identifier: MIT */
/*
 * rhythm.h -- when people write to a shop.
 *
 * The hours of the day and the days of the week in western Indonesia (WIB,
 * UTC+7, no summer time), and a business that grows a little. Used to
 * spread the beginnings of conversations over the past.
 */
#ifndef RHYTHM_H
#define RHYTHM_H

#include "base.h"

/* A walk through the past, hour by hour. A value; its members are private. */
struct rhythm {
	int64_t first_hour, hours; /* hours since 1970; how many */
	int64_t hour;		   /* where the walk is, counted from the first */
	double before, total;	   /* weight of the hours before that, and of all */
};

/* Begins a walk over the DAYS before NOW (seconds since 1970). */
struct rhythm rhythm_begin(int64_t now, int64_t days) MUST_CHECK;

/*
 * The moment (seconds since 1970) by which SHARE of all that happens has
 * happened; 0 <= SHARE < 1. Shares must not fall from one call to the next.
 */
int64_t rhythm_at(struct rhythm *rhythm, double share) MUST_CHECK;

#endif
