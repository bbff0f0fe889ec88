/* SPDX-License-Identifier: MIT */
/*
 * item.h -- Reads one conversation from JSON into a struct.
 *
 * Strict about types, generous about novelty (sahut-api.md, "A conversation"):
 * id, status and created_at must be there; anything else may be missing or
 * null. A field that no column knows goes to `extra`. So do the fields of the
 * channel, the assignee and the team that no column knows, each under its
 * object's name. Those of the contact go to the contact's own extra, which is
 * kept where personal data is, and nothing of a contact goes anywhere else. A
 * contact without an id has no row of its own there: it gets one that is named
 * after the conversation ("conversation:conv_1").
 */
#ifndef ITEM_H
#define ITEM_H

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "err.h"
#include "hmac.h"
#include "json.h"

/* A conversation. Texts are UTF-8 without U+0000; NULL is "missing or null". */
struct item {
	const char *id, *status;
	const char *channel_id, *channel_type, *channel_name;
	const char *contact_id, *contact_name, *contact_phone;
	const char *contact_extra;	/* JSON */
	const unsigned char *phone_key; /* HMAC_SIZE bytes; NULL without a phone or a secret */
	const char *contact_row;	/* names its row where the contact has content, but no id */
	const char *assignee_id, *assignee_name;
	const char *team_id, *team_name;
	const char *const *labels; /* in byte order, each once; */
	size_t n_labels;	   /* stands behind them, see ITEM_TEXTS */
	int64_t created_at;	   /* TIME_NONE only of an item that could not be read */
	int64_t updated_at;	   /* TIME_NONE when missing */
	const char *extra;	   /* JSON: the members that no field above holds */
};

/*
 * The columns that a conversation is held in: the struct's members, by the names that
 * they have in the warehouse. Staging and comparing go by this table.
 */
enum item_type {
	ITEM_TEXT,  /* const char * */
	ITEM_TIME,  /* int64_t */
	ITEM_TEXTS, /* const char *const *, and how many in the size_t behind it */
	ITEM_JSON,  /* const char * */
};

struct item_column {
	const char *name;
	enum item_type type;
	size_t offset;
};

/* The table; *N columns. */
const struct item_column *item_columns(size_t *n) MUST_CHECK;

/* The members of a contact that are not kept, and the hash that replaces its phone. */
struct item_privacy {
	bool drop_name, drop_phone;
	bool hash_phone; /* with KEY, also of a phone that is not kept */
	struct hmac_key key;
};

/* Buffers of the reader, made once and used for every item. */
struct item_reader {
	struct item_privacy privacy;
	struct arena *arena;	/* for texts that are put together; the caller resets it */
	struct buf extra, rest; /* private */
};

/* Frees its buffers; the arena stays the caller's. */
void item_reader_free(struct item_reader *reader);

/*
 * Reads the item at AT. The texts belong to the JSON tree and the arena.
 * False with ERR_DATA and the path of the first thing that is wrong.
 */
bool item_read(struct item_reader *reader, const struct json_at *at, struct item *item,
	       struct err *err) MUST_CHECK;

/*
 * Reads id, contact_id and created_at of an item that could not be read, each only if it is good.
 */
void item_salvage(struct item_reader *reader, const struct json_at *at, struct item *item);

/*
 * Writes the item at AT, good or bad, as compact JSON, without the parts that privacy drops: of a
 * contact then only its id stays, and the name or the phone that is kept, where it is a text.
 */
void item_write(const struct item_reader *reader, const struct json_at *at, struct buf *out);

#endif
