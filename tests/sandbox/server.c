/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "api.h"
#include "calendar.h"
#include "control.h"
#include "httpd.h"
#include "mem.h"
#include "refusal.h"
#include "time_format.h"
#include "workspace.h"

/*
 * Bytes of the answer to an event that are read; and how long it may take, as the reference has it.
 */
#define MOST_HEARD 65536
#define PATIENCE (10 * USEC_PER_SEC)

struct server {
	struct calendar calendar;
	struct workspace **workspaces;
	int n;
	struct httpd *httpd;
	struct http *http; /* for the events of webhooks */
};

static struct workspace *find_workspace(const struct server *server, const char *key)
{
	for (int i = 0; i < server->n; i++)
		if (strcmp(server->workspaces[i]->settings.key, key) == 0)
			return server->workspaces[i];
	return NULL;
}

/* The key of an Authorization header, or NULL. */
static const char *bearer(const char *header)
{
	static const char scheme[] = "Bearer ";

	if (!header || strncasecmp(header, scheme, sizeof(scheme) - 1) != 0)
		return NULL;
	header += sizeof(scheme) - 1;
	return header + strspn(header, " ");
}

/* A request that belongs to no key is counted where a test looks first. */
static void refuse_key(struct server *server, bool malformed, struct httpd_answer *answer)
{
	struct stats *stats = &server->workspaces[0]->stats;

	stats_request(stats, ENDPOINT_OTHER, event_loop_now());
	stats_answer(stats, 401);
	if (malformed)
		refusal_set(answer, 401,
			    "the header \"Authorization: Bearer <key>\" is missing or malformed");
	else
		refusal_set(answer, 401, "this key is not known, or was revoked");
}

static void set_date(const struct workspace *ws, struct httpd_answer *answer)
{
	char text[TIME_FORMAT_SIZE];
	int64_t now;

	assert(ws); /* there is always a first one */
	now = calendar_now(ws->calendar) + ws->settings.date_skew;
	answer->no_date = answer->no_date || ws->settings.no_date;
	if (!answer->no_date)
		httpd_header(answer, "Date", "%s", time_format_http(now * USEC_PER_SEC, text));
}

static void serve_control(struct server *server, const struct httpd_request *request,
			  struct httpd_answer *answer)
{
	const char *key = httpd_query(request, "key");
	struct workspace *ws = key ? find_workspace(server, key) : server->workspaces[0];

	set_date(ws ? ws : server->workspaces[0], answer);
	if (ws)
		control_serve(ws, request, answer);
	else
		refusal_set(answer, 404, "no workspace has this key");
}

static void serve_api(struct server *server, const struct httpd_request *request,
		      struct httpd_answer *answer)
{
	const char *key = bearer(httpd_request_header(request, "Authorization"));
	struct workspace *ws = key ? find_workspace(server, key) : NULL;

	if (ws)
		api_serve(ws, request, answer);
	else
		refuse_key(server, !key, answer);
	set_date(ws ? ws : server->workspaces[0], answer);
}

static void serve(void *arg, const struct httpd_request *request, struct httpd_answer *answer)
{
	static const char control[] = "/_sandbox/";

	if (strncmp(request->path, control, sizeof(control) - 1) == 0)
		serve_control(arg, request, answer);
	else
		serve_api(arg, request, answer);
}

/* Different keys have different tags, but for one pair in millions. */
static bool check_tags(const struct options *options, struct err *err)
{
	for (int i = 0; i < options->n; i++) {
		const struct settings *a = &options->workspaces[i];

		for (int j = 0; j < i; j++) {
			const struct settings *b = &options->workspaces[j];

			if (ident_tag(a->key, (uint64_t)a->seed) ==
			    ident_tag(b->key, (uint64_t)b->seed))
				return err_set(err, ERR_CONFIG,
					       "the workspaces %s and %s would have the same ids; "
					       "give one of them another seed",
					       a->key, b->key);
		}
	}
	return true;
}

struct server *server_open(struct event_loop *loop, const struct options *options, struct err *err)
{
	struct httpd_conf conf = { .host = options->host, .port = options->port, .serve = serve };
	const struct http_conf sending = {
		.user_agent = "sahut-sandbox/" PACKAGE_VERSION,
		.max_body = MOST_HEARD,
		.connect_timeout = PATIENCE,
		.idle_timeout = PATIENCE,
		.total_timeout = PATIENCE,
		.max_connections = 16,
	};
	struct workspace_means means = { .loop = loop };
	struct server *server;

	if (!check_tags(options, err))
		return NULL;
	server = mem_new(sizeof(*server));
	server->calendar = calendar_begin(options->ago);
	means.calendar = &server->calendar;
	means.http = server->http = http_open(loop, &sending, err);
	if (!server->http) {
		server_close(&server);
		return NULL;
	}
	server->workspaces = mem_new((size_t)options->n * sizeof(*server->workspaces));
	for (; server->n < options->n; server->n++)
		server->workspaces[server->n] =
			workspace_new(&means, &options->workspaces[server->n]);
	conf.arg = server;
	server->httpd = httpd_open(loop, &conf, err);
	if (!server->httpd)
		server_close(&server);
	return server;
}

void server_close(struct server **server)
{
	struct server *s = *server;

	if (!s)
		return;
	httpd_close(&s->httpd);
	for (int i = 0; i < s->n; i++)
		workspace_free(&s->workspaces[i]);
	mem_free(&s->workspaces);
	http_close(&s->http);
	mem_free(server);
}

void server_take_answers(struct server *server)
{
	struct http_reply *reply;

	while ((reply = http_take(server->http)))
		deliveries_answered(reply);
}

int server_port(const struct server *server)
{
	return httpd_port(server->httpd);
}
