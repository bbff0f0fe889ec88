/* SPDX-License-Identifier: MIT */
#include "workspace_settings.h"

#include "jsonout.h"

static void write_hours(struct jsonout *out, const struct workspace_settings *work)
{
	jsonout_key(out, "hours");
	jsonout_open(out, '[');
	for (int day = 0; work->opens && day < WORKSPACE_SETTINGS_DAYS; day++) {
		if (work->closes[day] == 0)
			continue;
		jsonout_open(out, '{');
		jsonout_key_int(out, "day", day + 1);
		jsonout_key_int(out, "opens", work->opens[day]);
		jsonout_key_int(out, "closes", work->closes[day]);
		jsonout_close(out, '}');
	}
	jsonout_close(out, ']');
}

static void write_targets(struct jsonout *out, const struct workspace_settings *work)
{
	jsonout_key(out, "targets");
	jsonout_open(out, '[');
	for (size_t i = 0; i < work->n_targets; i++) {
		const struct workspace_settings_target *target = &work->targets[i];

		jsonout_open(out, '{');
		jsonout_key_string(out, "metric", target->metric);
		jsonout_key_int(out, "within", target->within);
		jsonout_key_string(out, "channel_type", target->channel_type);
		jsonout_key_string(out, "label", target->label);
		jsonout_close(out, '}');
	}
	jsonout_close(out, ']');
}

void workspace_settings_write(struct buf *text, const struct workspace_settings *work)
{
	struct jsonout out = JSONOUT_TO(text);

	jsonout_open(&out, '{');
	write_hours(&out, work);
	jsonout_key(&out, "holidays");
	jsonout_open(&out, '[');
	for (size_t i = 0; i < work->n_holidays; i++)
		jsonout_string(&out, work->holidays[i]);
	jsonout_close(&out, ']');
	write_targets(&out, work);
	jsonout_key_bool(&out, "drops_names", work->drops_names);
	jsonout_key_bool(&out, "drops_phones", work->drops_phones);
	jsonout_close(&out, '}');
}
