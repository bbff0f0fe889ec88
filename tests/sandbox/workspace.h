/* SPDX-License-Identifier: MIT */
/*
 * workspace.h -- Holds all that belongs to one key.
 *
 * A world with its views and changes, the settings that it is served with, and
 * the counts of its requests. The members are for the modules that serve it
 * (api, control and their parts).
 */
#ifndef WORKSPACE_H
#define WORKSPACE_H

#include "base.h"
#include "calendar.h"
#include "chance.h"
#include "changes.h"
#include "drift.h"
#include "err.h"
#include "event_loop.h"
#include "fault.h"
#include "json.h"
#include "settings.h"
#include "stats.h"
#include "talk.h"
#include "views.h"
#include "webhooks.h"
#include "window.h"
#include "world.h"

/* A total that was told. */
struct workspace_told {
	int64_t at; /* 0: none was */
	struct views_filter filter;
	uint32_t total;
};

/* Totals of so many lists are kept. */
#define WORKSPACE_TOLD 64

struct workspace {
	struct settings settings;
	struct calendar *calendar; /* all workspaces have the same */
	struct world *world;
	struct views *views;
	struct changes *changes;
	struct talk *talk;
	struct webhooks *webhooks;
	struct chance chance;
	struct faults faults;
	struct window quota; /* requests that were let in */
	struct stats stats;
	struct json_reader *reader;
	struct event_loop_source *ticker; /* of drift by the second */
	int64_t ticked;
	double owed; /* the fraction of a change that is still to come */
	struct workspace_told told[WORKSPACE_TOLD];
};

/* The things that all workspaces share, and that outlive them. */
struct workspace_means {
	struct event_loop *loop;
	struct http *http; /* sends the events of webhooks */
	struct calendar *calendar;
};

/* Makes a workspace and its world. */
struct workspace *workspace_new(const struct workspace_means *means,
				const struct settings *settings) MUST_CHECK;

/* Frees it and all that belongs to it. */
void workspace_free(struct workspace **workspace);

/* Lets the changes that are due become visible. */
void workspace_catch_up(struct workspace *workspace);

/* Takes other settings over, of which only those may differ that can be changed. */
void workspace_configure(struct workspace *workspace, const struct settings *settings);

/* Makes as many changes by chance as are expected before a list. */
void workspace_drift_before_list(struct workspace *workspace);

/* Makes a change that becomes visible LATE seconds from now. */
void workspace_change(struct workspace *workspace, const struct change *change, int64_t late);

/* A conversation is updated and stays as it is, as by a message; visible LATE seconds from now. */
void workspace_touch(struct workspace *workspace, uint32_t number, int64_t late);

/* The JSON of a request's body; the caller frees it. NULL with ERR_DATA. */
struct json *workspace_parse(struct workspace *workspace, const char *body, size_t n,
			     struct err *err) MUST_CHECK;

#endif
