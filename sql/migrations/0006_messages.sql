-- SPDX-License-Identifier: MIT
-- How messages are read: which conversations are due, and what comes of it. The tables are in 0002_core.sql.

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

	-- A conversation without updated_at has no place in history.
	with first as materialized (
		select c.id, c.status <> 'resolved' as is_unresolved, c.updated_at
		from sahut.conversation c
		where c.workspace_id = workspace and (c.status <> 'resolved' or c.updated_at is null)
		and c.deleted_at is null
	)
	insert into sahut_etl.message_reading as r (conversation_id, workspace_id, is_unresolved, changed_at, due_reason,
		due_at)
	select f.id, workspace, f.is_unresolved, f.updated_at, case when f.is_unresolved then 'unread' else 'history' end,
		clock_timestamp()
	from first f
	on conflict (conversation_id) do update
	set is_unresolved = excluded.is_unresolved, changed_at = excluded.changed_at, due_reason = excluded.due_reason,
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
	-- Once it is done its end stays where it is: what comes later from behind it, and is newer, is due when it comes.
	if coalesce(cardinality(ids), 0) < most then
		update sahut_etl.message_state x
		set history_at = least(x.history_at, oldest), history_id = '', history_done = true
		where x.workspace_id = workspace;
	else
		update sahut_etl.message_state x
		set history_at = changed[cardinality(ids)], history_id = ids[cardinality(ids)]
		where x.workspace_id = workspace;
	end if;
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
		when 2 then r.due_reason is null and (
			(r.is_unresolved and r.gone_at is null and r.read_at < seen - again)
			or r.gone_at < seen - interval '1 day' * 4 ^ (r.gone_count - 1) and r.gone_count <= 4)
		else r.due_reason = 'history' end
	order by case when turn = 2 then r.waits is false end, case when turn = 2 then r.read_at end,
		r.changed_at desc nulls last, r.conversation_id
	limit most;
end $$;
comment on function sahut_etl.pick_messages is
	'The next conversations whose messages are to be read. Turn 0: not resolved, without an answer; 1: changed since '
	'they were read; 2: not resolved, and not read for so long, or without messages when they were asked for; 3: '
	'history, which becomes due here.';

create function sahut_etl.messages_due(workspace integer) returns bigint
	language sql stable
	set search_path = pg_catalog, pg_temp
as $$
	select count(*) from sahut_etl.message_reading r where r.workspace_id = workspace and r.due_reason is not null
$$;
comment on function sahut_etl.messages_due is 'Conversations whose messages are to be read now.';

create function sahut_etl.messages_to_come(workspace integer) returns bigint
	language plpgsql stable security definer
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

-- The values are computed first: no UPDATE of rows that may lie on several machines may call a function that reads.
create function sahut_etl.stamp_turns(workspace integer, ids text[]) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
as $$
declare
	zone   constant text := (select w.timezone from sahut_etl.workspace w where w.id = workspace);
	times  jsonb;
begin
	with turn as materialized (
		select k.conversation_id, k.turn_no, k.from_at, k.reply_at, k.from_day, k.reply_work_usec
		from sahut.turn k
		where k.conversation_id = any (ids)
	), its as materialized (
		select c.id, c.channel_id from sahut.conversation c where c.id = any (ids)
	)
	select jsonb_agg(x) into times
	from (
		select t.conversation_id, t.turn_no, (t.from_at at time zone zone)::date as from_day, t.from_day as was_day,
			case when t.reply_at is not null then sahut_etl.work_usec(workspace, i.channel_id, t.from_at,
				greatest(t.from_at, t.reply_at)) end as usec, t.reply_work_usec as was_usec
		from turn t
		join its i on i.id = t.conversation_id
	) x
	where (x.from_day, x.usec) is distinct from (x.was_day, x.was_usec);
	update sahut.turn k
	set from_day = x.from_day, reply_work_usec = x.usec
	from jsonb_to_recordset(times) x(conversation_id text, turn_no integer, from_day date, usec bigint)
	where k.conversation_id = x.conversation_id and k.turn_no = x.turn_no;
end $$;
comment on function sahut_etl.stamp_turns is
	'Writes anew the columns of turns that depend on the time zone and the business hours of the channel.';

-- The conversations of which messages may be missing, and the times of these. A list is known as it was when it was
-- read. A resolved one has messages up to updated_at, as has another where a message is known to move that; of one with
-- a hint nobody knows.
create view sahut_etl.message_gap as
select r.workspace_id, r.conversation_id, coalesce(r.read_at, c.created_at) as from_at,
	case when r.due_reason is distinct from 'hinted'
			and (not r.is_unresolved or sahut_etl.messages_move(s.moved_count, s.unmoved_count))
		then coalesce(r.changed_at, 'infinity') else 'infinity' end as to_at
