/* SPDX-License-Identifier: MIT */
/*
 * config.h -- Reads the configuration file into structs.
 *
 * The keys, their types, ranges and defaults stand in one table (config.c),
 * which the reader (config_reader.h) walks over the YAML tree; the manual
 * sahut-etl.yaml(5) explains each, and a lint sees to it. Defaults are texts
 * and go through the same reader as the administrator's values. Secrets are
 * read from files while the configuration is, and nowhere else.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "err.h"
#include "workspace_conf.h"

struct config_warehouse {
	const char *conninfo, *owner_conninfo, *password_file;
	const char *password_command; /* or NULL; comes before a file */
	char *password;		      /* secret; NULL without a file */
	int64_t release_when_idle;    /* 0: never */
};

struct config_http {
	const char *ca_file, *proxy, *proxy_login_file;
	char *proxy_login; /* secret; NULL without a file */
};

struct config_privacy {
	bool keep_name, keep_phone;
	int agent_name; /* 0: kept; 1: a code stands for it */
	const char *hash_key_file;
	char *hash_key; /* secret; NULL without a file */
};

struct config_retention {
	int64_t runs, rejected_items;
	int64_t agent_days; /* 0: for ever */
};

struct config_metrics {
	const char *listen;   /* address:port, or NULL */
	const char *textfile; /* or NULL */
};

struct config_database {
	const char *host, *dbname, *user, *password_file;
	char *password; /* secret; NULL without a file */
	int64_t port;
};

struct config_metabase {
	const char *url, *api_key_file;
	char *api_key; /* secret */
	struct config_database database;
};

struct config_notify {
	const char *url_file;
	char *url;     /* secret; NULL without a file */
	int format;    /* the place among its choices: an enum notice_format */
	int64_t after; /* trouble is told when it has lasted so long */
};

struct config {
	struct arena *arena;
	const char *path;
	struct config_warehouse warehouse;
	struct workspace_conf *workspaces;
	size_t n_workspaces;
	struct config_http http;
	struct config_privacy privacy;
	struct config_retention retention;
	struct config_metrics metrics;
	struct config_metabase metabase;
	struct config_notify notify;
	const char *include; /* of other files, or NULL */
	int log_level;	     /* an enum log_level */
};

/*
 * Reads the file at PATH with all secrets that it names. NULL with
 * ERR_CONFIG, and in *COMPLAINTS every error at once, a line each
 * ("file:line:column: workspaces[0].reserve: ..."), for the caller to free.
 */
struct config *config_read(const char *path, char **complaints, struct err *err) MUST_CHECK;

/*
 * The same for a command that needs only some of the secrets: only those of
 * SECTION ("warehouse") are read, and with "" none. The others stay NULL,
 * whether or not their files are there.
 */
struct config *config_read_part(const char *path, const char *section, char **complaints,
				struct err *err) MUST_CHECK;

/*
 * Adds the configuration in force to SHOWN, a line for each key: its value, and the file and line
 * that it comes from, or that it is the default. Of secrets the names of their files are shown, and
 * nothing of a password that stands in a URL or a command. False as config_read().
 */
bool config_show(const char *path, struct buf *shown, char **complaints,
		 struct err *err) MUST_CHECK;

/* Frees it; secrets are wiped first. */
void config_free(struct config **config);

/*
 * The workspace of that name; the only one there is for NULL. NULL with
 * ERR_USAGE when it is not clear which.
 */
const struct workspace_conf *config_find(const struct config *config, const char *name,
					 struct err *err) MUST_CHECK;

/* Whether a cycle that runs may go on when the workspace is configured as B instead of A. */
bool config_same_cycle(const struct workspace_conf *a, const struct workspace_conf *b) MUST_CHECK;

/* Whether connections that were made by A are those that B asks for; see reload.h. */
bool config_same_connections(const struct config *a, const struct config *b) MUST_CHECK;

/* The file to read when the command line names none: $SAHUT_ETL_CONFIG, or the one in /etc. */
const char *config_default_path(void) MUST_CHECK;

#endif
