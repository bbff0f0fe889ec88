-- SPDX-License-Identifier: MIT
-- How messages are read: which conversations are due, and how far each was read. The messages themselves, facts alone,
-- are in 0002_core.sql.

create table sahut_etl.message_state (
	workspace_id    integer primary key references sahut_etl.workspace,
	read            text not null check (read in ('off', 'replies', 'all')),
	since           interval not null,
	history_at      timestamptz,
	history_id      text collate "C",
	history_done    boolean not null default false,
	moved_count     bigint not null default 0,
	unmoved_count   bigint not null default 0,
	shrunk_count    bigint not null default 0,
	gone_count      bigint not null default 0,
	started_at      timestamptz
);
comment on table sahut_etl.message_state is 'How messages of a workspace are read, and how far that has come.';
comment on column sahut_etl.message_state.workspace_id is 'Workspace.';
comment on column sahut_etl.message_state.read is 'off, replies or all, as configured.';
comment on column sahut_etl.message_state.since is
	'Conversations that did not change for so long are not read, as configured.';
comment on column sahut_etl.message_state.history_at is
	'Each conversation that was updated after this instant is read, or due; those before it come later, the newest '
	'first. Empty before the first reading.';
comment on column sahut_etl.message_state.history_id is 'Of those of that very instant: the last one, from the end.';
comment on column sahut_etl.message_state.history_done is 'Whether history was gone through back to since.';
comment on column sahut_etl.message_state.moved_count is
	'Conversations read whose new messages had moved updated_at.';
comment on column sahut_etl.message_state.unmoved_count is
	'Conversations read whose new messages had not moved updated_at, though that was known up to later than they '
	'are.';
comment on column sahut_etl.message_state.shrunk_count is
	'Lists of messages that had not grown at their end alone, and were read anew.';
comment on column sahut_etl.message_state.gone_count is
	'Conversations held whose messages the API does not have (404).';
comment on column sahut_etl.message_state.started_at is
	'Since when messages are read as they are configured now (database''s clock).';

create table sahut_etl.message_reading (
	conversation_id     text collate "C" primary key,
	workspace_id        integer not null references sahut_etl.workspace,
	is_unresolved       boolean not null,
	changed_at          timestamptz,
	due_reason          text check (due_reason in ('changed', 'hinted', 'unread', 'history')),
	due_at              timestamptz,
	not_before          timestamptz,
	read_at             timestamptz,
	read_changed_at     timestamptz,
	keeps_all           boolean not null default false,
	message_count       integer not null default 0,
	per_page            integer not null default 100,
	last_message_id     text collate "C",
	last_message_at     timestamptz,
	waits               boolean,
	reading             integer not null default 1,
	shrunk_count        integer not null default 0,
	rejected_count      integer not null default 0,
	gone_at             timestamptz
) with (fillfactor = 80);
create index message_reading_due on sahut_etl.message_reading (workspace_id, changed_at desc nulls last)
	where due_reason is not null;
create index message_reading_again on sahut_etl.message_reading (workspace_id, read_at)
	where is_unresolved and due_reason is null;
comment on table sahut_etl.message_reading is
	'How far the messages of a conversation were read. A conversation without a row waits for its turn in history.';
comment on column sahut_etl.message_reading.conversation_id is 'Conversation.';
comment on column sahut_etl.message_reading.workspace_id is 'Workspace.';
comment on column sahut_etl.message_reading.is_unresolved is 'Whether it is not resolved, as it was last merged.';
comment on column sahut_etl.message_reading.changed_at is 'Its updated_at, as it was last merged.';
comment on column sahut_etl.message_reading.due_reason is
	'Why it is to be read: changed, hinted (somebody said that it has a new message), unread (it is not resolved, and '
	'was not read yet) or history. Empty: it need not be.';
comment on column sahut_etl.message_reading.due_at is 'Since when it is due (database''s clock).';
comment on column sahut_etl.message_reading.not_before is
	'Until then it is not asked for again, since its list made no sense (database''s clock); empty otherwise.';
comment on column sahut_etl.message_reading.read_at is
	'When its list was last read to the end (API time): up to then its messages are known. Empty: it never was.';
