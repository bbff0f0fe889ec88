/* SPDX-License-Identifier: MIT */
#include "webhooks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hmac.h"
#include "mem.h"
#include "page.h"

/* The largest event: a conversation of which a test has made a long text. */
#define LARGEST_EVENT ((size_t)4 << 20)

#define SIGNATURE_HEADER "X-Sahut-Signature: "
#define SIGNATURE_SIZE (sizeof(SIGNATURE_HEADER) + 80)

/* Sets the fate of events apart from all else that grows from the same seed. */
#define EVENTS UINT64_C(0x6576656e7473)

static const char *const names[WEBHOOK_EVENTS] = {
	[WEBHOOK_CONVERSATION_CREATED] = "conversation.created",
	[WEBHOOK_CONVERSATION_UPDATED] = "conversation.updated",
	[WEBHOOK_CONVERSATION_RESOLVED] = "conversation.resolved",
	[WEBHOOK_MESSAGE_CREATED] = "message.created",
	[WEBHOOK_CONTACT_CREATED] = "contact.created",
	[WEBHOOK_CONTACT_UPDATED] = "contact.updated",
};

struct hook {
	int number;
	char *url;
	unsigned events;
	char secret[48];
	uint32_t created;
};

struct webhooks {
	const struct world *world;
	const struct talk *talk;
	const struct settings *settings;
	struct deliveries *deliveries;
	struct chance chance;
	struct hook *list;
	int n, registered;
	int64_t told, repeated, forged, left_out;
};

struct webhooks *webhooks_new(const struct webhooks_source *source, struct deliveries *deliveries)
{
	struct webhooks *webhooks = mem_new(sizeof(*webhooks));

	webhooks->world = source->world;
	webhooks->talk = source->talk;
	webhooks->settings = source->settings;
	webhooks->deliveries = deliveries;
	webhooks->chance = chance_from(source->world->seed ^ EVENTS, 0);
	return webhooks;
}

void webhooks_free(struct webhooks **webhooks)
{
	struct webhooks *w = *webhooks;

	if (!w)
		return;
	deliveries_free(&w->deliveries);
	for (int i = 0; i < w->n; i++)
		mem_free(&w->list[i].url);
	mem_free(&w->list);
	mem_free(webhooks);
}

bool webhooks_event_parse(const char *name, enum webhook_event *ret)
{
	for (int i = 0; i < WEBHOOK_EVENTS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum webhook_event)i;
			return true;
		}
	}
	return false;
}

/* ---- addresses --------------------------------------------------------- */

static void write_id(int number, char id[IDENT_SIZE])
{
	snprintf(id, IDENT_SIZE, "wh_%06d", number);
}

int webhooks_register(struct webhooks *webhooks, const char *url, unsigned events)
{
	struct hook hook = { .number = ++webhooks->registered,
			     .url = mem_text(url, strlen(url)),
			     .events = events,
			     .created = (uint32_t)calendar_now(
				     deliveries_calendar(webhooks->deliveries)) };

	snprintf(hook.secret, sizeof(hook.secret), "whsec_%016" PRIx64 "%016" PRIx64,
		 chance_next(&webhooks->chance), chance_next(&webhooks->chance));
	webhooks->list = mem_grow(webhooks->list, (size_t)(webhooks->n + 1) * sizeof(hook));
	webhooks->list[webhooks->n++] = hook;
	return hook.number;
}

bool webhooks_remove(struct webhooks *webhooks, const char *id)
{
	char own[IDENT_SIZE];

	for (int i = 0; i < webhooks->n; i++) {
		write_id(webhooks->list[i].number, own);
		if (strcmp(own, id) != 0)
			continue;
		deliveries_forget(webhooks->deliveries, webhooks->list[i].number);
		mem_free(&webhooks->list[i].url);
		webhooks->list[i] = webhooks->list[--webhooks->n];
		return true;
	}
	return false;
}

