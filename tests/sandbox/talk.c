/* SPDX-License-Identifier: MIT */
#include "talk.h"

#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "ident.h"
#include "mem.h"
#include "page.h"
#include "people.h"

/* Keeps messages apart from all else that the seed decides. */
#define TALK 0x7a11cULL

/* Serials of messages after the start begin here. */
#define LATER 1000000

/* Of a hundred conversations so many are long. */
#define LONG 2
#define LONG_FROM 120
#define LONG_RANGE 180

struct said {
	struct talk_message message;
	uint32_t seen, before; /* from when on; the one before it in the conversation, or 0 */
};

struct removal {
	uint32_t number, serial;
};

struct talk {
	const struct world *world;
	char marker[64];
	uint32_t *until;  /* up to when there is talk from before the start, */
	uint32_t n_until; /* of the conversations that were there; */
	uint32_t *last;	  /* of each conversation the last that was said since, or 0 */
	uint32_t n_last;
	struct said *said; /* entry 0 is not used */
	uint32_t n_said, said_room;
	struct removal *removals;
	uint32_t n_removals, removals_room;
};

static const char *const kind_names[N_TALK_KINDS] = {
	[TALK_INCOMING] = "incoming", [TALK_OUTGOING] = "outgoing", [TALK_BOT] = "bot",
	[TALK_NOTE] = "note",	      [TALK_ACTIVITY] = "activity", [TALK_STRANGE] = "strange",
	[TALK_BAD] = "bad",
};

bool talk_kind_parse(const char *name, enum talk_kind *ret)
{
	for (size_t i = 0; i < N_TALK_KINDS; i++) {
		if (strcmp(name, kind_names[i]) == 0) {
			*ret = (enum talk_kind)i;
			return true;
		}
	}
	return false;
}

struct talk *talk_new(const struct world *world, const char *marker)
{
	struct talk *talk = mem_new(sizeof(*talk));

	talk->world = world;
	snprintf(talk->marker, sizeof(talk->marker), "%s", marker);
	talk->until = mem_new(world->n * sizeof(*talk->until) + 1);
	talk->n_until = world->n;
	for (uint32_t i = 0; i < world->n; i++)
		talk->until[i] = world->all[i].updated;
	talk->n_said = 1;
	return talk;
}

void talk_free(struct talk **talk)
{
	if (!*talk)
		return;
	mem_free(&(*talk)->until);
	mem_free(&(*talk)->last);
	mem_free(&(*talk)->said);
	mem_free(&(*talk)->removals);
	mem_free(talk);
}

/* ---- later messages --------------------------------------------------------- */

static uint32_t *last_of(struct talk *talk, uint32_t number)
{
	uint32_t n = talk->n_last;

	if (number >= n) {
		talk->n_last = number + number / 2 + 64;
		talk->last = mem_grow(talk->last, talk->n_last * sizeof(*talk->last));
		memset(talk->last + n, 0, (talk->n_last - n) * sizeof(*talk->last));
	}
	return &talk->last[number];
}

void talk_say(struct talk *talk, uint32_t number, const struct talk_message *message, uint32_t seen)
{
	uint32_t *last = last_of(talk, number);

	if (talk->n_said >= talk->said_room) {
		talk->said_room += talk->said_room / 2 + 64;
		talk->said = mem_grow(talk->said, talk->said_room * sizeof(*talk->said));
	}
	talk->said[talk->n_said] = (struct said){ *message, seen, *last };
	talk->said[talk->n_said].message.serial = LATER + talk->n_said;
	*last = talk->n_said++;
}

static uint8_t any_kind(struct chance *chance)
{
	uint32_t n = chance_below(chance, 100);

	if (n < 45)
		return TALK_INCOMING;
	if (n < 76)
		return TALK_OUTGOING;
	if (n < 87)
		return TALK_BOT;
	if (n < 93)
		return TALK_NOTE;
	return n < 98 ? TALK_ACTIVITY : TALK_STRANGE;
}

void talk_say_something(struct talk *talk, uint32_t number, uint32_t at, uint32_t seen)
{
	struct chance chance =
		chance_from(talk->world->seed ^ TALK, UINT64_C(1) << 40 | talk->n_said);
	struct talk_message message = { .at = at, .kind = any_kind(&chance) };

	talk_say(talk, number, &message, seen);
}

