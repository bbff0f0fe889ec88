/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attributes.h"
#include "buf.h"
#include "business_hours.h"
#include "config_file.h"
#include "config_reader.h"
#include "http.h"
#include "mem.h"
#include "nearest.h"
#include "yaml_tree.h"

#define LONGEST_FILE (1u << 20)
#define MINUTE (60 * USEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* ---- the keys -------------------------------------------------------- */

static const struct key warehouse_keys[] = {
	{ "conninfo", KEY_CONNINFO, offsetof(struct config_warehouse, conninfo), .required = true,
	  .help = "How to reach PostgreSQL: libpq's keywords or URI." },
	{ "password_file", KEY_SECRET_FILE, offsetof(struct config_warehouse, password_file),
	  .also = offsetof(struct config_warehouse, password),
	  .help = "File with the password, if one is needed." },
	{ "password_command", KEY_TEXT, offsetof(struct config_warehouse, password_command),
	  .help = "Program that prints the password, with its arguments." },
	{ "release_when_idle", KEY_DURATION, offsetof(struct config_warehouse, release_when_idle),
	  .min = USEC_PER_SEC, .max = DAY,
	  .help = "The daemon disconnects when nothing is due for so long." },
	{ "owner_conninfo", KEY_CONNINFO, offsetof(struct config_warehouse, owner_conninfo),
	  .later = true, .help = "Connection of the tables' owner, used by migrate alone." },
	KEY_END,
};

static const struct key schedule_keys[] = {
	{ "incremental", KEY_DURATION, offsetof(struct workspace_schedule, incremental),
	  .fallback = "1m", .min = 5 * USEC_PER_SEC, .max = DAY,
	  .help = "How often changes are fetched." },
	{ "verify", KEY_DURATION, offsetof(struct workspace_schedule, verify), .fallback = "15m",
	  .min = MINUTE, .max = 7 * DAY, .help = "How often counts are compared." },
	{ "full", KEY_CLOCK, offsetof(struct workspace_schedule, full), .fallback = "02:30",
	  .help = "When everything is read, each night: local time of the workspace." },
	KEY_END,
};

static const struct key webhook_keys[] = {
	{ "listen", KEY_LISTEN, offsetof(struct workspace_webhook, listen), .required = true,
	  .help = "Address and port that events are taken at." },
	{ "secret_file", KEY_TEXT, offsetof(struct workspace_webhook, secret_file),
	  .required = true, .help = "File with the webhook's secret; two while one is replaced." },
	KEY_END,
};

static const struct key messages_keys[] = {
	{ "read", KEY_CHOICE, offsetof(struct workspace_messages, read), .fallback = "off",
	  .choices = "off|replies|all",
	  .help = "off; replies: messages for first replies and reply times; all: notes and "
		  "activities, too." },
	{ "since", KEY_DURATION, offsetof(struct workspace_messages, since), .fallback = "90d",
	  .min = DAY, .max = 3650 * DAY,
	  .help = "Conversations that did not change for longer are not read." },
	{ "share", KEY_PERCENT, offsetof(struct workspace_messages, share), .fallback = "50%",
	  .min = 1, .max = 100,
	  .help = "Part of the quota that cycles, audits and sweeps leave over." },
	KEY_END,
};