static void write_hook(const struct hook *hook, struct json_writer *out)
{
	char id[IDENT_SIZE];

	write_id(hook->number, id);
	json_writer_open(out, '{');
	json_writer_key_string(out, "id", id);
	json_writer_key_string(out, "url", hook->url);
	json_writer_key(out, "events");
	json_writer_open(out, '[');
	for (unsigned i = 0; i < WEBHOOK_EVENTS; i++)
		if (hook->events & 1u << i)
			json_writer_string(out, names[i]);
	json_writer_close(out, ']');
	json_writer_key_string(out, "secret", hook->secret);
	json_writer_key(out, "created_at");
	json_writer_time(out, hook->created * USEC_PER_SEC);
	json_writer_close(out, '}');
}

void webhooks_write_one(const struct webhooks *webhooks, int number, struct json_writer *out)
{
	for (int i = 0; i < webhooks->n; i++)
		if (webhooks->list[i].number == number)
			write_hook(&webhooks->list[i], out);
}

void webhooks_write(const struct webhooks *webhooks, struct json_writer *out)
{
	json_writer_key(out, "webhooks");
	json_writer_open(out, '[');
	for (int i = 0; i < webhooks->n; i++)
		write_hook(&webhooks->list[i], out);
	json_writer_close(out, ']');
	json_writer_key_int(out, "told", webhooks->told);
	json_writer_key_int(out, "repeated", webhooks->repeated);
	json_writer_key_int(out, "forged", webhooks->forged);
	json_writer_key_int(out, "left_out", webhooks->left_out);
	deliveries_write(webhooks->deliveries, out);
}

/* ---- signatures -------------------------------------------------------- */

static void add_base64(struct buf *out, const unsigned char *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t three = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) |
				 (i + 2 < n ? p[i + 2] : 0);

		buf_char(out, digits[three >> 18]);
		buf_char(out, digits[three >> 12 & 63]);
		buf_char(out, i + 1 < n ? digits[three >> 6 & 63] : '=');
		buf_char(out, i + 2 < n ? digits[three & 63] : '=');
	}
}

/* The header of BODY's signature, as the settings want it written. */
static void sign(const struct webhooks *webhooks, const char *secret, const struct buf *body,
		 struct buf *header)
{
	unsigned char digest[HMAC_SIZE];
	struct hmac_key key;

	hmac_key(&key, secret, strlen(secret));
	hmac_sign(&key, buf_text(body), body->len, digest);
	buf_str(header, SIGNATURE_HEADER);
	if (webhooks->settings->webhook_signature == SETTINGS_BASE64) {
		add_base64(header, digest, sizeof(digest));
		return;
	}
	if (webhooks->settings->webhook_signature == SETTINGS_SHA256_HEX)
		buf_str(header, "sha256=");
	for (size_t i = 0; i < sizeof(digest); i++)
		buf_printf(header, "%02x", digest[i]);
}

/* ---- events ------------------------------------------------------------ */

/* A fraction of the time that disorder may take. */
static int64_t some_wait(struct webhooks *webhooks)
{
	int64_t most = webhooks->settings->webhook_disorder_ms;

	return most > 0 ? chance_below(&webhooks->chance, (uint32_t)most) * USEC_PER_MSEC : 0;
}

static void send(struct webhooks *webhooks, const struct hook *hook, const struct buf *body,
		 bool forged)
{
	CLEANUP(buf_free) struct buf header = BUF_MAX(SIGNATURE_SIZE);

	sign(webhooks, forged ? "whsec_nobody_knows_it" : hook->secret, body, &header);
	webhooks->forged += forged;
	deliveries_add(webhooks->deliveries,
		       &(struct delivery_order){ .hook = hook->number,
						 .url = hook->url,
						 .signature = buf_text(&header),
						 .body = body,
						 .wait = some_wait(webhooks) });
}

static void begin_event(struct webhooks *webhooks, enum webhook_event event,
			struct json_writer *out)
{
	char id[32];

	snprintf(id, sizeof(id), "evt_%08" PRId64, ++webhooks->told);
	json_writer_open(out, '{');
	json_writer_key_string(out, "id", id);
	json_writer_key_string(out, "event", names[event]);
	json_writer_key(out, "occurred_at");
	json_writer_time(out,
			 calendar_now(deliveries_calendar(webhooks->deliveries)) * USEC_PER_SEC);
	json_writer_key(out, "data");
	json_writer_open(out, '{');
}

