/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "asset.h"
#include "command.h"
#include "mem.h"
#include "metabase_apply.h"
#include "metabase_days.h"

#define LONGEST_REPORT (1u << 20)

/* The key under which the language is remembered. */
#define LANGUAGE "language"

/* The wanted dashboards, as the program carries them. */
static struct json *read_spec(struct app *app, struct err *err)
{
	const struct asset *asset = asset_find("metabase/dashboards.json");
	const char *text = asset ? asset->data : "";
	struct json *json = json_parse(app->json, text, strlen(text), err);

	if (!json)
		err->kind = ERR_BUG;
	return json;
}

static void summary(const struct metabase_run *run)
{
	fputs(buf_text(run->report), stdout);
	printf("%d object%s as %s should be%s\n", run->kept, run->kept == 1 ? "" : "s",
	       run->kept == 1 ? "it" : "they",
	       run->left > 0 ? "; objects that people edited were left alone" : "");
}

/* Metabase's own settings that do not fit the workspaces: they are named, and left alone. */
static bool compare_days(struct app *app, struct metabase_run *run, struct err *err)
{
	struct arena *arena = arena_new();
	const char **zones = arena_alloc(arena, (app->config->n_workspaces + 1) * sizeof(*zones));
	struct metabase_days days;
	bool ok;

	for (size_t i = 0; i < app->config->n_workspaces; i++)
		zones[i] = app->config->workspaces[i].timezone;
	ok = metabase_days_read(run->mb, &days, err);
	if (ok)
		metabase_days_compare(&days, zones, app->config->n_workspaces, run->report);
	arena_free(&arena);
	return ok;
}

/* The language of this run: as given, else that of the last one. */
static bool take_lang(struct metabase_run *run, const char *given, struct err *err)
{
	const char *before = metabase_state_find(run->state, LANGUAGE).sent;

	if (report_text_lang(given ? given : *before ? before : "en", &run->lang))
		return true;
	return err_set(err, ERR_USAGE, "--lang takes en or id, not \"%s\"", given);
}

static bool remember_lang(struct metabase_run *run, struct err *err)
{
	const char *code = report_text_code(run->lang);

	return run->dry_run || strcmp(metabase_state_find(run->state, LANGUAGE).sent, code) == 0 ||
	       metabase_state_put(run->state, LANGUAGE, &(struct metabase_state_row){ 1, code, "" },
				  err);
}

static bool apply(struct app *app, struct metabase_run *run, const char *lang, struct err *err)
{
	const struct config_metabase *conf = &app->config->metabase;
	const struct metabase_apply_database database = {
		conf->database.host, conf->database.dbname, conf->database.user,
		conf->database.password, conf->database.port
	};
	CLEANUP(pg_close) struct pg *pg = app_warehouse_session(app, err);
	CLEANUP(metabase_state_free) struct metabase_state *state = NULL;
	CLEANUP(json_free) struct json *spec = NULL;
	bool ok;

	if (!pg)
		return false;
	state = metabase_state_open(pg, conf->url, err);
	spec = state ? read_spec(app, err) : NULL;
	if (!spec)
		return false;
	run->state = state;
	run->spec = json_root(spec);
	if (!take_lang(run, lang, err))
		return false;
	ok = metabase_apply_all(run, &database, err) && remember_lang(run, err) &&
	     compare_days(app, run, err);
	summary(run);
	if (!ok || run->broken == 0)
		return ok;
	return err_set(err, ERR_DATA, "%d card%s run: see above", run->broken,
		       run->broken == 1 ? " does not" : "s do not");
}

static bool check_config(struct app *app, const char *verb, struct err *err)
{
	if (!verb || strcmp(verb, "apply") != 0)
		return err_set(err, ERR_USAGE,
			       "metabase has one command: sahut-etl metabase apply");
	if (!app_config_part(app, "metabase"))
		return false;
	return app->config->metabase.url ||
	       err_set(err, ERR_CONFIG, "%s has no section metabase, which says where it is",
		       app->config->path);
}

void cmd_metabase(struct app *app)
{
	CLEANUP(buf_free) struct buf report = BUF_MAX(LONGEST_REPORT);
	struct metabase_run run = { .report = &report };
	struct metabase mb = { .loop = NULL };
	const char *verb[2], *lang = NULL;
	const struct opt options[] = {
		{ .name = "dry-run",
		  .letter = 'n',
		  .help = "print the changes, and write none",
		  .flag = &run.dry_run },
		{ .name = "prune",
		  .help = "remove objects that are no longer used, and cards of others on our "
			  "dashboards",
		  .flag = &run.prune },
		{ .name = "force",
		  .help = "overwrite edits of people; needed after a new password, too",
		  .flag = &run.force },
		{ .name = "lang",
		  .letter = 'l',
		  .arg = "LANG",
		  .help = "of names and descriptions: en or id; by default that of the last time",
		  .value = &lang },
		OPT_END,
	};
	struct err err = ERR_INIT;
	char *auth;

	if (!command_options(app, options, verb, 1))
		return;
	if (!check_config(app, verb[0], &err)) {
		if (err.kind != ERR_NONE)
			app_fail(app, &err);
		return;
	}
	if (!app_network(app, false))
		return;
	auth = metabase_header(app->config->metabase.api_key);
	mb = (struct metabase){ .loop = app->loop,
				.http = app->http,
				.json = app->json,
				.url = app->config->metabase.url,
				.auth = auth };
	run.mb = &mb;
	if (!apply(app, &run, lang, &err))
		app_fail(app, &err);
	mem_free_secret(&auth);
}
