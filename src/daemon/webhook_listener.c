/* SPDX-License-Identifier: MIT */
#include "webhook_listener.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "uri.h"

#define PATH "/webhook/"

/* An event has a conversation in it, or a message. */
#define LARGEST_EVENT ((size_t)256 << 10)

/* Connections that have not asked to the end, and how long one may be silent. */
#define MOST_WAITING 32
#define PATIENCE 10

/* One address. */
struct webhook_place {
	struct webhook_listener *listener;
	char listen[96];
	struct httpd *httpd;
};

void webhook_listener_path(const char *workspace, struct buf *out)
{
	buf_str(out, PATH);
	uri_escape(out, workspace);
}

/* The worker that takes events at this address under this path, or NULL. */
static struct worker *addressee(const struct webhook_place *place, const char *path)
{
	const struct workers *workers = place->listener->workers;

	if (strncmp(path, PATH, strlen(PATH)) != 0)
		return NULL;
	path += strlen(PATH);
	for (size_t i = 0; i < workers->n; i++) {
		struct worker *worker = workers->list[i];
		const struct workspace_conf *conf = worker_conf(worker);

		if (!worker->leaving && conf->webhook.listen &&
		    strcmp(conf->webhook.listen, place->listen) == 0 &&
		    strcmp(conf->name, path) == 0)
			return worker;
	}
	return NULL;
}

static void serve(void *arg, const struct httpd_request *request, struct httpd_answer *answer)
{
	const struct webhook_place *place = arg;
	struct worker *worker = addressee(place, request->path);
	struct inbox_event event = {
		.signature = httpd_request_header(request, WEBHOOK_SIGNATURE_HEADER),
		.body = request->body,
		.n = request->body_len,
	};

	answer->content_type = "text/plain; charset=utf-8";
	if (!worker) {
		answer->status = 404;
	} else if (strcmp(request->method, "POST") != 0) {
		answer->status = 405;
		httpd_header(answer, "Allow", "POST");
	} else if (!worker_take_event(worker, place->listener->app, &event)) {
		answer->status = 401;
		buf_str(&answer->body, "the signature is wrong or missing\n");
	}
}

/* ---- addresses --------------------------------------------------------- */

static void close_place(struct webhook_place **place)
{
	httpd_close(&(*place)->httpd);
	mem_free(place);
}

/* Whether any workspace wants events there. */
static bool is_wanted(const struct webhook_listener *listener, const char *listen)
{
	const struct app *app = listener->app;

	for (size_t i = 0; i < app->n_workspaces; i++) {
		const char *wanted = app->workspaces[i]->webhook.listen;

		if (wanted && strcmp(wanted, listen) == 0)
			return true;
	}
	return false;
}

static bool is_open(const struct webhook_listener *listener, const char *listen)
{
	for (size_t i = 0; i < listener->n; i++)
		if (strcmp(listener->places[i]->listen, listen) == 0)
			return true;
	return false;
}

static bool open_place(struct webhook_listener *listener, const char *listen, struct err *err)
{
	struct webhook_place *place = mem_new(sizeof(*place));
	struct httpd_conf conf = { .serve = serve,
				   .arg = place,
				   .most_quiet = MOST_WAITING,
				   .most_asked = LARGEST_EVENT,
				   .patience = PATIENCE };
	char host[URI_HOST_SIZE];

	place->listener = listener;
	snprintf(place->listen, sizeof(place->listen), "%s", listen);
	conf.host = host;
	if (!uri_address(listen, host, &conf.port))
		err_set(err, ERR_BUG, "no address and port: %s", listen);
	else
		place->httpd = httpd_open(listener->app->loop, &conf, err);
	if (!place->httpd) {
		mem_free(&place);
		return err_wrap(err, "webhook.listen");
	}
	listener->places =
		mem_grow(listener->places, (listener->n + 1) * sizeof(*listener->places));
	listener->places[listener->n++] = place;
	return true;
}

static void close_unwanted(struct webhook_listener *listener)
{
	size_t n = 0;

	for (size_t i = 0; i < listener->n; i++) {
		if (is_wanted(listener, listener->places[i]->listen))
			listener->places[n++] = listener->places[i];
		else
			close_place(&listener->places[i]);
	}
	listener->n = n;
}

bool webhook_listener_open(struct webhook_listener *listener, struct err *err)
{
	const struct app *app = listener->app;
	struct err other = ERR_INIT;
	bool ok = true;

	close_unwanted(listener);
	for (size_t i = 0; i < app->n_workspaces; i++) {
		const char *listen = app->workspaces[i]->webhook.listen;

		if (listen && !is_open(listener, listen))
			ok = open_place(listener, listen, ok ? err : &other) && ok;
	}
	return ok;
}

void webhook_listener_close(struct webhook_listener *listener)
{
	while (listener->n > 0)
		close_place(&listener->places[--listener->n]);
	mem_free(&listener->places);
}
