/* SPDX-License-Identifier: MIT */
#include "workspace_settings.h"

#include "json_writer.h"

static void write_hours(struct json_writer *out, const struct workspace_conf *conf)
{
	json_writer_key(out, "hours");
	json_writer_open(out, '[');
	for (int day = 0; conf->business_hours.given && day < WEEK_DAYS; day++) {
		if (conf->business_hours.closes[day] == 0)
			continue;
		json_writer_open(out, '{');
		json_writer_key_int(out, "day", day + 1);
		json_writer_key_int(out, "opens", conf->business_hours.opens[day]);
		json_writer_key_int(out, "closes", conf->business_hours.closes[day]);
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

static void write_targets(struct json_writer *out, const struct workspace_conf *conf)
{
	json_writer_key(out, "targets");
	json_writer_open(out, '[');
	for (size_t i = 0; i < conf->targets.n; i++) {
		const struct workspace_target *target = &conf->targets.targets[i];

		json_writer_open(out, '{');
		json_writer_key_string(out, "metric", target->metric);
		json_writer_key_int(out, "within", target->within);
		json_writer_key_string(out, "channel_type", target->channel_type);
		json_writer_key_string(out, "label", target->label);
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

void workspace_settings_write(struct buf *text, const struct workspace_conf *conf)
{
	struct json_writer out = JSON_WRITER_TO(text);

	json_writer_open(&out, '{');
	write_hours(&out, conf);
	json_writer_key(&out, "holidays");
	json_writer_open(&out, '[');
	for (size_t i = 0; i < conf->holidays.n; i++)
		json_writer_string(&out, conf->holidays.days[i]);
	json_writer_close(&out, ']');
	write_targets(&out, conf);
	json_writer_key_bool(&out, "drops_names", !conf->keep_name);
	json_writer_key_bool(&out, "drops_phones", !conf->keep_phone);
	json_writer_close(&out, '}');
}
