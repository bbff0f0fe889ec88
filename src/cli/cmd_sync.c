/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "mem.h"
#include "policy.h"
#include "task.h"
#include "textfile.h"

/* What a cycle that the daemon did came to. */
static void say_handed(const struct context *context, const struct task *task)
{
	struct log_line line;

	log_begin(&line, LEVEL_INFO, NULL,
		  "%s: the daemon has done it, with %d requests: %d new, %d changed, %d deleted: "
		  "%s",
		  task->conf->name, task->end.requests, (int)task->end.tally.fresh,
		  (int)task->end.tally.changed, (int)task->end.tally.deleted,
		  action_verdict_name(task->end.verdict));
	log_end(&context->log, &line);
}

void cmd_sync(struct context *context)
{
	const char *none[1];
	bool full = false;
	const struct opt options[] = {
		{ .name = "full", .letter = 'f', .help = "read everything", .flag = &full },
		OPT_END,
	};
	struct err err = ERR_INIT;
	struct task *tasks;

	if (!command_options(context, options, none, 0) || !context_config(context) ||
	    !context_tracks(context) || !context_network(context, false) ||
	    !context_store(context, "sync"))
		return;
	tasks = mem_new(context->n_tracks * sizeof(*tasks));
	for (size_t i = 0; i < context->n_tracks; i++) {
		tasks[i].conf = &context->cycles[i];
		tasks[i].kind = full ? COMMAND_REQUEST_FULL : COMMAND_REQUEST_INCREMENTAL;
		tasks[i].engine = command_request_conf(tasks[i].kind);
	}
	if (!task_run_all(context, tasks, context->n_tracks))
		context->exit = EXIT_LATER;
	for (size_t i = 0; i < context->n_tracks; i++) {
		if (tasks[i].state == TASK_OVER && !tasks[i].cycle &&
		    tasks[i].end.err.kind == ERR_NONE)
			say_handed(context, &tasks[i]);
		context->exit = policy_worse(context->exit, task_exit(&tasks[i]));
	}
	/* Monitoring that fails is said, but the cycle is done. */
	if (!textfile_write(context, tasks, context->n_tracks, &err))
		fprintf(stderr, "%s: metrics.textfile: %s\n", context->program, err.text);
	task_end_all(tasks, context->n_tracks);
	mem_free(&tasks);
}
