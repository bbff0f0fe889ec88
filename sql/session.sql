-- SPDX-License-Identifier: MIT
-- What a connection that writes sets for itself besides, once; see pins.sql.
--
-- Every look-up of a merge is by an index, so hash and merge joins could
-- only read a whole table for a small batch; JIT would compile statements that
-- run for a millisecond. Plans may be kept: foreign keys are checked by one
-- row at a time, and to plan each check anew would cost more than all the rest.
-- One made while tables were empty goes with the first keep_statistics().
set enable_hashjoin = off;
set enable_mergejoin = off;
set statement_timeout = '5min';
-- Where Citus spreads the warehouse, a transaction that writes what is on every machine and then what refers to it
-- may not write several shards at once.
select set_config(name, 'sequential', false) from pg_catalog.pg_settings where name = 'citus.multi_shard_modify_mode';

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
	observed_at   timestamptz not null
) on commit delete rows;

create temp table if not exists stage_conversation (
	seq           integer not null,
	page          integer,
	observed_at   timestamptz not null,
	id            text collate "C" not null,
	status        text not null,
	channel_id    text collate "C",
	contact_id    text collate "C",
	assignee_id   text collate "C",
	team_id       text collate "C",
	created_at    timestamptz not null,
	updated_at    timestamptz,
	labels        text[] collate "C" not null,
	extra         jsonb
) on commit delete rows;

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

-- Of what was staged, the contacts that are new or differ from what is held.
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

-- Of what was staged, the conversations that differ from what is held, with what is held beside it.
create temp table if not exists pick (
	id            text collate "C" not null,
	page          integer,
	status        text not null,
	channel_id    text collate "C",
	contact_id    text collate "C",
	assignee_id   text collate "C",
	team_id       text collate "C",
	labels        text[] collate "C" not null,
	created_at    timestamptz not null,
	updated_at    timestamptz,
	extra         jsonb,
	-- what is held, all empty for a new one
	is_new        boolean not null,
	is_revived    boolean not null,
	is_touch      boolean not null,	-- updated_at moved and nothing tracked did
	is_silent     boolean not null,	-- content changed and updated_at did not move
	is_late       boolean not null,	-- new, though an instant was published that should have covered it,
	late_by       interval,		-- by so much
	is_stale      boolean not null,	-- older than what is held
	is_tracked    boolean not null,	-- status, assignee, team or channel changed
	was_created_at timestamptz,
	was_channel   text collate "C",
	was_contact   text collate "C",
	was_status    text,
	was_assignee  text collate "C",
	was_team      text collate "C",
	was_labels    text[] collate "C",
	-- its place in time
	is_observed   boolean not null,	-- its history is known from its creation
	observed_at   timestamptz not null,
	not_before    timestamptz not null,
	valid_from    timestamptz not null,
	version_no    integer not null,
	born_at       timestamptz,	-- of a new one whose first state was not seen: when that state began
	born_status   text,
	is_estimated  boolean not null,	-- valid_from may be off by more than half an hour
	-- what it took in business hours until the first assignment and the first resolution, as it is known now
	assigned_business_seconds bigint,
	resolved_business_seconds bigint,
	was_resolutions integer not null	-- seen before
) on commit delete rows;

-- Conversations that say they were created at another time, with their first version.
create temp table if not exists moved (
	id           text collate "C" not null,
	is_moved     boolean not null,	-- the version begins elsewhere now,
	was_from     timestamptz not null,
	valid_from   timestamptz not null,	-- here; of one older than the first load, the creation itself
	valid_day    date not null,
	is_assigned  boolean not null
) on commit delete rows;

-- What became of the batch; the last statement of a merge reads it out.
create temp table if not exists tally (
	live_day       date,	-- the first day that reports do not store, before this batch
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
	versions       bigint not null default 0
) on commit delete rows;

-- The planner believes in a thousand rows of a table that was never analyzed; of these there is one.
begin;
insert into stage_batch (workspace_id, observed_at) values (0, now());
insert into tally default values;
analyze stage_batch, tally;
commit;
