/* SPDX-License-Identifier: MIT */
/*
 * metabase_shape.h -- Writes a part of an object as the same text, in each of
 * the forms that Metabase gives it.
 *
 * The same query comes as MBQL 4 or 5, tags and members come in any order,
 * an empty member is null or left out. So parts are compared by their shape:
 * where two shapes are equal, so are the parts. Different ones say nothing
 * yet: that is metabase_part.h's business.
 */
#ifndef METABASE_SHAPE_H
#define METABASE_SHAPE_H

#include "buf.h"
#include "json.h"

/* 64 bits in hexadecimal. */
#define METABASE_SHAPE_SIZE 17

/* The first line of each card's SQL, before the card's key: by it a card is found again. */
#define METABASE_SHAPE_MARK "-- sahut-etl card "

/* The hash of OBJECT's member PART ("place": where it lies on a dashboard). */
void metabase_shape_hash(const struct json_at *object, const char *part,
			 char to[METABASE_SHAPE_SIZE]);

/* One hash of several parts, the last of which is followed by NULL. */
void metabase_shape_whole(const struct json_at *object, const char *const *parts,
			  char to[METABASE_SHAPE_SIZE]);

/* Adds the SQL of a card, in either of the forms in which Metabase gives it. */
void metabase_shape_sql(const struct json_at *card, struct buf *out);

#endif
