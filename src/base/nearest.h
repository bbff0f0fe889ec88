/* SPDX-License-Identifier: MIT */
/*
 * nearest.h -- Finds the word that was meant by one that does not exist: "did
 * you mean ...?"
 *
 * Words are compared by the letters that are added, left out, changed or
 * swapped with a neighbour (Damerau's distance).
 */
#ifndef NEAREST_H
#define NEAREST_H

#include "base.h"

/* The search for the word nearest to one that was typed. */
struct nearest {
	const char *word;  /* as it was typed */
	const char *found; /* the nearest so far; NULL: none is near */
	unsigned distance; /* private */
};

/* Begins a search for WORD, which must live as long as the search. */
struct nearest nearest_to(const char *word) MUST_CHECK;

/* Compares it with CANDIDATE, which must live as long. Of equally near ones the first is kept. */
void nearest_try(struct nearest *nearest, const char *candidate);

#endif
