/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "notifier.h"

void cmd_notify(struct app *app)
{
	const struct opt options[] = { OPT_END };
	const char *verb[2] = { NULL };
	struct err err = ERR_INIT;
	char origin[128];

	if (!command_options(app, options, verb, 1))
		return;
	if (!verb[0] || strcmp(verb[0], "test") != 0) {
		err_set(&err, ERR_USAGE, "notify has one command: sahut-etl notify test");
		app_fail(app, &err);
		return;
	}
	if (!app_config_part(app, "notify") || !app_network(app, false))
		return;
	if (!app->config->notify.url)
		err_set(&err, ERR_CONFIG,
			"%s has no section notify, which says where to: write notify: {url_file: "
			"notify-url}",
			app->config->path);
	if (err.kind != ERR_NONE || !notifier_test(app, &err)) {
		app_fail(app, &err);
		return;
	}
	http_url_origin(app->config->notify.url, origin, sizeof(origin));
	printf("%s has taken the message\n", origin);
}