static const struct key workspace_keys[] = {
	{ "name", KEY_TEXT, offsetof(struct workspace_conf, name), .required = true,
	  .help = "The name of the workspace here and in reports." },
	{ "base_url", KEY_URL, offsetof(struct workspace_conf, base_url),
	  .fallback = "https://api.sahut.id/v1", .help = "Where the API is." },
	{ "api_key_file", KEY_SECRET_FILE, offsetof(struct workspace_conf, api_key_file),
	  .required = true, .also = offsetof(struct workspace_conf, auth),
	  .help = "File with the API key." },
	{ "timezone", KEY_ZONE, offsetof(struct workspace_conf, timezone),
	  .fallback = "Asia/Jakarta", .help = "Time zone of its days and hours." },
	{ "requests_per_minute", KEY_INT, offsetof(struct workspace_conf, requests_per_minute),
	  .fallback = "60", .min = 1, .max = 1000000, .help = "The limit of the plan." },
	{ "reserve", KEY_PERCENT, offsetof(struct workspace_conf, reserve), .fallback = "20%",
	  .min = 0, .max = 90,
	  .help = "Share of the limit that is left for other users of the key." },
	{ "max_in_flight", KEY_INT, offsetof(struct workspace_conf, max_in_flight), .min = 1,
	  .max = 16,
	  .help = "Requests under way at the same time, at most; by default as quota and latency "
		  "have it." },
	{ "schedule", KEY_SECTION, offsetof(struct workspace_conf, schedule), .keys = schedule_keys,
	  .later = true, .help = "The times of its cycles." },
	{ "lookback", KEY_DURATION, offsetof(struct workspace_conf, lookback), .fallback = "2m",
	  .min = 10 * USEC_PER_SEC, .max = HOUR,
	  .help = "How late a change may become visible at the API." },
	{ "business_hours", KEY_OWN, offsetof(struct workspace_conf, business_hours),
	  .read = business_hours_hours, .later = true,
	  .help = "Opening hours, for response times." },
	{ "channel_hours", KEY_OWN, offsetof(struct workspace_conf, channel_hours),
	  .read = business_hours_channels, .later = true,
	  .help = "Opening hours of channels that have their own." },
	{ "date_hours", KEY_OWN, offsetof(struct workspace_conf, date_hours),
	  .read = business_hours_dates, .later = true,
	  .help = "Single days with hours of their own." },
	{ "holidays", KEY_OWN, offsetof(struct workspace_conf, holidays),
	  .read = business_hours_holidays, .later = true, .help = "Days without work." },
	{ "targets", KEY_OWN, offsetof(struct workspace_conf, targets),
	  .read = business_hours_targets, .later = true, .help = "Service targets." },
	{ "attributes", KEY_OWN, offsetof(struct workspace_conf, attributes),
	  .read = attributes_read, .later = true,
	  .help = "Fields of conversations that become columns in reports." },
	{ "webhook", KEY_SECTION, offsetof(struct workspace_conf, webhook), .keys = webhook_keys,
	  .optional = true, .later = true, .help = "How events are taken." },
	{ "messages", KEY_SECTION, offsetof(struct workspace_conf, messages), .keys = messages_keys,
	  .later = true,
	  .help = "Whether senders and times of messages are read; never their content." },
	KEY_END,
};

static const struct key http_keys[] = {
	{ "ca_file", KEY_TEXT, offsetof(struct config_http, ca_file),
	  .help = "Certificates to trust instead of the system's." },
	{ "proxy", KEY_TEXT, offsetof(struct config_http, proxy),
	  .help = "Proxy for all but loopback addresses." },
	{ "proxy_login_file", KEY_SECRET_FILE, offsetof(struct config_http, proxy_login_file),
	  .also = offsetof(struct config_http, proxy_login),
	  .help = "File with the proxy's user and password, as user:password." },
	KEY_END,
};

static const struct key privacy_keys[] = {
	{ "contact_name", KEY_KEEP, offsetof(struct config_privacy, keep_name), .fallback = "keep",
	  .help = "keep or drop contacts' names." },
	{ "contact_phone", KEY_KEEP, offsetof(struct config_privacy, keep_phone),
	  .fallback = "keep", .help = "keep or drop contacts' phones." },
	{ "agent_name", KEY_CHOICE, offsetof(struct config_privacy, agent_name), .fallback = "keep",
	  .choices = "keep|code", .help = "keep agents' names, or show a code in their place." },
	{ "hash_key_file", KEY_SECRET_FILE, offsetof(struct config_privacy, hash_key_file),
	  .also = offsetof(struct config_privacy, hash_key),
	  .help = "File with the key of the phones' hashes." },
	KEY_END,
};

