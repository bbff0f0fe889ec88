-- SPDX-License-Identifier: MIT
-- The settings that a connection which writes makes besides, once; see pins.sql.
--
-- Every look-up of a merge is by an index, so hash and merge joins could
-- only read a whole table for a small batch; JIT would compile statements that
-- run for a millisecond. Plans may be kept: foreign keys are checked by one
-- row at a time, and to plan each check anew would cost more than all the rest.
-- One made while tables were empty goes with the first keep_statistics().
set enable_hashjoin = off;
set enable_mergejoin = off;
set statement_timeout = '5min';
-- Where Citus spreads the warehouse, a transaction that writes tables on every machine and then rows that refer to them
-- may not write several shards at once.
select set_config('citus.multi_shard_modify_mode', 'sequential', false)
where current_setting('citus.multi_shard_modify_mode', true) is not null;

-- The workspaces' locks end with this session. When our host dies nobody says so: the server has to notice, soon enough
-- for a standby to take over within ten seconds; and when we die while it works, before it is done.
set tcp_keepalives_idle = 3;
set tcp_keepalives_interval = 2;
set tcp_keepalives_count = 2;
set tcp_user_timeout = 7000;

-- The staging area: filled by COPY, read by the merge, empty again after each commit.
create temp table if not exists stage_batch (
	workspace_id  integer not null,
	run_id        bigint,
	sweep_id      bigint,
	batch         integer,
	pass          smallint,
	scan          integer,
	observed_at   timestamptz not null,
	told_at       timestamptz			-- the time that the API told; null: it has told none
) on commit delete rows;

-- A conversation has the columns of the table that it is merged into; COPY fills those that the API has.
create temp table if not exists stage_conversation on commit delete rows as
select null::integer as seq, null::integer as page, null::timestamptz as observed_at, c.* from sahut.conversation c
with no data;
alter table stage_conversation alter seq set not null, alter observed_at set not null, alter id set not null,
	alter status set not null, alter labels set not null, alter created_at set not null;

create temp table if not exists stage_channel (
	seq   integer not null,
	id    text collate "C" not null,
	type  text,
	name  text
) on commit delete rows;

create temp table if not exists stage_agent (
	seq   integer not null,
	id    text collate "C" not null,
	name  text
) on commit delete rows;

create temp table if not exists stage_team (
	seq   integer not null,
	id    text collate "C" not null,
	name  text
) on commit delete rows;

create temp table if not exists stage_contact (
	seq        integer not null,
	id         text collate "C" not null,
	name       text,
	phone      text,
	phone_key  bytea,
	extra      jsonb
) on commit delete rows;

create temp table if not exists stage_gone (
	seq          integer not null,
	id           text collate "C" not null,
	merged_into  text collate "C",
	observed_at  timestamptz not null
) on commit delete rows;

create temp table if not exists stage_absent (
	seq             integer not null,
	id              text collate "C" not null,
	is_gone         boolean not null,
	observed_at     timestamptz not null,
	unlisted_since  timestamptz
) on commit delete rows;

create temp table if not exists stage_rejected (
	seq              integer not null,
	page             integer,
	fingerprint      text collate "C" not null,
	conversation_id  text collate "C",
	contact_id       text collate "C",
	created_at       timestamptz,
	reason           text not null,
	item             text not null,
	observed_at      timestamptz not null
) on commit delete rows;

create temp table if not exists stage_message (
	seq               integer not null,
	conversation_id   text collate "C" not null,
	id                text collate "C" not null,
	place             integer not null,
	type              text not null,
	is_note           boolean not null,
	sender_type       text,
	sender_id         text collate "C",
	created_at        timestamptz not null,
	text_length       integer,
	attachment_count  integer not null,
	attachment_kinds  text[] not null,
	observed_at       timestamptz not null,
	reading           integer not null
) on commit delete rows;

create temp table if not exists stage_reading (
	seq              integer not null,
	conversation_id  text collate "C" not null,
	due_at           timestamptz,
	how              text not null,
	message_count    integer not null,
	per_page         integer not null,
	last_message_id  text collate "C",
	last_message_at  timestamptz,
	reading          integer not null,
	shrunk           integer not null,
	moved            boolean not null,
	unmoved          boolean not null,
	observed_at      timestamptz not null,
	is_mixed         boolean not null default false
) on commit delete rows;

-- Turns of the conversations that were read.
create temp table if not exists stage_turn (
	conversation_id    text collate "C" not null,
	turn_no            integer not null,
	from_at            timestamptz not null,
	customer_messages  integer not null,
	reply_count        integer not null,
	reply_at           timestamptz,
	reply_sender_type  text,
	reply_sender_id    text collate "C",
	agent_reply_at     timestamptz,
	agent_reply_id     text collate "C",
	bot_reply_at       timestamptz,
	last_at            timestamptz not null,
	from_day           date not null,
	reply_work_usec    bigint
) on commit delete rows;

create temp table if not exists stage_rejected_message (
	seq              integer not null,
	conversation_id  text collate "C" not null,
	place            integer not null,
	message_id       text collate "C",
	reason           text not null,
	members          text[] not null,
	observed_at      timestamptz not null
) on commit delete rows;

