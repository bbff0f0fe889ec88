/* SPDX-License-Identifier: MIT */
#include "message_batch.h"

#include "query.h"

void message_batch_begin(struct message_batch *batch, bool all)
{
	batch->decode = message_decode_new();
	batch->all = all;
	message_batch_forget(batch);
}

void message_batch_end(struct message_batch *batch)
{
	message_decode_free(&batch->decode);
}

void message_batch_forget(struct message_batch *batch)
{
	for (int i = 0; i < MESSAGES_MOST; i++)
		batch->written[i] = batch->observed[i] = TIME_NONE;
}

bool message_batch_take(struct message_batch *batch, const struct message_env *env,
			const struct slot *slot, int *n, struct err *err)
{
	const struct http_reply *reply = slot->reply;
	int item = slot->request.item;
	struct message_page page = { .gone = reply->status == 404,
				     .page = slot->request.page,
				     .per_page = slot->request.per_page };
	struct message_origin origin = { .conversation = slot->id,
					 .stage = env->stage,
					 .number = messages_number(&env->engine->messages),
					 .all = batch->all,
					 .observed_at = env->date };

	if (!page.gone && !message_decode_page(batch->decode, &reply->body, &origin, &page, err))
		return err_wrap(err, "page %d of the messages of %s", slot->request.page, slot->id);
	batch->observed[item] = env->date;
	if (page.n > 0) {
		batch->written[item] = origin.last_written;
		table_set_text(env->ids, item, MESSAGE_LAST, origin.last);
	}
	*n = page.n;
	engine_messages(env->engine, &page);
	return true;
}

bool message_batch_skips(struct engine *engine, const struct slot *slot, const struct err *why)
{
	return slot->request.kind == REQUEST_MESSAGES &&
	       (why->kind == ERR_DATA || why->kind == ERR_UNAVAILABLE ||
		why->kind == ERR_MISSING) &&
	       engine_messages_refused(engine);
}

void message_batch_stage(struct message_batch *batch, const struct message_env *env)
{
	for (int i = 0; i < table_rows(env->ids); i++) {
		struct stage_reading reading = {
			.conversation = table_text(env->ids, i, MESSAGE_CONVERSATION),
			.step = engine_message_step(env->engine, i),
			.last = table_text(env->ids, i, MESSAGE_LAST),
			.last_written = batch->written[i],
			.observed_at = batch->observed[i],
		};

		if (reading.step.end != MESSAGES_NOT_READ)
			stage_reading(env->stage, &reading);
	}
}
