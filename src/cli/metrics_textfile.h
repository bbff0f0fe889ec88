/* SPDX-License-Identifier: MIT */
/*
 * metrics_textfile.h -- Writes metrics of a command's cycles for
 * node_exporter.
 *
 * For machines where a timer starts `sync` instead of a daemon running. Where a daemon did the
 * work, the file is the daemon's.
 */
#ifndef METRICS_TEXTFILE_H
#define METRICS_TEXTFILE_H

#include "app.h"
#include "cli_cycle.h"

/*
 * Writes the file, if one is configured and the cycles were done here. Their cycles must still be
 * there. False when it cannot be written.
 */
bool metrics_textfile_write(struct app *app, const struct cli_cycle *tasks, size_t n,
			    struct err *err) MUST_CHECK;

#endif
