/* SPDX-License-Identifier: MIT */
#include "events.h"

const struct events *events_table(void)
{
	static const struct events events = {
		.started = { "started", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d01" },
		.stopping = { "stopping", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d02" },
		.cycle = { "cycle", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d03" },
		.messages = { "messages", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d28" },
		.cycle_failed = { "cycle_failed", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d04" },
		.order_learned = { "order_learned", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d05" },
		.order_demoted = { "order_demoted", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d06" },
		.fuse_blown = { "fuse_blown", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d07" },
		.rejected = { "rejected", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d08" },
		.warehouse_lost = { "warehouse_lost", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d09" },
		.warehouse_back = { "warehouse_back", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d0a" },
		.cycle_recovered = { "cycle_recovered", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d0b" },
		.standby = { "standby", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d0c" },
		.working = { "working", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d0d" },
		.reloaded = { "reloaded", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d0e" },
		.reload_failed = { "reload_failed", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d0f" },
		.schedule_tight = { "schedule_tight", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d10" },
		.not_configured = { "not_configured", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d11" },
		.retention = { "retention", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d12" },
		.database_slow = { "database_slow", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d21" },
		.reports_late = { "reports_late", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d20" },
		.notified = { "notified", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d22" },
		.notify_failed = { "notify_failed", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d23" },
		.webhook_refused = { "webhook_refused", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d24" },
		.webhook_silent = { "webhook_silent", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d25" },
		.no_webhook = { "no_webhook", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d26" },
		.clock_wrong = { "clock_wrong", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d27" },
		.no_metrics = { "no_metrics", "5c1f0f6de0a54b1e8a0f7a3f1b6c2d13" },
	};

	return &events;
}
