/* SPDX-License-Identifier: MIT */
/*
 * exporter.h -- Serves the metrics over HTTP, and writes them to a file.
 *
 * /metrics is for Prometheus; /healthz answers yes or no, and the reason. Both
 * are served from the waiting point, out of memory, without a query. The file
 * is written after cycles, at most every few seconds.
 */
#ifndef EXPORTER_H
#define EXPORTER_H

#include "clock.h"
#include "httpd.h"
#include "metrics.h"

struct exporter {
	struct metrics *metrics; /* the owner's, as are the next two */
	const struct clock *clock;
	const char *file; /* NULL: none */

	struct httpd *httpd;
	char listen[96]; /* where; "": nowhere */
	bool is_loopback;
	int64_t file_at; /* monotonic: when it may be written again */
	bool changed;
};

/*
 * Listens at LISTEN ("127.0.0.1:9797", or NULL: nowhere), if it does not
 * already. False when that is not possible.
 */
bool exporter_listen(struct exporter *exporter, struct event_loop *loop, const char *listen,
		     struct err *err) MUST_CHECK;

/*
 * Writes the file, if something has CHANGED since. *WHEN is when to call again, TIME_NEVER: when
 * something has. False when it cannot be written.
 */
bool exporter_save(struct exporter *exporter, bool changed, int64_t *when,
		   struct err *err) MUST_CHECK;

/* Stops listening. */
void exporter_close(struct exporter *exporter);

#endif
