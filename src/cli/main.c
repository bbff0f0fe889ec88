/* SPDX-License-Identifier: MIT */
/*
 * main.c -- hands the command line to the command that it names.
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "command.h"
#include "context.h"
#include "journal.h"
#include "policy.h"

/* Keys are in memory: no core, and nobody looks in (prctl(2), PR_SET_DUMPABLE). */
static void be_discreet(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

/* Where one of the standard streams is closed, a socket would become it, and be written to. */
static void open_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", O_RDWR);
}

/*
 * The journal gets fields where stderr is its own; elsewhere lines are for a person at a
 * terminal, and logfmt in a file, unless SAHUT_ETL_LOG says text or json.
 */
static void open_log(struct context *context)
{
	const char *wanted = getenv("SAHUT_ETL_LOG");

	context->clock = clock_system();
	context->log.level = context->verbose ? LEVEL_DEBUG
			     : context->quiet ? LEVEL_WARNING
					      : LEVEL_INFO;
	context->log.sink = log_stream;
	context->log.arg = &context->stream;
	context->stream = (struct log_stream){ stderr, LOG_FORM_TEXT, context->clock };
	if (wanted && strcmp(wanted, "json") == 0)
		context->stream.form = LOG_FORM_JSON;
	else if (wanted && strcmp(wanted, "text") == 0)
		context->stream.form = LOG_FORM_TEXT;
	else if (journal_is_stderr())
		context->log.sink = journal_write;
	else if (isatty(STDERR_FILENO))
		context->stream.form = LOG_FORM_PLAIN;
}

static void print(void (*write)(struct buf *out), const struct opt *options)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(65536);

	write(&out);
	if (options)
		opt_help(options, &out);
	fputs(buf_text(&out), stdout);
}

int main(int argc, char **argv)
{
	struct context context = { .program = "sahut-etl", .args = { argc, argv, 1 } };
	bool help = false, version = false;
	const struct opt options[] = {
		{ .name = "config",
		  .letter = 'c',
		  .arg = "FILE",
		  .help = "the configuration file",
		  .value = &context.config_path },
		{ .name = "workspace",
		  .letter = 'w',
		  .arg = "NAME",
		  .help = "this workspace only",
		  .value = &context.workspace },
		{ .name = "verbose", .letter = 'v', .help = "say more", .flag = &context.verbose },
		{ .name = "quiet",
		  .letter = 'q',
		  .help = "say only what is wrong",
		  .flag = &context.quiet },
		{ .name = "help",
		  .letter = 'h',
		  .help = "this, or with a command, its own",
		  .flag = &help },
		{ .name = "version",
		  .letter = 'V',
		  .help = "the version, with the libraries'",
		  .flag = &version },
		OPT_END,
	};
	const struct command *command = NULL;
	struct err err = ERR_INIT;

	open_streams();
	setlocale(LC_CTYPE, "");
	be_discreet();
	if (!opt_parse_leading(options, &context.args, &err)) {
		context_fail(&context, &err);
		return context.exit;
	}
	if (version || help) {
		print(version ? command_version : command_help, version ? NULL : options);
		return EXIT_OK;
	}
	if (context.args.next == argc) {
		print(command_help, options);
		return EXIT_USAGE;
	}
	open_log(&context);
	command = command_find(argv[context.args.next++], &err);
	if (command)
		command->run(&context);
	else
		context_fail(&context, &err);
	context_close(&context);
	return context.exit;
}
