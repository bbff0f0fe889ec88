/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "atomic_file.h"
#include "err.h"
#include "health.h"
#include "httpd.h"
#include "json.h"
#include "pg.h"

/* Where a metric's number stands, or how it is found. */
enum source {
	SOURCE_PROCESS,	  /* at `offset` in struct metrics */
	SOURCE_WORKSPACE, /* at `offset` in struct numbers */
	SOURCE_BUILD,	  /* these are worked out */
	SOURCE_HEALTH,
	SOURCE_CPU,
	SOURCE_RSS,
	SOURCE_FDS,
};

/* The unit of the number. */
enum unit {
	UNIT_PLAIN,
	UNIT_SECONDS, /* microseconds, shown as seconds; an instant that is not known is left out */
};

/* A label whose values are numbered: an array of that length stands at the offset. */
struct label {
	const char *key;
	const char *(*name)(int value);
	int n;
};

static const char *kind_name(int kind)
{
	return cycle_kind((enum cycle_kind)kind)->name;
}

static const struct label by_kind = { "kind", kind_name, CYCLE_SCHEDULED };
static const struct label by_outcome = { "outcome", stats_outcome_name, STATS_OUTCOMES };
static const struct label by_exception = { "exception", stats_exception_name, EXCEPTIONS };
static const struct label by_event = { "outcome", stats_event_name, STATS_EVENTS };
static const struct label by_row = { "change", stats_row_name, STATS_ROWS };

