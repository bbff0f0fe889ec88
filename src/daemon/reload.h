/* SPDX-License-Identifier: MIT */
/*
 * reload.h -- Applies a changed configuration while the daemon runs.
 *
 * The new file is read whole before anything changes; with an error in it the
 * old one stays in force. Cycles and connections may go on using texts of the
 * old one, so it is kept until none does.
 */
#ifndef RELOAD_H
#define RELOAD_H

#include "app.h"

struct reload {
	struct config **retired; /* configurations that something may still use */
	size_t n;
};

enum reload_outcome {
	RELOAD_REFUSED, /* the error was said; the old one stays */
	RELOAD_DONE,	/* the app has the new one */
	RELOAD_DEEP,	/* it does, and connections have to be made anew */
};

/* Reads the file again. */
enum reload_outcome reload_config(struct reload *reload, struct app *app);

/* Nothing uses the old ones any more. */
void reload_forget(struct reload *reload);

#endif
