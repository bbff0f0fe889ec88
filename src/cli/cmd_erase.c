/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "erase.h"

static void print_erased(const char *contact, const struct table *erased)
{
	char shown[160];

	err_quote(shown, sizeof(shown), contact, strlen(contact));
	for (int row = 0; row < table_rows(erased); row++) {
		printf("%s: contact %s: %s", table_get(erased, row, "workspace_name"), shown,
		       table_get_bool(erased, row, "had_identity")
			       ? "name, phone and all that identifies it are erased"
			       : "nothing that identifies it was held; none will be loaded");
		if (table_get_int(erased, row, "items") > 0)
			printf("; %lld rejected items emptied",
			       (long long)table_get_int(erased, row, "items"));
		putchar('\n');
	}
	if (table_rows(erased) == 0)
		printf("contact %s is not known here; there is nothing to erase\n", shown);
}

void cmd_erase(struct app *app)
{
	CLEANUP(table_free) struct table *erased = NULL;
	CLEANUP(pg_close) struct pg *pg = NULL;
	const struct opt options[] = { OPT_END };
	const char *contact[2] = { NULL, NULL };
	struct err err = ERR_INIT;

	if (!command_options(app, options, contact, 1))
		return;
	if (!contact[0]) {
		err_set(&err, ERR_USAGE, "which contact? sahut-etl erase CONTACT_ID");
		app_fail(app, &err);
		return;
	}
	if (!app_config(app) || !app_network(app, false))
		return;
	if (app->workspace && !config_find(app->config, app->workspace, &err)) {
		app_fail(app, &err);
		return;
	}
	pg = app_warehouse_session(app, &err);
	if (!pg || !erase_contact(pg, contact[0], app->workspace, &erased, &err)) {
		app_fail(app, &err);
		return;
	}
	if (!app->quiet)
		print_erased(contact[0], erased);
}
