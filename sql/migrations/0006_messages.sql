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
	-- Conversations that are to be read in another way from now on are gone through once more, and messages that
	-- were read before are not read twice.
	insert into sahut_etl.message_state as s (workspace_id, read, since) values (workspace, wanted, span)
	on conflict (workspace_id) do update
	set read = excluded.read, since = excluded.since,
		history_at = case when s.read = excluded.read then s.history_at end,
		history_id = case when s.read = excluded.read then s.history_id end,
		history_done = s.history_done and s.read = excluded.read and s.since >= excluded.since,
		started_at = case when s.read = excluded.read then s.started_at end;
end $$;
comment on function sahut_etl.take_message_settings is 'How messages of a workspace are read from now on.';

-- The one door through which conversations become due: of hints, and of anybody else who knows better than updated_at.
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

-- Reading begins, or goes on otherwise than before: unresolved ones are due at once; all others come as history.
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
	select r.due_reason is not null or (r.gone_at is null and (
		r.read_at is null or r.read_changed_at is distinct from changed
		or (not r.keeps_all and exists (
			select from sahut_etl.message_state s where s.workspace_id = r.workspace_id and s.read = 'all'))))
$$;
comment on function sahut_etl.wants_reading is
	'Whether a conversation that changed then was read in another way than the configuration now wants.';

-- History is a row for each conversation at last, but a few become due at a time, so that the number that is due stays
-- small.
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

create function sahut_etl.pick_messages(workspace integer, turn integer, most integer, again interval)
	returns table (id text, message_count integer, per_page integer, last_message_id text, reading integer,
		is_unresolved boolean, changed_at timestamptz, due_at timestamptz)
	language plpgsql
	-- The turn decides which index serves.
	set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
declare
	moment  constant timestamptz := clock_timestamp();
	seen    timestamptz;
	s       sahut_etl.message_state;
begin
	select * into s from sahut_etl.message_state x where x.workspace_id = workspace;
	if not found or s.read = 'off' then
		return;
	end if;
	if s.history_at is null then
		perform sahut_etl.begin_message_history(workspace);
	end if;
	while turn = 3 and not s.history_done and (
		select count(*) from sahut_etl.message_reading r
		where r.workspace_id = workspace and r.due_reason = 'history') < most
	loop
		perform sahut_etl.advance_message_history(workspace, greatest(1000, most));
		select * into s from sahut_etl.message_state x where x.workspace_id = workspace;
	end loop;
	seen := (select coalesce(w.seen_at, moment) from sahut_etl.workspace w where w.id = workspace);
	return query
	select r.conversation_id,
		case when x.is_afresh then 0 else r.message_count end, r.per_page,
		case when x.is_afresh then null else r.last_message_id end,
		r.reading + x.is_afresh::integer, r.is_unresolved, r.changed_at, r.due_at
	from sahut_etl.message_reading r
	cross join lateral (
		-- Under read: replies less was kept: then it is read once more from its beginning.
		select s.read = 'all' and not r.keeps_all and r.message_count > 0 as is_afresh
	) x
	where r.workspace_id = workspace and (r.not_before is null or r.not_before <= moment)
	and case turn
		when 0 then r.due_reason is not null and r.is_unresolved and r.waits is not false
		when 1 then r.due_reason is not null and r.due_reason <> 'history'
		when 2 then r.due_reason is null and r.is_unresolved and r.gone_at is null and r.read_at < seen - again
		else r.due_reason = 'history' end
	order by case when turn = 2 then r.waits is false end, case when turn = 2 then r.read_at end,
		r.changed_at desc nulls last, r.conversation_id
	limit most;
end $$;
comment on function sahut_etl.pick_messages is
	'The next conversations whose messages are to be read. Turn 0: not resolved, without an answer; 1: changed since '
	'they were read; 2: not resolved, and not read for so long; 3: history, which becomes due here.';

create function sahut_etl.messages_due(workspace integer) returns bigint
	language sql stable
	set search_path = pg_catalog, pg_temp
as $$
	select count(*) from sahut_etl.message_reading r where r.workspace_id = workspace and r.due_reason is not null
$$;
comment on function sahut_etl.messages_due is 'Conversations whose messages are to be read now.';

