/* SPDX-License-Identifier: MIT */
#include "catalogue.h"

#include <string.h>

#include "buf.h"
#include "json_writer.h"
#include "mem.h"
#include "people.h"

#define AGENTS 12

static const struct {
	const char *type, *name;
	unsigned share; /* of the contacts, in percent */
} channels[] = {
	{ "whatsapp", "WhatsApp Toko", 46 },
	{ "whatsapp", "WhatsApp Grosir", 18 },
	{ "instagram", "Instagram @tokosahut", 18 },
	{ "email", "Email CS", 10 },
	{ "webchat", "Obrolan Situs \"Toko Sahut\"", 8 },
};

#define MAIL 3

static const char *const teams[] = { "Penjualan", "Purnajual", "Gudang & Pengiriman" };

static const char *const labels[] = {
	"refund",  "complaint",	 "urgent", "follow-up", "pengiriman",
	"garansi", "pembayaran", "stok",   "reseller",	"tukar barang",
};

static struct catalogue_entry *add(struct catalogue_list *list)
{
	list->entries = mem_grow(list->entries, (size_t)(list->n + 1) * sizeof(*list->entries));
	memset(&list->entries[list->n], 0, sizeof(*list->entries));
	return &list->entries[list->n++];
}

/* The entry's JSON is the text in BUF, whose memory moves. */
static void take_json(struct catalogue_entry *entry, struct buf *buf)
{
	entry->json = buf->data;
	entry->json_len = buf->len;
}

static void add_named(struct catalogue_list *list, uint32_t tag, enum ident_kind kind,
		      const char *type, const char *name)
{
	struct catalogue_entry *entry = add(list);
	struct buf buf = BUF_MAX(1024);
	struct json_writer out = JSON_WRITER_TO(&buf);

	ident_write(tag, kind, (uint32_t)list->n - 1, entry->id);
	entry->name = mem_text(name, strlen(name));
	json_writer_open(&out, '{');
	json_writer_key_string(&out, "id", entry->id);
	if (type) {
		json_writer_key_string(&out, "type", type);
	}
	json_writer_key_string(&out, "name", name);
	json_writer_close(&out, '}');
	take_json(entry, &buf);
}

static void add_label(struct catalogue_list *list, const char *name)
{
	struct catalogue_entry *entry = add(list);
	struct buf buf = BUF_MAX(1024);
	struct json_writer out = JSON_WRITER_TO(&buf);

	entry->name = mem_text(name, strlen(name));
	json_writer_string(&out, name);
	take_json(entry, &buf);
}

void catalogue_init(struct catalogue *catalogue, uint32_t tag)
{
	*catalogue = (struct catalogue){ .usual_labels = ARRAY_SIZE(labels) };
	for (size_t i = 0; i < ARRAY_SIZE(channels); i++)
		add_named(&catalogue->channels, tag, IDENT_CHANNEL, channels[i].type,
			  channels[i].name);
	for (unsigned i = 0; i < AGENTS; i++)
		add_named(&catalogue->agents, tag, IDENT_AGENT, NULL, people_agent(i));
	for (size_t i = 0; i < ARRAY_SIZE(teams); i++)
		add_named(&catalogue->teams, tag, IDENT_TEAM, NULL, teams[i]);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		add_label(&catalogue->labels, labels[i]);
}

static void list_done(struct catalogue_list *list)
{
	for (int i = 0; i < list->n; i++) {
		mem_free(&list->entries[i].name);
		mem_free(&list->entries[i].json);
	}
	mem_free(&list->entries);
	list->n = 0;
}

void catalogue_done(struct catalogue *catalogue)
{
	list_done(&catalogue->channels);
	list_done(&catalogue->agents);
	list_done(&catalogue->teams);
	list_done(&catalogue->labels);
}

int catalogue_find(const struct catalogue_list *list, const char *id)
{
	for (int i = 0; i < list->n; i++)
		if (strcmp(list->entries[i].id, id) == 0)
			return i;
	return -1;
}

int catalogue_label(struct catalogue *catalogue, const char *name)
{
	struct catalogue_list *list = &catalogue->labels;

	for (int i = 0; i < list->n; i++)
		if (strcmp(list->entries[i].name, name) == 0)
			return i;
	if (name[0] == '\0' || strlen(name) > CATALOGUE_LONGEST_LABEL ||
	    list->n == CATALOGUE_MOST_LABELS)
		return -1;
	add_label(list, name);
	return list->n - 1;
}

uint8_t catalogue_channel_for(unsigned taste)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(channels) - 1 && taste >= channels[i].share)
		taste -= channels[i++].share;
	return (uint8_t)i;
}

bool catalogue_is_mail(int channel)
{
	return channel == MAIL;
}

uint8_t catalogue_team_of(int agent)
{
	return (uint8_t)((size_t)agent % ARRAY_SIZE(teams));
}
