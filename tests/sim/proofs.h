/* SPDX-License-Identifier: MIT */
/*
 * proofs.h -- how soon a busy list in no known order is proven, and whether the proof lies.
 *
 * A model larger than that of world.h: tens of thousands of conversations on
 * pages of a hundred, 48 requests a minute, one count a minute between full
 * sweeps, two machines of which one may be behind.
 */
#ifndef PROOFS_H
#define PROOFS_H

#include <stdint.h>

/* Plays N stories of each kind, and prints the table. Returns how many proofs were false. */
int proofs_play(uint64_t n);

#endif
