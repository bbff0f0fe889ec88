/* SPDX-License-Identifier: MIT */
#include "exporter.h"

#include <stdio.h>
#include <string.h>

#include "health.h"
#include "uri.h"

/* Collectors look every fifteen seconds or so. */
#define FILE_EVERY (5 * USEC_PER_SEC)

/* Connections that lie open and ask for nothing, however many come. */
#define MOST_QUIET 64

/* Whether all is well, with a line for each workspace. */
static void serve_health(const struct exporter *e, struct httpd_answer *answer)
{
	const struct metrics *metrics = e->metrics;
	int64_t now = clock_real(e->clock);
	bool bad = !metrics->warehouse;

	if (bad)
		buf_str(&answer->body, "the warehouse does not answer\n");
	for (size_t i = 0; i < metrics->n; i++) {
		bad = bad || health_is_bad(health_of(metrics->stats[i], now));
		health_describe(metrics->stats[i], now, &answer->body);
	}
	answer->status = bad ? 503 : 200;
}

/*
 * Whether a browser was led here by a name of somebody else's that has our address: a page of
 * theirs could read the answer. On loopback nobody needs another name than these.
 */
static bool is_misled(const struct exporter *e, const struct httpd_request *request)
{
	const char *host = httpd_request_header(request, "Host");
	char name[64];

	if (!host || !e->is_loopback)
		return false;
	snprintf(name, sizeof(name), "%.*s",
		 *host == '[' ? (int)strcspn(host + 1, "]") : (int)strcspn(host, ":"),
		 *host == '[' ? host + 1 : host);
	return !uri_is_loopback(name);
}

static void serve(void *arg, const struct httpd_request *request, struct httpd_answer *answer)
{
	const struct exporter *e = arg;
	bool get = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

	answer->content_type = "text/plain; charset=utf-8";
	if (is_misled(e, request)) {
		answer->status = 421;
		buf_str(&answer->body, "ask for localhost, or by address\n");
	} else if (!get) {
		answer->status = 405;
		httpd_header(answer, "Allow", "GET, HEAD");
	} else if (strcmp(request->path, "/metrics") == 0) {
		answer->content_type = metrics_content_type();
		metrics_write(e->metrics, clock_real(e->clock), &answer->body);
	} else if (strcmp(request->path, "/healthz") == 0) {
		serve_health(e, answer);
	} else if (strcmp(request->path, "/") == 0) {
		buf_str(&answer->body, "sahut-etl: /metrics /healthz\n");
	} else {
		answer->status = 404;
		buf_str(&answer->body, "there are /metrics and /healthz\n");
	}
}

bool exporter_listen(struct exporter *e, struct event_loop *loop, const char *listen,
		     struct err *err)
{
	struct httpd_conf conf = { .serve = serve, .arg = e, .most_quiet = MOST_QUIET };
	char host[URI_HOST_SIZE];

	if (strcmp(e->listen, listen ? listen : "") == 0)
		return true;
	exporter_close(e);
	if (!listen)
		return true;
	if (!uri_address(listen, host, &conf.port))
		return err_set(err, ERR_BUG, "metrics.listen: no address and port: %s", listen);
	conf.host = host;
	e->is_loopback = uri_is_loopback(host);
	e->httpd = httpd_open(loop, &conf, err);
	if (!e->httpd)
		return err_wrap(err, "metrics.listen");
	snprintf(e->listen, sizeof(e->listen), "%s", listen);
	return true;
}

bool exporter_save(struct exporter *e, bool changed, int64_t *when, struct err *err)
{
	int64_t now = clock_mono(e->clock);

	*when = TIME_NEVER;
	e->changed = e->changed || changed;
	if (!e->file || !e->changed)
		return true;
	if (now < e->file_at) {
		*when = e->file_at;
		return true;
	}
	e->changed = false;
	e->file_at = now + FILE_EVERY;
	return metrics_save(e->metrics, e->file, clock_real(e->clock), err);
}

void exporter_close(struct exporter *e)
{
	httpd_close(&e->httpd);
	e->listen[0] = '\0';
}