static const struct metric {
	const char *name, *type, *help;
	enum source source;
	size_t offset;
	enum unit unit;
	const struct label *first, *second;
} table[] = {
	{ "sahut_etl_build_info", "gauge", "The versions of the program and of its libraries; 1.",
	  SOURCE_BUILD, 0, UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_start_time_seconds", "gauge", "When the process began.", SOURCE_PROCESS,
	  offsetof(struct metrics, started), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_warehouse_up", "gauge", "Whether the warehouse answers.", SOURCE_PROCESS,
	  offsetof(struct metrics, warehouse), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_warehouse_connections_total", "counter",
	  "Times that the warehouse was connected to.", SOURCE_PROCESS,
	  offsetof(struct metrics, connected), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_asleep_until_timestamp_seconds", "gauge",
	  "Until when the warehouse is left alone; left out where it is not.", SOURCE_PROCESS,
	  offsetof(struct metrics, asleep_until), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_config_last_reload_successful", "gauge",
	  "Whether the configuration that was read last is in force.", SOURCE_PROCESS,
	  offsetof(struct metrics, reload_ok), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_config_last_reload_success_timestamp_seconds", "gauge",
	  "Since when the configuration that is in force is.", SOURCE_PROCESS,
	  offsetof(struct metrics, reload_at), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_notifications_sent_total", "counter", "Messages of notify that were posted.",
	  SOURCE_PROCESS, offsetof(struct metrics, notified), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_notifications_failed_total", "counter",
	  "Messages of notify that could not be posted; they are tried again.", SOURCE_PROCESS,
	  offsetof(struct metrics, notify_failed), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_workspace_held", "gauge",
	  "Whether this process works on the workspace; a standby does not.", SOURCE_WORKSPACE,
	  offsetof(struct stats, held), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_workspace_healthy", "gauge",
	  "Whether the workspace is neither failing nor late.", SOURCE_HEALTH, 0, UNIT_PLAIN, NULL,
	  NULL },
	{ "sahut_etl_paused_timestamp_seconds", "gauge",
	  "Since when a person has paused the workspace; left out where nobody has.",
	  SOURCE_WORKSPACE, offsetof(struct stats, paused), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_cycle_running", "gauge", "Whether a cycle runs.", SOURCE_WORKSPACE,
	  offsetof(struct stats, running), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_consecutive_failures", "gauge", "Cycles in a row that went wrong.",
	  SOURCE_WORKSPACE, offsetof(struct stats, failures), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_report_failures", "gauge",
	  "Times in a row that the days of reports could not be computed.", SOURCE_WORKSPACE,
	  offsetof(struct stats, report_failures), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_complete_timestamp_seconds", "gauge",
	  "Every change up to this instant of the API's is in the warehouse.", SOURCE_WORKSPACE,
	  offsetof(struct stats, complete_as_of), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_active_timestamp_seconds", "gauge",
	  "Every change of conversations that are not resolved up to this instant is.",
	  SOURCE_WORKSPACE, offsetof(struct stats, active_as_of), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_certified_timestamp_seconds", "gauge",
	  "The start of the last full sweep that was proven complete.", SOURCE_WORKSPACE,
	  offsetof(struct stats, certified_at), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_last_attempt_timestamp_seconds", "gauge",
	  "When a cycle of the kind last began.", SOURCE_WORKSPACE, offsetof(struct stats, attempt),
	  UNIT_SECONDS, &by_kind, NULL },
	{ "sahut_etl_last_success_timestamp_seconds", "gauge",
	  "When a cycle of the kind last ended well.", SOURCE_WORKSPACE,
	  offsetof(struct stats, success), UNIT_SECONDS, &by_kind, NULL },
	{ "sahut_etl_next_timestamp_seconds", "gauge", "When a cycle of the kind is due next.",
	  SOURCE_WORKSPACE, offsetof(struct stats, next), UNIT_SECONDS, &by_kind, NULL },
	{ "sahut_etl_schedule_interval_seconds", "gauge",
	  "How often a cycle of the kind is to be done.", SOURCE_WORKSPACE,
	  offsetof(struct stats, interval), UNIT_SECONDS, &by_kind, NULL },
	{ "sahut_etl_last_cycle_duration_seconds", "gauge",
	  "How long the last cycle of the kind took.", SOURCE_WORKSPACE,
	  offsetof(struct stats, took), UNIT_SECONDS, &by_kind, NULL },
	{ "sahut_etl_cycles_total", "counter", "Cycles that ended.", SOURCE_WORKSPACE,
	  offsetof(struct stats, cycles), UNIT_PLAIN, &by_kind, &by_outcome },
	{ "sahut_etl_requests_total", "counter", "Requests sent, repeated ones included.",
	  SOURCE_WORKSPACE, offsetof(struct stats, requests), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_requests_retried_total", "counter", "Requests sent again after a failure.",
	  SOURCE_WORKSPACE, offsetof(struct stats, retried), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_requests_throttled_total", "counter", "Answers 429.", SOURCE_WORKSPACE,
	  offsetof(struct stats, throttled), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_pages_total", "counter", "List pages read.", SOURCE_WORKSPACE,
	  offsetof(struct stats, pages), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_conversation_changes_total", "counter",
	  "Findings of cycles: new, changed, deleted or rejected conversations, late arrivals, and "
	  "silent edits.",
	  SOURCE_WORKSPACE, offsetof(struct stats, rows), UNIT_PLAIN, &by_row, NULL },
	{ "sahut_etl_webhook_events_total", "counter",
	  "Events of webhooks: kept, repeated, empty (about nothing), or refused (signature).",
	  SOURCE_WORKSPACE, offsetof(struct stats, events), UNIT_PLAIN, &by_event, NULL },
	{ "sahut_etl_webhook_last_event_timestamp_seconds", "gauge",
	  "When an event of a webhook was taken last.", SOURCE_WORKSPACE,
	  offsetof(struct stats, event_at), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_webhook_delay_seconds", "gauge",
	  "From the oldest event to its conversation's row, in the last cycle that events began.",
	  SOURCE_WORKSPACE, offsetof(struct stats, event_delay), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_webhook_unspoken_changes", "gauge",
	  "Changes that cycles have found since the last event came, when that is suspicious.",
	  SOURCE_WORKSPACE, offsetof(struct stats, unspoken), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_messages_total", "counter", "Messages that were read for the first time.",
	  SOURCE_WORKSPACE, offsetof(struct stats, messages), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_conversations", "gauge", "Conversations held that are not deleted.",
	  SOURCE_WORKSPACE, offsetof(struct stats, live), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_count_differences", "gauge",
	  "Parts of the workspace in which the last verify or repair left the counts different.",
	  SOURCE_WORKSPACE, offsetof(struct stats, differences), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_uncertified_sweeps", "gauge",
	  "Full sweeps in a row that could not be proven complete.", SOURCE_WORKSPACE,
	  offsetof(struct stats, uncertified), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_proven", "gauge",
	  "Whether completeness is proven, known exceptions apart; 0 while loading, and where it "
	  "was never "
	  "proven or is not any more.",
	  SOURCE_WORKSPACE, offsetof(struct stats, proven), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_rejected_items", "gauge",
	  "Items that could not be loaded and hold the instants.", SOURCE_WORKSPACE,
	  offsetof(struct stats, holding), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_exceptions", "gauge",
	  "Known exceptions to the proof: accepted items, unlisted conversations, and those whose "
	  "deletion is not believed.",
	  SOURCE_WORKSPACE, offsetof(struct stats, exceptions), UNIT_PLAIN, &by_exception, NULL },
	{ "sahut_etl_beyond_depth", "gauge",
	  "Conversations that lie deeper than the pages of the list go.", SOURCE_WORKSPACE,
	  offsetof(struct stats, beyond), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_order_proven", "gauge", "Whether the order of the list is known.",
	  SOURCE_WORKSPACE, offsetof(struct stats, order), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_deletion_fuse_blown", "gauge",
	  "Whether the last cycle found more deletions than it believed.", SOURCE_WORKSPACE,
	  offsetof(struct stats, fuse), UNIT_PLAIN, NULL, NULL },
	{ "sahut_etl_lookback_seconds", "gauge",
	  "How late a change may become visible at the API; grows when later ones are seen.",
	  SOURCE_WORKSPACE, offsetof(struct stats, lookback), UNIT_SECONDS, NULL, NULL },
	{ "sahut_etl_quota_requests_per_minute", "gauge",
	  "Requests a minute that the quota leaves us.", SOURCE_WORKSPACE,
	  offsetof(struct stats, usable), UNIT_PLAIN, NULL, NULL },
	{ "process_cpu_seconds_total", "counter", "Processor time used, in user and system mode.",
	  SOURCE_CPU, 0, UNIT_SECONDS, NULL, NULL },
	{ "process_resident_memory_bytes", "gauge", "Resident memory.", SOURCE_RSS, 0, UNIT_PLAIN,
	  NULL, NULL },
	{ "process_open_fds", "gauge", "Open file descriptors.", SOURCE_FDS, 0, UNIT_PLAIN, NULL,
	  NULL },
};