void talk_remove(struct talk *talk, uint32_t number, uint32_t serial)
{
	if (talk->n_removals == talk->removals_room) {
		talk->removals_room += talk->removals_room / 2 + 16;
		talk->removals =
			mem_grow(talk->removals, talk->removals_room * sizeof(*talk->removals));
	}
	talk->removals[talk->n_removals++] = (struct removal){ number, serial };
}

/* ---- the list ---------------------------------------------------------------- */

static bool is_removed(const struct talk *talk, uint32_t number, uint32_t serial)
{
	for (uint32_t i = 0; i < talk->n_removals; i++)
		if (talk->removals[i].number == number && talk->removals[i].serial == serial)
			return true;
	return false;
}

/* A growing list, kept in order. */
struct list {
	struct talk_message *all;
	uint32_t n, room;
};

static void add(struct list *list, const struct talk_message *message)
{
	uint32_t i = list->n;

	if (list->n == list->room) {
		list->room += list->room / 2 + 16;
		list->all = mem_grow(list->all, list->room * sizeof(*list->all));
	}
	for (; i > 0 && list->all[i - 1].at > message->at; i--)
		list->all[i] = list->all[i - 1];
	list->all[i] = *message;
	list->n++;
}

/*
 * Messages before the start: the customer first, the last one when the conversation was last
 * updated.
 */
static void add_base(const struct talk *talk, uint32_t number, struct list *list)
{
	const struct conversation *c = &talk->world->all[number];
	struct chance chance = chance_from(talk->world->seed ^ TALK, number);
	uint32_t until = number < talk->n_until ? talk->until[number] : c->created;
	uint32_t span = until - c->created, n;

	n = chance_percent(&chance, LONG) ? LONG_FROM + chance_below(&chance, LONG_RANGE)
					  : 1 + chance_below(&chance, 11);
	n = span == 0 ? 1 : n;
	for (uint32_t i = 0; i < n; i++) {
		struct talk_message message = { .serial = i, .kind = TALK_INCOMING };

		message.at = c->created + (n > 1 ? (uint32_t)((uint64_t)span * i / (n - 1)) : 0);
		if (i > 0)
			message.kind = any_kind(&chance);
		if (!is_removed(talk, number, message.serial))
			add(list, &message);
	}
}

/* In the order in which they were said, which decides among those of one second. */
static void add_said(const struct talk *talk, uint32_t number, uint32_t entry, uint32_t now,
		     struct list *list)
{
	uint32_t n = 0, left;
	uint32_t *entries;

	for (uint32_t i = entry; i; i = talk->said[i].before)
		n++;
	entries = mem_new(n * sizeof(*entries) + 1);
	left = n;
	for (uint32_t i = entry; i; i = talk->said[i].before)
		entries[--left] = i;
	for (uint32_t i = 0; i < n; i++) {
		const struct said *said = &talk->said[entries[i]];

		if (said->seen <= now && !is_removed(talk, number, said->message.serial))
			add(list, &said->message);
	}
	mem_free(&entries);
}

uint32_t talk_list(const struct talk *talk, uint32_t number, uint32_t now,
		   struct talk_message **ret)
{
	struct list list = { .n = 0 };

	add_base(talk, number, &list);
	if (number < talk->n_last)
		add_said(talk, number, talk->last[number], now, &list);
	*ret = list.all;
	return list.n;
}

bool talk_newest(const struct talk *talk, uint32_t number, struct talk_message *ret)
{
	CLEANUP(mem_free) struct talk_message *list = NULL;
	uint32_t n;

	if (number < talk->n_last && talk->last[number]) {
		*ret = talk->said[talk->last[number]].message;
		return true;
	}
	n = talk_list(talk, number, UINT32_MAX, &list);
	if (n > 0)
		*ret = list[n - 1];
	return n > 0;
}

/* ---- as JSON ------------------------------------------------------------------- */

