/* SPDX-License-Identifier: MIT */
/*
 * task.h -- cycles that a command wants, brought to their end.
 *
 * One for each workspace, all in one loop. A workspace that the daemon
 * holds is worked on by the daemon: the task is handed to it as a command request
 * (command_request.h) and its end awaited. One that another command holds is
 * waited for, but not for long.
 */
#ifndef TASK_H
#define TASK_H

#include "app.h"
#include "command_request.h"

enum task_state {
	TASK_WAITING, /* for the workspace's lock */
	TASK_RUNNING, /* here */
	TASK_HANDED,  /* to the daemon */
	TASK_OVER,
};

struct task {
	/* set by the command */
	const struct cycle_conf *conf;
	enum command_request_kind kind;
	struct engine_conf engine;
	bool look; /* `engine` only looks: no lock, no command request */

	enum task_state state;
	struct cycle *cycle; /* stays after the end, for its progress; task_end_all() ends it */
	struct command_request command_request;
	int64_t patience; /* monotonic: how long a lock is waited for */
	int64_t look_at;  /* monotonic: when to look again */
	struct command_request_end end;
};

/*
 * Brings them all to their end, with a progress bar where there is a
 * terminal; TASK_OVER then says how in `end`, and what went wrong has been
 * said. False when told to stop.
 */
bool task_run_all(struct app *app, struct task *tasks, size_t n);

/* The exit code of one that is over. */
int task_exit(const struct task *task) MUST_CHECK;

/* Ends their cycles. */
void task_end_all(struct task *tasks, size_t n);

#endif
