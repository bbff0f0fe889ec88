/* SPDX-License-Identifier: MIT */
#include "schedule_status.h"

#include <string.h>

#include "command_request.h"
#include "json_writer.h"
#include "script.h"
#include "sql.h"

/* SQLSTATE invalid_parameter_value; of our parameters only that can be one. */
#define UNKNOWN_ZONE "22023"

static void put_instant(struct json_writer *out, const char *key, int64_t t)
{
	json_writer_key(out, key);
	if (t == TIME_NONE || t == TIME_NEVER)
		json_writer_null(out);
	else
		json_writer_int(out, t);
}

static void put_text(struct json_writer *out, const char *key, const char *text)
{
	json_writer_key_string(out, key, text);
}

bool schedule_status_write(struct warehouse *warehouse, int workspace,
			   const struct schedule_status *schedule_status, struct err *err)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(16384);
	struct json_writer out = JSON_WRITER_TO(&text);
	struct script *s;

	json_writer_open(&out, '{');
	put_instant(&out, "incremental", schedule_status->incremental);
	put_instant(&out, "verify", schedule_status->verify);
	put_instant(&out, "full_at", schedule_status->full);
	put_text(&out, "next_kind", schedule_status->next_kind);
	put_instant(&out, "next_at", schedule_status->next_at);
	put_text(&out, "running", schedule_status->running);
	put_instant(&out, "running_since", schedule_status->running_since);
	put_text(&out, "trouble", schedule_status->trouble);
	put_instant(&out, "trouble_since", schedule_status->trouble_since);
	put_instant(&out, "failures", schedule_status->failures);
	put_text(&out, "advice", schedule_status->advice);
	put_text(&out, "listen", schedule_status->listen);
	put_instant(&out, "event_at", schedule_status->event_at);
	put_instant(&out, "event_delay", schedule_status->event_delay);
	put_instant(&out, "unspoken", schedule_status->unspoken);
	json_writer_close(&out, '}');
	s = warehouse_call(warehouse, sql_schedule_write);
	script_int(s, workspace);
	script_text(s, buf_text(&text));
	script_int(s, warehouse_session(warehouse));
	return warehouse_run(warehouse, NULL, err);
}

bool schedule_status_read(struct warehouse *warehouse, int workspace,
			  struct schedule_status_past *past, struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_schedule_facts);

	script_int(s, workspace);
	if (!warehouse_run(warehouse, &table, err))
		return false;
	past->full_at = table_get_int(table, 0, "full_at");
	past->verify_at = table_get_int(table, 0, "verify_at");
	past->synced_at = table_get_int(table, 0, "synced_at");
	past->paused_at = table_get_int(table, 0, "paused_at");
	return true;
}

bool schedule_status_find_night(struct warehouse *warehouse,
				const struct schedule_status_night *night, int64_t *at,
				struct err *err)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(warehouse, sql_schedule_night);

	script_text(s, night->zone);
	script_int(s, night->minutes);
	script_int(s, night->delay);
	script_int(s, night->last);
	script_int(s, night->now);
	if (!warehouse_run(warehouse, &table, err))
		return strcmp(err->code, UNKNOWN_ZONE) == 0
			       ? err_set(err, ERR_CONFIG, "the database knows no time zone \"%s\"",
					 night->zone)
			       : false;
	*at = table_get_int(table, 0, "night");
	return true;
}

bool schedule_status_sleep(struct warehouse *warehouse, int64_t until, struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_schedule_sleep);

	script_int(s, warehouse_session(warehouse));
	script_int(s, until);
	return warehouse_run(warehouse, NULL, err);
}

bool schedule_status_pause(struct warehouse *warehouse, int workspace, const char *who,
			   struct table **was, struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_schedule_pause);

	script_int(s, workspace);
	script_text(s, who);
	if (warehouse_run(warehouse, was, err))
		return true;
	command_request_explain_full(err);
	return false;
}

bool schedule_status_paused(struct warehouse *warehouse, struct table **paused, struct err *err)
{
	(void)!warehouse_call(warehouse, sql_schedule_paused);
	return warehouse_run(warehouse, paused, err);
}

bool schedule_status_of_all(struct warehouse *warehouse, struct table **all, struct err *err)
{
	script_text(warehouse_call(warehouse, sql_status_workspaces), NULL);
	return warehouse_run(warehouse, all, err);
}

bool schedule_status_note_told(struct warehouse *warehouse, const char *workspace,
			       const char *state, struct err *err)
{
	struct script *s = warehouse_call(warehouse, sql_notify_record);

	script_text(s, workspace);
	script_text(s, state);
	return warehouse_run(warehouse, NULL, err);
}
