/* SPDX-License-Identifier: MIT */
/*
 * cli_cycle.h -- Runs cycles for a command until they end.
 *
 * One for each workspace, all in one loop. A workspace that the daemon
 * holds is worked on by the daemon: the cycle of a command is handed to it as a command request
 * (command_request.h) and its end awaited. One that another command holds is
 * waited for, but not for long.
 */
#ifndef CLI_CYCLE_H
#define CLI_CYCLE_H

#include "app.h"
#include "command_request.h"

enum cli_cycle_state {
	CLI_CYCLE_WAITING, /* for the workspace's lock */
	CLI_CYCLE_RUNNING, /* here */
	CLI_CYCLE_HANDED,  /* to the daemon */
	CLI_CYCLE_OVER,
};

struct cli_cycle {
	/* set by the command */
	const struct workspace_conf *conf;
	enum cycle_kind kind;

	enum cli_cycle_state state;
	struct cycle
		*cycle; /* stays after the end, for its progress; cli_cycle_end_all() ends it */
	struct command_request command_request;
	int64_t patience; /* monotonic: how long a lock is waited for, or the daemon's ear */
	int64_t look_at;  /* monotonic: when to look again */
	struct err busy;  /* names the process that works on the workspace */
	struct command_request_end end;
};

/*
 * Brings them all to their end, with a progress bar where there is a terminal. Each is then
 * CLI_CYCLE_OVER, with the result in `end`, and its error has been said. False when told to stop.
 */
bool cli_cycle_run_all(struct app *app, struct cli_cycle *tasks, size_t n);

/* The exit code of one that is over. */
int cli_cycle_exit(const struct cli_cycle *cli_cycle) MUST_CHECK;

/* Ends their cycles. */
void cli_cycle_end_all(struct cli_cycle *tasks, size_t n);

#endif
