/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <string.h>

#include "chance.h"
#include "people.h"
#include "time_format.h"

#define DAY 86400

/* Sets the custom attributes apart from all else that grows from the same seed. */
#define ATTRIBUTES UINT64_C(0x6174747269627574)

/* One conversation in so many carries custom attributes. */
#define ATTRIBUTES_EVERY 7

/* About the size of an item; a buffer of the right size from the start saves a dozen moves. */
#define ITEM_SIZE 460
#define META_SIZE 128

const char *const page_total_names[PAGE_TOTALS + 1] = {
	[PAGE_TOTAL_NUMBER] = "number",		[PAGE_TOTAL_TEXT] = "text",
	[PAGE_TOTAL_ESTIMATE] = "estimate",	[PAGE_TOTAL_NULL] = "null",
	[PAGE_TOTAL_MISSING] = "missing",	[PAGE_TOTAL_PAGE] = "page",
	[PAGE_TOTAL_UNFILTERED] = "unfiltered", [PAGE_TOTAL_UNRESOLVED] = "unresolved",
};

/* The length is known to the compiler where TEXT is a literal. */
static inline void put(struct buf *out, const char *text)
{
	buf_add(out, text, strlen(text));
}

static void put_digits(char *to, uint32_t n, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		to[i] = (char)('0' + n % 10);
		n /= 10;
	}
}

static void put_number(struct buf *out, uint32_t n)
{
	char digits[10];
	int len = 1;

	for (uint32_t rest = n / 10; rest; rest /= 10)
		len++;
	put_digits(digits, n, len);
	buf_add(out, digits, (size_t)len);
}

/* The clock of a place that is so many minutes ahead. */
static void put_local(struct buf *out, uint32_t at, int minutes)
{
	char text[] = "\"0000-00-00T00:00:00";
	uint32_t local = at + (uint32_t)(minutes * 60), second = local % DAY;
	int year, month, day;

	time_civil(local / DAY, &year, &month, &day);
	put_digits(text + 1, (uint32_t)year, 4);
	put_digits(text + 6, (uint32_t)month, 2);
	put_digits(text + 9, (uint32_t)day, 2);
	put_digits(text + 12, second / 3600, 2);
	put_digits(text + 15, second / 60 % 60, 2);
	put_digits(text + 18, second % 60, 2);
	buf_add(out, text, sizeof(text) - 1);
}

void page_time(struct buf *out, uint32_t at)
{
	put_local(out, at, 0);
	put(out, "Z\"");
}

/* In one of the forms that RFC 3339 knows, which go together as they come. */
static void put_time(struct buf *out, uint32_t at, uint32_t form, enum world_times times)
{
	if (times == WORLD_TIMES_UTC || (times == WORLD_TIMES_MIXED && form % 4 == 0)) {
		page_time(out, at);
	} else if (times == WORLD_TIMES_OFFSET || form % 4 == 1) {
		put_local(out, at, 420);
		put(out, "+07:00\"");
	} else if (form % 4 == 2) {
		put_local(out, at, -210);
		put(out, "-03:30\"");
	} else {
		put_local(out, at, 0);
		put(out, ".000+00:00\"");
	}
}

static void put_entry(struct buf *out, const struct catalogue_entry *entry)
{
	buf_add(out, entry->json, entry->json_len);
}

/* PLACE counts from 1; 0 is nobody. */
static void put_entry_or_null(struct buf *out, const struct catalogue_list *list, uint8_t place)
{
	if (place)
		put_entry(out, &list->entries[place - 1]);
	else
		put(out, "null");
}

static void put_contact(struct buf *out, const struct world *world, uint32_t contact)
{
	struct people_contact person;
	char id[IDENT_SIZE];

	people_contact(world->seed, contact, &person);
	put(out, "{\"id\":\"");
	buf_add(out, id, ident_write(world->tag, IDENT_CONTACT, contact, id));
	put(out, "\",\"name\":\"");
	buf_str(out, person.first);
	if (person.last[0]) {
		put(out, " ");
		buf_str(out, person.last);
	}
	if (!catalogue_is_mail(catalogue_channel_for(person.taste))) {
		put(out, "\",\"phone\":\"");
		buf_str(out, person.phone);
		put(out, "\"}");
	} else {
		buf_str(out, person.hides_phone ? "\"}" : "\",\"phone\":null}");
	}
}

void page_labels(struct buf *out, const struct world *world, uint32_t labels)
{
	bool comma = false;

	put(out, "[");
	for (; labels; labels &= labels - 1) {
		if (comma)
			put(out, ",");
		put_entry(out, &world->catalogue.labels.entries[__builtin_ctz(labels)]);
		comma = true;
	}
	put(out, "]");
}

/*
 * Notes of a shop beside a conversation. No document speaks of them, so that readers learn to keep
 * unknown members.
 */
static void put_attributes(struct buf *out, const struct world *world, uint32_t number)
{
	struct chance chance = chance_from(world->seed ^ ATTRIBUTES, number);

	if (chance_below(&chance, ATTRIBUTES_EVERY) > 0)
		return;
	put(out, ",\"custom_attributes\":{\"order_id\":\"INV/");
	put_number(out, 100000 + chance_below(&chance, 900000));
	put(out, "\",\"city\":\"");
	buf_str(out, people_city(chance_below(&chance, 1000)));
	put(out, "\",\"order_value\":");
	put_number(out, 15000 + 500 * chance_below(&chance, 6000));
	buf_str(out, chance_percent(&chance, 30) ? ",\"member\":true}" : ",\"member\":false}");
}