from sahut_etl.message_reading r
join sahut_etl.message_state s on s.workspace_id = r.workspace_id
join (
	select k.id, k.created_at from sahut.conversation k where k.deleted_at is null
) c on c.id = r.conversation_id
where (r.due_reason is not null or r.gone_at is not null
		or (r.is_unresolved and not sahut_etl.messages_move(s.moved_count, s.unmoved_count)))
	and (r.read_at is null or r.due_reason = 'hinted' or r.is_unresolved or r.changed_at is null
		or r.changed_at >= r.read_at)
union all
select b.workspace_id, b.conversation_id, coalesce(b.written_after, c.created_at),
	coalesce(b.written_before, 'infinity')
from sahut_etl.rejected_message b
join (
	select k.id, k.created_at from sahut.conversation k where k.deleted_at is null
) c on c.id = b.conversation_id
where b.accepted_at is null;
comment on view sahut_etl.message_gap is 'Of which conversations messages may be missing, and of which times.';
comment on column sahut_etl.message_gap.workspace_id is 'Workspace.';
comment on column sahut_etl.message_gap.conversation_id is 'Conversation.';
comment on column sahut_etl.message_gap.from_at is 'They may have been written at this instant, or later.';
comment on column sahut_etl.message_gap.to_at is 'At this one, or earlier; infinity: up to now.';

create view sahut_report.message_days as
select
	w.name || ':' || d.day as id, w.name as workspace_name, d.day, coalesce(g.conversations, 0) as unread_count,
	coalesce(d.day::timestamp at time zone w.timezone > w.history_at
		and (d.day + 1)::timestamp at time zone w.timezone <= w.complete_as_of and g.day is null, false)
		as is_fully_read
from (
	select x.id, x.name, x.timezone, x.complete_as_of, s.history_at,
		(coalesce(x.seen_at, x.complete_as_of, x.active_as_of) at time zone x.timezone)::date as last_day,
		(least(case when s.history_done then s.history_at end,
			coalesce(x.seen_at, x.complete_as_of, x.active_as_of) - s.since) at time zone x.timezone)::date as first_day
	from sahut_etl.message_state s
	join sahut_etl.workspace x on x.id = s.workspace_id
	where s.read <> 'off'
) w
cross join lateral (
	select w.first_day + i as day from generate_series(0, w.last_day - w.first_day) i
) d
left join (
	select p.id, p.first_day + i as day, count(distinct p.conversation_id) as conversations
	from (
		select k.id, k.first_day, n.conversation_id,
			greatest(0, (n.from_at at time zone k.timezone)::date - k.first_day) as first,
			least(k.last_day, (least(n.to_at, k.seen_at) at time zone k.timezone)::date) - k.first_day as last
		from sahut_etl.message_gap n
		join (
			select x.id, x.timezone, coalesce(x.seen_at, x.complete_as_of, x.active_as_of) as seen_at,
				(coalesce(x.seen_at, x.complete_as_of, x.active_as_of) at time zone x.timezone)::date as last_day,
				(least(case when s.history_done then s.history_at end,
					coalesce(x.seen_at, x.complete_as_of, x.active_as_of) - s.since)
					at time zone x.timezone)::date as first_day
			from sahut_etl.message_state s
			join sahut_etl.workspace x on x.id = s.workspace_id
		) k on k.id = n.workspace_id
	) p
	cross join lateral generate_series(p.first, p.last) i
	group by p.id, p.first_day + i
) g on g.id = w.id and g.day = d.day;
comment on view sahut_report.message_days is
	'How fully the messages of each day are read, back to the first day of which they are wanted: it stands beside each '
	'number that is made of messages.';
comment on column sahut_report.message_days.id is 'Workspace and day.';
comment on column sahut_report.message_days.workspace_name is 'Workspace.';
comment on column sahut_report.message_days.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.message_days.unread_count is
	'Conversations that may have messages of that day which are not known: due, said to have none, or with one that '
	'could not be loaded. Those that history has not come to are not among them.';
comment on column sahut_report.message_days.is_fully_read is
	'Whether every message of that day is known, as far as can be told: the day is over, complete_as_of and history '
	'have passed it, and no conversation may have one that is not known.';