create function sahut_etl.messages_to_come(workspace integer) returns bigint
	language plpgsql stable
	set search_path = pg_catalog, pg_temp
as $$
declare
	s       sahut_etl.message_state;
	oldest  timestamptz;
begin
	select * into s from sahut_etl.message_state x where x.workspace_id = workspace;
	if not found or s.read = 'off' or s.history_done then
		return 0;
	end if;
	oldest := (select coalesce(w.seen_at, now()) - s.since from sahut_etl.workspace w where w.id = workspace);
	return (
		select count(*) from sahut.conversation c
		where c.workspace_id = workspace and c.deleted_at is null and c.updated_at >= oldest
		and c.updated_at < coalesce(s.history_at, 'infinity'))
	- (
		select count(*) from sahut_etl.message_reading r
		where r.workspace_id = workspace and r.changed_at >= oldest
		and r.changed_at < coalesce(s.history_at, 'infinity')
		and (r.due_reason is not null or not sahut_etl.wants_reading(r, r.changed_at)));
end $$;
comment on function sahut_etl.messages_to_come is
	'Conversations of history, back to since, that are neither read as it is wanted nor due.';

-- ---- reports ----

create view sahut_report.replies as
select
	t.conversation_id || ':' || t.turn_no as id, w.name as workspace_name, t.conversation_id, t.turn_no,
	c.channel_id, ch.type as channel_type, ch.name as channel_name, c.team_id, tm.name as team_name,
	c.assignee_id, g.name as assignee_name, t.from_at, (t.from_at at time zone w.timezone)::date as from_day,
	extract(hour from t.from_at at time zone w.timezone)::integer as from_hour, t.customer_messages,
	t.reply_at,
	case when t.reply_at is not null then coalesce(t.sender_type, 'unknown') end as replied_by,
	case when t.sender_type = 'agent' then t.sender_id end as agent_id,
	case when t.sender_type = 'agent' then a.name end as agent_name,
	greatest(0, extract(epoch from t.reply_at - t.from_at))::bigint as reply_seconds,
	sahut_etl.business_seconds(w.id, c.channel_id, t.from_at, t.reply_at) as reply_business_seconds,
	t.agent_reply_at,
	t.reply_at is null and c.status <> 'resolved' as is_waiting,
	case when t.reply_at is null and c.status <> 'resolved'
		then greatest(0, extract(epoch from r.read_at - t.from_at))::bigint end as waiting_seconds,
	r.read_at as known_until
from (
	select m.workspace_id, m.conversation_id, m.turn_no,
		min(m.created_at) filter (where m.type = 'incoming') as from_at,
		count(*) filter (where m.type = 'incoming') as customer_messages,
		(array_agg(m.created_at order by m.place) filter (where m.type = 'outgoing'))[1] as reply_at,
		(array_agg(m.sender_type order by m.place) filter (where m.type = 'outgoing'))[1] as sender_type,
		(array_agg(m.sender_id order by m.place) filter (where m.type = 'outgoing'))[1] as sender_id,
		min(m.created_at) filter (where m.type = 'outgoing' and m.sender_type = 'agent') as agent_reply_at
	from (
		select o.*, count(*) filter (where o.type = 'incoming' and o.type_before is distinct from 'incoming')
			over (partition by o.conversation_id order by o.place) as turn_no
		from (
			select x.workspace_id, x.conversation_id, x.place, x.type, x.sender_type, x.sender_id, x.created_at,
				lag(x.type) over (partition by x.conversation_id order by x.place) as type_before
			from sahut.message x
			where x.removed_at is null and not x.is_note and x.type in ('incoming', 'outgoing')
		) o
	) m
	where m.turn_no > 0
	group by m.workspace_id, m.conversation_id, m.turn_no
) t
join sahut_etl.message_reading r on r.conversation_id = t.conversation_id and r.read_at is not null
join sahut_etl.workspace w on w.id = t.workspace_id
join (
	select k.id, k.status, k.channel_id, k.team_id, k.assignee_id
	from sahut.conversation k
	where k.deleted_at is null
) c on c.id = t.conversation_id
left join sahut.channel ch on ch.workspace_id = t.workspace_id and ch.id = c.channel_id
left join sahut.team tm on tm.workspace_id = t.workspace_id and tm.id = c.team_id
left join sahut.agent a on a.workspace_id = t.workspace_id and a.id = t.sender_id
left join sahut.agent g on g.workspace_id = t.workspace_id and g.id = c.assignee_id;
comment on view sahut_report.replies is
	'A row for each turn of a customer, that is their messages until somebody answered, and the answer. Of the '
	'conversations whose messages were read; message_coverage says of how many.';
