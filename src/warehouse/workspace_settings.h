/* SPDX-License-Identifier: MIT */
/*
 * workspace_settings.h -- The settings of a workspace that reports need.
 *
 * Working time, targets, and the members of a contact that are kept. They are
 * written into the warehouse when the workspace is registered; days that a
 * change makes untrue are computed again.
 */
#ifndef WORKSPACE_SETTINGS_H
#define WORKSPACE_SETTINGS_H

#include "buf.h"
#include "workspace_conf.h"

/* The names of enum workspace_messages_read in the warehouse. */
extern const char *const workspace_settings_reads[];

/* Adds it to TEXT as the JSON that sahut_etl.register() reads. */
void workspace_settings_write(struct buf *text, const struct workspace_conf *conf);

/* Adds the fields of N workspaces that are columns, as the JSON of sql/schema/attributes.sql. */
void workspace_settings_attributes(struct buf *text, const struct workspace_conf *conf, size_t n);

#endif
