/* SPDX-License-Identifier: MIT */
/*
 * cli_due.h -- Does for a timer the cycles that a daemon's schedule would have done by now.
 *
 * The full sweep of the night, the comparison of counts, and the repair of differences. A timer has
 * no schedule: when something was done last stands in the warehouse.
 */
#ifndef CLI_DUE_H
#define CLI_DUE_H

#include "cli_cycle.h"

/*
 * Does the cycles that are due of the workspaces whose TASKS came to a good end here; their tasks
 * are then those that were done last, and the exit status is that of the worst. False when told to
 * stop.
 */
bool cli_due_run(struct app *app, struct cli_cycle *tasks, size_t n);

#endif
