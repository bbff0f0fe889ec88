/* SPDX-License-Identifier: MIT */
/*
 * journal.h -- Writes log lines as entries of systemd's journal.
 *
 * A sink for log.h. The sentence becomes MESSAGE, the level PRIORITY,
 * the event's id MESSAGE_ID (the catalog has a page for each), and a field
 * "workspace" SAHUT_WORKSPACE. Only this file's .c includes sd-journal.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "log.h"

/*
 * Whether stderr is the journal's, so that entries may go there directly
 * (JOURNAL_STREAM, systemd.exec(5)).
 */
bool journal_is_stderr(void) MUST_CHECK;

/* The sink. ARG is not used. A line that the journal does not take goes to stderr. */
void journal_write(void *arg, const struct log_line *line);

#endif