static const struct key retention_keys[] = {
	{ "runs", KEY_DURATION, offsetof(struct config_retention, runs), .fallback = "90d",
	  .min = DAY, .max = 3650 * DAY, .help = "How long the record of runs is kept." },
	{ "rejected_items", KEY_DURATION, offsetof(struct config_retention, rejected_items),
	  .fallback = "30d", .min = DAY, .max = 3650 * DAY,
	  .help = "How long rejected items are kept." },
	{ "agent_days", KEY_DURATION, offsetof(struct config_retention, agent_days), .min = DAY,
	  .max = 3650 * DAY,
	  .help = "How long the daily figures of single agents are kept; by default for ever." },
	KEY_END,
};

static const struct key metrics_keys[] = {
	{ "listen", KEY_LISTEN, offsetof(struct config_metrics, listen),
	  .help = "Address and port of the metrics." },
	{ "textfile", KEY_TEXT, offsetof(struct config_metrics, textfile),
	  .help = "File for node_exporter's textfile collector." },
	KEY_END,
};

static const struct key database_keys[] = {
	{ "host", KEY_TEXT, offsetof(struct config_database, host), .required = true,
	  .help = "PostgreSQL's host, as Metabase reaches it." },
	{ "port", KEY_INT, offsetof(struct config_database, port), .fallback = "5432", .min = 1,
	  .max = 65535, .help = "Its port." },
	{ "dbname", KEY_TEXT, offsetof(struct config_database, dbname), .required = true,
	  .help = "The database." },
	{ "user", KEY_TEXT, offsetof(struct config_database, user), .required = true,
	  .help = "The role that Metabase reads as." },
	{ "password_file", KEY_SECRET_FILE, offsetof(struct config_database, password_file),
	  .also = offsetof(struct config_database, password),
	  .help = "File with that role's password." },
	KEY_END,
};

static const struct key metabase_keys[] = {
	{ "url", KEY_URL, offsetof(struct config_metabase, url), .required = true,
	  .help = "Where Metabase is." },
	{ "api_key_file", KEY_SECRET_FILE, offsetof(struct config_metabase, api_key_file),
	  .required = true, .also = offsetof(struct config_metabase, api_key),
	  .help = "File with an API key of its administrators' group." },
	{ "database", KEY_SECTION, offsetof(struct config_metabase, database),
	  .keys = database_keys, .help = "The warehouse, as Metabase is told of it." },
	KEY_END,
};

static const struct key notify_keys[] = {
	{ "url_file", KEY_SECRET_FILE, offsetof(struct config_notify, url_file), .required = true,
	  .also = offsetof(struct config_notify, url),
	  .help = "File with the URL that messages are posted to." },
	{ "format", KEY_CHOICE, offsetof(struct config_notify, format), .fallback = "json",
	  .choices = "json|slack", .help = "json, or slack: the form of the messages." },
	{ "after", KEY_DURATION, offsetof(struct config_notify, after), .fallback = "1m", .min = 0,
	  .max = DAY, .help = "How long trouble must last before it is told." },
	KEY_END,
};

static const struct key log_keys[] = {
	{ "level", KEY_LEVEL, offsetof(struct config, log_level), .fallback = "info",
	  .help = "error, warning, notice, info or debug." },
	KEY_END,
};

