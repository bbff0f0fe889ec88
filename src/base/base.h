/* SPDX-License-Identifier: MIT */
/*
 * base.h -- Holds the macros and small functions that every file uses.
 *
 * Attributes, a few macros and constants. It knows nothing but the compiler.
 * Functions that nobody may call (strcpy() and its kin) are listed in
 * tests/lint/, which looks for them.
 */
#ifndef BASE_H
#define BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The caller must look at the result. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* The result is never NULL. */
#define NEVER_NULL __attribute__((returns_nonnull))

/* The FMT-th argument is a printf format, its values start at ARGS. */
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/*
 * When the variable leaves its scope, FN gets a pointer to it. Every
 * destructor here has that shape: it takes a pointer to the caller's
 * pointer, accepts NULL in it, and leaves NULL behind.
 */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* No time is known. Sorts before every time that is. */
#define TIME_NONE INT64_MIN

/* No deadline. Sorts after every one there is. */
#define TIME_NEVER INT64_MAX

#define USEC_PER_MSEC INT64_C(1000)
#define USEC_PER_SEC INT64_C(1000000)

static inline int64_t min_i64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t max_i64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
