/* SPDX-License-Identifier: MIT */
/*
 * secret.h -- Reads a key or a password from a file that only we can read.
 */
#ifndef SECRET_H
#define SECRET_H

#include "base.h"
#include "err.h"

/*
 * The content of a secret's file without its final newline, for the caller
 * to wipe and free with mem_free_secret(). A name that is not absolute is
 * looked for in $CREDENTIALS_DIRECTORY (systemd.exec(5)) first, then in the
 * directory of the configuration file CONFIG. NULL with ERR_CONFIG when
 * there is none, when it is empty, longer than 4 KiB or holds control
 * characters; when its group or others may read it (of a credential: when
 * others may, since its group's bits are the mask of systemd's access
 * list); or when somebody else than root and us owns it.
 */
char *secret_read(const char *name, const char *config, struct err *err) MUST_CHECK;

/* Secrets of which two may be in force: the one, and the one that takes its place. */
#define SECRET_LINES 2

struct secret_lines {
	char *secrets[SECRET_LINES]; /* the first word of each line; wiped by secret_lines_free() */
	char *labels[SECRET_LINES];  /* the second one, which is no secret, or NULL */
	int n;
};

/* The same for a file with a secret a line, and perhaps its label behind a blank. */
bool secret_read_lines(const char *name, const char *config, struct secret_lines *lines,
		       struct err *err) MUST_CHECK;

/* Wipes and frees them. */
void secret_lines_free(struct secret_lines *lines);

/* The longest secret there is, bytes. */
#define SECRET_LONGEST 4096

/*
 * The N bytes at TEXT, which SOURCE gave, as a secret: without the final newline, and by the same
 * rules. NULL with ERR_CONFIG.
 */
char *secret_take(const char *text, size_t n, const char *source, struct err *err) MUST_CHECK;

#endif
