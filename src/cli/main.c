/* SPDX-License-Identifier: MIT */
/*
 * main.c -- hands the command line to the command that it names.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app.h"
#include "command.h"
#include "err_policy.h"
#include "journal.h"
#include "mem.h"
#include "redact.h"

/*
 * Signals are held back before the libraries begin, so that one that comes in the first
 * milliseconds is served by the daemon and does not end it. Other commands give them back.
 */
__attribute__((section(".preinit_array"),
	       used)) static void (*const first_of_all)(void) = event_loop_hold_signals;

/* Keys are in memory: no core, and nobody looks in (prctl(2), PR_SET_DUMPABLE). */
static void disable_core_dumps(void)
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
static void open_log(struct app *app)
{
	const char *wanted = getenv("SAHUT_ETL_LOG");

	app->clock = clock_system();
	app->log.level = app->verbose ? LEVEL_DEBUG : app->quiet ? LEVEL_WARNING : LEVEL_INFO;
	app->log.sink = log_stream;
	app->log.arg = &app->stream;
	app->stream = (struct log_stream){ stderr, LOG_FORM_TEXT, app->clock };
	if (wanted && strcmp(wanted, "json") == 0)
		app->stream.form = LOG_FORM_JSON;
	else if (wanted && strcmp(wanted, "text") == 0)
		app->stream.form = LOG_FORM_TEXT;
	else if (journal_is_stderr())
		app->log.sink = journal_write;
	else if (isatty(STDERR_FILENO))
		app->stream.form = LOG_FORM_PLAIN;
}

/* Output that could not be written is a failure of every command, and is said once. */
static void close_output(struct app *app)
{
	bool failed = ferror(stdout) != 0;
	struct err err;

	errno = 0;
	failed = fclose(stdout) != 0 || failed;
	if (!failed)
		return;
	err_set(&err, ERR_SYSTEM, "standard output cannot be written%s%s", errno ? ": " : "",
		errno ? strerror(errno) : "");
	app_fail(app, &err);
}

static void print(void (*write)(struct buf *out), const struct opt *options)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(65536);

	write(&out);
	if (options)
		opt_help(options, &out);
	fputs(buf_text(&out), stdout);
}

/* Makes the process ready: its streams, signals, locale and environment. */
static void prepare_process(void)
{
	mem_tune();
	open_streams();
	signal(SIGPIPE, SIG_IGN);
	/* A file that may not grow is an error like a full disk, and the end of nothing. */
	signal(SIGXFSZ, SIG_IGN);
	/*
	 * libcurl would write keys into the file that this names, with which our TLS sessions can
	 * be read.
	 */
	unsetenv("SSLKEYLOGFILE");
	setlocale(LC_CTYPE, "");
	disable_core_dumps();
}

static void run_command(struct app *app, const char *name)
{
	struct err err = ERR_INIT;

	app->command = command_find(name, &err);
	if (!app->command || app->command->run != cmd_run)
		event_loop_release_signals();
	if (app->command)
		app->command->run(app);
	else
		app_fail(app, &err);
}

int main(int argc, char **argv)
{
	struct app app = { .program = "sahut-etl", .args = { argc, argv, 1 } };
	bool help = false, version = false;
	const struct opt options[] = {
		{ .name = "config",
		  .letter = 'c',
		  .arg = "FILE",
		  .help = "the configuration file",
		  .value = &app.config_path },
		{ .name = "workspace",
		  .letter = 'w',
		  .arg = "NAME",
		  .help = "this workspace only",
		  .value = &app.workspace },
		{ .name = "verbose", .letter = 'v', .help = "say more", .flag = &app.verbose },
		{ .name = "quiet", .letter = 'q', .help = "print errors only", .flag = &app.quiet },
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
	struct err err = ERR_INIT;

	prepare_process();
	if (!opt_parse_leading(options, &app.args, &err)) {
		app_fail(&app, &err);
		return app.exit;
	}
	if (version || help) {
		print(version ? command_version : command_help, version ? NULL : options);
		close_output(&app);
		return app.exit;
	}
	if (app.args.next == argc) {
		print(command_help, options);
		return EXIT_USAGE;
	}
	open_log(&app);
	run_command(&app, argv[app.args.next++]);
	app_close(&app);
	close_output(&app);
	redact_forget();
	return app.exit;
}