static const struct key root_keys[] = {
	{ "warehouse", KEY_SECTION, offsetof(struct config, warehouse), .keys = warehouse_keys,
	  .help = "The PostgreSQL database." },
	{ "workspaces", KEY_LIST, offsetof(struct config, workspaces),
	  .also = offsetof(struct config, n_workspaces), .keys = workspace_keys,
	  .size = sizeof(struct workspace_conf), .help = "The workspaces to mirror." },
	{ "http", KEY_SECTION, offsetof(struct config, http), .keys = http_keys,
	  .help = "How the API is reached." },
	{ "privacy", KEY_SECTION, offsetof(struct config, privacy), .keys = privacy_keys,
	  .help = "Which personal data of contacts is kept." },
	{ "retention", KEY_SECTION, offsetof(struct config, retention), .keys = retention_keys,
	  .help = "How long records are kept." },
	{ "metrics", KEY_SECTION, offsetof(struct config, metrics), .keys = metrics_keys,
	  .help = "Where metrics are shown." },
	{ "metabase", KEY_SECTION, offsetof(struct config, metabase), .keys = metabase_keys,
	  .optional = true, .help = "Where dashboards go." },
	{ "notify", KEY_SECTION, offsetof(struct config, notify), .keys = notify_keys,
	  .optional = true, .help = "Where trouble is announced." },
	{ "include", KEY_TEXT, offsetof(struct config, include),
	  .help = "Other files that belong to this one, such as conf.d/*.yaml." },
	{ "log", KEY_SECTION, 0, .keys = log_keys, .help = "Which messages are logged." },
	KEY_END,
};

/* ---- reading --------------------------------------------------------- */

const char *config_default_path(void)
{
	const char *path = getenv("SAHUT_ETL_CONFIG");

	return path && *path ? path : SYSCONFDIR "/sahut-etl/sahut-etl.yaml";
}

/* The key becomes the header that carries it; the section privacy holds for each workspace. */
static void complete(const struct config *config, struct workspace_conf *workspace)
{
	char *key = workspace->auth;

	workspace->keep_name = config->privacy.keep_name;
	workspace->keep_phone = config->privacy.keep_phone;
	workspace->codes_agents = config->privacy.agent_name == 1;
	if (!key)
		return;
	workspace->auth = mem_new(strlen(key) + sizeof("Authorization: Bearer "));
	snprintf(workspace->auth, strlen(key) + sizeof("Authorization: Bearer "),
		 "Authorization: Bearer %s", key);
	mem_free_secret(&key);
}

/* A key is one word: words before it belong to the header, and are put there. */
static void check_keys(struct config_reader *in, const struct config *config)
{
	for (size_t i = 0; i < config->n_workspaces; i++) {
		const struct workspace_conf *workspace = &config->workspaces[i];
		const char *key =
			workspace->auth ? workspace->auth + strlen("Authorization: Bearer ") : "";

		if (strpbrk(key, " \t"))
			config_reader_complain(
				in, NULL, "workspaces",
				"the key of %s has a blank in it: the file must hold "
				"the key alone, without \"Bearer\"",
				workspace->name);
	}
	if (config->http.proxy && strchr(config->http.proxy, '@'))
		config_reader_complain(in, NULL, "http.proxy",
				       "a user and a password do not belong here; put them into a "
				       "file, as user:password, and name that as proxy_login_file");
}

static void check_password(struct config_reader *in, const struct config *config)
{
	const char *command = config->warehouse.password_command;

	if (command && command[0] != '/')
		config_reader_complain(in, NULL, "warehouse.password_command",
				       "it must begin with the program's whole path");
}

/* The URL is a secret, so that the complaint does not show it. */
static void check_notify(struct config_reader *in, const struct config *config)
{
	struct err ignored;

	if (config->notify.url && !http_url_allowed(config->notify.url, &ignored))
		config_reader_complain(in, NULL, "notify.url_file",
				       "the file must hold a URL, which begins with https://, or "
				       "with http:// to this machine");
}

static void check_names(struct config_reader *in, const struct config *config)
{
	for (size_t i = 0; i < config->n_workspaces; i++)
		for (size_t j = 0; j < i; j++)
			if (config->workspaces[i].name && config->workspaces[j].name &&
			    strcmp(config->workspaces[i].name, config->workspaces[j].name) == 0)
				config_reader_complain(in, NULL, "workspaces",
						       "two are called \"%s\"",
						       config->workspaces[i].name);
}

static void check_attributes(struct config_reader *in, const struct config *config)
{
	for (size_t i = 0; i < config->n_workspaces; i++)
		for (size_t j = 0; j < i; j++)
			attributes_agree(in, &config->workspaces[j], &config->workspaces[i]);
}

