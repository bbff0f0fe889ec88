/* SPDX-License-Identifier: MIT */
/*
 * ident.h -- Makes identifiers that look opaque and need no table.
 *
 * An id names a workspace (its tag, 24 bits), a kind and a number. These 60
 * bits go through a permutation and come out as twelve letters, so that
 * neighbours look nothing alike; the inverse gives the three back. Two
 * workspaces with different tags can have no id in common.
 */
#ifndef IDENT_H
#define IDENT_H

#include "base.h"

enum ident_kind {
	IDENT_CONVERSATION,
	IDENT_CONTACT,
	IDENT_CHANNEL,
	IDENT_AGENT,
	IDENT_TEAM,
};

/* Room for any id: the longest prefix, twelve letters and a NUL. */
#define IDENT_SIZE 20

/* The tag of a workspace with this key and seed. */
uint32_t ident_tag(const char *key, uint64_t seed) MUST_CHECK;

/*
 * The code that the letters stand for. Ids of one kind sort as text the way their codes sort as
 * numbers.
 */
uint64_t ident_code(uint32_t tag, enum ident_kind kind, uint32_t number) MUST_CHECK;

/* Writes the id ("conv_7k2m0c9x4q1z") with its NUL and returns its length. */
size_t ident_write(uint32_t tag, enum ident_kind kind, uint32_t number, char buf[IDENT_SIZE]);

/*
 * Reads an id back. False when it is none of this workspace and kind; *NUMBER
 * may still be one that was never given out.
 */
bool ident_read(const char *id, uint32_t tag, enum ident_kind kind, uint32_t *number) MUST_CHECK;

#endif
