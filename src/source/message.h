/* SPDX-License-Identifier: MIT */
/*
 * message.h -- Reads the facts of a page of messages, and nothing of their content.
 *
 * A list of members is read and no other (sahut-api.md, "Messages"): id, type, created_at, the
 * sender's type and id, how many files of which kinds, and how long the text is. The text of a
 * person is measured where it lies, in the reply's buffer: no tree is made of the page, and no byte
 * of a text, a file's name, a URL or a person's name is copied. Of a message that cannot be read
 * the names of its members are told.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "err.h"
#include "json.h"
#include "json_scan.h"

/* The kinds of attachments: bits, in the byte order of their names. */
#define MESSAGE_KINDS 8

struct message {
	const char *id, *type;
	const char *sender_type, *sender_id; /* NULL where the API gave none */
	int64_t created_at;
	int64_t text_length; /* in characters; -1 without a text */
	int attachments;
	unsigned int kinds; /* of them */
	bool note;	    /* the API says that customers do not see it */
};

/* The name of the I-th kind: "image". */
const char *message_kind(int i) MUST_CHECK;

/* The reader's parts. */
struct message_reader {
	struct json_reader *json;
	struct arena *arena; /* the texts of a message are there */
	struct buf repaired; /* private; wiped by message_list_end() */
};

/* A page of the list. */
struct message_list {
	struct json_span rest; /* the part of its array that is not read yet */
	int64_t total;	       /* as its meta says; */
	bool untold;	       /* or does not */
	int page, per_page;    /* as it was asked for, or as meta has it */
	int n;		       /* how many were taken */
};

/*
 * Reads a page of N bytes at BODY; LIST has the page and the size that were
 * asked for. False with ERR_DATA when it is not of the documented shape. The
 * body must stay as it is until message_list_end(), which must follow in either
 * case.
 */
bool message_list_begin(struct message_reader *reader, const char *body, size_t n,
			struct message_list *list, struct err *err) MUST_CHECK;
void message_list_end(struct message_reader *reader);

/* The next message of the page, as it lies there; false after the last. */
bool message_list_next(struct message_list *list, struct json_span *text) MUST_CHECK;

/*
 * Reads a message. False with the reason when it cannot be: then only its id
 * is told, where there is one.
 */
bool message_read(struct message_reader *reader, const struct json_span *text,
		  struct message *message, struct err *err) MUST_CHECK;

/* So many names of members are told of a message that could not be read. */
#define MESSAGE_MEMBERS 32

/* The names of its members, on the reader's arena; returns how many. */
size_t message_members(struct message_reader *reader, const struct json_span *text,
		       const char *names[MESSAGE_MEMBERS]) MUST_CHECK;

#endif