static void end_event(struct json_writer *out)
{
	json_writer_close(out, '}');
	json_writer_close(out, '}');
}

/* The message that was said last, as its list will show it. */
static void write_message(const struct webhooks *webhooks, uint32_t number, struct json_writer *out)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LARGEST_EVENT);
	struct talk_message message;
	char id[IDENT_SIZE];

	ident_write(webhooks->world->tag, IDENT_CONVERSATION, number, id);
	json_writer_key_string(out, "conversation_id", id);
	if (!talk_newest(webhooks->talk, number, &message))
		return;
	talk_write(webhooks->talk, &text, number, &message);
	json_writer_key(out, "message");
	json_writer_raw(out, buf_text(&text), text.len);
}

static void write_event(struct webhooks *webhooks, enum webhook_event event, uint32_t number,
			struct buf *body)
{
	const struct world *world = webhooks->world;
	struct json_writer out = JSON_WRITER_TO(body);
	CLEANUP(buf_free) struct buf item = BUF_MAX(LARGEST_EVENT);

	begin_event(webhooks, event, &out);
	if (event == WEBHOOK_MESSAGE_CREATED) {
		write_message(webhooks, number, &out);
	} else {
		page_item(&item, world, number);
		json_writer_key(&out, "conversation");
		json_writer_raw(&out, buf_text(&item), item.len);
	}
	end_event(&out);
}

/* Once to each that wants it, and perhaps again; perhaps somebody else does the same. */
static void spread(struct webhooks *webhooks, enum webhook_event event, const struct buf *body)
{
	const struct settings *settings = webhooks->settings;

	for (int i = 0; i < webhooks->n; i++) {
		const struct hook *hook = &webhooks->list[i];

		if (!(hook->events & 1u << event))
			continue;
		if (settings->webhook_silent) {
			webhooks->left_out++;
			continue;
		}
		send(webhooks, hook, body, false);
		if (chance_percent(&webhooks->chance, (unsigned)settings->webhook_repeat)) {
			send(webhooks, hook, body, false);
			webhooks->repeated++;
		}
		if (chance_percent(&webhooks->chance, (unsigned)settings->webhook_forge))
			send(webhooks, hook, body, true);
	}
}

void webhooks_tell(struct webhooks *webhooks, enum webhook_event event, uint32_t number)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LARGEST_EVENT);

	if (webhooks->n == 0)
		return;
	write_event(webhooks, event, number, &body);
	spread(webhooks, event, &body);
}

void webhooks_tell_change(struct webhooks *webhooks, const struct change *change,
			  const struct conversation_state *before)
{
	if (webhooks->n == 0 || change->kind == CHANGE_DEATH)
		return;
	if (change->kind == CHANGE_BIRTH) {
		webhooks_tell(webhooks, WEBHOOK_CONVERSATION_CREATED, change->number);
		return;
	}
	if (conversation_state_same(before, &change->to)) {
		webhooks_tell(webhooks, WEBHOOK_MESSAGE_CREATED, change->number);
		return;
	}
	webhooks_tell(webhooks, WEBHOOK_CONVERSATION_UPDATED, change->number);
	if (change->to.status == STATUS_RESOLVED && before->status != STATUS_RESOLVED)
		webhooks_tell(webhooks, WEBHOOK_CONVERSATION_RESOLVED, change->number);
}

void webhooks_tell_of(struct webhooks *webhooks, enum webhook_event event, const char *id,
		      bool forged)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LARGEST_EVENT);
	struct json_writer out = JSON_WRITER_TO(&body);

	begin_event(webhooks, event, &out);
	json_writer_key(&out, "conversation");
	json_writer_open(&out, '{');
	json_writer_key_string(&out, "id", id);
	json_writer_close(&out, '}');
	end_event(&out);
	for (int i = 0; i < webhooks->n; i++)
		if (webhooks->list[i].events & 1u << event)
			send(webhooks, &webhooks->list[i], &body, forged);
}
