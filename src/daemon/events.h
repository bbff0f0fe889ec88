/* SPDX-License-Identifier: MIT */
/*
 * events.h -- The kinds of log events, each with the id of its page in the
 * journal's catalog.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "log.h"

struct events {
	struct log_event started, stopping, cycle, cycle_failed, cycle_recovered, order_learned,
		order_demoted, fuse_blown, rejected, warehouse_lost, warehouse_back, standby,
		working, reloaded, reload_failed, schedule_tight, not_configured, retention,
		no_metrics, reports_late, database_slow, notified, notify_failed, no_webhook,
		webhook_refused, webhook_silent, clock_wrong, messages;
};

/* The table of them. */
const struct events *events_table(void) MUST_CHECK;

#endif