static void put_conversation_id(struct buf *out, const struct world *world, uint32_t number,
				enum world_ids ids)
{
	char id[IDENT_SIZE];

	put(out, "{\"id\":");
	if (ids == WORLD_IDS_NUMBER || (ids == WORLD_IDS_MIXED && number % 2 == 0)) {
		put_number(out, number);
		return;
	}
	put(out, "\"");
	buf_add(out, id, ident_write(world->tag, IDENT_CONVERSATION, number, id));
	put(out, "\"");
}

/* Conversation NUMBER, as C has it. */
static void put_item(struct buf *out, const struct world *world, uint32_t number,
		     const struct conversation *c, const struct world_style *style)
{
	const struct catalogue *catalogue = &world->catalogue;

	put_conversation_id(out, world, number, style->ids);
	put(out, ",\"status\":\"");
	buf_str(out, conversation_status_name(c->state.status));
	put(out, "\",\"channel\":");
	put_entry(out, &catalogue->channels.entries[c->channel]);
	put(out, ",\"contact\":");
	put_contact(out, world, c->contact);
	put(out, ",\"assignee\":");
	put_entry_or_null(out, &catalogue->agents, c->state.assignee);
	if (c->flags & CONVERSATION_TEAM) {
		put(out, ",\"team\":");
		put_entry_or_null(out, &catalogue->teams, c->state.team);
	}
	put(out, ",\"labels\":");
	page_labels(out, world, c->state.labels);
	put_attributes(out, world, number);
	put(out, ",\"created_at\":");
	if (style->mistyped)
		put_number(out, c->created);
	else
		put_time(out, c->created, number, style->times);
	put(out, ",\"updated_at\":");
	put_time(out, c->updated, number + 1, style->times);
	put(out, "}");
}

void page_true_item(struct buf *out, const struct world *world, uint32_t number)
{
	static const struct world_style plain = { .mistyped = false };

	put_item(out, world, number, &world->all[number], &plain);
}

void page_item(struct buf *out, const struct world *world, uint32_t number)
{
	const char *raw = world_raw(world, number);

	if (raw)
		buf_str(out, raw);
	else
		put_item(out, world, number, &world->all[number], &world->style);
}

/* A row, which may show what was before. */
static void put_row(struct buf *out, const struct world *world, uint32_t row)
{
	uint32_t number = row & ~PAGE_FORMER;
	const struct conversation *former = row & PAGE_FORMER ? world_former(world, number) : NULL;

	if (former)
		put_item(out, world, number, former, &world->style);
	else
		page_item(out, world, number);
}

void page_single(struct buf *out, const struct world *world, uint32_t number)
{
	put(out, "{\"data\":");
	page_item(out, world, number);
	put(out, "}");
}

/* As the planner of a database guesses it. */
static int64_t total_told(const struct page_meta *meta)
{
	int64_t percent = meta->page * 5 % 7 - 3;

	return meta->total_as == PAGE_TOTAL_ESTIMATE ? meta->total + meta->total * percent / 100
						     : meta->total;
}

static void put_total(struct buf *out, const struct page_meta *meta)
{
	if (meta->total_as == PAGE_TOTAL_MISSING)
		return;
	put(out, "\"total\":");
	if (meta->total_as == PAGE_TOTAL_NULL) {
		put(out, "null,");
		return;
	}
	buf_str(out, meta->total_as == PAGE_TOTAL_TEXT ? "\"" : "");
	put_number(out, total_told(meta));
	buf_str(out, meta->total_as == PAGE_TOTAL_TEXT ? "\"," : ",");
}

static bool tells_total(const struct page_meta *meta)
{
	return meta->total_as != PAGE_TOTAL_NULL && meta->total_as != PAGE_TOTAL_MISSING;
}

void page_meta_write(struct buf *out, const struct page_meta *meta)
{
	put(out, "\"meta\":{");
	put_total(out, meta);
	put(out, "\"page\":");
	put_number(out, meta->page);
	put(out, ",\"per_page\":");
	put_number(out, meta->per_page_told ? meta->per_page_told : meta->per_page);
	if (tells_total(meta)) {
		put(out, ",\"total_pages\":");
		put_number(out, meta->total / meta->per_page + (meta->total % meta->per_page > 0));
	}
	put(out, "}");
}

/* Takes the memory for SIZE bytes at once. */
static void make_room(struct buf *out, size_t size)
{
	size_t len = out->len;

	if (buf_extend(out, size))
		out->len = len;
}

void page_list(struct buf *out, const struct world *world, const uint32_t *stats, uint32_t n,
	       const struct page_meta *meta)
{
	make_room(out, n * ITEM_SIZE + META_SIZE);
	put(out, "{\"data\":[");
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			put(out, ",");
		put_row(out, world, stats[i]);
	}
	put(out, "],");
	page_meta_write(out, meta);
	put(out, "}");
}
