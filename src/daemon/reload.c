/* SPDX-License-Identifier: MIT */
#include "reload.h"

#include <string.h>

#include "events.h"
#include "mem.h"

/* More complaints than anybody reads at once. */
#define MOST_COMPLAINTS 20

static void complain_about(const struct app *app, const char *text, size_t n)
{
	struct log_line line;

	log_begin(&line, LEVEL_ERROR, &events_table()->reload_failed, "%.*s", (int)n, text);
	log_end(&app->log, &line);
}

static void refuse(const struct app *app, const char *complaints, const struct err *err)
{
	const char *line = complaints ? complaints : "";
	struct log_line last;

	for (int i = 0; i < MOST_COMPLAINTS && *line; i++) {
		size_t n = strcspn(line, "\n");

		complain_about(app, line, n);
		line += n + (line[n] == '\n');
	}
	log_begin(&last, LEVEL_ERROR, &events_table()->reload_failed,
		  "%s; the configuration stays as it was", err->text);
	log_end(&app->log, &last);
}

enum reload_outcome reload_config(struct reload *reload, struct app *app)
{
	CLEANUP(mem_free) char *complaints = NULL;
	struct config *old = app->config, *fresh;
	struct err err = ERR_INIT;
	struct log_line line;

	fresh = config_read(old->path, &complaints, &err);
	if (fresh && app->workspace && !config_find(fresh, app->workspace, &err))
		config_free(&fresh);
	if (!fresh) {
		refuse(app, complaints, &err);
		return RELOAD_REFUSED;
	}
	reload->retired = mem_grow(reload->retired, (reload->n + 1) * sizeof(*reload->retired));
	reload->retired[reload->n++] = old;
	app_adopt(app, fresh);
	log_begin(&line, LEVEL_NOTICE, &events_table()->reloaded,
		  "%s was read again and is in force", fresh->path);
	log_number(&line, "workspaces", (int64_t)app->n_workspaces);
	log_end(&app->log, &line);
	return config_same_connections(old, fresh) ? RELOAD_DONE : RELOAD_DEEP;
}

void reload_forget(struct reload *reload)
{
	while (reload->n > 0)
		config_free(&reload->retired[--reload->n]);
	mem_free(&reload->retired);
}
