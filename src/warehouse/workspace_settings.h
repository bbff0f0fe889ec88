/* SPDX-License-Identifier: MIT */
/*
 * workspace_settings.h -- The settings of a workspace that reports need.
 *
 * When work is done, which targets it should meet, and what of a contact is
 * kept. The warehouse writes it into the warehouse when the workspace is
 * registered; the warehouse computes again what a change makes untrue.
 */
#ifndef WORKSPACE_SETTINGS_H
#define WORKSPACE_SETTINGS_H

#include "buf.h"
#include "workspace_conf.h"

/* What enum workspace_messages_read is called in the warehouse. */
extern const char *const workspace_settings_reads[];

/* Adds it to TEXT as the JSON that sahut_etl.register() reads. */
void workspace_settings_write(struct buf *text, const struct workspace_conf *conf);

#endif
