/* SPDX-License-Identifier: MIT */
/*
 * state_json.h -- Writes the state of a workspace as JSON, and reads it.
 *
 * The warehouse keeps it as jsonb, so that an administrator can read it and
 * a later version can add to it: a key that is missing reads as its
 * beginning, one that is not known is ignored.
 */
#ifndef STATE_JSON_H
#define STATE_JSON_H

#include "buf.h"
#include "json.h"
#include "table.h"
#include "workspace_state.h"

/* Adds the instants, the order and its evidence: the columns of sahut_etl.workspace. */
void state_json_write_workspace(struct buf *out, const struct workspace_state *state);

/* Adds the evidence alone. */
void state_json_write_evidence(struct buf *out, const struct evidence *evidence);

/* Reads it. A member that cannot be read stays zero. */
void state_json_read_evidence(const struct json_at *at, struct evidence *evidence);

/* Adds the position of a full sweep. */
void state_json_write_position(struct buf *out, const struct full_state *full);

/* Reads it. False when it is not complete enough to go on from; the sweep then begins anew. */
bool state_json_read_position(const struct json_at *at, struct full_state *full) MUST_CHECK;

/* Reads the columns that sql/warehouse/load.sql answers, all but the texts above. */
void state_json_read_row(const struct table *table, struct workspace_state *state);

/* How far a workspace is proven: the columns of the view sahut_etl.proof, where they are told. */
struct standing state_json_standing(const struct table *table) MUST_CHECK;

#endif