comment on column sahut_report.replies.id is 'The conversation and the number of the turn.';
comment on column sahut_report.replies.workspace_name is 'Workspace.';
comment on column sahut_report.replies.conversation_id is 'Conversation.';
comment on column sahut_report.replies.turn_no is '1 for the first turn of the customer, 2 for the next, ...';
comment on column sahut_report.replies.channel_id is 'Channel of the conversation now.';
comment on column sahut_report.replies.channel_type is 'Kind of that channel.';
comment on column sahut_report.replies.channel_name is 'Name of that channel.';
comment on column sahut_report.replies.team_id is 'Team of the conversation now.';
comment on column sahut_report.replies.team_name is 'Name of that team.';
comment on column sahut_report.replies.assignee_id is 'Assignee of the conversation now.';
comment on column sahut_report.replies.assignee_name is 'Name of that assignee.';
comment on column sahut_report.replies.from_at is 'When the customer wrote the first message of the turn.';
comment on column sahut_report.replies.from_day is 'Day of that in the workspace''s time zone.';
comment on column sahut_report.replies.from_hour is 'Hour of that in the workspace''s time zone, 0 to 23.';
comment on column sahut_report.replies.customer_messages is 'Messages of the customer in the turn.';
comment on column sahut_report.replies.reply_at is
	'When the first answer was written, by an agent or a bot; empty while there is none. Internal notes are none.';
comment on column sahut_report.replies.replied_by is
	'The kind of its sender: agent, bot, or another word of the API''s; unknown where it gave none.';
comment on column sahut_report.replies.agent_id is 'The agent who wrote it; empty for a bot.';
comment on column sahut_report.replies.agent_name is 'Name of that agent, where one is known.';
comment on column sahut_report.replies.reply_seconds is 'Seconds from from_at to reply_at.';
comment on column sahut_report.replies.reply_business_seconds is 'Of them, those of business hours of the channel.';
comment on column sahut_report.replies.agent_reply_at is
	'When the first answer of an agent in this turn was written; a bot may have been first.';
comment on column sahut_report.replies.is_waiting is
	'Whether the customer still waits: nobody has answered, and the conversation is not resolved.';
comment on column sahut_report.replies.waiting_seconds is
	'Of one that waits: seconds from from_at to known_until.';
comment on column sahut_report.replies.known_until is 'Up to when the conversation''s messages are known (API time).';

create view sahut_report.waiting_now as
select r.id, r.workspace_name, r.conversation_id, r.channel_id, r.channel_type, r.channel_name, r.team_id, r.team_name,
	r.assignee_id, r.assignee_name, r.turn_no, r.from_at, r.waiting_seconds, r.customer_messages, r.known_until
from sahut_report.replies r
where r.is_waiting;
comment on view sahut_report.waiting_now is
	'Conversations that are not resolved and whose customer wrote last: what a team leader watches.';
comment on column sahut_report.waiting_now.id is 'The conversation and the number of the turn.';
comment on column sahut_report.waiting_now.conversation_id is 'Conversation.';
comment on column sahut_report.waiting_now.workspace_name is 'Workspace.';
comment on column sahut_report.waiting_now.channel_id is 'Channel.';
comment on column sahut_report.waiting_now.channel_type is 'Kind of that channel.';
comment on column sahut_report.waiting_now.channel_name is 'Name of that channel.';
comment on column sahut_report.waiting_now.team_id is 'Team.';
comment on column sahut_report.waiting_now.team_name is 'Name of that team.';
comment on column sahut_report.waiting_now.assignee_id is 'Assignee; empty when unassigned.';
comment on column sahut_report.waiting_now.assignee_name is 'Name of that assignee.';
comment on column sahut_report.waiting_now.turn_no is '1 when nobody has answered this customer yet.';
comment on column sahut_report.waiting_now.from_at is 'Since when the customer waits.';
comment on column sahut_report.waiting_now.waiting_seconds is 'For how long, as far as it is known.';
comment on column sahut_report.waiting_now.customer_messages is 'Messages that wait for an answer.';
comment on column sahut_report.waiting_now.known_until is
	'Up to when the conversation''s messages are known (API time).';

