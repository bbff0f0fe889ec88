/* SPDX-License-Identifier: MIT */
/*
 * attributes.h -- Reads the fields of conversations that become columns.
 */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include "config_reader.h"
#include "workspace_conf.h"

/*
 * A reader for the table of keys (config_reader.h, KEY_OWN):
 * [{name: order_no, path: custom_attributes.order_no, type: text}, ...] into
 * a struct workspace_attributes. NODE may be NULL: none.
 */
void attributes_read(struct config_reader *in, const struct yaml *node, const char *where,
		     void *attributes);

/* Complains about one name that has two types in two workspaces: it is one column. */
void attributes_agree(struct config_reader *in, const struct workspace_conf *a,
		      const struct workspace_conf *b);

#endif
