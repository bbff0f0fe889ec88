/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "opt.h"
#include "time_format.h"
#include "uri.h"

/* The values of the options as they stand in argv. */
struct raw {
	const char *listen, *port_file, *ago, *workspace;
	const char *settings[SETTINGS_MOST];
	bool i_know, help, version;
};

#define MOST_OPTIONS (SETTINGS_MOST + 8)

static void add(struct opt *table, size_t *n, struct opt row)
{
	table[(*n)++] = row;
}

static void make_table(struct opt table[MOST_OPTIONS], struct raw *raw)
{
	const struct settings_option *s;
	size_t n = 0;

	add(table, &n,
	    (struct opt){ .name = "listen",
			  .arg = "HOST:PORT",
			  .value = &raw->listen,
			  .help = "where; port 0 is any free one (127.0.0.1:8480)" });
	add(table, &n,
	    (struct opt){ .name = "port-file",
			  .arg = "FILE",
			  .value = &raw->port_file,
			  .help = "write the port into this file when ready" });
	add(table, &n,
	    (struct opt){ .name = "ago",
			  .arg = "DURATION",
			  .value = &raw->ago,
			  .help = "begin so long ago, for clocks that are moved on (0s)" });
	for (size_t i = 0; (s = settings_option(i)); i++)
		add(table, &n,
		    (struct opt){ .name = s->name,
				  .arg = s->arg,
				  .value = &raw->settings[i],
				  .help = s->help });
	add(table, &n,
	    (struct opt){ .name = "workspace",
			  .arg = "NAME=VALUE,...",
			  .value = &raw->workspace,
			  .help = "one more workspace with its own key; may be repeated" });
	add(table, &n,
	    (struct opt){ .name = "i-know",
			  .flag = &raw->i_know,
			  .help = "listen beyond loopback all the same" });
	add(table, &n,
	    (struct opt){ .name = "help",
			  .letter = 'h',
			  .flag = &raw->help,
			  .help = "show this and exit" });
	add(table, &n,
	    (struct opt){ .name = "version",
			  .flag = &raw->version,
			  .help = "show the version and exit" });
	add(table, &n, (struct opt)OPT_END);
}

void options_help(struct buf *out)
{
	struct opt table[MOST_OPTIONS];
	struct raw raw = { 0 };

	make_table(table, &raw);
	buf_str(out, "usage: sahut-sandbox [OPTION]...\n\n"
		     "Serves the Sahut Conversations API with made-up conversations.\n\n");
	opt_help(table, out);
	buf_str(out, "\nThe manual page sahut-sandbox(1) has the orders, the kinds of change and "
		     "the control endpoints.\n");
}

static struct settings *add_workspace(struct options *options)
{
	options->workspaces = mem_grow(options->workspaces,
				       (size_t)(options->n + 1) * sizeof(*options->workspaces));
	settings_default(&options->workspaces[options->n]);
	return &options->workspaces[options->n++];
}

/* Behind the next --workspace and its value, or at the end. */
static int end_of_part(const struct opt_args *args)
{
	for (int i = args->next; i < args->argc; i++) {
		if (strcmp(args->argv[i], "--workspace") == 0)
			return i + 2 < args->argc ? i + 2 : args->argc;
		if (strncmp(args->argv[i], "--workspace=", strlen("--workspace=")) == 0)
			return i + 1;
	}
	return args->argc;
}

/*
 * The table keeps one value a row, and --workspace may come often. So the
 * arguments are read in parts, of which each ends behind one of them.
 */
static bool read_parts(struct options *options, struct raw *raw, int argc, char **argv,
		       struct err *err)
{
	struct opt_args args = { argc, argv, 1 };
	struct opt table[MOST_OPTIONS];
	const char *operands[1];

	make_table(table, raw);
	while (args.next < argc) {
		args.argc = end_of_part(&args);
		raw->workspace = NULL;
		if (!opt_parse(table, &args, operands, 0, err))
			return false;
		args.argc = argc;
		if (raw->workspace && !settings_read(add_workspace(options), raw->workspace, err))
			return err_wrap(err, "--workspace");
	}
	return true;
}

/* Splits "127.0.0.1:8480" or "[::1]:8480". */
static bool read_listen(struct options *options, const char *text, struct err *err)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	char *end = NULL;
	long port = colon ? strtol(colon + 1, &end, 10) : -1;

	if (!colon || n == 0 || n >= sizeof(options->host) || end == colon + 1 || *end ||
	    port < 0 || port > UINT16_MAX)
		return err_set(err, ERR_USAGE, "--listen: \"%s\" is not HOST:PORT", text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	memcpy(options->host, text, n);
	options->host[n] = '\0';
	options->port = (int)port;
	return true;
}

static bool check_host(const struct options *options, bool i_know, struct err *err)
{
	if (i_know || uri_is_loopback(options->host))
		return true;
	return err_set(err, ERR_USAGE,
		       "--listen: %s is not a loopback address, and whoever reaches the sandbox "
		       "can change it without a key, "
		       "through /_sandbox/; add --i-know if that is wanted",
		       options->host);
}

static bool read_ago(struct options *options, const char *text, struct err *err)
{
	if (!text || duration_parse(text, &options->ago))
		return true;
	return err_set(err, ERR_USAGE, "--ago: \"%s\" is not a duration, as 90m or 3d", text);
}

static bool check_keys(const struct options *options, struct err *err)
{
	for (int i = 0; i < options->n; i++)
		for (int j = 0; j < i; j++)
			if (strcmp(options->workspaces[i].key, options->workspaces[j].key) == 0)
				return err_set(err, ERR_USAGE, "two workspaces have the key %s",
					       options->workspaces[i].key);
	return true;
}

bool options_read(struct options *options, int argc, char **argv, struct err *err)
{
	struct raw raw = { .listen = "127.0.0.1:8480" };

	*options = (struct options){ 0 };
	add_workspace(options);
	if (!read_parts(options, &raw, argc, argv, err))
		return false;
	options->help = raw.help;
	options->version = raw.version;
	options->port_file = raw.port_file;
	for (size_t i = 0; settings_option(i); i++)
		if (raw.settings[i] &&
		    !settings_set(&options->workspaces[0], i, raw.settings[i], err))
			return false;
	return read_listen(options, raw.listen, err) && read_ago(options, raw.ago, err) &&
	       check_host(options, raw.i_know, err) && check_keys(options, err);
}

void options_done(struct options *options)
{
	mem_free(&options->workspaces);
	options->n = 0;
}
