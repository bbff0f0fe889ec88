/* SPDX-License-Identifier: MIT */
/*
 * A configuration file: every value within its range, or a complaint a
 * line, each of which can be shown on a terminal.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "fuzz.h"
#include "utf8.h"

static void check_complaints(const char *path, const char *complaints)
{
	size_t lines = 0;

	while (*complaints) {
		const char *end = strchr(complaints, '\n');

		MUST(end && strncmp(complaints, path, strlen(path)) == 0);
		for (const char *p = complaints; p < end;) {
			size_t len = utf8_printable(p, (size_t)(end - p));

			MUST(len > 0);
			p += len;
		}
		lines++;
		complaints = end + 1;
	}
	MUST(lines > 0);
}

static void check_workspace(const struct workspace_conf *workspace)
{
	MUST(workspace->name && *workspace->name && workspace->base_url && workspace->timezone);
	MUST(workspace->requests_per_minute >= 1 && workspace->requests_per_minute <= 1000000);
	MUST(workspace->reserve >= 0 && workspace->reserve <= 90);
	MUST(workspace->max_in_flight >= 0 && workspace->max_in_flight <= 16);
	MUST(workspace->schedule.full >= 0 && workspace->schedule.full <= 24 * 60);
	MUST(workspace->schedule.incremental >= 5 * USEC_PER_SEC);
	MUST(workspace->lookback >= 10 * USEC_PER_SEC &&
	     workspace->lookback <= 3600 * USEC_PER_SEC);
	for (int i = 0; i < WEEK_DAYS; i++)
		for (size_t j = 0; j < workspace->business_hours.days[i].n; j++) {
			const struct work_span *span = &workspace->business_hours.days[i].spans[j];

			MUST(span->opens >= 0 && span->opens < 24 * 60);
			MUST(span->closes > span->opens && span->closes <= span->opens + 24 * 60);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[64], *complaints;
	struct config *config;
	struct err err = ERR_INIT;
	int fd = memfd_create("config", MFD_CLOEXEC);

	MUST(fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, data, n) == (ssize_t)n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* A password that nobody set, and a HOME that nobody has: only the file decides. */
	unsetenv("PGPASSWORD");
	unsetenv("PGSERVICE");
	config = config_read(path, &complaints, &err);
	if (config) {
		MUST(!complaints && config->n_workspaces > 0);
		for (size_t i = 0; i < config->n_workspaces; i++)
			check_workspace(&config->workspaces[i]);
	} else {
		MUST(err.kind == ERR_CONFIG);
		if (complaints)
			check_complaints(path, complaints);
	}
	config_free(&config);
	free(complaints);
	close(fd);
	return 0;
}