-- Of the staged contacts, those that are new or differ from the held ones.
create temp table if not exists pick_contact (
	id         text collate "C" not null,
	name       text,
	phone      text,
	phone_key  bytea,
	extra      jsonb,
	is_new     boolean not null,	-- nothing is held of it,
	is_bare    boolean not null,	-- or nothing that identifies it
	is_rekeyed boolean not null	-- it has another phone
) on commit delete rows;

-- Of the staged conversations those that differ from the held ones: the staged columns, beside them the held ones, all
-- empty for a new one, and the place in time.
create temp table if not exists pick on commit delete rows as
select
	s.*,
	null::boolean as is_new,
	null::boolean as is_revived,
	null::boolean as is_touch,	-- updated_at moved and nothing tracked did
	null::boolean as is_silent,	-- content changed and updated_at did not move
	null::boolean as is_late,	-- new, though an instant was published that should have covered it,
	null::interval as late_by,	-- by so much
	null::boolean as is_stale,	-- older than the held one
	null::boolean as is_tracked,	-- status, assignee, team or channel changed
	s.created_at as was_created_at,
	s.channel_id as was_channel,
	s.contact_id as was_contact,
	s.status as was_status,
	s.assignee_id as was_assignee,
	s.team_id as was_team,
	s.labels as was_labels,
	null::boolean as is_observed,	-- its history is known from its creation
	null::timestamptz as not_before,
	null::timestamptz as valid_from,
	null::timestamptz as born_at,	-- of a new one whose first state was not seen: when that state began
	null::text as born_status,
	null::boolean as is_estimated,	-- valid_from may be off by more than half an hour
	-- the time in business hours until the first assignment and the first resolution, as it is known now
	null::bigint as assigned_business_seconds,
	null::bigint as resolved_business_seconds,
	null::integer as was_resolutions,	-- seen before
	null::bigint as stay_usec,	-- how long the unresolved state lasted that ends now,
	null::bigint as stay_work_usec	-- and in business hours
from stage_conversation s
with no data;
alter table pick alter is_new set not null, alter is_revived set not null, alter is_touch set not null,
	alter is_silent set not null, alter is_late set not null, alter is_stale set not null, alter is_tracked set not null,
	alter is_observed set not null, alter observed_at set not null, alter not_before set not null,
	alter valid_from set not null, alter version_no set not null, alter is_estimated set not null,
	alter was_resolutions set not null;

-- Conversations that say they were created at another time, with their first version.
create temp table if not exists moved (
	id           text collate "C" not null,
	is_moved     boolean not null,	-- the version begins elsewhere now,
	was_from     timestamptz not null,
	valid_from   timestamptz not null,	-- here; of one older than the first load, the creation itself
	valid_day    date not null,
	is_assigned  boolean not null
) on commit delete rows;

-- The counts of the batch; the last statement of a merge reads them out. Pages of the batch of which more than a few
-- items could not be loaded.
create temp table if not exists odd_page (
	page  integer not null
) on commit delete rows;

-- Conversations of the batch that may count otherwise on stored days; their parts in those days before it, with the
-- sign -1, and after it, with 1.
create temp table if not exists recount (
	id        text collate "C" not null,
	is_whole  boolean not null,	-- not by their labels alone
	is_stock  boolean not null	-- nor by their contact
) on commit delete rows;
create temp table if not exists volume_change on commit delete rows as
select null::integer as sign, d.* from sahut_etl.day_volume d with no data;
create temp table if not exists hour_change on commit delete rows as
select null::integer as sign, d.* from sahut_etl.hour_volume d with no data;
create temp table if not exists label_change on commit delete rows as
select null::integer as sign, d.* from sahut_etl.day_label d with no data;
create temp table if not exists pair_change on commit delete rows as
select null::integer as sign, d.* from sahut_etl.day_label_pair d with no data;
create temp table if not exists backlog_change on commit delete rows as
select null::integer as sign, d.* from sahut_etl.day_backlog d with no data;
create temp table if not exists agent_change on commit delete rows as
select null::integer as sign, d.* from sahut_etl.day_agent d with no data;
create temp table if not exists flow_change on commit delete rows as
select null::integer as sign, d.* from sahut_etl.day_flow d with no data;
-- From when to when an agent had one of them, on each day: where these differ a peak may.
create temp table if not exists held_change (
	sign      integer not null,
	day       date not null,
	agent_id  text collate "C" not null,
	from_at   timestamptz not null,
	to_at     timestamptz
) on commit delete rows;

create temp table if not exists tally (
	live_day       date,	-- the first day that reports do not store, before this batch
	has_turn       boolean not null default false,	-- no other session writes stored days until its end
	rows_seen      bigint not null default 0,
	rows_new       bigint not null default 0,
	rows_changed   bigint not null default 0,
	rows_stale     bigint not null default 0,
	rows_rejected  bigint not null default 0,
	rows_deleted   bigint not null default 0,
	rows_revived   bigint not null default 0,
	rows_late      bigint not null default 0,
	late_by        interval,
	rows_silent    bigint not null default 0,
	versions       bigint not null default 0,
	is_misshapen   boolean not null default false,	-- of a page more than a few could not be loaded
	is_held_back   boolean not null default false	-- of the batch's rows some hold the instants
) on commit delete rows;

-- The planner believes in a thousand rows of a table that was never analyzed; of these there is one.
begin;
insert into stage_batch (workspace_id, observed_at) values (0, now());
insert into tally default values;
analyze stage_batch, tally;
commit;
