/* SPDX-License-Identifier: MIT */
#include "context.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "policy.h"

/* A reply, decompressed: a page of a hundred conversations is 40 KiB. */
#define LARGEST_REPLY (32u << 20)

/* A statement: a merge takes a fraction of a second, the count of a sweep of millions some. */
#define STATEMENT_DEADLINE (10 * 60 * USEC_PER_SEC)

bool context_fail(struct context *context, const struct err *err)
{
	fprintf(stderr, "%s: %s%s\n", context->program, err->text, policy_advice(err));
	context->exit = policy_exit(err->kind);
	return false;
}

static void take_level(struct context *context)
{
	if (!context->verbose && !context->quiet)
		context->log.level = (enum log_level)context->config->log_level;
}

bool context_config(struct context *context)
{
	return context_config_part(context, NULL);
}

bool context_config_part(struct context *context, const char *section)
{
	const char *path = context->config_path ? context->config_path : config_default_path();
	struct err err = ERR_INIT;
	char *complaints;

	context->config = config_read_part(path, section, &complaints, &err);
	if (complaints)
		fputs(complaints, stderr);
	mem_free(&complaints);
	if (!context->config)
		return context_fail(context, &err);
	take_level(context);
	return true;
}

static bool open_http(struct context *context, struct err *err)
{
	struct http_conf conf = {
		.ca_file = context->config->http.ca_file,
		.proxy = context->config->http.proxy,
		.user_agent = PACKAGE_NAME "/" PACKAGE_VERSION,
		.max_body = LARGEST_REPLY,
		.connect_timeout = 10 * USEC_PER_SEC,
		.idle_timeout = 30 * USEC_PER_SEC,
		.total_timeout = 5 * 60 * USEC_PER_SEC,
		.max_connections = 64,
	};

	context->http = http_open(context->wait, &conf, err);
	return context->http != NULL;
}

bool context_network(struct context *context, bool daemon)
{
	struct err err = ERR_INIT;

	context->wait = wait_open(daemon, &err);
	if (!context->wait || !open_http(context, &err))
		return context_fail(context, &err);
	context->json = json_reader_new();
	return true;
}

void context_adopt(struct context *context, struct config *config)
{
	context->config = config;
	mem_free(&context->cycles);
	take_level(context);
	/* Cannot fail: the workspace is there. */
	(void)!context_tracks(context);
}

bool context_renew(struct context *context)
{
	struct err err = ERR_INIT;

	decode_free(&context->decode);
	http_close(&context->http);
	if (!open_http(context, &err))
		return context_fail(context, &err);
	context_reader(context);
	return true;
}

struct pg_conf context_pg(const struct context *context, bool owner)
{
	const struct config_warehouse *warehouse = &context->config->warehouse;
	bool as_owner = owner && warehouse->owner_conninfo;

	return (struct pg_conf){
		.conninfo = as_owner ? warehouse->owner_conninfo : warehouse->conninfo,
		.password = as_owner ? NULL : warehouse->password,
		.application = PACKAGE_NAME,
		.deadline = STATEMENT_DEADLINE,
	};
}

void context_reader(struct context *context)
{
	const struct config_privacy *privacy = &context->config->privacy;
	struct item_privacy drop = { .drop_name = !privacy->keep_name,
				     .drop_phone = !privacy->keep_phone,
				     .hash_phone = privacy->hash_key != NULL };

	if (privacy->hash_key)
		sha256_key(&drop.key, privacy->hash_key, strlen(privacy->hash_key));
	if (!context->decode)
		context->decode = decode_new(&drop);
	explicit_bzero(&drop.key, sizeof(drop.key));
}

void context_name(struct context *context, const char *who)
{
	char host[64] = "";

	gethostname(host, sizeof(host) - 1);
	snprintf(context->who, sizeof(context->who), "%s on %s, process %d", who, host,
		 (int)getpid());
}

bool context_store(struct context *context, const char *who)
{
	struct pg_conf conf = context_pg(context, false);
	struct err err = ERR_INIT;

	context_name(context, who);
	context->warehouse = warehouse_open(context->wait, &conf, context->who, &err);
	if (!context->warehouse)
		return context_fail(context, &err);
	context_reader(context);
	return true;
}

void context_drop_store(struct context *context)
{
	warehouse_close(&context->warehouse);
}

struct cycle_conf context_track(const struct config_workspace *workspace)
{
	return (struct cycle_conf){
		.name = workspace->name,
		.timezone = workspace->timezone,
		.api = { .base_url = workspace->base_url, .auth = workspace->auth },
		.per_minute = (int)workspace->requests_per_minute,
		.reserve = (int)workspace->reserve,
		.max_in_flight = (int)workspace->max_in_flight,
		.lookback = workspace->lookback,
		.work = workspace->work,
	};
}

bool context_tracks(struct context *context)
{
	const struct config *config = context->config;
	const struct config_workspace *only = NULL;
	struct err err = ERR_INIT;

	if (context->workspace) {
		only = config_find(config, context->workspace, &err);
		if (!only)
			return context_fail(context, &err);
	}
	context->n_tracks = only ? 1 : config->n_workspaces;
	context->cycles = mem_new(context->n_tracks * sizeof(*context->cycles));
	for (size_t i = 0; i < context->n_tracks; i++)
		context->cycles[i] = context_track(only ? only : &config->workspaces[i]);
	return true;
}

const struct cycle_means *context_means(struct context *context)
{
	context->means = (struct cycle_means){
		.clock = context->clock,
		.http = context->http,
		.warehouse = context->warehouse,
		.decode = context->decode,
		.json = context->json,
		.log = &context->log,
	};
	return &context->means;
}

void context_close(struct context *context)
{
	mem_free(&context->cycles);
	warehouse_close(&context->warehouse);
	decode_free(&context->decode);
	json_reader_free(&context->json);
	http_close(&context->http);
	wait_close(&context->wait);
	config_free(&context->config);
}