/* Two programs cannot listen at one place: metrics are asked for by others than events. */
static void check_listen(struct config_reader *in, const struct config *config)
{
	for (size_t i = 0; i < config->n_workspaces; i++) {
		const char *listen = config->workspaces[i].webhook.listen;

		if (listen && config->metrics.listen && strcmp(listen, config->metrics.listen) == 0)
			config_reader_complain(in, NULL, "workspaces",
					       "webhook.listen of %s is where metrics are shown; "
					       "it must be another port",
					       config->workspaces[i].name);
	}
}

static struct config *read_all(const char *path, const char *section, struct buf *shown,
			       char **complaints, struct err *err)
{
	struct config *config = mem_new(sizeof(*config));
	struct config_reader in = { .complaints = BUF_MAX(LONGEST_FILE),
				    .secrets = section,
				    .shown = shown };
	const struct yaml *root;

	*complaints = NULL;
	config->arena = in.arena = arena_new();
	config->path = in.path = arena_dup(config->arena, path);
	root = config_file_read(&in, err);
	if (!root) {
		config_free(&config);
		return NULL;
	}
	config_reader_section(&in, root_keys, root, "", config);
	for (size_t i = 0; i < config->n_workspaces; i++)
		complete(config, &config->workspaces[i]);
	check_names(&in, config);
	check_notify(&in, config);
	check_keys(&in, config);
	check_attributes(&in, config);
	check_password(&in, config);
	check_listen(&in, config);
	if (in.n_complaints > 0) {
		err_set(err, ERR_CONFIG, "%s has %d error%s", path, in.n_complaints,
			in.n_complaints == 1 ? "" : "s");
		*complaints = mem_text(in.complaints.data, in.complaints.len);
		config_free(&config);
	}
	buf_free(&in.complaints);
	return config;
}

struct config *config_read(const char *path, char **complaints, struct err *err)
{
	return config_read_part(path, NULL, complaints, err);
}

struct config *config_read_part(const char *path, const char *section, char **complaints,
				struct err *err)
{
	return read_all(path, section, NULL, complaints, err);
}

bool config_show(const char *path, struct buf *shown, char **complaints, struct err *err)
{
	struct config *config = read_all(path, "", shown, complaints, err);
	bool ok = config != NULL;

	config_free(&config);
	return ok;
}

void config_free(struct config **config)
{
	if (!*config)
		return;
	config_reader_wipe(root_keys, *config);
	arena_free(&(*config)->arena);
	mem_free(config);
}

bool config_same_cycle(const struct workspace_conf *a, const struct workspace_conf *b)
{
	return config_reader_same(workspace_keys, a, b);
}

bool config_same_connections(const struct config *a, const struct config *b)
{
	return config_reader_same(warehouse_keys, &a->warehouse, &b->warehouse) &&
	       config_reader_same(http_keys, &a->http, &b->http) &&
	       config_reader_same(privacy_keys, &a->privacy, &b->privacy);
}

static void not_found(const struct config *config, const char *name, struct err *err)
{
	struct nearest nearest = nearest_to(name);
	char shown[200];

	for (size_t i = 0; i < config->n_workspaces; i++)
		nearest_try(&nearest, config->workspaces[i].name);
	err_set(err, ERR_USAGE, "%s has no workspace \"%s\"; %s %s%s", config->path,
		err_quote(shown, sizeof(shown), name, strlen(name)),
		nearest.found ? "did you mean" : "its first is",
		nearest.found ? nearest.found : config->workspaces[0].name,
		nearest.found ? "?" : "");
}

const struct workspace_conf *config_find(const struct config *config, const char *name,
					 struct err *err)
{
	if (!name && config->n_workspaces == 1)
		return &config->workspaces[0];
	for (size_t i = 0; name && i < config->n_workspaces; i++)
		if (strcmp(config->workspaces[i].name, name) == 0)
			return &config->workspaces[i];
	if (name)
		not_found(config, name, err);
	else
		err_set(err, ERR_USAGE, "%s has several workspaces; name one with -w",
			config->path);
	return NULL;
}
