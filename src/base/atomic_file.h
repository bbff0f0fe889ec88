/* SPDX-License-Identifier: MIT */
/*
 * atomic_file.h -- Replaces a file at once, or leaves it as it was.
 */
#ifndef ATOMIC_FILE_H
#define ATOMIC_FILE_H

#include "buf.h"
#include "err.h"

/*
 * Writes the N bytes at P to PATH: into a new file beside it, which then takes the name, the
 * owner and the mode of the old one. Where there was none, only the owner and the group may read
 * the file. Links are followed. A device or a pipe is written into, and so is a file whose owner
 * could not be kept. False with ERR_SYSTEM; the file is then as it was, unless it was written into.
 */
bool atomic_file_write(const char *path, const char *p, size_t n, struct err *err) MUST_CHECK;

/*
 * Puts a file that everybody may read in the place of PATH, of any owner. For a file that is
 * written often and worth nothing after a crash: it is not synced to the disk.
 */
bool atomic_file_publish(const char *path, const struct buf *text, struct err *err) MUST_CHECK;

#endif
