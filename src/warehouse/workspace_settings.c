/* SPDX-License-Identifier: MIT */
#include "workspace_settings.h"

#include "json_writer.h"

static void write_hours(struct json_writer *out, const struct workspace_settings *work)
{
	json_writer_key(out, "hours");
	json_writer_open(out, '[');
	for (int day = 0; work->opens && day < WORKSPACE_SETTINGS_DAYS; day++) {
		if (work->closes[day] == 0)
			continue;
		json_writer_open(out, '{');
		json_writer_key_int(out, "day", day + 1);
		json_writer_key_int(out, "opens", work->opens[day]);
		json_writer_key_int(out, "closes", work->closes[day]);
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

static void write_targets(struct json_writer *out, const struct workspace_settings *work)
{
	json_writer_key(out, "targets");
	json_writer_open(out, '[');
	for (size_t i = 0; i < work->n_targets; i++) {
		const struct workspace_settings_target *target = &work->targets[i];

		json_writer_open(out, '{');
		json_writer_key_string(out, "metric", target->metric);
		json_writer_key_int(out, "within", target->within);
		json_writer_key_string(out, "channel_type", target->channel_type);
		json_writer_key_string(out, "label", target->label);
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

void workspace_settings_write(struct buf *text, const struct workspace_settings *work)
{
	struct json_writer out = JSON_WRITER_TO(text);

	json_writer_open(&out, '{');
	write_hours(&out, work);
	json_writer_key(&out, "holidays");
	json_writer_open(&out, '[');
	for (size_t i = 0; i < work->n_holidays; i++)
		json_writer_string(&out, work->holidays[i]);
	json_writer_close(&out, ']');
	write_targets(&out, work);
	json_writer_key_bool(&out, "drops_names", work->drops_names);
	json_writer_key_bool(&out, "drops_phones", work->drops_phones);
	json_writer_close(&out, '}');
}
