/* SPDX-License-Identifier: MIT */
/*
 * options.h -- the command line of sahut-sandbox.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "settings.h"

struct options {
	char host[64];
	int port;
	const char *port_file;	     /* or NULL */
	int64_t ago;		     /* its time begins so long ago, microseconds */
	struct settings *workspaces; /* the first is that of the plain options */
	int n;
	bool help, version;
};

/*
 * Reads it. Texts point into ARGV. False with ERR_USAGE; options_done() is
 * to be called either way.
 */
bool options_read(struct options *options, int argc, char **argv, struct err *err) MUST_CHECK;

/* Frees the memory that reading has allocated. */
void options_done(struct options *options);

/* Writes the help. */
void options_help(struct buf *out);

#endif
