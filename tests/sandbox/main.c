/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base.h"
#include "buf.h"
#include "err.h"
#include "event_loop.h"
#include "http.h"
#include "httpd.h"
#include "json.h"
#include "options.h"
#include "server.h"

static int fail(const struct err *err)
{
	fprintf(stderr, "sahut-sandbox: %s\n", err->text);
	switch (err->kind) {
	case ERR_USAGE:
		return EX_USAGE;
	case ERR_CONFIG:
		return EX_CONFIG;
	default:
		return EX_OSERR;
	}
}

static bool cannot_write(const char *file, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "--port-file: cannot write %s: %s", file, strerror(errno));
}

/* A test that waits for the file finds it whole: it is written under another name first. */
static bool write_port_file(const char *file, int port, struct err *err)
{
	char other[4096];
	FILE *f;

	if (snprintf(other, sizeof(other), "%s.new", file) >= (int)sizeof(other))
		return err_set(err, ERR_USAGE, "--port-file: the name is too long");
	f = fopen(other, "we");
	if (!f)
		return cannot_write(other, err);
	fprintf(f, "%d\n", port);
	if (fclose(f) != 0 || rename(other, file) != 0) {
		cannot_write(file, err);
		unlink(other);
		return false;
	}
	return true;
}

static bool announce(const struct options *options, int port, struct err *err)
{
	bool v6 = strchr(options->host, ':');

	if (options->port_file && !write_port_file(options->port_file, port, err))
		return false;
	printf("sahut-sandbox: http://%s%s%s:%d/v1\n", v6 ? "[" : "", options->host, v6 ? "]" : "",
	       port);
	fflush(stdout);
	event_loop_notify("READY=1");
	return true;
}

static bool serve(const struct options *options, struct err *err)
{
	CLEANUP(event_loop_close) struct event_loop *loop = event_loop_open(false, err);
	CLEANUP(server_close) struct server *server = NULL;

	if (!loop)
		return false;
	server = server_open(loop, options, err);
	if (!server || !announce(options, server_port(server), err))
		return false;
	while (event_loop_turn(loop, TIME_NEVER) != EVENT_LOOP_STOP)
		server_take_answers(server);
	return true;
}

static void show_help(void)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(1 << 16);

	options_help(&text);
	fputs(buf_text(&text), stdout);
}

static void show_version(void)
{
	printf("sahut-sandbox %s (libmicrohttpd %s, json-c %s, %s, %s)\n", PACKAGE_VERSION,
	       httpd_library(), json_library(), http_library(), event_loop_library());
}

int main(int argc, char **argv)
{
	CLEANUP(options_done) struct options options;
	struct err err = ERR_INIT;

	if (!options_read(&options, argc, argv, &err))
		return fail(&err);
	if (options.help)
		show_help();
	else if (options.version)
		show_version();
	else if (!serve(&options, &err))
		return fail(&err);
	return 0;
}
