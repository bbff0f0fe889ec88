/* SPDX-License-Identifier: MIT */
/*
 * asset.h -- Finds the files that are embedded in the program.
 *
 * The report's style sheet and scripts, and the cards for Metabase; put into
 * a C source by etc/embed.sh when the program is built. They are not files
 * beside the program, because they belong to one version of the warehouse's
 * schema: a program and its cards cannot be of two versions.
 */
#ifndef ASSET_H
#define ASSET_H

#include "base.h"

struct asset {
	const char *name; /* "report/page.css", "metabase/created.sql" */
	const char *data; /* ends in a NUL that is not counted */
	size_t size;
	const char *hash; /* of scripts and style sheets, as a page's policy has it; else "" */
};

/* The file of that name; NULL when the program was built without it. */
const struct asset *asset_find(const char *name) MUST_CHECK;

#endif
