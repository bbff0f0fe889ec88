/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err_policy.h"
#include "httpd.h"
#include "json.h"
#include "nearest.h"
#include "pg.h"
#include "schema.h"
#include "utf8.h"
#include "yaml_tree.h"

static const struct command commands[] = {
	{ "init", "[--key-file FILE] [--timezone ZONE] ...", "write a first configuration",
	  cmd_init, "init --key-file key.txt --timezone Asia/Jakarta" },
	{ "run", "", "be the daemon", cmd_run, "run" },
	{ "sync", "[--full] [--messages]", "one cycle, then end: the first load, or the changes",
	  cmd_sync, "sync --full" },
	{ "verify", "[--full] [--repair] [--json]", "compare the API's counts with the warehouse's",
	  cmd_verify, "verify --repair" },
	{ "status", "[--json] [--check]", "how far each workspace is complete", cmd_status,
	  "status --check" },
	{ "wait", "--until-complete [--timeout TIME]", "wait for the first load to end, in scripts",
	  cmd_wait, "wait --until-complete --timeout 2h" },
	{ "pause", "", "stop the schedule of a workspace, until resume", cmd_pause,
	  "-w utama pause" },
	{ "resume", "", "let a workspace that was paused go on", cmd_resume, "-w utama resume" },
	{ "plan", "", "the cost of the next cycles, and the freshness that the quota allows",
	  cmd_plan, "-w utama plan" },
	{ "explain", "ID", "the origin of one conversation, and its state at the API now",
	  cmd_explain, "explain conv_8f2k1m" },
	{ "check", "[--offline]", "look at the configuration, the key, the API and the database",
	  cmd_check, "check --offline" },
	{ "config", "", "show the configuration in force, and where each value comes from",
	  cmd_config, "config" },
	{ "migrate", "[--dry-run] [--rebuild-reports]", "make or upgrade the warehouse's tables",
	  cmd_migrate, "migrate --dry-run" },
	{ "report", "volume|workload|backlog|replies|conversations|freshness",
	  "numbers to look at, or a page to mail", cmd_report,
	  "report workload --format html --output w.html" },
	{ "rejected", "[--accept ID|--retry ID] [--json]",
	  "items that could not be loaded, which hold the instants", cmd_rejected,
	  "rejected --accept conv_3rz7ac5bfhpb" },
	{ "metabase", "apply [--dry-run]", "put the dashboards into a Metabase", cmd_metabase,
	  "metabase apply --dry-run" },
	{ "notify", "test", "post a message of notify now, to see that it arrives", cmd_notify,
	  "notify test" },
	{ "webhook", "register URL|remove ID", "have events sent to the daemon, or no longer",
	  cmd_webhook, "webhook register https://etl.example.com/webhook/utama" },
	{ "erase", "CONTACT_ID", "forget a contact's name and phone for good", cmd_erase,
	  "erase ct_5d1m9x" },
	{ "conversations", "list|get|create|update ...", "the API's four endpoints, from a shell",
	  cmd_conversations, "conversations list --status open" },
};

const struct command *command_find(const char *name, struct err *err)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
		nearest_try(&nearest, commands[i].name);
	}
	if (nearest.found)
		err_set(err, ERR_USAGE, "there is no command %s; did you mean %s?", name,
			nearest.found);
	else
		err_set(err, ERR_USAGE, "there is no command %s; sahut-etl --help lists them",
			name);
	return NULL;
}

void command_help(struct buf *out)
{
	int width = 0;

	buf_str(out, "usage: sahut-etl [-c FILE] [-w WORKSPACE] [-v|-q] COMMAND\n\n"
		     "Keeps a PostgreSQL warehouse equal to a Sahut workspace, and proves it.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		int n = (int)(strlen(commands[i].name) + 1 + strlen(commands[i].synopsis));

		width = n > width ? n : width;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		buf_printf(out, "  %s %-*s  %s\n", commands[i].name,
			   width - (int)strlen(commands[i].name) - 1, commands[i].synopsis,
			   commands[i].summary);
	buf_str(out, "\n");
}

void command_version(struct buf *out)
{
	int pq = pg_library_version();

	buf_printf(out, "%s %s, schema version %d\n", PACKAGE_NAME, PACKAGE_VERSION,
		   schema_version());
	buf_printf(out, "%s\n", http_library());
	buf_printf(out, "libpq %d.%d, json-c %s, libyaml %s, libmicrohttpd %s, %s\n", pq / 10000,
		   pq % 10000, json_library(), yaml_library(), httpd_library(),
		   event_loop_library());
}

static void help_of(const struct command *command, struct buf *out)
{
	if (!command)
		return;
	buf_printf(out, "usage: sahut-etl [-c FILE] [-w WORKSPACE] [-v|-q] %s%s%s [OPTION...]\n",
		   command->name, *command->synopsis ? " " : "", command->synopsis);
	buf_printf(out, "\n%c%s.\n\n", toupper((unsigned char)command->summary[0]),
		   command->summary + 1);
}

/* The options of all commands are read before the command's name. */
static void advise_place(const struct app *app, struct err *err)
{
	static const char refused[] = "there is no option -";
	const char *letter = err->text + sizeof(refused) - 1;

	if (strncmp(err->text, refused, sizeof(refused) - 1) == 0 && *letter &&
	    strchr("cwvq", *letter) && !letter[1] && app->command)
		snprintf(err->advice, sizeof(err->advice),
			 "it stands before the command: sahut-etl -%c%s %s", *letter,
			 *letter == 'c'	  ? " FILE"
			 : *letter == 'w' ? " NAME"
					  : "",
			 app->command->name);
}

bool command_options(struct app *app, const struct opt *table, const char **operands, int most)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(65536);
	struct opt all[24] = { { .name = NULL } };
	struct err err = ERR_INIT;
	bool help = false;
	size_t n = 0;

	while (n < ARRAY_SIZE(all) - 2 && table[n].name) {
		all[n] = table[n];
		n++;
	}
	all[n] = (struct opt){ .name = "help", .letter = 'h', .help = "this", .flag = &help };
	if (!opt_parse(all, &app->args, operands, most, &err)) {
		advise_place(app, &err);
		app_fail(app, &err);
		return false;
	}
	if (!help)
		return true;
	help_of(app->command, &out);
	opt_help(all, &out);
	if (app->command && app->command->example)
		buf_printf(&out, "\nexample: sahut-etl %s\n", app->command->example);
	fputs(buf_text(&out), stdout);
	app->exit = EXIT_OK;
	return false;
}

void command_print(const char *text, size_t n)
{
	if (!isatty(STDOUT_FILENO)) {
		fwrite(text, 1, n, stdout);
		return;
	}
	for (size_t at = 0; at < n;) {
		size_t len = text[at] == '\n' ? 1 : utf8_printable(text + at, n - at);

		if (len > 0)
			fwrite(text + at, 1, len, stdout);
		else
			printf("\\x%02x", (unsigned char)text[at]);
		at += len ? len : 1;
	}
}
