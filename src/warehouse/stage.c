/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include "copy.h"
#include "hash.h"
#include "mem.h"

/* Memory that a stage keeps for the next batch, for each table. */
#define KEEP_BYTES (1u << 20)

/* A batch that is committed has so many bytes, rows or values. */
#define BATCH_BYTES (512 << 10)
#define BATCH_ROWS 3000
#define BATCH_VALUES 200000

/* While a batch waits for the warehouse. */
#define HELD_MOST (2u << 20)

/* Items that are asked for one by one are one batch. */
#define ASKED_BYTES (16u << 20)
#define ASKED_VALUES 500000

/* A COPY statement. */
#define LONGEST_COPY 1024

/*
 * So many places are tried in the table of known rows; beyond that a row is staged twice, which
 * does no harm.
 */
#define PROBES 8

/* Of a conversation the columns of the item follow. */
static const struct {
	const char *name, *columns;
} tables[STAGE_TABLES] = {
	[STAGE_CONVERSATION] = { "stage_conversation", "seq, page, observed_at" },
	[STAGE_CHANNEL] = { "stage_channel", "seq, id, type, name" },
	[STAGE_AGENT] = { "stage_agent", "seq, id, name" },
	[STAGE_TEAM] = { "stage_team", "seq, id, name" },
	[STAGE_CONTACT] = { "stage_contact", "seq, id, name, phone, phone_key, extra" },
	[STAGE_GONE] = { "stage_gone", "seq, id, merged_into, observed_at" },
	[STAGE_ABSENT] = { "stage_absent", "seq, id, is_gone, observed_at" },
	[STAGE_REJECTED] = { "stage_rejected",
			     "seq, page, fingerprint, conversation_id, contact_id, created_at, "
			     "reason, item, observed_at" },
	[STAGE_MESSAGE] = { "stage_message",
			    "seq, conversation_id, id, place, type, is_note, sender_type, "
			    "sender_id, created_at, text_length, attachment_count, "
			    "attachment_kinds, observed_at, reading" },
	[STAGE_READING] = { "stage_reading",
			    "seq, conversation_id, due_at, how, message_count, per_page, "
			    "last_message_id, last_message_at, reading, shrunk, moved, unmoved, "
			    "observed_at" },
	[STAGE_REJECTED_MESSAGE] = { "stage_rejected_message",
				     "seq, conversation_id, place, message_id, reason, members, "
				     "observed_at" },
};

const char *stage_copy(const struct stage *stage, enum stage_table table)
{
	return buf_text(&stage->copy[table]);
}

static void define(struct stage *stage, enum stage_table table)
{
	struct buf *copy = &stage->copy[table];
	size_t n = 0;
	const struct item_column *columns = item_columns(&n);

	*copy = (struct buf)BUF_MAX(LONGEST_COPY);
	buf_printf(copy, "copy pg_temp.%s (%s", tables[table].name, tables[table].columns);
	for (size_t i = 0; i < n && table == STAGE_CONVERSATION; i++)
		buf_printf(copy, ", %s", columns[i].name);
	buf_str(copy, ") from stdin (format binary)");
	stage->columns[table] = 1;
	for (const char *p = buf_text(copy); *p; p++)
		stage->columns[table] += *p == ',';
}

struct stage *stage_new(void)
{
	struct stage *stage = mem_new(sizeof(*stage));

	for (int i = 0; i < STAGE_TABLES; i++) {
		stage->rows[i].max = STAGE_MOST;
		define(stage, (enum stage_table)i);
	}
	return stage;
}

void stage_free(struct stage **stage)
{
	if (!*stage)
		return;
	for (int i = 0; i < STAGE_TABLES; i++) {
		buf_free(&(*stage)->copy[i]);
		buf_free(&(*stage)->rows[i]);
	}
	mem_free(stage);
}

void stage_reset(struct stage *stage, int64_t now)
{
	for (int i = 0; i < STAGE_TABLES; i++) {
		buf_shrink(&stage->rows[i], KEEP_BYTES);
		stage->n[i] = 0;
	}
	for (int i = 0; i < STAGE_KNOWN; i++)
		stage->known[i] = 0;
	stage->fallback = now;
	stage->seq = 0;
	stage->values = 0;
	stage->closed = false;
}

size_t stage_bytes(const struct stage *stage)
{
	size_t bytes = 0;

	for (int i = 0; i < STAGE_TABLES; i++)
		bytes += stage->rows[i].len;
	return bytes;
}

int stage_rows(const struct stage *stage)
{
	return stage->n[STAGE_CONVERSATION] + stage->n[STAGE_GONE] + stage->n[STAGE_REJECTED] +
	       stage->n[STAGE_MESSAGE];
}

