/* SPDX-License-Identifier: MIT */
/*
 * config_file.h -- Reads the configuration's file, and joins those that it includes.
 *
 * A list (workspaces) grows by the entries of each file, in the order of
 * the files' names; any other key stands in one file only.
 */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include "config_reader.h"
#include "err.h"
#include "yaml_tree.h"

/*
 * The whole configuration as one tree, whose nodes know their files. A fault of a file that is
 * included is a complaint of IN; NULL with ERR_CONFIG when the first one cannot be read.
 */
const struct yaml *config_file_read(struct config_reader *in, struct err *err) MUST_CHECK;

#endif
