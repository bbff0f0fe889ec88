/* SPDX-License-Identifier: MIT */
/*
 * context.h -- what a command needs, opened in one order and closed in its mirror.
 *
 * Made by main(), passed to the command, which opens as much of it as it
 * wants. Every failure has been said on stderr when a function here answers
 * false; `exit` then holds the exit code.
 */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "clock.h"
#include "config.h"
#include "cycle.h"
#include "decode.h"
#include "http.h"
#include "log.h"
#include "opt.h"
#include "wait.h"
#include "warehouse.h"

struct context {
	/* from the command line */
	const char *program;
	const char *config_path, *workspace;
	bool verbose, quiet;
	struct opt_args args; /* what follows the command's name */

	int exit; /* what main() returns */
	struct log log;
	struct log_stream stream;
	const struct clock *clock;

	struct config *config;
	struct wait *wait;
	struct http *http;
	struct json_reader *json;
	struct decode *decode;
	struct warehouse *warehouse;
	char who[160]; /* the command, this host and this process, once the warehouse is open */
	struct cycle_means means;  /* see context_means() */
	struct cycle_conf *cycles; /* one for each workspace that the command is about */
	size_t n_tracks;
};

/*
 * Says a failure on stderr, with what to do, and sets `exit` to what its kind
 * asks for. Returns false.
 */
bool context_fail(struct context *context, const struct err *err);

/* Reads the configuration; every error in it is said. */
bool context_config(struct context *context) MUST_CHECK;

/* The same, with the secrets of SECTION only; see config_read_part(). */
bool context_config_part(struct context *context, const char *section) MUST_CHECK;

/* The loop and HTTP. DAEMON: SIGHUP is taken, too. */
bool context_network(struct context *context, bool daemon) MUST_CHECK;

/* What reads pages. */
void context_reader(struct context *context);

/* Fills in `who` for the command WHO. */
void context_name(struct context *context, const char *who);

/* The warehouse, and what reads pages. WHO is the command's name. */
bool context_store(struct context *context, const char *who) MUST_CHECK;

/* Closes the warehouse's connections, to open them again. */
void context_drop_store(struct context *context);

/* The workspaces that the command is about: the one named by -w, or all. Fills `cycles`. */
bool context_tracks(struct context *context) MUST_CHECK;

/*
 * Another configuration takes the place of the one there is, which is the caller's from now on. It
 * has the workspace that -w names.
 */
void context_adopt(struct context *context, struct config *config);

/* HTTP, and what reads pages, anew: as the configuration has them now. */
bool context_renew(struct context *context) MUST_CHECK;

/* A workspace of the configuration, as the loop needs it; its texts stay the configuration's. */
struct cycle_conf context_track(const struct config_workspace *workspace) MUST_CHECK;

/* What cycles share; lives as long as the context, and is current when the warehouse is open. */
const struct cycle_means *context_means(struct context *context) MUST_CHECK;

/* How to connect to the warehouse: as the daemon, or as the tables' owner. */
struct pg_conf context_pg(const struct context *context, bool owner) MUST_CHECK;

/* Closes all that is open. */
void context_close(struct context *context);

#endif
