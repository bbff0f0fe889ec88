/* SPDX-License-Identifier: MIT */
/*
 * yaml_tree.h -- A YAML document as a tree; each node knows its line and
 * column (libyaml).
 *
 * No schema and no types: a scalar is its text. Only this file's .c
 * includes libyaml; it knows no key of ours.
 */
#ifndef YAML_TREE_H
#define YAML_TREE_H

#include "arena.h"
#include "base.h"
#include "err.h"

enum yaml_kind {
	YAML_SCALAR,
	YAML_LIST,
	YAML_MAP,
};

struct yaml {
	enum yaml_kind kind;
	const char *file;	    /* as it was named to yaml_read() */
	int line, column;	    /* of its beginning, from 1 */
	const char *text;	    /* of a scalar; "" for one that is empty or plain ~ or null */
	bool is_null;		    /* a scalar that is empty, ~ or null and not quoted */
	size_t n;		    /* children of a list, pairs of a map */
	const struct yaml **keys;   /* of a map: scalars */
	const struct yaml **values; /* of a map, or the elements of a list */
};

/*
 * Reads one document of N bytes. NAME is put before a complaint,
 * "NAME:LINE:COLUMN: ...", and must live as long as the tree. All memory is the
 * arena's. An empty document is an empty map. NULL with ERR_CONFIG: not YAML,
 * two documents, a key twice in a map, a key that is not a scalar, a text with
 * a NUL in it, more than 100,000 nodes, or nested deeper than 16 (as an anchor
 * that contains itself is, too).
 */
const struct yaml *yaml_read(struct arena *arena, const char *name, const char *text, size_t n,
			     struct err *err) MUST_CHECK;

/* The value of a key, or NULL when a map has none, or NODE is no map. */
const struct yaml *yaml_get(const struct yaml *node, const char *key) MUST_CHECK;

/* libyaml's version, for --version. */
const char *yaml_library(void) MUST_CHECK;

#endif