create view sahut_report.replies as
select
	t.conversation_id || ':' || t.turn_no as id, w.name as workspace_name, t.conversation_id, t.turn_no,
	t.channel_id, ch.type as channel_type, ch.name as channel_name, t.team_id, tm.name as team_name,
	t.assignee_id, g.name as assignee_name, t.from_at, t.from_day,
	extract(hour from t.from_at at time zone w.timezone)::integer as from_hour, t.customer_messages,
	t.reply_at,
	case when t.reply_at is not null then coalesce(t.reply_sender_type, 'unknown') end as replied_by,
	case when t.reply_sender_type = 'agent' then t.reply_sender_id end as agent_id,
	case when t.reply_sender_type = 'agent' then a.name end as agent_name,
	case when t.reply_at is not null then greatest(0, extract(epoch from t.reply_at - t.from_at))::bigint end
		as reply_seconds,
	(t.reply_work_usec + 500000) / 1000000 as reply_business_seconds,
	t.agent_reply_at,
	t.is_waiting, case when t.is_waiting
		then greatest(0, extract(epoch from r.known_until - t.from_at))::bigint end as waiting_seconds,
	r.known_until, t.reply_count, t.agent_reply_id, ag.name as agent_reply_name,
	case when t.is_waiting then sahut_etl.business_seconds(w.id, t.channel_id,
		t.from_at, greatest(t.from_at, r.known_until)) end as waiting_business_seconds
from (
	-- Where messages are not read any more, nobody knows whether a customer still waits.
	select k.*, c.channel_id, c.team_id, c.assignee_id,
		k.reply_at is null and c.status <> 'resolved' and s.read <> 'off' as is_waiting
	from sahut.turn k
	join sahut.conversation c on c.id = k.conversation_id
	join sahut_etl.message_state s on s.workspace_id = k.workspace_id
	where c.deleted_at is null
) t
join sahut_etl.message_known r on r.conversation_id = t.conversation_id
join sahut_etl.workspace w on w.id = t.workspace_id
left join sahut.channel ch on ch.workspace_id = t.workspace_id and ch.id = t.channel_id
left join sahut.team tm on tm.workspace_id = t.workspace_id and tm.id = t.team_id
left join sahut.agent a on a.workspace_id = t.workspace_id and a.id = t.reply_sender_id
left join sahut.agent ag on ag.workspace_id = t.workspace_id and ag.id = t.agent_reply_id
left join sahut.agent g on g.workspace_id = t.workspace_id and g.id = t.assignee_id;
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
	'Whether the customer still waits: nobody has answered, and the conversation is not resolved. Nobody waits where '
	'messages are not read any more, since nobody knows.';
comment on column sahut_report.replies.waiting_seconds is
	'Of one that waits: seconds from from_at to known_until.';
comment on column sahut_report.replies.known_until is 'Up to when the conversation''s messages are known (API time).';
comment on column sahut_report.replies.reply_count is 'Answers in the turn, up to the next message of the customer.';
comment on column sahut_report.replies.agent_reply_id is 'The agent who wrote the answer of agent_reply_at.';
comment on column sahut_report.replies.agent_reply_name is 'Name of that agent, where one is known.';
comment on column sahut_report.replies.waiting_business_seconds is
	'Of waiting_seconds, those of business hours of the channel.';

create view sahut_report.waiting_now as
select r.id, r.workspace_name, r.conversation_id, r.channel_id, r.channel_type, r.channel_name, r.team_id, r.team_name,
	r.assignee_id, r.assignee_name, r.turn_no, r.from_at, r.waiting_seconds, r.customer_messages, r.known_until,
	r.waiting_business_seconds
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
comment on column sahut_report.waiting_now.waiting_business_seconds is
	'Of waiting_seconds, those of business hours of the channel.';

create view sahut_report.daily_replies as
select
	concat_ws(':', d.workspace_name, d.day, d.hour, coalesce(d.channel_id, '-'), coalesce(d.team_id, '-'),
		coalesce(d.agent_id, '-')) as id,
	d.workspace_name, d.day, d.hour, d.channel_id, d.channel_type, d.channel_name, d.team_id, d.team_name, d.agent_id,
	d.agent_name, d.turns, d.first_turns, d.answered, d.answered_by_bots, d.waiting, d.reply_seconds_sum,
	d.reply_seconds_median, d.reply_seconds_p90, d.reply_business_seconds_sum, d.reply_business_seconds_median,
	d.reply_business_seconds_p90, d.first_reply_seconds_median, d.first_reply_business_seconds_median,
	coalesce(k.is_fully_read, false) as is_fully_read, d.first_reply_seconds_p90, d.first_reply_business_seconds_p90,
	k.unread_count