create view sahut_report.daily_replies as
select
	concat_ws(':', d.workspace_name, d.day, d.hour, coalesce(d.channel_id, '-'), coalesce(d.team_id, '-'),
		coalesce(d.agent_id, '-')) as id,
	d.workspace_name, d.day, d.hour, d.channel_id, d.channel_type, d.channel_name, d.team_id, d.team_name, d.agent_id,
	d.agent_name, d.turns, d.first_turns, d.answered, d.answered_by_bots, d.waiting, d.reply_seconds_sum,
	d.reply_seconds_median, d.reply_seconds_p90, d.reply_business_seconds_sum, d.reply_business_seconds_median,
	d.reply_business_seconds_p90, d.first_reply_seconds_median, d.first_reply_business_seconds_median,
	case when s.history_done then w.seen_at - s.since else s.history_at end < d.day::timestamp at time zone w.timezone
		and not exists (
		select from sahut_etl.message_reading r
		where r.workspace_id = w.id and r.due_reason is not null
		and r.changed_at >= d.day::timestamp at time zone w.timezone
		and (r.read_at is null or r.read_at < (d.day + 1)::timestamp at time zone w.timezone)) as is_fully_read
from (
	select r.workspace_name, r.from_day as day, r.from_hour as hour, r.channel_id, r.channel_type, r.channel_name,
		r.team_id, r.team_name, r.agent_id, r.agent_name,
		count(*) as turns, count(*) filter (where r.turn_no = 1) as first_turns,
		count(r.reply_at) as answered, count(*) filter (where r.replied_by = 'bot') as answered_by_bots,
		count(*) filter (where r.is_waiting) as waiting,
		sum(r.reply_seconds) as reply_seconds_sum,
		percentile_cont(0.5) within group (order by r.reply_seconds) as reply_seconds_median,
		percentile_cont(0.9) within group (order by r.reply_seconds) as reply_seconds_p90,
		sum(r.reply_business_seconds) as reply_business_seconds_sum,
		percentile_cont(0.5) within group (order by r.reply_business_seconds) as reply_business_seconds_median,
		percentile_cont(0.9) within group (order by r.reply_business_seconds) as reply_business_seconds_p90,
		percentile_cont(0.5) within group (order by r.reply_seconds) filter (where r.turn_no = 1)
			as first_reply_seconds_median,
		percentile_cont(0.5) within group (order by r.reply_business_seconds) filter (where r.turn_no = 1)
			as first_reply_business_seconds_median
	from sahut_report.replies r
	group by r.workspace_name, r.from_day, r.from_hour, r.channel_id, r.channel_type, r.channel_name, r.team_id,
		r.team_name, r.agent_id, r.agent_name
) d
join sahut_etl.workspace w on w.name = d.workspace_name
join sahut_etl.message_state s on s.workspace_id = w.id;
comment on view sahut_report.daily_replies is
	'Turns of customers and the answers to them, by the day and hour in which the turn began, channel, team, and the '
	'agent who answered. Medians of several rows together are worked out from replies.';
comment on column sahut_report.daily_replies.id is 'Workspace, day, hour, channel, team and agent.';
comment on column sahut_report.daily_replies.workspace_name is 'Workspace.';
comment on column sahut_report.daily_replies.day is 'Day of the turn in the workspace''s time zone.';
comment on column sahut_report.daily_replies.hour is 'Hour of it, 0 to 23.';
comment on column sahut_report.daily_replies.channel_id is 'Channel.';
comment on column sahut_report.daily_replies.channel_type is 'Kind of that channel.';
comment on column sahut_report.daily_replies.channel_name is 'Name of that channel.';
comment on column sahut_report.daily_replies.team_id is 'Team.';
comment on column sahut_report.daily_replies.team_name is 'Name of that team.';
comment on column sahut_report.daily_replies.agent_id is
	'The agent who answered; empty for bots and without an answer.';
