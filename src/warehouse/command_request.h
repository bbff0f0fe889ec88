/* SPDX-License-Identifier: MIT */
/*
 * command_request.h -- Hands work of a command to the daemon that holds the
 * workspace.
 *
 * A row in the warehouse and a NOTIFY; the daemon takes it, does it as a cycle
 * of its own and writes down the result, for which the command waits. If the
 * daemon dies, the row stays, and the next daemon that holds the workspace does
 * it.
 */
#ifndef COMMAND_REQUEST_H
#define COMMAND_REQUEST_H

#include "action.h"
#include "err.h"
#include "warehouse.h"

struct command_request {
	int64_t id; /* 0: there is none */
	enum cycle_kind kind;
};

/* How it ended. */
struct command_request_end {
	bool heard; /* not over, but the daemon knows of it */
	bool over;
	int64_t run;
	const char *state; /* done, partial or failed; for command_request_finish() */
	enum verdict verdict;
	struct err err; /* of one that is not done */
	struct tally tally;
	int requests;
};

/* Asks for it. WHO, the process that asks, is shown in the status. */
bool command_request_ask(struct warehouse *warehouse, int workspace, const char *who,
			 struct command_request *command_request, struct err *err) MUST_CHECK;

/*
 * Of a statement that sends a NOTIFY and failed: whoever may connect can fill the queue that all
 * databases of a server share. Then ERR says so, and how it ends.
 */
void command_request_explain_full(struct err *err);

/* Looks whether it is done, and how. */
bool command_request_look(struct warehouse *warehouse,
			  const struct command_request *command_request,
			  struct command_request_end *end, struct err *err) MUST_CHECK;

/* Withdraws a request that has not begun. Errors are ignored. */
void command_request_withdraw(struct warehouse *warehouse,
			      const struct command_request *command_request);

/* For the daemon: hear of command requests from now on. */
bool command_request_listen(struct warehouse *warehouse, struct err *err) MUST_CHECK;

/*
 * The workspaces for which there are any: a table of their numbers, for the caller to free. A
 * command that asked sees that those were heard of whose lease is ours.
 */
bool command_request_waiting(struct warehouse *warehouse, struct table **workspaces,
			     struct err *err) MUST_CHECK;

/* Takes the oldest one of a workspace that is not done; its id is 0 when there is none. */
bool command_request_next(struct warehouse *warehouse, int workspace,
			  struct command_request *command_request, struct err *err) MUST_CHECK;

/* Writes down how it ended. */
bool command_request_finish(struct warehouse *warehouse,
			    const struct command_request *command_request,
			    const struct command_request_end *end, struct err *err) MUST_CHECK;

#endif
