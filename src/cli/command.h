/* SPDX-License-Identifier: MIT */
/*
 * command.h -- The table of commands; help and version come from it.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "app.h"

struct command {
	const char *name;
	const char *synopsis; /* the arguments that may follow the name */
	const char *summary;  /* a phrase */
	void (*run)(struct app *app);
	const char *example; /* how it is called, without the program's name */
};

/* The command of that name. NULL with ERR_USAGE and the nearest one's name. */
const struct command *command_find(const char *name, struct err *err) MUST_CHECK;

/* The first page of help. */
void command_help(struct buf *out);

/* The program's version and its libraries'. */
void command_version(struct buf *out);

/*
 * Reads a command's options and operands; with --help among them the
 * command's own help is printed. False when the command is to end at once,
 * `exit` being set.
 */
bool command_options(struct app *app, const struct opt *table, const char **operands,
		     int most) MUST_CHECK;

/* One for each command; sahut-etl(8) is the manual. */
void cmd_check(struct app *app);
void cmd_config(struct app *app);
void cmd_conversations(struct app *app);
void cmd_explain(struct app *app);
void cmd_erase(struct app *app);
void cmd_init(struct app *app);
void cmd_rejected(struct app *app);
void cmd_metabase(struct app *app);
void cmd_notify(struct app *app);
void cmd_pause(struct app *app);
void cmd_resume(struct app *app);
void cmd_migrate(struct app *app);
void cmd_plan(struct app *app);
void cmd_report(struct app *app);
void cmd_run(struct app *app);
void cmd_status(struct app *app);
void cmd_sync(struct app *app);
void cmd_verify(struct app *app);
void cmd_wait(struct app *app);
void cmd_webhook(struct app *app);

/* Writes a text to standard output; where that is a terminal, nothing in it steers it. */
void command_print(const char *text, size_t n);

#endif