comment on column sahut_report.daily_replies.agent_name is 'Name of that agent, where one is known.';
comment on column sahut_report.daily_replies.turns is 'Turns of customers.';
comment on column sahut_report.daily_replies.first_turns is 'Of them, first ones of their conversations.';
comment on column sahut_report.daily_replies.answered is 'Turns with an answer.';
comment on column sahut_report.daily_replies.answered_by_bots is 'Of them, those whose first answer came from a bot.';
comment on column sahut_report.daily_replies.waiting is 'Turns whose customer still waits.';
comment on column sahut_report.daily_replies.reply_seconds_sum is 'Seconds to the answers, in all.';
comment on column sahut_report.daily_replies.reply_seconds_median is 'Their median.';
comment on column sahut_report.daily_replies.reply_seconds_p90 is 'Nine of ten answers came within so many seconds.';
comment on column sahut_report.daily_replies.reply_business_seconds_sum is 'Seconds of business hours to the answers.';
comment on column sahut_report.daily_replies.reply_business_seconds_median is 'Their median.';
comment on column sahut_report.daily_replies.reply_business_seconds_p90 is
	'Nine of ten answers came within so many seconds of business hours.';
comment on column sahut_report.daily_replies.first_reply_seconds_median is
	'Median of the seconds to first answers of conversations.';
comment on column sahut_report.daily_replies.first_reply_business_seconds_median is
	'Median of the seconds of business hours to first answers of conversations.';
comment on column sahut_report.daily_replies.is_fully_read is
	'Whether the messages of that day are all read, as far as is known: no conversation is due, or still to come in '
	'history, that may have some of it.';

create view sahut_report.message_coverage as
select w.id, w.name as workspace_name, s.read, r.read_count, r.due_count, r.unresolved_count, r.unresolved_read_count,
	r.rejected_count, s.gone_count, s.shrunk_count, nullif(s.history_at, 'infinity') as history_at, s.history_done,
	r.known_until
from sahut_etl.message_state s
join sahut_etl.workspace w on w.id = s.workspace_id
left join (
	select k.workspace_id, count(k.read_at) as read_count, count(k.due_reason) as due_count,
		count(*) filter (where k.is_unresolved) as unresolved_count,
		count(k.read_at) filter (where k.is_unresolved) as unresolved_read_count,
		sum(k.rejected_count) as rejected_count,
		min(k.read_at) filter (where k.is_unresolved and k.due_reason is null) as known_until
	from sahut_etl.message_reading k
	group by k.workspace_id
) r on r.workspace_id = s.workspace_id
where s.read <> 'off';
comment on view sahut_report.message_coverage is
	'Of how many conversations the messages are known, and how far back: a row for each workspace whose messages are '
	'read.';
comment on column sahut_report.message_coverage.id is 'Number of the workspace.';
comment on column sahut_report.message_coverage.workspace_name is 'Workspace.';
comment on column sahut_report.message_coverage.read is 'replies or all, as configured.';
comment on column sahut_report.message_coverage.read_count is 'Conversations whose messages were read.';
comment on column sahut_report.message_coverage.due_count is
	'Conversations that are to be read, for the first time or again.';
comment on column sahut_report.message_coverage.unresolved_count is 'Unresolved conversations that reading knows of.';
comment on column sahut_report.message_coverage.unresolved_read_count is 'Of them, those that were read.';
comment on column sahut_report.message_coverage.rejected_count is 'Messages that could not be loaded.';
comment on column sahut_report.message_coverage.gone_count is 'Conversations whose messages the API does not have.';
comment on column sahut_report.message_coverage.shrunk_count is
	'Lists that had not grown at their end alone, and were read anew.';
comment on column sahut_report.message_coverage.history_at is
	'Conversations that were updated after this instant are read, or due; empty before history has begun.';
comment on column sahut_report.message_coverage.history_done is 'Whether history was gone through, back to since.';
comment on column sahut_report.message_coverage.known_until is
	'The messages of every unresolved conversation that is not due are known up to this instant (API time).';