bool stage_is_batch(const struct stage *stage)
{
	return stage_bytes(stage) >= BATCH_BYTES || stage_rows(stage) >= BATCH_ROWS ||
	       stage->values >= BATCH_VALUES;
}

bool stage_is_full(const struct stage *stage)
{
	return stage_bytes(stage) >= HELD_MOST || stage->values >= BATCH_VALUES;
}

bool stage_is_too_much(const struct stage *stage, struct err *err)
{
	if (stage_bytes(stage) < ASKED_BYTES && stage->values < ASKED_VALUES)
		return false;
	err_set(err, ERR_DATA,
		"conversations asked for by themselves come to more than %u bytes or %d values",
		ASKED_BYTES, ASKED_VALUES);
	return true;
}

void stage_close(struct stage *stage)
{
	for (int i = 0; i < STAGE_TABLES && !stage->closed; i++)
		if (stage->n[i] > 0)
			copy_end(&stage->rows[i]);
	stage->closed = true;
}

/* Begins a row of TABLE. */
static struct buf *begin(struct stage *stage, enum stage_table table)
{
	struct buf *out = &stage->rows[table];

	if (stage->n[table]++ == 0)
		copy_begin(out);
	copy_row(out, stage->columns[table]);
	return out;
}

/*
 * Whether a dimension row of that hash was staged before in this batch; if
 * not, it is from now on.
 */
static bool is_known(struct stage *stage, uint64_t hash)
{
	hash = hash ? hash : 1;
	for (uint64_t i = 0; i < PROBES; i++) {
		uint64_t *slot = &stage->known[(hash + i) % STAGE_KNOWN];

		if (*slot == hash)
			return true;
		if (*slot == 0) {
			*slot = hash;
			return false;
		}
	}
	return false;
}

/* The hash of a dimension row: which table, and its texts. */
static uint64_t row_hash(enum stage_table table, const char *const *texts, int n)
{
	uint64_t hash = hash_bytes(HASH_START, &table, sizeof(table));

	for (int i = 0; i < n; i++)
		hash = hash_string(hash, texts[i]);
	return hash;
}

/* A row of a table that has a seq and then texts only. */
static void dimension(struct stage *stage, enum stage_table table, const char *const *texts, int n)
{
	struct buf *out;

	if (!texts[0] || is_known(stage, row_hash(table, texts, n)))
		return;
	out = begin(stage, table);
	copy_int4(out, stage->seq);
	for (int i = 0; i < n; i++)
		copy_text(out, texts[i]);
}

static void contact(struct stage *stage, const struct item *item)
{
	const char *id = item->contact_id ? item->contact_id : item->contact_row;
	const char *const texts[] = { id, item->contact_name, item->contact_phone,
				      item->contact_extra };
	uint64_t hash = row_hash(STAGE_CONTACT, texts, (int)ARRAY_SIZE(texts));
	struct buf *out;

	if (item->phone_key)
		hash = hash_bytes(hash, item->phone_key, HMAC_SIZE);
	if (!id || is_known(stage, hash))
		return;
	out = begin(stage, STAGE_CONTACT);
	copy_int4(out, stage->seq);
	copy_text(out, id);
	copy_text(out, item->contact_name);
	copy_text(out, item->contact_phone);
	if (item->phone_key)
		copy_bytes(out, item->phone_key, HMAC_SIZE);
	else
		copy_null(out);
	copy_jsonb(out, item->contact_extra);
}

/* When a response was made. */
static int64_t observed(const struct stage *stage, int64_t date)
{
	return date == TIME_NONE ? stage->fallback : date;
}

static void page_number(struct buf *out, int page)
{
	if (page > 0)
		copy_int4(out, page);
	else
		copy_null(out);
}

static void copy_column(struct buf *out, const struct item *item, const struct item_column *column)
{
	const void *at = (const char *)item + column->offset;

	switch (column->type) {
	case ITEM_TEXT:
		copy_text(out, *(const char *const *)at);
		break;
	case ITEM_TIME:
		copy_time(out, *(const int64_t *)at);
		break;
	case ITEM_TEXTS:
		copy_texts(out, *(const char *const *const *)at,
			   *(const size_t *)((const char *)at + sizeof(const char *const *)));
		break;
	case ITEM_JSON:
		copy_jsonb(out, *(const char *const *)at);
		break;
	}
}