static const char *const texts[] = {
	"Halo kak, pesanan saya sudah dikirim belum ya?",
	"Terima kasih sudah menghubungi kami \\ud83d\\ude4f mohon ditunggu",
	"Baik, saya cek dulu ya kak \\u2014 sebentar",
	"Stok ukuran \\\"M\\\" masih ada \xf0\x9f\x98\x8a silakan dipesan",
	"Ongkir ke Surabaya berapa? Bisa COD?\\nTerima kasih",
};

static void put_sender(const struct talk *talk, struct buf *out, uint32_t number,
		       const struct talk_message *m, struct chance *chance)
{
	const struct world *world = talk->world;
	const struct catalogue_list *agents = &world->catalogue.agents;
	struct people_contact contact;
	char id[IDENT_SIZE];

	buf_str(out, ",\"sender\":");
	switch (m->kind) {
	case TALK_INCOMING:
	case TALK_BAD:
		ident_write(world->tag, IDENT_CONTACT, world->all[number].contact, id);
		people_contact(world->seed, world->all[number].contact, &contact);
		buf_printf(out, "{\"type\":\"contact\",\"id\":\"%s\",\"name\":\"%s %s\"}", id,
			   contact.first, talk->marker);
		break;
	case TALK_OUTGOING:
	case TALK_NOTE:
		buf_printf(out, "{\"type\":\"agent\",\"id\":\"%s\",\"name\":\"Ayu %s\"}",
			   agents->entries[chance_below(chance, (uint32_t)agents->n)].id,
			   talk->marker);
		break;
	case TALK_BOT:
		buf_printf(out, "{\"type\":\"bot\",\"id\":\"bot_1\",\"name\":\"Bot %s\"}",
			   talk->marker);
		break;
	case TALK_STRANGE:
		buf_printf(out, "{\"type\":\"campaign\",\"id\":\"cmp_%u\",\"name\":\"%s\"}",
			   m->serial, talk->marker);
		break;
	default:
		buf_str(out, "null");
	}
}

static void put_attachments(const struct talk *talk, struct buf *out, const struct talk_message *m,
			    struct chance *chance)
{
	static const char *const types[] = { "image/jpeg", "application/pdf", "audio/ogg",
					     "video/mp4", "x-unknown/thing" };
	uint32_t n = m->kind == TALK_ACTIVITY || !chance_percent(chance, 12)
			     ? 0
			     : 1 + chance_below(chance, 3);

	buf_str(out, ",\"attachments\":[");
	for (uint32_t i = 0; i < n; i++)
		buf_printf(out,
			   "%s{\"url\":\"https://files.sahut.id/%s/%u\",\"content_type\":\"%s\","
			   "\"file_name\":\"bukti-%s-%u.jpg\"}",
			   i > 0 ? "," : "", talk->marker, i,
			   types[chance_below(chance, ARRAY_SIZE(types))], talk->marker, i);
	buf_char(out, ']');
}

void talk_write(const struct talk *talk, struct buf *out, uint32_t number,
		const struct talk_message *m)
{
	static const char *const types[N_TALK_KINDS] = {
		"incoming", "outgoing", "outgoing", "outgoing", "activity", "template", "incoming",
	};
	struct chance chance =
		chance_from(talk->world->seed ^ TALK, (uint64_t)number << 32 | m->serial);

	buf_printf(out, "{\"id\":\"msg_%u_%u\",\"type\":\"%s\"", number, m->serial, types[m->kind]);
	if (m->kind == TALK_ACTIVITY && chance_percent(&chance, 50))
		buf_str(out, ",\"content\":null");
	else
		buf_printf(out, ",\"content\":\"%s %s %u\"",
			   texts[chance_below(&chance, ARRAY_SIZE(texts))], talk->marker,
			   chance_below(&chance, 100000));
	put_sender(talk, out, number, m, &chance);
	put_attachments(talk, out, m, &chance);
	if (m->kind == TALK_NOTE)
		buf_str(out, ",\"private\":true");
	buf_printf(out, ",\"reply_to\":{\"text\":\"%s\"},\"created_at\":", talk->marker);
	if (m->kind == TALK_BAD)
		buf_printf(out, "\"%s\"", talk->marker);
	else
		page_time(out, m->at);
	buf_char(out, '}');
}
