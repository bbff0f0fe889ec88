/* SPDX-License-Identifier: MIT */
#include "workspace_settings.h"

#include "json_writer.h"

const char *const workspace_settings_reads[] = { "off", "replies", "all" };

/* The spans of a day, each with the KEY that says which day: a NUMBER of the week, or a DATE. */
static void write_day(struct json_writer *out, int number, const char *date,
		      const struct work_day *day)
{
	for (size_t i = 0; i < day->n; i++) {
		json_writer_open(out, '{');
		if (date)
			json_writer_key_string(out, "day", date);
		else
			json_writer_key_int(out, "day", number);
		json_writer_key_int(out, "opens", day->spans[i].opens);
		json_writer_key_int(out, "closes", day->spans[i].closes);
		json_writer_close(out, '}');
	}
}

static void write_hours(struct json_writer *out, const struct workspace_hours *hours)
{
	json_writer_key(out, "hours");
	json_writer_open(out, '[');
	for (int day = 0; day < WEEK_DAYS; day++)
		write_day(out, day + 1, NULL, &hours->days[day]);
	json_writer_close(out, ']');
}

static void write_dates(struct json_writer *out, const struct workspace_dates *dates)
{
	json_writer_key(out, "dates");
	json_writer_open(out, '[');
	for (size_t i = 0; i < dates->n; i++)
		write_day(out, 0, dates->dates[i].date, &dates->dates[i].hours);
	json_writer_close(out, ']');
}

static void write_holidays(struct json_writer *out, const struct workspace_holidays *holidays)
{
	json_writer_key(out, "holidays");
	json_writer_open(out, '[');
	for (size_t i = 0; i < holidays->n; i++)
		json_writer_string(out, holidays->days[i]);
	json_writer_close(out, ']');
}

static void write_channels(struct json_writer *out, const struct workspace_conf *conf)
{
	json_writer_key(out, "channels");
	json_writer_open(out, '[');
	for (size_t i = 0; i < conf->channel_hours.n; i++) {
		const struct workspace_channel *channel = &conf->channel_hours.channels[i];

		json_writer_open(out, '{');
		json_writer_key_string(out, "channel_id", channel->channel_id);
		json_writer_key_string(out, "channel_type", channel->channel_type);
		write_hours(out, &channel->hours);
		write_dates(out, channel->dates.given ? &channel->dates : &conf->date_hours);
		write_holidays(out, channel->holidays.given ? &channel->holidays : &conf->holidays);
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
		json_writer_key_bool(out, "pauses_pending", target->pause.pending);
		json_writer_key_bool(out, "pauses_snoozed", target->pause.snoozed);
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

static void write_messages(struct json_writer *out, const struct workspace_conf *conf)
{
	if (conf->messages.read == WORKSPACE_MESSAGES_OFF)
		return;
	json_writer_key(out, "messages");
	json_writer_open(out, '{');
	json_writer_key_string(out, "read", workspace_settings_reads[conf->messages.read]);
	json_writer_key_int(out, "since", conf->messages.since);
	json_writer_close(out, '}');
}

void workspace_settings_write(struct buf *text, const struct workspace_conf *conf)
{
	struct json_writer out = JSON_WRITER_TO(text);

	json_writer_open(&out, '{');
	write_hours(&out, &conf->business_hours);
	write_dates(&out, &conf->date_hours);
	write_holidays(&out, &conf->holidays);
	write_channels(&out, conf);
	write_targets(&out, conf);
	json_writer_key_bool(&out, "codes_agents", conf->codes_agents);
	write_messages(&out, conf);
	json_writer_key_bool(&out, "drops_names", !conf->keep_name);
	json_writer_key_bool(&out, "drops_phones", !conf->keep_phone);
	json_writer_close(&out, '}');
}

void workspace_settings_attributes(struct buf *text, const struct workspace_conf *conf, size_t n)
{
	struct json_writer out = JSON_WRITER_TO(text);

	json_writer_open(&out, '{');
	for (size_t i = 0; i < n; i++) {
		const struct workspace_attributes *of = &conf[i].attributes;

		json_writer_key(&out, conf[i].name);
		json_writer_open(&out, '[');
		for (size_t j = 0; j < of->n; j++) {
			json_writer_open(&out, '{');
			json_writer_key_string(&out, "name", of->list[j].name);
			json_writer_key_string(&out, "path", of->list[j].path);
			json_writer_key_string(&out, "type", of->list[j].type);
			json_writer_close(&out, '}');
		}
		json_writer_close(&out, ']');
	}
	json_writer_close(&out, '}');
}
