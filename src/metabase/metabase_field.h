/* SPDX-License-Identifier: MIT */
/*
 * metabase_field.h -- Tells Metabase about our columns.
 *
 * Metabase looks at tables by itself, some time after it was told of a
 * database, and as a reader it sees no primary key and guesses the rest from
 * names. So we wait until it has looked, and then tell it the keys and the
 * types of columns.
 */
#ifndef METABASE_FIELD_H
#define METABASE_FIELD_H

#include "metabase_object.h"

/*
 * Reads the catalogue into run->metadata. Where a column that we need is
 * missing, or the connection is FRESH, Metabase is made to look, and waited
 * for. False with ERR_UNAVAILABLE and the column's name when it does not come.
 */
bool metabase_field_await(struct metabase_run *run, bool fresh, struct err *err) MUST_CHECK;

/*
 * Sets the properties of columns that dashboards.json has: the table that a key refers to, and the
 * columns with lists of values.
 */
bool metabase_field_ensure(struct metabase_run *run, struct err *err) MUST_CHECK;

#endif