comment on column sahut_etl.message_reading.read_changed_at is 'Its updated_at as it was held then.';
comment on column sahut_etl.message_reading.keeps_all is
	'Whether activities, notes and unknown types are held, too: it was read under read: all.';
comment on column sahut_etl.message_reading.message_count is 'Messages of its list that were read.';
comment on column sahut_etl.message_reading.per_page is 'Messages on a page, when it was last read.';
comment on column sahut_etl.message_reading.last_message_id is 'The last one that was read: there reading goes on.';
comment on column sahut_etl.message_reading.last_message_at is 'When that was written.';
comment on column sahut_etl.message_reading.waits is
	'Whether the customer wrote last, notes and activities aside. Empty: not known.';
comment on column sahut_etl.message_reading.reading is
	'Number of the reading: 1, and one more each time it began anew.';
comment on column sahut_etl.message_reading.shrunk_count is
	'How often its list had not grown at its end alone, and was read anew.';
comment on column sahut_etl.message_reading.rejected_count is 'Messages of the reading that could not be loaded.';
comment on column sahut_etl.message_reading.gone_at is
	'When the API said that it has no messages of this conversation (404); empty when it did not.';

create table sahut_etl.rejected_message (
	conversation_id  text collate "C" not null,
	place            integer not null,
	workspace_id     integer not null references sahut_etl.workspace,
	message_id       text collate "C",
	reason           text not null,
	members          text[] not null,
	seen_at          timestamptz not null,
	primary key (conversation_id, place)
);
comment on table sahut_etl.rejected_message is
	'Messages that could not be loaded: the reason and the names of their members, and nothing of their content.';
comment on column sahut_etl.rejected_message.conversation_id is 'Conversation.';
comment on column sahut_etl.rejected_message.place is 'Where it stands in the conversation''s list, from 1.';
comment on column sahut_etl.rejected_message.workspace_id is 'Workspace.';
comment on column sahut_etl.rejected_message.message_id is 'Its id, where that can be read.';
comment on column sahut_etl.rejected_message.reason is 'Why it was not loaded.';
comment on column sahut_etl.rejected_message.members is 'Names of its members.';
comment on column sahut_etl.rejected_message.seen_at is 'When it was last seen (API time).';

-- The settings of a workspace; without any, nothing is read.
create function sahut_etl.take_message_settings(workspace integer, setting jsonb) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	wanted  constant text := coalesce(setting ->> 'read', 'off');
	span    constant interval := coalesce((setting ->> 'since')::bigint, 0) * interval '1 microsecond';
begin
	-- What is read otherwise from now on is gone through once more, and what was read before is not read twice.
	insert into sahut_etl.message_state as s (workspace_id, read, since) values (workspace, wanted, span)
	on conflict (workspace_id) do update
	set read = excluded.read, since = excluded.since,
		history_at = case when s.read = excluded.read then s.history_at end,
		history_id = case when s.read = excluded.read then s.history_id end,
		history_done = s.history_done and s.read = excluded.read and s.since >= excluded.since,
		started_at = case when s.read = excluded.read then s.started_at end;
end $$;
comment on function sahut_etl.take_message_settings is 'How messages of a workspace are read from now on.';

-- The one door through which conversations become due: of hints, and of whoever else knows better than updated_at.
create function sahut_etl.make_messages_due(workspace integer, ids text[]) returns bigint
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	made  bigint;
begin
	if not exists (select from sahut_etl.message_state s where s.workspace_id = workspace and s.read <> 'off') then
		return 0;
	end if;
	with held as materialized (
		select c.id, c.status, c.updated_at
		from sahut.conversation c
		where c.id = any (ids) and c.workspace_id = workspace and c.deleted_at is null
	)
	insert into sahut_etl.message_reading as r (conversation_id, workspace_id, is_unresolved, changed_at, due_reason,
		due_at)
	select h.id, workspace, h.status <> 'resolved', h.updated_at, 'hinted', clock_timestamp() from held h
	on conflict (conversation_id) do update
	set due_reason = 'hinted', due_at = excluded.due_at, not_before = null, gone_at = null;
	get diagnostics made = row_count;
	return made;
