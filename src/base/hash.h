/* SPDX-License-Identifier: MIT */
/*
 * hash.h -- Hashes bytes to a number.
 *
 * For finding a text again that was seen a moment ago, within one process. Not
 * for secrets, not for disk: nothing promises the same number tomorrow.
 */
#ifndef HASH_H
#define HASH_H

#include "base.h"

/* The first value of a chain of hash_bytes(). */
#define HASH_START UINT64_C(0xcbf29ce484222325)

/*
 * The hash of the N bytes at P, going on from SEED; FNV-1a with a last stir,
 * so that all 64 bits are usable.
 */
uint64_t hash_bytes(uint64_t seed, const void *p, size_t n) MUST_CHECK;

/*
 * The hash of a string with its NUL, so that ("ab", "c") and ("a", "bc")
 * differ. NULL differs from "".
 */
uint64_t hash_string(uint64_t seed, const char *s) MUST_CHECK;

#endif
