/* SPDX-License-Identifier: MIT */
/*
 * secret_draft.h -- Writes a secret that is shown only once.
 *
 * The file is made, given its owner, and room on the disk, before the secret is
 * asked for, so that afterwards next to nothing can go wrong. It is written
 * beside the old one, synced, and takes its place at once.
 */
#ifndef SECRET_DRAFT_H
#define SECRET_DRAFT_H

#include "err.h"
#include "secret.h"

#define SECRET_DRAFT_PATH 4096

struct secret_draft {
	char path[SECRET_DRAFT_PATH];	   /* the secret's own file, */
	char temporary[SECRET_DRAFT_PATH]; /* and the one beside it */
	int fd;				   /* -1: it is not open */
};

/* Whether there is a file for the secret NAME; see below. */
bool secret_draft_is_kept(const char *name, const char *config) MUST_CHECK;

/*
 * Makes the file for the secret NAME, which is absolute or beside the configuration file CONFIG. A
 * file that root makes gets the owner of the old one or, when there is none, of the file LIKE
 * (NULL: none), which the same user has to read.
 */
bool secret_draft_open(struct secret_draft *draft, const char *name, const char *config,
		       const char *like, struct err *err) MUST_CHECK;

/* Writes the lines, of which there is at least one, and puts the file into its place. */
bool secret_draft_keep(struct secret_draft *draft, const struct secret_lines *lines,
		       struct err *err) MUST_CHECK;

/* Takes the secret's file away: there is none any more. */
bool secret_draft_remove(struct secret_draft *draft, struct err *err) MUST_CHECK;

/* Leaves the old file as it is, unless the new one has its place. */
void secret_draft_close(struct secret_draft *draft);

#endif
