/* SPDX-License-Identifier: MIT */
/*
 * dump.h -- the whole truth about a workspace: GET /_sandbox/dump.
 */
#ifndef DUMP_H
#define DUMP_H

#include "buf.h"
#include "workspace.h"

/*
 * Writes all conversations that lists show, in their order, each with its
 * past; and those that went away.
 */
void dump_write(struct workspace *ws, struct buf *out);

#endif