void stage_item(struct stage *stage, const struct item *item, const struct origin *origin)
{
	size_t n;
	const struct item_column *columns = item_columns(&n);
	struct buf *out;

	stage->seq++;
	dimension(stage, STAGE_CHANNEL,
		  (const char *[]){ item->channel_id, item->channel_type, item->channel_name }, 3);
	dimension(stage, STAGE_AGENT, (const char *[]){ item->assignee_id, item->assignee_name },
		  2);
	dimension(stage, STAGE_TEAM, (const char *[]){ item->team_id, item->team_name }, 2);
	contact(stage, item);
	out = begin(stage, STAGE_CONVERSATION);
	copy_int4(out, stage->seq);
	page_number(out, origin->page);
	copy_time(out, observed(stage, origin->observed_at));
	for (size_t i = 0; i < n; i++)
		copy_column(out, item, &columns[i]);
}

void stage_gone(struct stage *stage, const char *id, const char *merged_into, int64_t observed_at)
{
	struct buf *out = begin(stage, STAGE_GONE);

	copy_int4(out, ++stage->seq);
	copy_text(out, id);
	copy_text(out, merged_into);
	copy_time(out, observed(stage, observed_at));
}

void stage_absent(struct stage *stage, const char *id, bool is_gone, int64_t observed_at)
{
	struct buf *out = begin(stage, STAGE_ABSENT);

	copy_int4(out, ++stage->seq);
	copy_text(out, id);
	copy_bool(out, is_gone);
	copy_time(out, observed(stage, observed_at));
}

void stage_reject(struct stage *stage, const struct rejection *rejection,
		  const struct origin *origin)
{
	struct buf *out = begin(stage, STAGE_REJECTED);

	copy_int4(out, ++stage->seq);
	page_number(out, origin->page);
	copy_text(out, rejection->fingerprint);
	copy_text(out, rejection->conversation_id);
	copy_text(out, rejection->contact_id);
	copy_time(out, rejection->created_at);
	copy_text(out, rejection->reason);
	copy_text(out, rejection->text);
	copy_time(out, observed(stage, origin->observed_at));
}

/* ---- messages -------------------------------------------------------------- */

static void copy_kinds(struct buf *out, unsigned int kinds)
{
	const char *names[MESSAGE_KINDS];
	size_t n = 0;

	for (int i = 0; i < MESSAGE_KINDS; i++)
		if (kinds & 1u << i)
			names[n++] = message_kind(i);
	copy_texts(out, names, n);
}

void stage_message(struct stage *stage, const struct stage_place *place,
		   const struct message *message)
{
	struct buf *out = begin(stage, STAGE_MESSAGE);

	copy_int4(out, ++stage->seq);
	copy_text(out, place->conversation);
	copy_text(out, message->id);
	copy_int4(out, place->place);
	copy_text(out, message->type);
	copy_bool(out, message->note);
	copy_text(out, message->sender_type);
	copy_text(out, message->sender_id);
	copy_time(out, message->created_at);
	if (message->text_length < 0)
		copy_null(out);
	else
		copy_int4(out, (int32_t)min_i64(message->text_length, INT32_MAX));
	copy_int4(out, message->attachments);
	copy_kinds(out, message->kinds);
	copy_time(out, observed(stage, place->observed_at));
	copy_int4(out, place->reading);
}

void stage_reject_message(struct stage *stage, const struct stage_place *place,
			  const struct stage_bad_message *bad)
{
	struct buf *out = begin(stage, STAGE_REJECTED_MESSAGE);

	copy_int4(out, ++stage->seq);
	copy_text(out, place->conversation);
	copy_int4(out, place->place);
	copy_text(out, bad->id);
	copy_text(out, bad->reason);
	copy_texts(out, bad->members, bad->n_members);
	copy_time(out, observed(stage, place->observed_at));
}

void stage_reading(struct stage *stage, const struct stage_reading *reading)
{
	static const char *const ends[] = {
		[MESSAGES_SOME] = "some",
		[MESSAGES_WHOLE] = "whole",
		[MESSAGES_GONE] = "gone",
		[MESSAGES_POSTPONED] = "postponed",
	};
	const struct message_step *step = &reading->step;
	struct buf *out = begin(stage, STAGE_READING);

	copy_int4(out, ++stage->seq);
	copy_text(out, reading->conversation);
	copy_time(out, step->due_at);
	copy_text(out, ends[step->end]);
	copy_int4(out, (int32_t)step->count);
	copy_int4(out, step->per_page);
	copy_text(out, step->count > 0 ? reading->last : NULL);
	copy_time(out, step->count > 0 ? reading->last_written : TIME_NONE);
	copy_int4(out, step->number);
	copy_int4(out, step->shrunk);
	copy_bool(out, step->moved);
	copy_bool(out, step->unmoved);
	copy_time(out, observed(stage, reading->observed_at));
}
