/* SPDX-License-Identifier: MIT */
/*
 * metrics.h -- Formats the metrics for Prometheus.
 *
 * One table has every metric's name, type, help and labels, and where its
 * number stands; the exposition and sahut-etl-metrics(7) are checked against
 * it. Label values come from the configuration and from lists in this program,
 * never from the API.
 */
#ifndef METRICS_H
#define METRICS_H

#include "buf.h"
#include "stats.h"

struct metrics {
	int64_t started;       /* when the process began, by the calendar */
	int64_t warehouse;     /* 1: it answers */
	int64_t connected;     /* how often it was connected to */
	int64_t asleep_until;  /* it is left alone until then; TIME_NONE: it is not */
	int64_t reload_ok;     /* 1: the configuration that was read last is in force */
	int64_t reload_at;     /* since when the one in force is */
	int64_t notified;      /* messages that were posted, */
	int64_t notify_failed; /* and that could not be */
	struct stats **stats;  /* of the workspaces */
	size_t n;
};

/* The text format 0.0.4. NOW is by the calendar. */
void metrics_write(const struct metrics *metrics, int64_t now, struct buf *out);

/* The Content-Type that goes with it. */
const char *metrics_content_type(void) MUST_CHECK;

/*
 * Writes the exposition into a file for node_exporter's textfile collector: it appears whole or
 * not at all. False with ERR_SYSTEM.
 */
bool metrics_save(const struct metrics *metrics, const char *path, int64_t now,
		  struct err *err) MUST_CHECK;

#endif
