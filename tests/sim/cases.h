/* SPDX-License-Identifier: MIT */
/*
 * cases.h -- stories with a name: each a way in which a rule was once broken.
 *
 * The counterexamples of the study that the protocol came from, and seeds
 * that once failed. Where a case is told by hand, its list is exactly what it
 * says; it is named by the promise that it is about.
 */
#ifndef CASES_H
#define CASES_H

#include "story.h"

/* How many there are. */
int cases_count(void);

/* The promise that the I-th is about. */
const char *cases_name(int i);

/* Plays it. True when the promise was kept; else drive->wrong says how it was not. */
bool cases_play(struct drive *drive, int i);

#endif