from (
	select r.workspace_name, r.from_day as day, r.from_hour as hour, r.channel_id, r.channel_type, r.channel_name,
		r.team_id, r.team_name, r.told_id as agent_id, r.told_name as agent_name,
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
			as first_reply_business_seconds_median,
		percentile_cont(0.9) within group (order by r.reply_seconds) filter (where r.turn_no = 1)
			as first_reply_seconds_p90,
		percentile_cont(0.9) within group (order by r.reply_business_seconds) filter (where r.turn_no = 1)
			as first_reply_business_seconds_p90
	from (
		-- Of days long ago no single agent is told.
		select x.*, case when x.from_day < w.agents_from and x.agent_id is not null then '*' else x.agent_id end
			as told_id,
			case when x.from_day < w.agents_from and x.agent_id is not null then '(agents)' else x.agent_name end
			as told_name
		from sahut_report.replies x
		join sahut_etl.workspace w on w.name = x.workspace_name
	) r
	group by r.workspace_name, r.from_day, r.from_hour, r.channel_id, r.channel_type, r.channel_name, r.team_id,
		r.team_name, r.told_id, r.told_name
) d
left join sahut_report.message_days k on k.workspace_name = d.workspace_name and k.day = d.day;
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
	'The agent who answered; empty for bots and without an answer; * for all agents of days whose figures of single '
	'agents are not kept.';
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
	'Whether the messages of that day are all read: message_days has the rule.';
comment on column sahut_report.daily_replies.first_reply_seconds_p90 is
	'Nine of ten first answers came within so many seconds.';
comment on column sahut_report.daily_replies.first_reply_business_seconds_p90 is
	'Nine of ten first answers came within so many seconds of business hours.';
comment on column sahut_report.daily_replies.unread_count is
	'Conversations that may have messages of that day which are not known; empty where the day is not wanted.';

create view sahut_report.message_coverage as
select w.id, w.name as workspace_name, s.read, r.read_count, r.due_count, r.unresolved_count, r.unresolved_read_count,
	r.rejected_count, s.gone_count, s.shrunk_count, nullif(s.history_at, 'infinity') as history_at, s.history_done,
	r.known_until, sahut_etl.messages_to_come(w.id) as to_come_count, r.unknown_count,
	d.day as fully_read_from, d.last_day as fully_read_to, r.unread_count, s.unknown_words
from sahut_etl.message_state s
join sahut_etl.workspace w on w.id = s.workspace_id
left join (
	select k.workspace_id, count(k.read_at) as read_count, count(k.due_reason) as due_count,
		count(*) filter (where k.is_unresolved) as unresolved_count,
		count(k.read_at) filter (where k.is_unresolved) as unresolved_read_count,
		sum(k.rejected_count) as rejected_count,
		min(case when k.gone_at is null then greatest(k.read_at, q.known_at) else k.read_at end)
			filter (where k.is_unresolved and k.due_reason is null and k.read_at is not null) as known_until,
		count(k.gone_at) as unknown_count,
		count(*) filter (where k.read_at is null and (k.due_reason is not null or k.gone_at is not null))
			as unread_count
	from sahut_etl.message_reading k
	join (
		select x.workspace_id, case
			when x.history_at is not null and sahut_etl.messages_move(x.moved_count, x.unmoved_count)
			then greatest(y.complete_as_of, y.active_as_of) end as known_at
		from sahut_etl.message_state x
		join sahut_etl.workspace y on y.id = x.workspace_id
	) q on q.workspace_id = k.workspace_id
	group by k.workspace_id
) r on r.workspace_id = s.workspace_id
left join lateral (
	-- The last days that follow one another and are fully read.
	select min(f.day) as day, max(f.day) as last_day
	from (
		select x.day, x.day - row_number() over (order by x.day)::integer as run
		from sahut_report.message_days x
		where x.workspace_name = w.name and x.is_fully_read
	) f
	group by f.run
	order by max(f.day) desc
	limit 1
) d on true
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
comment on column sahut_report.message_coverage.to_come_count is
	'Conversations of history that are neither read nor due yet.';
comment on column sahut_report.message_coverage.unknown_count is
	'Conversations held whose messages the API does not have (404), when they were last asked for.';
comment on column sahut_report.message_coverage.fully_read_from is
	'From this day to fully_read_to the messages of every day are all known; message_days has the rule.';
comment on column sahut_report.message_coverage.fully_read_to is 'The last of these days.';
comment on column sahut_report.message_coverage.unread_count is
	'Conversations that were due, or asked for, and whose messages were never read; others of history are in '
	'to_come_count.';
comment on column sahut_report.message_coverage.unknown_words is
	'Types of messages, and of senders (sender ...), that the API''s reference does not know, as they came: messages of '
	'such a type are held, and are no part of a turn; an answer of such a sender is one.';