/* ---- computed numbers --------------------------------------------------- */

static int64_t cpu_time(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return TIME_NONE;
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * USEC_PER_SEC +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static int64_t resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long long pages = -1;

	if (!file)
		return TIME_NONE;
	if (fscanf(file, "%*d %lld", &pages) != 1)
		pages = -1;
	fclose(file);
	return pages < 0 ? TIME_NONE : pages * sysconf(_SC_PAGESIZE);
}

static int64_t open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int64_t n = -3; /* ".", "..", and the one that is read here */

	if (!dir)
		return TIME_NONE;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* ---- the text ----------------------------------------------------------- */

static void put_label(struct buf *out, char *separator, const char *key, const char *value)
{
	buf_printf(out, "%c%s=\"", *separator, key);
	for (const char *p = value; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_char(out, '\\');
		if (*p == '\n')
			buf_str(out, "\\n");
		else
			buf_char(out, *p);
	}
	buf_char(out, '"');
	*separator = ',';
}

static void put_value(struct buf *out, const struct metric *m, int64_t value)
{
	if (m->unit == UNIT_SECONDS)
		buf_printf(out, " %" PRId64 ".%06d\n", value / USEC_PER_SEC,
			   (int)(value % USEC_PER_SEC));
	else
		buf_printf(out, " %" PRId64 "\n", value);
}

static void put_sample(struct buf *out, const struct metric *m, const char *workspace,
		       int64_t value)
{
	char separator = '{';

	if (value == TIME_NONE || value == TIME_NEVER)
		return;
	buf_str(out, m->name);
	if (workspace) {
		put_label(out, &separator, "workspace", workspace);
		buf_char(out, '}');
	}
	put_value(out, m, value);
}

/* One for each value of its labels. */
static void put_samples(struct buf *out, const struct metric *m, const char *workspace,
			const int64_t *values)
{
	int inner = m->second ? m->second->n : 1;

	for (int i = 0; i < m->first->n * inner; i++) {
		char separator = '{';

		if (values[i] == TIME_NONE || values[i] == TIME_NEVER)
			continue;
		buf_str(out, m->name);
		put_label(out, &separator, "workspace", workspace);
		put_label(out, &separator, m->first->key, m->first->name(i / inner));
		if (m->second)
			put_label(out, &separator, m->second->key, m->second->name(i % inner));
		buf_char(out, '}');
		put_value(out, m, values[i]);
	}
}

static void put_workspaces(struct buf *out, const struct metric *m, const struct metrics *metrics,
			   int64_t now)
{
	for (size_t i = 0; i < metrics->n; i++) {
		const struct stats *n = metrics->stats[i];
		const int64_t *values = (const int64_t *)((const char *)n + m->offset);

		if (m->source == SOURCE_HEALTH)
			put_sample(out, m, n->name, !health_is_bad(health_of(n, now)));
		else if (m->first)
			put_samples(out, m, n->name, values);
		else
			put_sample(out, m, n->name, *values);
	}
}

static void put_build(struct buf *out)
{
	char separator = '{', pq[16];

	snprintf(pq, sizeof(pq), "%d.%d", pg_library_version() / 10000,
		 pg_library_version() % 10000);
	buf_str(out, "sahut_etl_build_info");
	put_label(out, &separator, "version", PACKAGE_VERSION);
	put_label(out, &separator, "libpq", pq);
	put_label(out, &separator, "json_c", json_library());
	put_label(out, &separator, "libmicrohttpd", httpd_library());
	buf_str(out, "} 1\n");
}

static void put_metric(struct buf *out, const struct metric *m, const struct metrics *metrics,
		       int64_t now)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, m->type);
	switch (m->source) {
	case SOURCE_BUILD:
		put_build(out);
		break;
	case SOURCE_PROCESS:
		put_sample(out, m, NULL, *(const int64_t *)((const char *)metrics + m->offset));
		break;
	case SOURCE_CPU:
		put_sample(out, m, NULL, cpu_time());
		break;
	case SOURCE_RSS:
		put_sample(out, m, NULL, resident());
		break;
	case SOURCE_FDS:
		put_sample(out, m, NULL, open_files());
		break;
	default:
		put_workspaces(out, m, metrics, now);
		break;
	}
}

void metrics_write(const struct metrics *metrics, int64_t now, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		put_metric(out, &table[i], metrics, now);
}

const char *metrics_content_type(void)
{
	return "text/plain; version=0.0.4; charset=utf-8";
}

/* ---- the file ----------------------------------------------------------- */

bool metrics_save(const struct metrics *metrics, const char *path, int64_t now, struct err *err)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(16u << 20);

	metrics_write(metrics, now, &text);
	/* node_exporter reads as another user; there is nothing secret in it. */
	return atomic_file_publish(path, &text, err);
}