end $$;
comment on function sahut_etl.make_messages_due is
	'Makes the messages of these conversations due, as far as they are held and messages are read; how many it were. '
	'One that is not held yet becomes due when it is loaded.';

-- Reading begins, or goes on otherwise than before: what is not resolved is due at once; all else comes as history.
create function sahut_etl.begin_message_history(workspace integer) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
begin
	with unresolved as materialized (
		select c.id
		from sahut.conversation c
		where c.workspace_id = workspace and c.status <> 'resolved' and c.deleted_at is null
	)
	update sahut_etl.message_reading r set is_unresolved = false
	where r.workspace_id = workspace and r.is_unresolved
	and not exists (select from unresolved u where u.id = r.conversation_id);

	with unresolved as materialized (
		select c.id, c.updated_at
		from sahut.conversation c
		where c.workspace_id = workspace and c.status <> 'resolved' and c.deleted_at is null
	)
	insert into sahut_etl.message_reading as r (conversation_id, workspace_id, is_unresolved, changed_at, due_reason,
		due_at)
	select u.id, workspace, true, u.updated_at, 'unread', clock_timestamp() from unresolved u
	on conflict (conversation_id) do update
	set is_unresolved = true, changed_at = excluded.changed_at, due_reason = excluded.due_reason,
		due_at = excluded.due_at
	where sahut_etl.wants_reading(r, excluded.changed_at);

	update sahut_etl.message_state s
	set history_at = 'infinity', history_id = '', history_done = false, started_at = clock_timestamp()
	where s.workspace_id = workspace;
end $$;
comment on function sahut_etl.begin_message_history is
	'Makes unresolved conversations due and lets history begin at its newest end.';

create function sahut_etl.wants_reading(r sahut_etl.message_reading, changed timestamptz) returns boolean
	language sql stable
as $$
	select r.due_reason is not null or r.read_at is null or r.read_changed_at is distinct from changed
	or not r.keeps_all and exists (
		select from sahut_etl.message_state s where s.workspace_id = r.workspace_id and s.read = 'all')
$$;
comment on function sahut_etl.wants_reading is
	'Whether what was read of a conversation is not what is wanted of one that changed then.';

-- History is a row for each conversation at last, but it becomes due a few at a time, so that what is due stays small.
create function sahut_etl.advance_message_history(workspace integer, most integer) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	s           sahut_etl.message_state;
	oldest      timestamptz;
	ids         text[];
	unresolved  boolean[];
	changed     timestamptz[];
begin
	select * into s from sahut_etl.message_state x where x.workspace_id = workspace;
	if s.history_done then
		return;
	end if;
	oldest := (select coalesce(w.seen_at, now()) - s.since from sahut_etl.workspace w where w.id = workspace);
	select array_agg(n.id), array_agg(n.status <> 'resolved'), array_agg(n.updated_at) into ids, unresolved, changed
	from (
		select c.id, c.status, c.updated_at
		from sahut.conversation c
		where c.workspace_id = workspace and c.deleted_at is null
		and c.updated_at >= oldest and c.updated_at <= s.history_at
		and (c.updated_at, c.id) < (s.history_at, s.history_id)
		order by c.updated_at desc, c.id desc
		limit most
	) n;
	insert into sahut_etl.message_reading as r (conversation_id, workspace_id, is_unresolved, changed_at, due_reason,
		due_at)
	select x.id, workspace, x.is_unresolved, x.changed_at, 'history', clock_timestamp()
	from unnest(ids, unresolved, changed) x(id, is_unresolved, changed_at)
	on conflict (conversation_id) do update
	set is_unresolved = excluded.is_unresolved, changed_at = excluded.changed_at,
		due_reason = coalesce(r.due_reason, excluded.due_reason), due_at = coalesce(r.due_at, excluded.due_at)
	where sahut_etl.wants_reading(r, excluded.changed_at);
	update sahut_etl.message_state x
	set history_at = coalesce(changed[cardinality(ids)], x.history_at),
		history_id = coalesce(ids[cardinality(ids)], x.history_id),
		history_done = coalesce(cardinality(ids), 0) < most
	where x.workspace_id = workspace;
end $$;
comment on function sahut_etl.advance_message_history is
	'Makes the next conversations of history due, from the newest back to since.';
