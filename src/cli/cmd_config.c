/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "config.h"
#include "mem.h"

#define LARGEST (16u << 20)

void cmd_config(struct app *app)
{
	const char *path = app->config_path ? app->config_path : config_default_path();
	CLEANUP(buf_free) struct buf shown = BUF_MAX(LARGEST);
	const char *none[1];
	const struct opt options[] = { OPT_END };
	char *complaints = NULL;
	struct err err = ERR_INIT;
	bool ok;

	if (!command_options(app, options, none, 0) ||
	    (app->workspace && !app_config_part(app, "warehouse")))
		return;
	ok = config_show(path, &shown, &complaints, &err);
	if (complaints)
		fputs(complaints, stderr);
	mem_free(&complaints);
	if (ok)
		fputs(buf_text(&shown), stdout);
	else
		app_fail(app, &err);
}
