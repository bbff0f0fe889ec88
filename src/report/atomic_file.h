/* SPDX-License-Identifier: MIT */
/*
 * atomic_file.h -- Replaces a file at once, or leaves it as it was.
 */
#ifndef ATOMIC_FILE_H
#define ATOMIC_FILE_H

#include "buf.h"
#include "err.h"

/*
 * Writes TEXT to PATH: into a new file beside it, which then takes its
 * name. Only the owner and the group may read it. False with ERR_SYSTEM,
 * PATH being as it was.
 */
bool atomic_file_write(const char *path, const struct buf *text, struct err *err) MUST_CHECK;

#endif
