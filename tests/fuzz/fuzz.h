/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h -- what the fuzzing harnesses share.
 *
 * A harness is one function that takes any bytes and returns. Built with
 * clang and --enable-fuzzing it is driven by libFuzzer; built otherwise, by
 * replay.c, which feeds it the files of its corpus. What a harness promises
 * beyond "no crash" stands in it as MUST(): properties that hold for every
 * input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "buf.h"

/* Ends the program where a promise is broken. */
#define MUST(promise) \
	do { \
		if (!(promise)) { \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise); \
			abort(); \
		} \
	} while (0)

/* The harness. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The input as bytes with a NUL behind them, for the caller to free(). */
static inline char *fuzz_text(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);

	MUST(text);
	memcpy(text, data, n);
	text[n] = '\0';
	return text;
}

#endif
