-- SPDX-License-Identifier: MIT
-- The base of reports: working hours and targets, the days that are stored, and how a day is computed.
--
-- A day that can still grow is computed when it is asked for; one that is over is stored. Both come from the same
-- functions, sahut_etl.*_of, so that a number has one definition. A stored day that something touches is queued by the
-- transaction that touched it, and computed again right after.

do $$ begin
	-- An administrator may have made it: then we need not be allowed to.
	if to_regnamespace('sahut_report') is null then
		create schema sahut_report;
	end if;
end $$;
comment on schema sahut_report is
	'For reports and Metabase: one wide object a question, every column explained. No contact name or phone.';

-- ---- working hours and targets, as configured ----

create table sahut_etl.work_hours (
	workspace_id  integer not null references sahut_etl.workspace,
	hours_no      smallint not null,
	channel_id    text collate "C",
	channel_type  text,
	is_always     boolean not null,
	spans_to      date,
	primary key (workspace_id, hours_no)
);
comment on table sahut_etl.work_hours is
	'The calendars of business hours: of a workspace, and of channels that have their own. One without hours means work '
	'always.';
comment on column sahut_etl.work_hours.workspace_id is 'Workspace.';
comment on column sahut_etl.work_hours.hours_no is '0: the workspace''s; 1, 2, 3, ...: of channels.';
comment on column sahut_etl.work_hours.channel_id is 'The one channel that has them.';
comment on column sahut_etl.work_hours.channel_type is 'The kind of channels that has them.';
comment on column sahut_etl.work_hours.is_always is 'Whether they name no hour: work is done at all times.';
comment on column sahut_etl.work_hours.spans_to is
	'The last day whose spans are computed; empty before the first batch. A batch near it moves it on.';

create table sahut_etl.work_span (
	workspace_id  integer not null,
	hours_no      smallint not null,
	opens_at      timestamptz not null,
	closes_at     timestamptz not null check (closes_at > opens_at),
	usec_before   bigint not null,
	primary key (workspace_id, hours_no, opens_at),
	foreign key (workspace_id, hours_no) references sahut_etl.work_hours on delete cascade
);
comment on table sahut_etl.work_span is
	'Spans of time in which work is done, from 2000 on: made from the settings of the workspace, never touching.';
comment on column sahut_etl.work_span.workspace_id is 'Workspace.';
comment on column sahut_etl.work_span.hours_no is 'Whose.';
comment on column sahut_etl.work_span.opens_at is 'Work begins.';
comment on column sahut_etl.work_span.closes_at is 'Work ends.';
comment on column sahut_etl.work_span.usec_before is 'Microseconds of work in all spans before this one.';

create table sahut_etl.holiday (
	workspace_id  integer not null references sahut_etl.workspace,
	day           date not null,
	primary key (workspace_id, day)
);
comment on table sahut_etl.holiday is 'Days without work.';
comment on column sahut_etl.holiday.workspace_id is 'Workspace.';
comment on column sahut_etl.holiday.day is 'The day.';

create table sahut_etl.target (
	workspace_id    integer not null references sahut_etl.workspace,
	place           integer not null,
	metric          text not null check (metric in
		('first_assignment', 'first_resolution', 'first_reply', 'next_reply')),
	within_seconds  bigint not null check (within_seconds > 0),
	channel_type    text,
	label_name      text collate "C",
	pauses_pending  boolean not null default false,
	pauses_snoozed  boolean not null default false,
	primary key (workspace_id, place)
);
comment on table sahut_etl.target is
	'Service targets, in the order of the configuration: of those that fit a conversation the first holds.';
comment on column sahut_etl.target.workspace_id is 'Workspace.';
comment on column sahut_etl.target.place is '1, 2, 3, ... in the configuration.';
comment on column sahut_etl.target.metric is
	'first_assignment, first_resolution, first_reply or next_reply.';
comment on column sahut_etl.target.within_seconds is 'Within so many seconds of business hours.';
comment on column sahut_etl.target.channel_type is 'For this kind of channel; empty: any.';
comment on column sahut_etl.target.label_name is 'For conversations that carry this label; empty: any.';
comment on column sahut_etl.target.pauses_pending is 'Whether its clock stands still while a conversation is pending.';
comment on column sahut_etl.target.pauses_snoozed is 'Whether it does while one is snoozed.';

create table sahut_etl.attribute (
	workspace_name  text not null,
	name            text not null check (name ~ '^[a-z][a-z0-9_]{0,58}$'),
	path            text[] not null,
	type            text not null check (type in ('text', 'number', 'date', 'boolean')),
	primary key (workspace_name, name)
);
comment on table sahut_etl.attribute is
	'Fields of the API''s items that are columns of sahut_report.conversation_times, as the last migrate found them '
	'configured. Of the owner alone, since they decide about a view.';
comment on column sahut_etl.attribute.workspace_name is 'Workspace, which need not have been read yet.';
comment on column sahut_etl.attribute.name is 'Name of the column; of all workspaces that have one of it, one column.';
comment on column sahut_etl.attribute.path is 'Where it stands in sahut.conversation.extra.';
comment on column sahut_etl.attribute.type is 'text, number, date or boolean.';

-- None of these fails, with any content of the API.
create function sahut_etl.attribute_text(v jsonb) returns text
	language sql immutable strict parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$ select case when jsonb_typeof(v) <> 'null' then v #>> '{}' end $$;
comment on function sahut_etl.attribute_text is 'A field as text; an object or a list as it is written.';

create function sahut_etl.attribute_number(v jsonb) returns numeric
	language sql immutable strict parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
	select case when abs(x.n) < 1e40 then x.n end
	from (
		select case
			when jsonb_typeof(v) = 'number' then (v #>> '{}')::numeric
			when jsonb_typeof(v) = 'string'
				and v #>> '{}' ~
				'^[[:space:]]*[-+]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,2})?[[:space:]]*$'
				then btrim(v #>> '{}', E' \t\r\n\v\f')::numeric
			end as n
	) x
$$;
comment on function sahut_etl.attribute_number is
	'A field as a number; empty when it is none, or of more than forty digits.';

create function sahut_etl.attribute_date(v jsonb) returns date
	language sql immutable strict parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
	select case when x.t[2]::integer between 1 and 12 and x.t[1]::integer > 0
		and x.t[3]::integer between 1 and extract(day from make_date(x.t[1]::integer, x.t[2]::integer, 1)
			+ interval '1 month' - interval '1 day')::integer
		then make_date(x.t[1]::integer, x.t[2]::integer, x.t[3]::integer) end
	from (
		select regexp_match(v #>> '{}', '^([0-9]{4})-([0-9]{2})-([0-9]{2})($|[T ])') as t
		where jsonb_typeof(v) = 'string'
	) x
$$;
comment on function sahut_etl.attribute_date is
	'A field as a date: the day that it begins with, as it is written; empty when there is no such day.';

create function sahut_etl.attribute_boolean(v jsonb) returns boolean
	language sql immutable strict parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
	select case when jsonb_typeof(v) in ('string', 'number', 'boolean') then
		case when lower(v #>> '{}') in ('true', 'yes', '1') then true
			when lower(v #>> '{}') in ('false', 'no', '0') then false end end
$$;
comment on function sahut_etl.attribute_boolean is 'A field as true or false; empty when it is neither.';

create function sahut_etl.agent_code(id text) returns text
	language sql immutable strict parallel safe
	set search_path = pg_catalog, pg_temp
as $$ select 'Agent ' || lpad(to_hex(hashtextextended(id collate "C", 0) & 16777215), 6, '0') $$;
comment on function sahut_etl.agent_code is
	'The code that stands for the name of an agent, where names are not to be shown.';

-- A zone's clock, as pieces of time in which it is ahead of UTC by the same. It changes on few days: those are looked
-- at by the minute.
create function sahut_etl.zone_pieces(zone text, last date)
	returns table (from_at timestamptz, to_at timestamptz, ahead interval)
	language sql stable parallel safe rows 60
	set search_path = pg_catalog, pg_temp
as $$
	with day as (
		select d.at, (d.at at time zone zone) - (d.at at time zone 'UTC') as ahead
		from (
			select timestamptz '1999-12-30 00:00:00+00' + i * interval '24 hours' as at
			from generate_series(0, last - date '1999-12-30' + 3) i
		) d
	), changing as (
		select x.at from (select d.at, d.ahead <> lead(d.ahead) over (order by d.at) as changes from day d) x
		where x.changes
	), change as (
		select x.at, x.ahead
		from (
			select m.at, m.ahead, lag(m.ahead) over (partition by m.day order by m.at) as was
			from (
				select n.day, n.at, (n.at at time zone zone) - (n.at at time zone 'UTC') as ahead
				from (select c.at as day, c.at + i * interval '1 minute' as at
					from changing c cross join generate_series(0, 1440) i) n
			) m
		) x
		where x.ahead <> x.was
		union all
		(select d.at, d.ahead from day d order by d.at limit 1)
	)
	select c.at, coalesce(lead(c.at) over (order by c.at), 'infinity'), c.ahead from change c
$$;
comment on function sahut_etl.zone_pieces is
	'From 2000 to a day, the pieces of time in which a zone''s clock is ahead of UTC by the same.';

-- Hours are those of the clock on the wall: of an hour that it skips nothing is work, one that it shows twice is worked
-- twice. A shift belongs to the day on which it begins: a holiday ends no shift of the evening before. A date with
-- hours of its own has just those, also when it is a holiday.
create function sahut_etl.work_spans_of(zone text, hours jsonb, last date)
	returns table (opens_at timestamptz, closes_at timestamptz, usec_before bigint)
	language sql stable parallel safe rows 20000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
as $$
	with week as materialized (
		select x.day, x.opens, x.closes
		from jsonb_to_recordset(hours -> 'hours') x(day integer, opens integer, closes integer)
	), single as materialized (
		select x.day, x.opens, x.closes
		from jsonb_to_recordset(hours -> 'dates') x(day date, opens integer, closes integer)
	), closed as materialized (
		select x::date as day from jsonb_array_elements_text(hours -> 'holidays') x
		union select s.day from single s
	), wall as (
		select d.day::timestamp + make_interval(mins => w.opens) as opens,
			d.day::timestamp + make_interval(mins => w.closes) as closes
		from (select date '1999-12-31' + i as day from generate_series(0, last - date '1999-12-31') i) d
		join week w on w.day = extract(isodow from d.day)::integer
		left join closed c on c.day = d.day
		where c.day is null
		union all
		select s.day::timestamp + make_interval(mins => s.opens), s.day::timestamp + make_interval(mins => s.closes)
		from single s
		where s.day between date '1999-12-31' and last
	), island as materialized (
		-- Those that touch are one: a night shift, and the next day's first.
		select min(n.opens) as opens, max(n.closes) as closes
		from (
			select m.*, count(*) filter (where m.is_apart) over (order by m.opens, m.closes) as place
			from (
				select w.*, coalesce(w.opens > max(w.closes) over (order by w.opens, w.closes
					rows between unbounded preceding and 1 preceding), true) as is_apart
				from wall w
			) m
		) n
		group by n.place
	), span as (
		select greatest(x.opens_at, p.from_at) as opens_at, least(x.closes_at, p.to_at) as closes_at
		from sahut_etl.zone_pieces(zone, last) p
		join island i on true
		cross join lateral (
			select (i.opens - p.ahead) at time zone 'UTC' as opens_at,
				(i.closes - p.ahead) at time zone 'UTC' as closes_at
		) x
		where x.opens_at < p.to_at and x.closes_at > p.from_at
	)
	select s.opens_at, s.closes_at, coalesce(sum((extract(epoch from s.closes_at - s.opens_at) * 1000000)::bigint)
		over (order by s.opens_at rows between unbounded preceding and 1 preceding), 0)::bigint
	from span s
	where s.opens_at >= timestamptz '2000-01-01 00:00:00+00' or s.closes_at > timestamptz '2000-01-01 00:00:00+00'
$$;
comment on function sahut_etl.work_spans_of is
	'The spans of work from 2000 to a day, by business hours as the settings of a workspace have them.';

-- Made anew from the settings, as far as data may reach: to the end of the second year after AT, and to 2102 at most.
-- Says whether hours that have passed have changed.
create function sahut_etl.set_work(workspace integer, at timestamptz) returns boolean
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	w      sahut_etl.workspace;
	upto   date := case when at is not null
		then make_date(least(2100, extract(year from at at time zone 'UTC')::integer) + 2, 12, 31) end;
	whose  sahut_etl.work_hours[];
	spans  sahut_etl.work_span[];
	moved  boolean;
begin
	select * into w from sahut_etl.workspace x where x.id = workspace;
	whose := array(
		select row(workspace, x.no, x.hours ->> 'channel_id', x.hours ->> 'channel_type',
			coalesce(jsonb_array_length(x.hours -> 'hours'), 0) = 0, upto)::sahut_etl.work_hours
		from (
			select 0 as no, w.settings as hours
			union all
			select c.no, c.hours from jsonb_array_elements(w.settings -> 'channels') with ordinality c(hours, no)
		) x
		where x.no > 0 or jsonb_array_length(x.hours -> 'hours') > 0);
	spans := array(
		select row(workspace, k.hours_no, s.opens_at, s.closes_at, s.usec_before)::sahut_etl.work_span
		from unnest(whose) k
		cross join lateral sahut_etl.work_spans_of(w.timezone, case when k.hours_no = 0 then w.settings
			else w.settings -> 'channels' -> (k.hours_no - 1) end, k.spans_to) s
		where not k.is_always);
	moved := exists (
		select k.hours_no, k.channel_id, k.channel_type, k.is_always from unnest(whose) k
		except
		select k.hours_no, k.channel_id, k.channel_type, k.is_always from sahut_etl.work_hours k
		where k.workspace_id = workspace
	) or exists (
		select k.hours_no from sahut_etl.work_hours k where k.workspace_id = workspace
		except
		select k.hours_no from unnest(whose) k
	) or exists (
		select from (
			select s.hours_no, s.opens_at, s.closes_at from unnest(spans) s
			union all
			select s.hours_no, s.opens_at, s.closes_at from sahut_etl.work_span s where s.workspace_id = workspace
		) x
		where x.opens_at <= at
		group by x.hours_no, x.opens_at, x.closes_at
		having count(*) = 1
	);
	delete from sahut_etl.work_hours k where k.workspace_id = workspace;
	insert into sahut_etl.work_hours (workspace_id, hours_no, channel_id, channel_type, is_always, spans_to)
	select x.workspace_id, x.hours_no, x.channel_id, x.channel_type, x.is_always, x.spans_to
	from unnest(whose) x;
	insert into sahut_etl.work_span (workspace_id, hours_no, opens_at, closes_at, usec_before)
	select x.workspace_id, x.hours_no, x.opens_at, x.closes_at, x.usec_before
	from unnest(spans) x;
	return moved;
end $$;
comment on function sahut_etl.set_work is
	'Makes the spans of work of a workspace anew from its settings; whether any that has begun before an instant is '
	'another now.';

create function sahut_etl.reach_work(workspace integer, at timestamptz) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
begin
	if exists (
		select from sahut_etl.work_hours k
		where k.workspace_id = workspace and (k.spans_to is null
			or k.spans_to < make_date(least(2100, extract(year from at at time zone 'UTC')::integer) + 1, 1, 1)))
	then
		perform sahut_etl.set_work(workspace, at);
	end if;
end $$;
comment on function sahut_etl.reach_work is
	'Makes the spans of work anew where they do not reach beyond the year of an instant.';

create function sahut_etl.hours_no_of(workspace integer, channel text) returns smallint
	language plpgsql stable parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
declare
	k  sahut_etl.work_hours;
begin
	select h.* into k
	from sahut_etl.work_hours h
	where h.workspace_id = workspace and (h.hours_no = 0 or h.channel_id = channel or h.channel_type = (
		select c.type from sahut.channel c where c.workspace_id = workspace and c.id = channel))
	order by h.hours_no = 0, h.channel_id is null
	limit 1;
	return case when not k.is_always then k.hours_no end;
end $$;
comment on function sahut_etl.hours_no_of is
	'Whose business hours hold for a channel: its own, those of its kind, or the workspace''s; nothing: it works always.';

create function sahut_etl.work_at(workspace integer, hours smallint, at timestamptz) returns bigint
	language plpgsql stable strict parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
begin
	return coalesce((
		select s.usec_before + (extract(epoch from least(at, s.closes_at) - s.opens_at) * 1000000)::bigint
		from sahut_etl.work_span s
		where s.workspace_id = workspace and s.hours_no = hours and s.opens_at <= at
		order by s.opens_at desc limit 1), 0);
end $$;
comment on function sahut_etl.work_at is
	'A clock that goes in business hours: its microseconds at an instant. Between two instants lies the difference.';

create function sahut_etl.work_usec(workspace integer, channel text, began timestamptz, ended timestamptz)
	returns bigint
	language plpgsql stable parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
declare
	hours  smallint;
begin
	if began is null or ended is null then
		return null;
	elsif ended <= began then
		return 0;
	elsif exists (select from sahut_etl.work_hours k where k.workspace_id = workspace) then
		hours := sahut_etl.hours_no_of(workspace, channel);
	end if;
	return case when hours is null then (extract(epoch from ended - began) * 1000000)::bigint
		else sahut_etl.work_at(workspace, hours, ended) - sahut_etl.work_at(workspace, hours, began) end;
end $$;
comment on function sahut_etl.work_usec is
	'Microseconds of business hours between two instants, by the hours of a channel; all where it has none.';

create function sahut_etl.business_seconds(workspace integer, channel text, began timestamptz, ended timestamptz)
	returns bigint
	language sql stable parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
	select round(sahut_etl.work_usec(workspace, channel, began, ended) / 1000000.0)::bigint
$$;
comment on function sahut_etl.business_seconds is
	'Seconds of business hours between two instants, by the hours of a channel; all seconds where it has none.';

-- One call for a stay that went through several channels.
create function sahut_etl.business_seconds_of(workspace integer, channels text[], froms timestamptz[],
	ended timestamptz) returns bigint
	language sql stable parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
	select round(sum(sahut_etl.work_usec(workspace, channels[i], froms[i], coalesce(froms[i + 1], ended)))
		/ 1000000.0)::bigint
	from generate_series(1, cardinality(froms)) i
$$;
comment on function sahut_etl.business_seconds_of is
	'Seconds of business hours of a stay: from each instant on in the channel beside it, until it ended.';

create view sahut_etl.channel_hours as
select c.workspace_id, c.id as channel_id, sahut_etl.hours_no_of(c.workspace_id, c.id) as hours_no
from sahut.channel c
union all
select w.id, '', sahut_etl.hours_no_of(w.id, null)
from sahut_etl.workspace w;
comment on view sahut_etl.channel_hours is
	'Whose business hours hold for each channel, and for conversations without one: the argument of work_at().';
comment on column sahut_etl.channel_hours.workspace_id is 'Workspace.';
comment on column sahut_etl.channel_hours.channel_id is 'Channel; an empty text for none.';
comment on column sahut_etl.channel_hours.hours_no is 'Whose hours hold; empty: all time is business time.';

-- A subquery in its place would be taken for so costly that no join after it seemed worth a hash.
create function sahut_etl.target_place(wanted text[], carried text[]) returns integer
	language sql immutable parallel safe security definer cost 1
	set search_path = pg_catalog, pg_temp
as $$
	select min(i) from generate_series(1, cardinality(wanted)) i where wanted[i] is null or wanted[i] = any (carried)
$$;
comment on function sahut_etl.target_place is
	'Which of several targets holds: the first that wants no label, or one that is carried.';

-- The sums that merges keep, computed anew from all versions: of each conversation.
create function sahut_etl.stays_of(ids text[])
	returns table (
		id text, counted_to timestamptz, open_usec bigint, pending_usec bigint, snoozed_usec bigint,
		unassigned_usec bigint, open_work_usec bigint, pending_work_usec bigint, snoozed_work_usec bigint,
		unassigned_work_usec bigint, assigned_pending_work_usec bigint, assigned_snoozed_work_usec bigint,
		resolved_pending_work_usec bigint, resolved_snoozed_work_usec bigint)
	language plpgsql stable rows 1000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
as $$
begin
	return query
	with its as materialized (
		select c.id, c.first_assigned_at, c.first_resolved_at from sahut.conversation c where c.id = any (ids)
	), stay as materialized (
		select v.conversation_id, v.workspace_id, v.status, v.assignee_id, v.channel_id, v.valid_from, v.valid_to
		from sahut.conversation_version v where v.conversation_id = any (ids)
	)
	select s.conversation_id, max(s.valid_from) filter (where s.valid_to is null),
		nullif(sum(s.usec) filter (where s.status = 'open'), 0)::bigint,
		nullif(sum(s.usec) filter (where s.status = 'pending'), 0)::bigint,
		nullif(sum(s.usec) filter (where s.status = 'snoozed'), 0)::bigint,
		nullif(sum(s.usec) filter (where s.status <> 'resolved' and s.assignee_id is null), 0)::bigint,
		nullif(sum(s.work) filter (where s.status = 'open'), 0)::bigint,
		nullif(sum(s.work) filter (where s.status = 'pending'), 0)::bigint,
		nullif(sum(s.work) filter (where s.status = 'snoozed'), 0)::bigint,
		nullif(sum(s.work) filter (where s.status <> 'resolved' and s.assignee_id is null), 0)::bigint,
		nullif(sum(s.work) filter (where s.status = 'pending' and s.valid_to <= s.first_assigned_at), 0)::bigint,
		nullif(sum(s.work) filter (where s.status = 'snoozed' and s.valid_to <= s.first_assigned_at), 0)::bigint,
		nullif(sum(s.work) filter (where s.status = 'pending' and s.valid_to <= s.first_resolved_at), 0)::bigint,
		nullif(sum(s.work) filter (where s.status = 'snoozed' and s.valid_to <= s.first_resolved_at), 0)::bigint
	from (
		select t.*, i.first_assigned_at, i.first_resolved_at,
			(extract(epoch from t.valid_to - t.valid_from) * 1000000)::bigint as usec,
			case when t.status <> 'resolved' then sahut_etl.work_usec(t.workspace_id, t.channel_id, t.valid_from,
				t.valid_to) end as work
		from stay t
		join its i on i.id = t.conversation_id
	) s
	group by s.conversation_id;
end $$;
comment on function sahut_etl.stays_of is
	'How long conversations were in which state, from their versions: the columns of sahut.conversation of that name.';

-- ---- which day is which ----

create view sahut_etl.report_workspace as
select
	w.id, w.name, w.timezone, w.complete_as_of, w.active_as_of, w.history_started_at,
	(w.history_started_at at time zone w.timezone)::date as history_day,
	-- Where nothing was proven of those that are not resolved either, the last answer has to do. Tomorrow may have begun
	-- elsewhere; a day behind it was told by a clock that was wrong.
	case when w.history_started_at is not null
		then (least(coalesce(w.active_as_of, w.seen_at), now() + interval '1 day') at time zone w.timezone)::date
		end as live_day,
	case when w.history_started_at is not null
		then (least(greatest(w.active_as_of, w.seen_at), now() + interval '1 day') at time zone w.timezone)::date
		end as last_day,
	w.live_count, w.late_arrival_count, w.silent_edit_count, coalesce(w.active_as_of, w.seen_at) as known_at,
	w.paused_at, w.agents_from
from sahut_etl.workspace w;
comment on view sahut_etl.report_workspace is 'Workspaces, with the days that reports turn on.';
comment on column sahut_etl.report_workspace.id is 'Workspace.';
comment on column sahut_etl.report_workspace.name is 'Name in the configuration.';
comment on column sahut_etl.report_workspace.timezone is 'IANA time zone of its days and hours.';
comment on column sahut_etl.report_workspace.complete_as_of is
	'Every change up to this instant is in the warehouse (API time).';
comment on column sahut_etl.report_workspace.active_as_of is
	'Every change of a conversation that is not resolved, up to this instant, is in the warehouse (API time).';
comment on column sahut_etl.report_workspace.history_started_at is
	'When the first load ended, proven or not; before it, status and assignment history is unknown.';
comment on column sahut_etl.report_workspace.history_day is 'Day of that: the first one with a backlog.';
comment on column sahut_etl.report_workspace.live_day is
	'Day of known_at: it and later ones are computed when asked for, those before it are stored. Empty until '
	'the first load has ended.';
comment on column sahut_etl.report_workspace.last_day is 'Last day that anything can be known of.';
comment on column sahut_etl.report_workspace.paused_at is
	'When a person stopped its schedule; empty: it is not paused.';
comment on column sahut_etl.report_workspace.agents_from is
	'The first day of which daily figures of single agents are kept; empty: nothing was removed.';
comment on column sahut_etl.report_workspace.live_count is 'Conversations that are held and not deleted.';
comment on column sahut_etl.report_workspace.late_arrival_count is
	'New conversations so far that should have been seen before.';
comment on column sahut_etl.report_workspace.silent_edit_count is 'Changes so far that did not move updated_at.';
comment on column sahut_etl.report_workspace.known_at is
	'active_as_of; while there is none, the time of the last answer.';

-- ---- the stored days ----

create table sahut_etl.day_volume (
	workspace_id                           integer not null references sahut_etl.workspace,
	day                                    date not null,
	channel_id                             text collate "C",
	team_id                                text collate "C",
	created_count                          integer not null,
	resolved_count                         integer not null,
	resolved_conversation_count            integer not null,
	reopened_count                         integer not null,
	first_resolved_count                   integer not null,
	first_resolution_seconds_sum           bigint not null,
	first_resolution_business_seconds_sum  bigint not null,
	new_contact_count                      integer not null,
	returning_contact_count                integer not null,
	estimated_count                        integer not null
);
create index day_volume_day on sahut_etl.day_volume (workspace_id, day);
comment on table sahut_etl.day_volume is 'Stored days of sahut_report.daily_volume, which explains the columns.';

create table sahut_etl.hour_volume (
	workspace_id    integer not null references sahut_etl.workspace,
	day             date not null,
	hour_of_day     smallint not null,
	channel_id      text collate "C",
	team_id         text collate "C",
	created_count   integer not null,
	resolved_count  integer not null,
	reopened_count  integer not null
);
create index hour_volume_day on sahut_etl.hour_volume (workspace_id, day, hour_of_day);
comment on table sahut_etl.hour_volume is 'Stored days of sahut_report.hourly_volume, which explains the columns.';

create table sahut_etl.day_label (
	workspace_id    integer not null references sahut_etl.workspace,
	day             date not null,
	label_name      text collate "C" not null,
	channel_id      text collate "C",
	team_id         text collate "C",
	created_count   integer not null,
	resolved_count  integer not null
);
create index day_label_day on sahut_etl.day_label (workspace_id, day, label_name);
comment on table sahut_etl.day_label is 'Stored days of sahut_report.daily_label_volume, which explains the columns.';

create table sahut_etl.day_label_pair (
	workspace_id        integer not null references sahut_etl.workspace,
	day                 date not null,
	label_a             text collate "C" not null,
	label_b             text collate "C" not null,
	conversation_count  integer not null
);
create index day_label_pair_day on sahut_etl.day_label_pair (workspace_id, day, label_a, label_b);
comment on table sahut_etl.day_label_pair is
	'Stored days of sahut_report.daily_label_pairs, which explains the columns.';

create table sahut_etl.day_backlog (
	workspace_id        integer not null references sahut_etl.workspace,
	day                 date not null,
	measured_at         timestamptz not null,
	status              text not null,
	channel_id          text collate "C",
	assignee_id         text collate "C",
	team_id             text collate "C",
	conversation_count  integer not null,
	age_seconds_sum     bigint not null,
	age_under_1d_count  integer not null,
	age_1d_to_3d_count  integer not null,
	age_3d_to_7d_count  integer not null,
	age_over_7d_count   integer not null,
	oldest_created_at   timestamptz not null
);
create index day_backlog_day on sahut_etl.day_backlog (workspace_id, day);
comment on table sahut_etl.day_backlog is 'Stored days of sahut_report.daily_backlog, which explains the columns.';

create table sahut_etl.day_agent (
	workspace_id                 integer not null references sahut_etl.workspace,
	day                          date not null,
	agent_id                     text collate "C" not null,
	assigned_in_count            integer not null,
	handed_off_count             integer not null,
	resolved_count               integer not null,
	resolved_conversation_count  integer not null,
	reopened_count               integer not null,
	handled_conversation_count   integer not null,
	active_seconds               bigint not null,
	measured_seconds             bigint not null,
	peak_concurrent              integer not null,
	end_of_day_open_count        integer not null,
	end_of_day_pending_count     integer not null,
	end_of_day_snoozed_count     integer not null
);
create table sahut_etl.day_flow (
	workspace_id     integer not null references sahut_etl.workspace,
	day              date not null,
	channel_id       text collate "C",
	assignee_id      text collate "C",
	team_id          text collate "C",
	created_count    integer not null,
	reopened_count   integer not null,
	moved_in_count   integer not null,
	resolved_count   integer not null,
	moved_out_count  integer not null,
	active_seconds   bigint not null
);
create index day_flow_day on sahut_etl.day_flow (workspace_id, day);
comment on table sahut_etl.day_flow is 'Stored days of sahut_report.daily_flow, which explains the columns.';

create index day_agent_day on sahut_etl.day_agent (workspace_id, day);
-- Their natural keys have parts that may be empty. Under a publication for all tables (logical replication, change
-- data capture) rows can be deleted only where something tells them apart: the whole row does.
alter table sahut_etl.day_volume replica identity full;
alter table sahut_etl.hour_volume replica identity full;
alter table sahut_etl.day_label replica identity full;
alter table sahut_etl.day_label_pair replica identity full;
alter table sahut_etl.day_backlog replica identity full;
alter table sahut_etl.day_agent replica identity full;
alter table sahut_etl.day_flow replica identity full;
comment on table sahut_etl.day_agent is 'Stored days of sahut_report.daily_agent_workload, which explains the columns.';

do $$
declare
	c record;
begin
	for c in
		select a.attrelid::regclass as of, a.attname as name,
			case a.attname
			when 'workspace_id' then 'Workspace.'
			when 'day' then 'Day in the workspace''s time zone.'
			when 'age_seconds_sum' then 'Sum of seconds since creation.'
			when 'oldest_created_at' then 'Creation of the oldest.'
			when 'active_seconds' then 'Seconds that conversations were open or pending with the agent, '
				'added up.'
			when 'measured_seconds' then 'Seconds of the day that were measured.'
			else 'See the view.' end as text
		from pg_catalog.pg_attribute a
		where a.attrelid in ('sahut_etl.day_volume'::regclass, 'sahut_etl.hour_volume'::regclass,
		'sahut_etl.day_label'::regclass,
			'sahut_etl.day_label_pair'::regclass, 'sahut_etl.day_backlog'::regclass,
				'sahut_etl.day_agent'::regclass, 'sahut_etl.day_flow'::regclass)
		and a.attnum > 0
	loop
		execute format('comment on column %s.%I is %L', c.of, c.name, c.text);
	end loop;
end $$;

create table sahut_etl.report_queue (
	workspace_id  integer not null references sahut_etl.workspace,
	day           date not null,
	stamp         boolean not null,
	flows         boolean not null,
	labels        boolean not null,
	stock         boolean not null,
	extremes      boolean not null default false,
	queued_at     timestamptz not null default clock_timestamp(),
	primary key (workspace_id, day)
);
comment on table sahut_etl.report_queue is 'Days that were touched and are not computed again yet.';
comment on column sahut_etl.report_queue.workspace_id is 'Workspace.';
comment on column sahut_etl.report_queue.day is 'Day in the workspace''s time zone.';
comment on column sahut_etl.report_queue.stamp is
	'Whether the values of each row of the day (its date, its business hours) must be written anew first.';
comment on column sahut_etl.report_queue.flows is 'Whether its volumes have to be computed.';
comment on column sahut_etl.report_queue.labels is 'Whether its volumes by label have to be computed.';
comment on column sahut_etl.report_queue.stock is 'Whether its backlog and its workload have to be computed.';
comment on column sahut_etl.report_queue.extremes is
	'Whether its peaks and its oldest unresolved conversations have to be found again.';
comment on column sahut_etl.report_queue.queued_at is 'When it was first queued (database''s clock).';

create table sahut_etl.report_turn (
	workspace_id  integer primary key references sahut_etl.workspace
);
comment on table sahut_etl.report_turn is
	'The lock of a workspace''s stored days: a batch that changes them and a refresh that computes them must not '
	'overlap.';
comment on column sahut_etl.report_turn.workspace_id is 'Workspace.';

create table sahut_etl.report_difference (
	workspace_id  integer not null references sahut_etl.workspace,
	day           date not null,
	found_at      timestamptz not null default clock_timestamp(),
	relations     text[] not null,
	primary key (workspace_id, day, found_at)
);
comment on table sahut_etl.report_difference is
	'Stored days that were wrong, found by computing a few anew every night: each is a fault of ours, and was mended.';
comment on column sahut_etl.report_difference.workspace_id is 'Workspace.';
comment on column sahut_etl.report_difference.day is 'Day in the workspace''s time zone.';
comment on column sahut_etl.report_difference.found_at is 'When it was found (database''s clock).';
comment on column sahut_etl.report_difference.relations is 'The tables that were wrong.';

create table sahut_etl.day_moved (
	workspace_id       integer not null references sahut_etl.workspace,
	day                date not null,
	moved_at           timestamptz not null,
	created_change     integer not null,
	resolved_change    integer not null,
	reopened_change    integer not null,
	unresolved_change  integer not null,
	channel_count      integer not null,
	label_count        integer not null
);
create index day_moved_at on sahut_etl.day_moved (workspace_id, moved_at);
alter table sahut_etl.day_moved replica identity full;
comment on table sahut_etl.day_moved is
	'Days that were over and stored, and whose numbers are others since they were computed again; of the last 90 days.';
comment on column sahut_etl.day_moved.workspace_id is 'Workspace.';
comment on column sahut_etl.day_moved.day is 'The day in the workspace''s time zone.';
comment on column sahut_etl.day_moved.moved_at is 'When it was computed again (database''s clock).';
comment on column sahut_etl.day_moved.created_change is 'Created: so many more; less than 0: fewer.';
comment on column sahut_etl.day_moved.resolved_change is 'Resolved: so many more; less than 0: fewer.';
comment on column sahut_etl.day_moved.reopened_change is 'Reopened: so many more; less than 0: fewer.';
comment on column sahut_etl.day_moved.unresolved_change is
	'Unresolved at the end of the day: so many more; less than 0: fewer.';
comment on column sahut_etl.day_moved.channel_count is 'Channels whose numbers are others.';
comment on column sahut_etl.day_moved.label_count is 'Labels whose numbers are others.';

create table sahut_etl.report_failure (
	workspace_id  integer primary key references sahut_etl.workspace,
	since         timestamptz not null default clock_timestamp(),
	failed_at     timestamptz not null default clock_timestamp(),
	failures      integer not null default 1,
	error_kind    text not null,
	error_text    text not null
);
comment on table sahut_etl.report_failure is
	'Workspaces whose queued days cannot be computed, and why; a row goes when a day could be.';
comment on column sahut_etl.report_failure.workspace_id is 'Workspace.';
comment on column sahut_etl.report_failure.since is 'When it first failed.';
comment on column sahut_etl.report_failure.failed_at is 'When it last failed.';
comment on column sahut_etl.report_failure.failures is 'How many times in a row.';
comment on column sahut_etl.report_failure.error_kind is 'Kind of the last failure.';
comment on column sahut_etl.report_failure.error_text is 'The message of PostgreSQL.';

-- Days are late when one was queued an hour ago, or when computing them has failed twice.
create view sahut_etl.report_delay as
select w.id as workspace_id, coalesce(q.n, 0) as days, q.first_day, q.last_day, q.since,
	coalesce(f.failures, 0) as failures, f.since as failing_since, f.error_kind, f.error_text,
	coalesce(f.failures >= 2, false) or coalesce(q.since < now() - interval '1 hour', false) as is_late
from sahut_etl.workspace w
left join (
	select x.workspace_id, count(*) as n, min(x.day) as first_day, max(x.day) as last_day, min(x.queued_at) as since
	from sahut_etl.report_queue x join sahut_etl.report_workspace y on y.id = x.workspace_id and x.day < y.live_day
	group by x.workspace_id
) q on q.workspace_id = w.id
left join sahut_etl.report_failure f on f.workspace_id = w.id;
comment on view sahut_etl.report_delay is
	'How many days of each workspace''s reports are not computed yet, since when, and why.';
comment on column sahut_etl.report_delay.workspace_id is 'Workspace.';
comment on column sahut_etl.report_delay.days is 'Days that were touched and are not computed again yet.';
comment on column sahut_etl.report_delay.first_day is 'The first of them.';
comment on column sahut_etl.report_delay.last_day is 'The last of them.';
comment on column sahut_etl.report_delay.since is 'When the first one was queued.';
comment on column sahut_etl.report_delay.failures is 'How many times in a row computing them has failed.';
comment on column sahut_etl.report_delay.failing_since is 'When it first failed.';
comment on column sahut_etl.report_delay.error_kind is 'Kind of the last failure.';
comment on column sahut_etl.report_delay.error_text is 'The message of PostgreSQL.';
comment on column sahut_etl.report_delay.is_late is 'Whether that is more than the ordinary second or two.';

-- ---- how days are computed: the events of each day of a span, both its ends included; the state on one day ----
--
-- Tables that may lie on several machines are read in a WITH of their own, by days or by ids, and the rest is computed
-- from that. It is PL/pgSQL, for a plan with the days in it. A span is a small part of its tables, though the planner
-- may take them for small; and it knows no number of the rows that were fetched, so that only a hash is safe.

create function sahut_etl.volume_of(workspace integer, first date, last date, ids text[] default null,
		agents text[] default null) returns table (
		workspace_id integer, day date, channel_id text, team_id text, created_count integer, resolved_count integer,
		resolved_conversation_count integer, reopened_count integer, first_resolved_count integer,
		first_resolution_seconds_sum bigint, first_resolution_business_seconds_sum bigint,
		new_contact_count integer, returning_contact_count integer, estimated_count integer)
	language plpgsql stable security definer rows 20 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
		set enable_seqscan = off set enable_nestloop = off
		set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
	return query
	with happened as materialized (
		select e.conversation_id, e.event_type, e.occurred_day as day, e.channel_id, e.to_team_id as team_id, e.is_estimated
		from sahut.conversation_event e
		where e.workspace_id = workspace and e.occurred_day between first and last
			and (ids is null or e.conversation_id = any (ids))
			and (agents is null or coalesce(e.to_assignee_id, '') = any (agents)
				and (e.event_type <> 'created' or e.to_status is not null))
			and e.event_type in ('created', 'resolved', 'reopened')
	), solved as materialized (
		select r.conversation_id, r.resolved_day as day, r.channel_id, r.team_id,
			greatest(0, extract(epoch from r.resolved_at - r.created_at))::bigint as seconds,
			r.business_seconds
		from sahut.resolution r
		where r.workspace_id = workspace and r.resolved_day between first and last and not r.is_deleted
			and r.cycle_no = 1 and (ids is null or r.conversation_id = any (ids))
			and (agents is null or coalesce(r.assignee_id, '') = any (agents))
	), its as materialized (
		select c.id, c.channel_id, c.contact_id, c.created_at, c.deleted_at, c.origin
		from sahut.conversation c
		where c.id = any (array(select h.conversation_id from happened h union select v.conversation_id
			from solved v))
	), created as materialized (
		select h.day, c.id, c.channel_id, h.team_id, c.contact_id, c.created_at
		from happened h
		join its c on c.id = h.conversation_id and c.deleted_at is null
		where h.event_type = 'created'
	), earliest as materialized (
		select distinct on (o.contact_id) o.contact_id, o.created_at, o.id
		from sahut.conversation o
		where o.workspace_id = workspace and o.deleted_at is null
		and o.contact_id = any (array(select distinct k.contact_id from created k
			where k.contact_id is not null))
		and o.created_at <= (select max(k.created_at) from created k)
		order by o.contact_id, o.created_at, o.id
	)
	select workspace, x.day, x.channel_id, x.team_id, sum(x.created)::integer, sum(x.resolved)::integer,
		count(distinct x.resolved_id)::integer,
		sum(x.reopened)::integer, sum(x.first_resolved)::integer, sum(x.seconds)::bigint,
		sum(x.business_seconds)::bigint,
		sum(x.new_contact)::integer, sum(x.returning_contact)::integer, sum(x.estimated)::integer
	from (
		select k.day, k.channel_id, k.team_id, 1 as created, 0 as resolved, null::text as resolved_id, 0 as reopened,
			0 as first_resolved,
			0::bigint as seconds, 0::bigint as business_seconds,
			(k.contact_id is not null and not y.is_returning)::integer as new_contact,
			(k.contact_id is not null and y.is_returning)::integer as returning_contact, 0 as estimated
		from created k
		left join earliest f on f.contact_id = k.contact_id
		cross join lateral (select coalesce((f.created_at, f.id) < (k.created_at, k.id),
			false) as is_returning) y
		union all
		select t.day, t.channel_id, t.team_id, 0, (t.event_type = 'resolved')::integer, case
			when t.event_type = 'resolved' then t.conversation_id end,
			(t.event_type = 'reopened')::integer, 0, 0, 0, 0, 0, t.is_estimated::integer
		from happened t
		join its c on c.id = t.conversation_id and c.deleted_at is null
		where t.event_type <> 'created'
		union all
		select v.day, v.channel_id, v.team_id, 0, 0, null, 0, 1, v.seconds, v.business_seconds, 0, 0, 0
		from solved v
		join its c on c.id = v.conversation_id and c.origin = 'observed'
	) x
	group by x.day, x.channel_id, x.team_id;
end
$$;
comment on function sahut_etl.volume_of is
	'The volume of each day of a span; with IDS, the part of these conversations; with AGENTS, the part of these, an '
	'empty id being nobody: each event with the agent of that time, not known of conversations created before history.';

create function sahut_etl.hours_of(workspace integer, first date, last date, ids text[] default null,
		agents text[] default null) returns table (
		workspace_id integer, day date, hour_of_day smallint, channel_id text, team_id text, created_count integer,
		resolved_count integer, reopened_count integer)
	language plpgsql stable security definer rows 100 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
		set enable_seqscan = off set enable_nestloop = off
		set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
	zone constant text := (select w.timezone from sahut_etl.workspace w where w.id = workspace);
begin
	return query
	with happened as materialized (
		select e.conversation_id, e.event_type, e.occurred_day as day, e.occurred_at, e.channel_id, e.to_team_id as team_id
		from sahut.conversation_event e
		where e.workspace_id = workspace and e.occurred_day between first and last
			and (ids is null or e.conversation_id = any (ids))
			and (agents is null or coalesce(e.to_assignee_id, '') = any (agents)
				and (e.event_type <> 'created' or e.to_status is not null))
			and e.event_type in ('created', 'resolved', 'reopened')
	), its as materialized (
		select c.id, c.channel_id
		from sahut.conversation c
		where c.id = any (array(select distinct h.conversation_id from happened h)) and c.deleted_at is null
	)
	select workspace, x.day, x.hour, x.channel_id, x.team_id, count(*) filter (where x.event_type = 'created')::integer,
		count(*) filter (where x.event_type = 'resolved')::integer, count(*)
			filter (where x.event_type = 'reopened')::integer
	from (
		select h.day, h.event_type, h.team_id, case when h.event_type = 'created' then c.channel_id
			else h.channel_id end as channel_id,
			extract(hour from h.occurred_at at time zone zone)::smallint as hour
		from happened h
		join its c on c.id = h.conversation_id
	) x
	group by x.day, x.hour, x.channel_id, x.team_id;
end
$$;
comment on function sahut_etl.hours_of is
	'The volume of each day of a span, by hour; with IDS, the part of these conversations; with AGENTS, the part of '
	'these.';

create function sahut_etl.labels_of(workspace integer, first date, last date, ids text[] default null,
		agents text[] default null) returns table (
		workspace_id integer, day date, label_name text, channel_id text, team_id text, created_count integer,
		resolved_count integer)
	language plpgsql stable security definer rows 100 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
		set enable_seqscan = off set enable_nestloop = off
		set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
	return query
	with happened as materialized (
		select e.conversation_id, e.event_type, e.occurred_day as day, e.channel_id, e.to_team_id as team_id
		from sahut.conversation_event e
		where e.workspace_id = workspace and e.occurred_day between first and last
			and (ids is null or e.conversation_id = any (ids))
			and (agents is null or coalesce(e.to_assignee_id, '') = any (agents)
				and (e.event_type <> 'created' or e.to_status is not null))
			and e.event_type in ('created', 'resolved')
	), its as materialized (
		select c.id, c.channel_id, c.labels
		from sahut.conversation c
		where c.id = any (array(select distinct h.conversation_id from happened h)) and c.deleted_at is null
			and c.labels <> '{}'
	)
	select workspace, x.day, x.label_name, x.channel_id, x.team_id,
		count(*) filter (where x.event_type = 'created')::integer,
		count(*) filter (where x.event_type = 'resolved')::integer
	from (
		select h.day, l.name as label_name, h.event_type, h.team_id,
			case when h.event_type = 'created' then c.channel_id else h.channel_id end as channel_id
		from happened h
		join its c on c.id = h.conversation_id
		cross join lateral unnest(c.labels) l(name)
	) x
	group by x.day, x.label_name, x.channel_id, x.team_id;
end
$$;
comment on function sahut_etl.labels_of is
	'The volume of each day of a span, by label; with IDS, the part of these conversations; with AGENTS, the part of '
	'these.';

create function sahut_etl.label_pairs_of(workspace integer, first date, last date, ids text[] default null)
	returns table (
		workspace_id integer, day date, label_a text, label_b text, conversation_count integer)
	language plpgsql stable security definer rows 100 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
		set enable_seqscan = off set enable_nestloop = off
		set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
	return query
	with created as materialized (
		select e.conversation_id, e.occurred_day as day
		from sahut.conversation_event e
		where e.workspace_id = workspace and e.occurred_day between first and last
			and (ids is null or e.conversation_id = any (ids)) and e.event_type = 'created'
	), its as materialized (
		select c.id, c.labels
		from sahut.conversation c
		where c.id = any (array(select k.conversation_id from created k)) and c.deleted_at is null
			and cardinality(c.labels) > 1
	)
	select workspace, k.day, a.name, b.name, count(*)::integer
	from created k
	join its c on c.id = k.conversation_id
	-- Of more than fifty, the first fifty: a thousand would make half a million pairs.
	cross join lateral unnest(c.labels[1:50]) a(name)
	cross join lateral unnest(c.labels[1:50]) b(name)
	where a.name < b.name
	group by k.day, a.name, b.name;
end
$$;
comment on function sahut_etl.label_pairs_of is
	'Labels that the conversations created on each day of a span, or those of IDS, carry together.';

-- One definition for all that is measured in a day: its midnights, and the part of it that is known.
create function sahut_etl.days_of(workspace integer, first date, last date) returns table (
		day date, begins timestamptz, ends timestamptz, known_from timestamptz, known_to timestamptz)
	language plpgsql stable rows 1
	set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
	return query
	select d.day, d.begins, d.ends, greatest(d.begins, w.history_started_at),
		case when d.day < w.live_day then d.ends else least(d.ends, w.known_at) end
	from sahut_etl.report_workspace w
	cross join lateral (
		select w.history_day + i as day, (w.history_day + i)::timestamp at time zone w.timezone as begins,
			(w.history_day + i + 1)::timestamp at time zone w.timezone as ends
		from generate_series(greatest(first, w.history_day) - w.history_day,
			least(last, w.last_day) - w.history_day) i
	) d
	where w.id = workspace;
end $$;
comment on function sahut_etl.days_of is
	'The days of a span that have a backlog: when each begins and ends, and from when to when it is known.';

-- An interval holds its right end: one that ended at midnight was still there then, one that began is the next day's.
-- Seconds are rounded for each state and day, so that all sums of them agree, and what one conversation adds to a sum
-- can be taken from it again.
create function sahut_etl.days_held(workspace integer, first date, last date, ids text[] default null,
		channels text[] default null, teams text[] default null) returns table (
		day date, begins timestamptz, ends timestamptz, known_from timestamptz, known_to timestamptz,
		conversation_id text, status text, is_active boolean, channel_id text, assignee_id text, team_id text,
		created_at timestamptz, valid_from timestamptz, valid_to timestamptz, is_known boolean, is_at_end boolean,
		seconds bigint)
	language plpgsql stable rows 100000 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
		set enable_seqscan = off set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
	zone       constant text := (select w.timezone from sahut_etl.workspace w where w.id = workspace);
	from_at    timestamptz;
	to_at      timestamptz;
	first_day  date;
	last_day   date;
begin
	select min(d.begins), max(d.ends), min(d.day), max(d.day) into from_at, to_at, first_day, last_day
	from sahut_etl.days_of(workspace, first, last) d;
	if from_at is null then
		return;
	end if;
	return query
	with held as materialized (
		select v.conversation_id, v.status, s.is_active, v.channel_id, v.assignee_id, v.team_id, c.created_at,
			v.valid_from, v.valid_to
		from sahut.conversation_version v
		join sahut.conversation c on c.id = v.conversation_id and c.deleted_at is null
		join sahut.status s on s.status = v.status
		where v.workspace_id = workspace and v.status <> 'resolved'
			and (channels is null or coalesce(v.channel_id, '') = any (channels))
			and (teams is null or coalesce(v.team_id, '') = any (teams))
			and (ids is null or v.conversation_id = any (ids))
			and (cardinality(ids) <= 1000 or tstzrange(v.valid_from, v.valid_to, '(]') && tstzrange(from_at, to_at, '[)'))
	), spread as materialized (
		-- The few days that a state may lie on, and one beside them at each end: the days themselves decide.
		select h.*, first_day + i as on_day
		from held h
		cross join lateral generate_series(
			greatest((h.valid_from at time zone zone)::date - 1, first_day) - first_day,
			least((coalesce(h.valid_to, to_at) at time zone zone)::date + 1, last_day) - first_day) i
	), wanted as materialized (
		select d.* from sahut_etl.days_of(workspace, first, last) d
	)
	select d.day, d.begins, d.ends, d.known_from, d.known_to, h.conversation_id, h.status, h.is_active, h.channel_id,
		h.assignee_id, h.team_id, h.created_at, h.valid_from, h.valid_to, coalesce(h.valid_to > d.known_from, true),
		coalesce(h.valid_to >= d.ends, true),
		greatest(0, extract(epoch from least(h.valid_to, d.known_to) - greatest(h.valid_from, d.known_from)))::bigint
	from spread h
	join wanted d on d.day = h.on_day and h.valid_from < d.ends
		and (h.valid_to is null or (h.valid_to >= d.begins and h.valid_to > h.valid_from));
end $$;
comment on function sahut_etl.days_held is
	'The unresolved states on each day of a span; with IDS, those of these conversations; with CHANNELS or TEAMS, those '
	'in them, an empty id being none.';

-- Of those that begin and end at the same moment, the one that ends goes first.
create function sahut_etl.most_at_once(began timestamptz[], ended timestamptz[]) returns integer
	language sql immutable
	set search_path = pg_catalog, pg_temp
as $$
	select coalesce(max(s.together), 0)::integer
	from (
		select sum(sum(e.n)) over (order by e.at) as together
		from (
			select b.at, 1 as n from unnest(began) b(at)
			union all
			select x.at, -1 from unnest(ended) x(at) where x.at is not null
		) e
		group by e.at
	) s
$$;
comment on function sahut_etl.most_at_once is
	'Of spans of time, how many lie at one moment at most: from when each, and to when; empty: it goes on.';

create function sahut_etl.backlog_of(workspace integer, first date, last date, ids text[] default null)
	returns table (
		workspace_id integer, day date, measured_at timestamptz, status text, channel_id text,
		assignee_id text, team_id text, conversation_count integer, age_seconds_sum bigint,
		age_under_1d_count integer, age_1d_to_3d_count integer, age_3d_to_7d_count integer,
		age_over_7d_count integer, oldest_created_at timestamptz)
	language plpgsql stable security definer rows 100 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
as $$
#variable_conflict use_column
begin
	return query
	select workspace, x.day, x.known_to, x.status, x.channel_id, x.assignee_id, x.team_id, count(*)::integer,
		sum(extract(epoch from x.age)::bigint)::bigint,
		count(*) filter (where x.age < interval '1 day')::integer,
		count(*) filter (where x.age >= interval '1 day' and x.age < interval '3 days')::integer,
		count(*) filter (where x.age >= interval '3 days' and x.age < interval '7 days')::integer,
		count(*) filter (where x.age >= interval '7 days')::integer,
		min(x.created_at)
	from (
		select h.day, h.known_to, h.status, h.channel_id, h.assignee_id, h.team_id, h.created_at,
			greatest(interval '0', h.known_to - h.created_at) as age
		from sahut_etl.days_held(workspace, first, last, ids) h
		where h.is_at_end
	) x
	group by x.day, x.known_to, x.status, x.channel_id, x.assignee_id, x.team_id;
end
$$;
comment on function sahut_etl.backlog_of is
	'The conversations unresolved at the end of each day of a span; of one that can still grow, those unresolved now. '
	'With IDS, the part of these conversations.';

create function sahut_etl.workload_of(workspace integer, first date, last date, ids text[] default null,
		channels text[] default null, teams text[] default null)
	returns table (
		workspace_id integer, day date, agent_id text, assigned_in_count integer, handed_off_count integer,
		resolved_count integer, resolved_conversation_count integer, reopened_count integer,
		handled_conversation_count integer, active_seconds bigint, measured_seconds bigint,
		peak_concurrent integer, end_of_day_open_count integer, end_of_day_pending_count integer,
		end_of_day_snoozed_count integer)
	language plpgsql stable security definer rows 50 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
		set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
	first_day  date;
	last_day   date;
begin
	select min(d.day), max(d.day) into first_day, last_day from sahut_etl.days_of(workspace, first, last) d;
	if first_day is null then
		return;
	end if;
	return query
	with held as materialized (
		select h.day, h.conversation_id, coalesce(h.assignee_id, '') as assignee_id, h.status, h.is_active, h.seconds,
			greatest(h.valid_from, h.known_from) as from_at, case when not h.is_at_end then h.valid_to end as to_at,
			h.is_at_end
		from sahut_etl.days_held(workspace, first_day, last_day, ids, channels, teams) h
		where h.is_known
	), held_by as (
		select h.day, h.assignee_id, count(distinct h.conversation_id) filter (where h.is_active) as handled,
			sum(h.seconds) filter (where h.is_active) as seconds,
			sahut_etl.most_at_once(array_agg(h.from_at) filter (where h.is_active),
				array_agg(h.to_at) filter (where h.is_active)) as peak,
			count(*) filter (where h.is_at_end and h.status = 'open') as open,
			count(*) filter (where h.is_at_end and h.status = 'pending') as pending,
			count(*) filter (where h.is_at_end and h.status = 'snoozed') as snoozed
		from held h
		where h.is_active or h.is_at_end
		group by h.day, h.assignee_id
	), event as materialized (
		select e.conversation_id, e.occurred_day as day, e.event_type, e.from_assignee_id, e.to_assignee_id,
			e.from_team_id, e.to_team_id
		from sahut.conversation_event e
		join sahut.conversation c on c.id = e.conversation_id and c.deleted_at is null
		where e.workspace_id = workspace and e.occurred_day between first_day and last_day
			and (ids is null or e.conversation_id = any (ids))
			and (channels is null or coalesce(e.channel_id, '') = any (channels))
			and e.event_type in ('created', 'assigned', 'reassigned', 'unassigned', 'resolved', 'reopened')
	), gained as (
		select day, coalesce(to_assignee_id, '') as assignee_id, count(*)
			filter (where event_type in ('created', 'assigned', 'reassigned', 'unassigned')) as assigned_in,
			count(*) filter (where event_type = 'resolved') as resolved,
			count(distinct conversation_id)
			filter (where event_type = 'resolved') as resolved_conversations,
			count(*) filter (where event_type = 'reopened') as reopened
		from event where teams is null or coalesce(to_team_id, '') = any (teams)
		group by day, coalesce(to_assignee_id, '')
	), lost as (
		select day, coalesce(from_assignee_id, '') as assignee_id, count(*) as handed_off
		from event where event_type in ('assigned', 'reassigned', 'unassigned')
			and (teams is null or coalesce(from_team_id, '') = any (teams))
		group by day, coalesce(from_assignee_id, '')
	), agent as (
		select day, assignee_id from held_by union select day, assignee_id from gained
		union select day, assignee_id from lost
	)
	select workspace, a.day, a.assignee_id, coalesce(g.assigned_in, 0)::integer, coalesce(l.handed_off, 0)::integer,
		coalesce(g.resolved, 0)::integer, coalesce(g.resolved_conversations, 0)::integer,
		coalesce(g.reopened, 0)::integer,
		coalesce(h.handled, 0)::integer, coalesce(h.seconds, 0)::bigint,
		greatest(0, extract(epoch from d.known_to - d.known_from))::bigint, coalesce(h.peak, 0),
		coalesce(h.open, 0)::integer, coalesce(h.pending, 0)::integer, coalesce(h.snoozed, 0)::integer
	from agent a
	join sahut_etl.days_of(workspace, first_day, last_day) d on d.day = a.day
	left join held_by h on h.day = a.day and h.assignee_id = a.assignee_id
	left join gained g on g.day = a.day and g.assignee_id = a.assignee_id
	left join lost l on l.day = a.day and l.assignee_id = a.assignee_id;
end
$$;
comment on function sahut_etl.workload_of is
	'The conversations that each agent had on each day of a span, and the work on them; those of nobody under an empty '
	'id. With IDS, the part of these conversations; with CHANNELS or TEAMS, the part of these, an empty id being none: '
	'each state and event with the channel and the team of that time.';

-- From one state to the next of the same conversation: one that was unresolved before or after came into the backlog,
-- left it, or changed hands in it. Those that were only for a moment are in no backlog: the events of the day know of
-- them.
create function sahut_etl.flow_of(workspace integer, first date, last date, ids text[] default null)
	returns table (
		workspace_id integer, day date, channel_id text, assignee_id text, team_id text, created_count integer,
		reopened_count integer, moved_in_count integer, resolved_count integer, moved_out_count integer,
		active_seconds bigint)
	language plpgsql stable security definer rows 200 cost 100000
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
		set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
	first_day  date;
	last_day   date;
begin
	select min(d.day), max(d.day) into first_day, last_day from sahut_etl.days_of(workspace, first, last) d;
	if first_day is null then
		return;
	end if;
	return query
	with held as materialized (
		select h.* from sahut_etl.days_held(workspace, first_day, last_day, ids) h
	), event as materialized (
		select e.conversation_id
		from sahut.conversation_event e
		where e.workspace_id = workspace and e.occurred_day between first_day and last_day and ids is null
		and e.event_type in ('created', 'resolved', 'reopened')
	), step as materialized (
		select v.conversation_id, v.version_no, v.status, v.channel_id, v.assignee_id, v.team_id, v.valid_from
		from sahut.conversation_version v
		where v.conversation_id = any (coalesce(ids, array(
			select h.conversation_id from held h where h.valid_from >= h.begins or h.valid_to < h.ends
			union select e.conversation_id from event e)))
	), its as materialized (
		select c.id, c.origin from sahut.conversation c
		where c.id = any (array(select distinct k.conversation_id from step k)) and c.deleted_at is null
	), pair as (
		select s.*, lag(s.status) over x as was_status, lag(s.channel_id) over x as was_channel,
			lag(s.assignee_id) over x as was_assignee, lag(s.team_id) over x as was_team
		from step s
		window x as (partition by s.conversation_id order by s.version_no)
	), turn as (
		select d.day, p.*, i.origin, p.was_status <> 'resolved' and p.status <> 'resolved'
			and (p.channel_id, p.assignee_id, p.team_id) is distinct
				from (p.was_channel, p.was_assignee, p.was_team) as is_moved
		from pair p
		join its i on i.id = p.conversation_id
		join sahut_etl.days_of(workspace, first_day, last_day) d on p.valid_from >= d.begins
			and p.valid_from < d.ends
	)
	select workspace, x.day, x.channel_id, x.assignee_id, x.team_id, sum(x.created)::integer,
		sum(x.reopened)::integer, sum(x.moved_in)::integer, sum(x.resolved)::integer, sum(x.moved_out)::integer,
		sum(x.seconds)::bigint
	from (
		select t.day, t.channel_id, t.assignee_id, t.team_id, (t.was_status is null)::integer as created,
			coalesce(t.was_status = 'resolved', false)::integer as reopened,
			coalesce(t.is_moved, false)::integer as moved_in, 0 as resolved,
			0 as moved_out, 0::bigint as seconds
		from turn t
		where t.status <> 'resolved' and (t.was_status is not null or t.origin = 'observed')
			and (t.was_status is null or t.was_status = 'resolved' or t.is_moved)
		union all
		select t.day, t.was_channel, t.was_assignee, t.was_team, 0, 0, 0, (t.status = 'resolved')::integer,
			t.is_moved::integer, 0
		from turn t
		where t.was_status <> 'resolved' and (t.status = 'resolved' or t.is_moved)
		union all
		select h.day, h.channel_id, h.assignee_id, h.team_id, 0, 0, 0, 0, 0, h.seconds
		from held h where h.is_active
	) x
	group by x.day, x.channel_id, x.assignee_id, x.team_id
	having sum(x.created + x.reopened + x.moved_in + x.resolved + x.moved_out) > 0 or sum(x.seconds) > 0;
end
$$;
comment on function sahut_etl.flow_of is
	'The conversations that came into the backlog on each day of a span and left it, and how long they were worked on, '
	'by channel, agent and team. With IDS, the part of these conversations.';

create function sahut_etl.first_day(workspace integer) returns date
	language plpgsql stable security definer
	set search_path = pg_catalog, pg_temp
as $$
begin
	return (select c.created_day from sahut.conversation c where c.workspace_id = workspace
		order by c.created_day limit 1);
end $$;
comment on function sahut_etl.first_day is 'The day on which the oldest conversation was created.';

create function sahut_etl.unknown_statuses() returns integer
	language sql stable security definer
	set search_path = pg_catalog, pg_temp
as $$ select count(*)::integer from sahut.status s where not s.is_known $$;
comment on function sahut_etl.unknown_statuses is 'Statuses that the API''s reference does not know.';

-- ---- the parts of a batch in the stored days ----

create function sahut_etl.count_days(workspace integer, last date, sign integer) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	every  constant text[] := array(select r.id from pg_temp.recount r);
	whole  constant text[] := array(select r.id from pg_temp.recount r where r.is_whole);
	stock  constant text[] := array(select r.id from pg_temp.recount r where r.is_stock);
begin
	if cardinality(whole) > 0 then
		insert into pg_temp.volume_change (sign, workspace_id, day, channel_id, team_id, created_count, resolved_count,
			resolved_conversation_count, reopened_count, first_resolved_count, first_resolution_seconds_sum,
			first_resolution_business_seconds_sum, new_contact_count, returning_contact_count, estimated_count)
		select count_days.sign, x.workspace_id, x.day, x.channel_id, x.team_id, x.created_count, x.resolved_count,
			x.resolved_conversation_count, x.reopened_count, x.first_resolved_count,
			x.first_resolution_seconds_sum, x.first_resolution_business_seconds_sum, x.new_contact_count,
			x.returning_contact_count, x.estimated_count
		from sahut_etl.volume_of(workspace, '-infinity', last, whole) x;
		insert into pg_temp.hour_change (sign, workspace_id, day, hour_of_day, channel_id, team_id, created_count,
			resolved_count, reopened_count)
		select count_days.sign, x.workspace_id, x.day, x.hour_of_day, x.channel_id, x.team_id, x.created_count,
			x.resolved_count, x.reopened_count
		from sahut_etl.hours_of(workspace, '-infinity', last, whole) x;
	end if;
	insert into pg_temp.label_change (sign, workspace_id, day, label_name, channel_id, team_id, created_count,
		resolved_count)
	select count_days.sign, x.workspace_id, x.day, x.label_name, x.channel_id, x.team_id, x.created_count, x.resolved_count
	from sahut_etl.labels_of(workspace, '-infinity', last, every) x;
	insert into pg_temp.pair_change (sign, workspace_id, day, label_a, label_b, conversation_count)
	select count_days.sign, x.workspace_id, x.day, x.label_a, x.label_b, x.conversation_count
	from sahut_etl.label_pairs_of(workspace, '-infinity', last, every) x;
	if cardinality(stock) > 0 then
		insert into pg_temp.backlog_change (sign, workspace_id, day, measured_at, status, channel_id, assignee_id, team_id,
			conversation_count, age_seconds_sum, age_under_1d_count, age_1d_to_3d_count, age_3d_to_7d_count,
			age_over_7d_count, oldest_created_at)
		select count_days.sign, x.workspace_id, x.day, x.measured_at, x.status, x.channel_id, x.assignee_id, x.team_id,
			x.conversation_count, x.age_seconds_sum, x.age_under_1d_count, x.age_1d_to_3d_count,
			x.age_3d_to_7d_count, x.age_over_7d_count, x.oldest_created_at
		from sahut_etl.backlog_of(workspace, '-infinity', last, stock) x;
		insert into pg_temp.agent_change (sign, workspace_id, day, agent_id, assigned_in_count, handed_off_count,
			resolved_count,
			resolved_conversation_count, reopened_count, handled_conversation_count, active_seconds,
			measured_seconds, peak_concurrent, end_of_day_open_count, end_of_day_pending_count,
			end_of_day_snoozed_count)
		select count_days.sign, x.workspace_id, x.day, x.agent_id, x.assigned_in_count, x.handed_off_count, x.resolved_count,
			x.resolved_conversation_count, x.reopened_count, x.handled_conversation_count, x.active_seconds,
			x.measured_seconds, x.peak_concurrent, x.end_of_day_open_count, x.end_of_day_pending_count,
			x.end_of_day_snoozed_count
		from sahut_etl.workload_of(workspace, '-infinity', last, stock) x;
		insert into pg_temp.flow_change (sign, workspace_id, day, channel_id, assignee_id, team_id, created_count,
			reopened_count,
			moved_in_count, resolved_count, moved_out_count, active_seconds)
		select count_days.sign, x.workspace_id, x.day, x.channel_id, x.assignee_id, x.team_id, x.created_count,
			x.reopened_count, x.moved_in_count, x.resolved_count, x.moved_out_count, x.active_seconds
		from sahut_etl.flow_of(workspace, '-infinity', last, stock) x;
		insert into pg_temp.held_change (sign, day, agent_id, from_at, to_at)
		select count_days.sign, h.day, coalesce(h.assignee_id, ''), greatest(h.valid_from, h.known_from),
			case when not h.is_at_end then h.valid_to end
		from sahut_etl.days_held(workspace, '-infinity', last, stock) h
		where h.is_active and h.is_known;
	end if;
end $$;
comment on function sahut_etl.count_days is
	'Notes the parts of a batch''s conversations in the days up to one: with SIGN -1 before the batch is written, with 1 '
	'afterwards.';

-- RELATION and its CHANGES have the same columns: KEYS tell the rows of a day apart, SUMS are added, and of EXTREME the
-- MIN or the MAX is kept, of what was stored and what was added. A row that is left without any count goes. One that
-- would be less than nothing is not what was counted (single agents of long ago are no longer told): that day is
-- computed whole, as is one that is queued for it in the column WHOLE.
create function sahut_etl.add_changes(workspace integer, relation text, changes text, keys text[], sums text[],
	whole text, extreme text default null, how text default null) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	every    constant text[] := array['day'] || keys || sums || case when extreme is null then '{}'
		else array[extreme] end;
	of_all   constant text := (select string_agg(quote_ident(e), ', ') from unnest(every) e);
	keyed    constant text := (select string_agg(quote_ident(k), ', ') from unnest(array['day'] || keys) k);
	same     constant text := (select string_agg(format('v.%1$I is not distinct from c.%1$I', k), ' and ')
		from unnest(keys) k);
	held     constant text := (select string_agg(format('v.%I', e), ', ') from unnest(every) e);
	changed  constant text := (select string_agg(format('sum(d.sign * d.%1$I) as %1$I', s), ', ') from unnest(sums) s);
	added    constant text := (select string_agg(format('sum(x.%1$I) as %1$I', s), ', ') from unnest(sums) s);
	counts   constant text := (select string_agg(format('t.%I', s), ', ') from unnest(sums) s);
	extremes constant text[] := case when extreme is null then array['', '', ''] else array[
		format(', %1$s(d.%2$I) filter (where d.sign > 0) as %2$I, %1$s(d.%2$I) filter (where d.sign < 0) as was',
			how, extreme),
		format('or t.%I is distinct from t.was', extreme), format(', %1$s(x.%2$I) as %2$I', how, extreme)] end;
begin
	execute format($sql$
		with change as materialized (
			select %1$s, %2$s %3$s
			from pg_temp.%4$I d
			where not exists (select from sahut_etl.report_queue q
				where q.workspace_id = $1 and q.day = d.day and q.%5$I)
			group by %1$s
		), moved as materialized (
			select t.* from change t where 0 <> any (array[%6$s]) %7$s
		), held as (
			delete from sahut_etl.%8$I v using moved c
			where v.workspace_id = $1 and v.day = c.day and %9$s
			returning %10$s
		), total as materialized (
			select %1$s, %11$s %12$s
			from (select %13$s from held union all select %13$s from moved) x
			group by %1$s
		), kept as (
			insert into sahut_etl.%8$I (workspace_id, %13$s)
			select $1, %13$s from total t
			where 0 <> any (array[%6$s]) and 0 <= all (array[%6$s])
		)
		insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
		select distinct $1, t.day, false, %5$L = 'flows', %5$L = 'labels', %5$L = 'stock'
		from total t
		where 0 > any (array[%6$s])
		on conflict (workspace_id, day) do update set %5$I = true $sql$,
		keyed, changed, extremes[1], changes, whole, counts, extremes[2], relation, same, held, added, extremes[3],
		of_all)
	using workspace;
end $$;
comment on function sahut_etl.add_changes is
	'Adds the noted parts of a batch to the stored rows of one relation.';

-- Of a day whose single agents are folded into one no part can be taken: it is computed whole.
create function sahut_etl.queue_folded(workspace integer) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	kept    constant date := (select w.agents_from from sahut_etl.workspace w where w.id = workspace);
	folded  constant date[] := array(select distinct a.day from pg_temp.agent_change a where a.day < kept);
begin
	insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
	select distinct workspace, x.day, false, false, false, true
	from (
		select c.day, c.sign, to_jsonb(c) - 'sign' as part from pg_temp.backlog_change c where c.day = any (folded)
		union all
		select c.day, c.sign, to_jsonb(c) - 'sign' from pg_temp.agent_change c where c.day = any (folded)
		union all
		select c.day, c.sign, to_jsonb(c) - 'sign' from pg_temp.flow_change c where c.day = any (folded)
	) x
	group by x.day, x.part
	having sum(x.sign) <> 0
	on conflict (workspace_id, day) do update set stock = true;
end $$;
comment on function sahut_etl.queue_folded is
	'Queues the days of a batch that are so old that no figures of single agents are kept.';

-- A peak and an oldest one are no sums. They follow from the batch alone where all that counts is in it, and a peak can
-- be another only where a span of time is; what does not follow is queued.
create function sahut_etl.change_extremes(workspace integer) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
begin
	with changed as materialized (
		select distinct x.day, x.agent_id
		from (
			select h.day, h.agent_id from pg_temp.held_change h
			group by h.day, h.agent_id, h.from_at, h.to_at
			having sum(h.sign) <> 0
		) x
	), known as materialized (
		select a.day, a.agent_id, a.peak_concurrent as was_peak, coalesce(c.peak_concurrent, 0) as peak,
			a.handled_conversation_count = coalesce(c.handled_conversation_count, 0) as is_all
		from changed x
		join sahut_etl.day_agent a on a.workspace_id = workspace and a.day = x.day and a.agent_id = x.agent_id
		left join pg_temp.agent_change c on c.sign > 0 and c.day = x.day and c.agent_id = x.agent_id
	), mended as (
		update sahut_etl.day_agent a
		set peak_concurrent = k.peak
		from known k
		where k.is_all and k.peak <> k.was_peak and a.workspace_id = workspace and a.day = k.day
			and a.agent_id = k.agent_id
	)
	insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock, extremes)
	select distinct workspace, k.day, false, false, false, false, true
	from known k
	where not k.is_all
	on conflict (workspace_id, day) do update set extremes = true;

	with part as materialized (
		select c.day, c.status, c.channel_id, c.assignee_id, c.team_id,
			min(c.oldest_created_at) filter (where c.sign > 0) as oldest,
			min(c.oldest_created_at) filter (where c.sign < 0) as was_oldest,
			coalesce(sum(c.conversation_count) filter (where c.sign > 0), 0) as n
		from pg_temp.backlog_change c
		group by c.day, c.status, c.channel_id, c.assignee_id, c.team_id
	), known as materialized (
		select p.*, b.conversation_count = p.n as is_all
		from part p
		join sahut_etl.day_backlog b on b.workspace_id = workspace and b.day = p.day and b.status = p.status
			and b.channel_id is not distinct from p.channel_id
			and b.assignee_id is not distinct from p.assignee_id
			and b.team_id is not distinct from p.team_id and b.oldest_created_at = p.was_oldest
		where p.oldest is distinct from p.was_oldest
	), mended as (
		update sahut_etl.day_backlog b
		set oldest_created_at = k.oldest
		from known k
		where k.is_all and b.workspace_id = workspace and b.day = k.day and b.status = k.status
			and b.channel_id is not distinct from k.channel_id
			and b.assignee_id is not distinct from k.assignee_id
			and b.team_id is not distinct from k.team_id
	)
	insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock, extremes)
	select distinct workspace, k.day, false, false, false, false, true
	from known k
	where not k.is_all
	on conflict (workspace_id, day) do update set extremes = true;
end $$;
comment on function sahut_etl.change_extremes is
	'Mends the peaks and the oldest ones that a batch has changed, where they follow from it, and queues the days where '
	'they do not.';

-- The parts that were noted are added to the stored rows. A day that is queued will be computed whole.
create function sahut_etl.change_days(workspace integer) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
begin
	if exists (select from pg_temp.recount r where r.is_stock) then
		perform sahut_etl.queue_folded(workspace);
	end if;
	insert into sahut_etl.day_moved (workspace_id, day, moved_at, created_change, resolved_change, reopened_change,
		unresolved_change, channel_count, label_count)
	select workspace, y.day, clock_timestamp(), coalesce(sum(y.n) filter (where y.what = 'created'), 0),
		coalesce(sum(y.n) filter (where y.what = 'resolved'), 0),
		coalesce(sum(y.n) filter (where y.what = 'reopened'), 0),
		coalesce(sum(y.n) filter (where y.what = 'unresolved'), 0),
		count(distinct y.name) filter (where y.what not like 'label%'),
		count(distinct y.name) filter (where y.what like 'label%')
	from (
		select d.day, x.what, coalesce(d.channel_id, '') as name, sum(d.sign * x.n) as n
		from pg_temp.volume_change d
		cross join lateral (values ('created', d.created_count), ('resolved', d.resolved_count),
			('reopened', d.reopened_count)) x(what, n)
		where not exists (select from sahut_etl.report_queue q
			where q.workspace_id = workspace and q.day = d.day and q.flows)
		group by d.day, x.what, coalesce(d.channel_id, '')
		having sum(d.sign * x.n) <> 0
		union all
		select d.day, x.what, d.label_name, sum(d.sign * x.n)
		from pg_temp.label_change d
		cross join lateral (values ('label', d.created_count), ('label resolved', d.resolved_count)) x(what, n)
		where not exists (select from sahut_etl.report_queue q
			where q.workspace_id = workspace and q.day = d.day and q.labels)
		group by d.day, x.what, d.label_name
		having sum(d.sign * x.n) <> 0
		union all
		select d.day, 'unresolved', coalesce(d.channel_id, ''), sum(d.sign * d.conversation_count)
		from pg_temp.backlog_change d
		where not exists (select from sahut_etl.report_queue q
			where q.workspace_id = workspace and q.day = d.day and q.stock)
		group by d.day, coalesce(d.channel_id, '')
		having sum(d.sign * d.conversation_count) <> 0
	) y
	group by y.day;

	if exists (select from pg_temp.recount r where r.is_whole) then
		perform sahut_etl.add_changes(workspace, 'day_volume', 'volume_change', '{channel_id, team_id}',
			'{created_count, resolved_count, resolved_conversation_count, reopened_count, first_resolved_count,
			first_resolution_seconds_sum, first_resolution_business_seconds_sum, new_contact_count,
			returning_contact_count, estimated_count}', 'flows');
		perform sahut_etl.add_changes(workspace, 'hour_volume', 'hour_change', '{hour_of_day, channel_id, team_id}',
			'{created_count, resolved_count, reopened_count}', 'flows');
	end if;
	perform sahut_etl.add_changes(workspace, 'day_label', 'label_change', '{label_name, channel_id, team_id}',
		'{created_count, resolved_count}', 'labels');
	perform sahut_etl.add_changes(workspace, 'day_label_pair', 'pair_change', '{label_a, label_b}',
		'{conversation_count}', 'labels');
	if exists (select from pg_temp.recount r where r.is_stock) then
		perform sahut_etl.add_changes(workspace, 'day_backlog', 'backlog_change',
			'{measured_at, status, channel_id, assignee_id, team_id}',
			'{conversation_count, age_seconds_sum, age_under_1d_count, age_1d_to_3d_count, age_3d_to_7d_count,
			age_over_7d_count}', 'stock', 'oldest_created_at', 'min');
		perform sahut_etl.add_changes(workspace, 'day_agent', 'agent_change', '{agent_id, measured_seconds}',
			'{assigned_in_count, handed_off_count, resolved_count, resolved_conversation_count, reopened_count,
			handled_conversation_count, active_seconds, end_of_day_open_count, end_of_day_pending_count,
			end_of_day_snoozed_count}', 'stock', 'peak_concurrent', 'max');
		perform sahut_etl.add_changes(workspace, 'day_flow', 'flow_change', '{channel_id, assignee_id, team_id}',
			'{created_count, reopened_count, moved_in_count, resolved_count, moved_out_count, active_seconds}',
			'stock');
		perform sahut_etl.change_extremes(workspace);
	end if;
end $$;
comment on function sahut_etl.change_days is
	'Changes the stored days of a workspace by the parts that count_days() noted before a batch and after it.';

-- ---- the queue ----

create function sahut_etl.queue_days(workspace integer, first date, last date) returns void
	language sql
	set search_path = pg_catalog, pg_temp
as $$
	insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
	select workspace, first + i, false, true, true, true
	from generate_series(0, last - first) i
	on conflict (workspace_id, day) do update set flows = true, labels = true, stock = true
	where not (q.flows and q.labels and q.stock)
$$;
comment on function sahut_etl.queue_days is 'Queues the days of a span, both included.';

-- Every day on which something was created or happened, and every day with a backlog. With STAMP, the days beside them,
-- too: another time zone moves an event by a day at most.
create function sahut_etl.queue_all(workspace integer, stamp boolean) returns bigint
	language plpgsql
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on
as $$
declare
	days    date[];
	queued  bigint;
begin
	days := array(select distinct c.created_day from sahut.conversation c where c.workspace_id = workspace);
	days := days || array(select distinct e.occurred_day from sahut.conversation_event e
		where e.workspace_id = workspace);
	days := days || array(select distinct r.resolved_day from sahut.resolution r where r.workspace_id = workspace);
	insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
	select distinct workspace, k.day + i, queue_all.stamp, true, true, true
	from (
		select unnest(days) as day
		union select v.day from sahut_etl.day_volume v where v.workspace_id = workspace
		union select b.day from sahut_etl.day_backlog b where b.workspace_id = workspace
		union select a.day from sahut_etl.day_agent a where a.workspace_id = workspace
		union select a.day from sahut_etl.day_flow a where a.workspace_id = workspace
		union select w.history_day + n from sahut_etl.report_workspace w
			cross join lateral generate_series(0, w.live_day - w.history_day) n where w.id = workspace
	) k
	cross join generate_series(-queue_all.stamp::integer, queue_all.stamp::integer) i
	on conflict (workspace_id, day) do update
	set stamp = q.stamp or excluded.stamp, flows = true, labels = true, stock = true;
	get diagnostics queued = row_count;
	return queued;
end $$;
comment on function sahut_etl.queue_all is
	'Queues every day of a workspace; with STAMP, the columns that are written with each row, too.';

-- A queued day of which nothing has to be computed is a sample.
create function sahut_etl.queue_samples(workspace integer, before date, wanted integer) returns void
	language sql
	set search_path = pg_catalog, pg_temp
as $$
	insert into sahut_etl.report_queue (workspace_id, day, stamp, flows, labels, stock)
	select distinct workspace, f.day + floor(random() * (before - f.day))::integer, false, false, false, false
	from (select min(v.day) as day from sahut_etl.day_volume v where v.workspace_id = workspace) f
	cross join generate_series(1, wanted)
	where f.day < before
	on conflict (workspace_id, day) do nothing
$$;
comment on function sahut_etl.queue_samples is
	'Queues a few stored days before one, chosen by chance, to compare them with days that are computed anew.';

-- WAS is the live_day before: the days from there on that are over now are stored. The first load's end stores all.
create function sahut_etl.queue_closed(workspace integer, was date) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	live date := (select w.live_day from sahut_etl.report_workspace w where w.id = workspace);
begin
	if live is not null and was is null then
		perform sahut_etl.queue_all(workspace, false);
	elsif live > was then
		perform sahut_etl.queue_days(workspace, was, live - 1);
		perform sahut_etl.queue_samples(workspace, was, 3);
	end if;
end $$;
comment on function sahut_etl.queue_closed is
	'Queues the days that have ended since a batch began, and a few older ones, to be looked at.';

-- ---- refreshing ----

create function sahut_etl.stamp_days(workspace integer, first date, last date) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
as $$
declare
	w      sahut_etl.workspace;
	ids    text[];
	-- Values that functions compute, which read tables: no UPDATE of what may lie on several machines may call one.
	times  jsonb;
begin
	select * into w from sahut_etl.workspace k where k.id = workspace;

	update sahut.conversation c
	set created_day = (c.created_at at time zone w.timezone)::date
	where c.workspace_id = workspace and c.created_day between first - 1 and last + 1
	and c.created_day <> (c.created_at at time zone w.timezone)::date;

	ids := array(select o.id from sahut.conversation o
		where o.workspace_id = workspace and o.created_day between first and last);

	with dated as materialized (
		select o.id, o.channel_id, o.created_at, o.first_assigned_at, o.first_resolved_at
		from sahut.conversation o
		where o.id = any (ids) and (o.first_assigned_at is not null or o.first_resolved_at is not null)
	)
	select jsonb_agg(x) into times
	from (
		select o.id,
			sahut_etl.business_seconds(workspace, o.channel_id, o.created_at, o.first_assigned_at) as assigned,
			sahut_etl.business_seconds(workspace, o.channel_id, o.created_at, o.first_resolved_at) as resolved
		from dated o
	) x;
	update sahut.conversation c
	set first_assigned_business_seconds = x.assigned, first_resolved_business_seconds = x.resolved
	from jsonb_to_recordset(times) x(id text, assigned bigint, resolved bigint)
	where c.id = x.id and (c.first_assigned_business_seconds, c.first_resolved_business_seconds) is distinct
		from (x.assigned, x.resolved);

	times := (select jsonb_agg(x) from sahut_etl.stays_of(ids) x);
	update sahut.conversation c
	set open_work_usec = x.open_work_usec, pending_work_usec = x.pending_work_usec,
		snoozed_work_usec = x.snoozed_work_usec, unassigned_work_usec = x.unassigned_work_usec,
		assigned_pending_work_usec = x.assigned_pending_work_usec,
		assigned_snoozed_work_usec = x.assigned_snoozed_work_usec,
		resolved_pending_work_usec = x.resolved_pending_work_usec,
		resolved_snoozed_work_usec = x.resolved_snoozed_work_usec
	from jsonb_to_recordset(times) x(id text, open_work_usec bigint, pending_work_usec bigint,
		snoozed_work_usec bigint, unassigned_work_usec bigint, assigned_pending_work_usec bigint,
		assigned_snoozed_work_usec bigint, resolved_pending_work_usec bigint, resolved_snoozed_work_usec bigint)
	where c.id = x.id and (c.open_work_usec, c.pending_work_usec, c.snoozed_work_usec, c.unassigned_work_usec,
		c.assigned_pending_work_usec, c.assigned_snoozed_work_usec, c.resolved_pending_work_usec,
		c.resolved_snoozed_work_usec) is distinct from (x.open_work_usec, x.pending_work_usec,
		x.snoozed_work_usec, x.unassigned_work_usec, x.assigned_pending_work_usec, x.assigned_snoozed_work_usec,
		x.resolved_pending_work_usec, x.resolved_snoozed_work_usec);

	perform sahut_etl.stamp_turns(workspace, ids);

	update sahut.conversation_event e
	set occurred_day = (e.occurred_at at time zone w.timezone)::date
	where e.workspace_id = workspace and e.occurred_day between first - 1 and last + 1
	and e.occurred_day <> (e.occurred_at at time zone w.timezone)::date;

	update sahut.resolution r
	set resolved_day = (r.resolved_at at time zone w.timezone)::date
	where r.workspace_id = workspace and r.resolved_day between first - 1 and last + 1
	and r.resolved_day <> (r.resolved_at at time zone w.timezone)::date;

	with dated as materialized (
		select o.conversation_id, o.version_no, o.channel_id, o.from_at, o.resolved_at
		from sahut.resolution o
		where o.workspace_id = workspace and o.resolved_day between first and last
	)
	select jsonb_agg(x) into times
	from (
		select o.conversation_id, o.version_no,
			sahut_etl.business_seconds(workspace, o.channel_id, o.from_at, o.resolved_at) as business_seconds
		from dated o
	) x;
	update sahut.resolution r
	set business_seconds = x.business_seconds
	from jsonb_to_recordset(times) x(conversation_id text, version_no integer, business_seconds bigint)
	where r.conversation_id = x.conversation_id and r.version_no = x.version_no
		and r.business_seconds <> x.business_seconds;
end $$;
comment on function sahut_etl.stamp_days is
	'Writes anew the columns that depend on the time zone and the business hours, in each row of a span of days.';

create function sahut_etl.refresh_flows(workspace integer, first date, last date) returns void
	language sql
	set search_path = pg_catalog, pg_temp
as $$
	delete from sahut_etl.day_volume v where v.workspace_id = workspace and v.day between first and last;
	insert into sahut_etl.day_volume (workspace_id, day, channel_id, team_id, created_count, resolved_count,
		resolved_conversation_count, reopened_count, first_resolved_count, first_resolution_seconds_sum,
		first_resolution_business_seconds_sum, new_contact_count, returning_contact_count, estimated_count)
	select x.workspace_id, x.day, x.channel_id, x.team_id, x.created_count, x.resolved_count,
		x.resolved_conversation_count, x.reopened_count, x.first_resolved_count, x.first_resolution_seconds_sum,
		x.first_resolution_business_seconds_sum, x.new_contact_count, x.returning_contact_count, x.estimated_count
	from sahut_etl.volume_of(workspace, first, last) x;
	delete from sahut_etl.hour_volume v where v.workspace_id = workspace and v.day between first and last;
	insert into sahut_etl.hour_volume (workspace_id, day, hour_of_day, channel_id, team_id, created_count,
		resolved_count, reopened_count)
	select x.workspace_id, x.day, x.hour_of_day, x.channel_id, x.team_id, x.created_count, x.resolved_count,
		x.reopened_count
	from sahut_etl.hours_of(workspace, first, last) x;
$$;
comment on function sahut_etl.refresh_flows is 'Computes the volumes of a span of days and stores them.';

create function sahut_etl.refresh_labels(workspace integer, first date, last date) returns void
	language sql
	set search_path = pg_catalog, pg_temp
as $$
	delete from sahut_etl.day_label v where v.workspace_id = workspace and v.day between first and last;
	insert into sahut_etl.day_label (workspace_id, day, label_name, channel_id, team_id, created_count,
		resolved_count)
	select x.workspace_id, x.day, x.label_name, x.channel_id, x.team_id, x.created_count, x.resolved_count
	from sahut_etl.labels_of(workspace, first, last) x;
	delete from sahut_etl.day_label_pair v where v.workspace_id = workspace and v.day between first and last;
	insert into sahut_etl.day_label_pair (workspace_id, day, label_a, label_b, conversation_count)
	select x.workspace_id, x.day, x.label_a, x.label_b, x.conversation_count
	from sahut_etl.label_pairs_of(workspace, first, last) x;
$$;
comment on function sahut_etl.refresh_labels is 'Computes the volumes by label of a span of days and stores them.';

-- Of days long ago no single agent is told: rows of agents go, and in the backlog and its flow all agents of a day are
-- one, '*'. Those of nobody stay.
create function sahut_etl.fold_agents(workspace integer, first date, last date) returns bigint
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	removed  bigint;
	folded   bigint;
begin
	delete from sahut_etl.day_agent g
	where g.workspace_id = workspace and g.day between first and last and g.agent_id <> '';
	get diagnostics removed = row_count;
	with gone as (
		delete from sahut_etl.day_backlog b
		where b.workspace_id = workspace and b.day between first and last and b.assignee_id <> '*'
		returning b.*
	)
	insert into sahut_etl.day_backlog (workspace_id, day, measured_at, status, channel_id, assignee_id, team_id,
		conversation_count, age_seconds_sum, age_under_1d_count, age_1d_to_3d_count, age_3d_to_7d_count,
		age_over_7d_count, oldest_created_at)
	select g.workspace_id, g.day, g.measured_at, g.status, g.channel_id, '*', g.team_id, sum(g.conversation_count),
		sum(g.age_seconds_sum), sum(g.age_under_1d_count), sum(g.age_1d_to_3d_count), sum(g.age_3d_to_7d_count),
		sum(g.age_over_7d_count), min(g.oldest_created_at)
	from gone g
	group by g.workspace_id, g.day, g.measured_at, g.status, g.channel_id, g.team_id;
	get diagnostics folded = row_count;
	removed := removed + folded;
	with gone as (
		delete from sahut_etl.day_flow f
		where f.workspace_id = workspace and f.day between first and last and f.assignee_id <> '*'
		returning f.*
	)
	insert into sahut_etl.day_flow (workspace_id, day, channel_id, assignee_id, team_id, created_count, reopened_count,
		moved_in_count, resolved_count, moved_out_count, active_seconds)
	select g.workspace_id, g.day, g.channel_id, '*', g.team_id, sum(g.created_count), sum(g.reopened_count),
		sum(g.moved_in_count), sum(g.resolved_count), sum(g.moved_out_count), sum(g.active_seconds)
	from gone g
	group by g.workspace_id, g.day, g.channel_id, g.team_id;
	get diagnostics folded = row_count;
	return removed + folded;
end $$;
comment on function sahut_etl.fold_agents is
	'Removes single agents from the stored figures of a span of days; how many rows that concerned.';

-- It never goes back: rows that were removed are not computed again when the age is longer one day, or in another
-- process.
create function sahut_etl.keep_agents_from(workspace integer, wanted date) returns bigint
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	was      date;
	removed  bigint := 0;
begin
	perform from sahut_etl.report_turn r where r.workspace_id = workspace for update;
	was := (select coalesce(w.agents_from, '-infinity') from sahut_etl.workspace w where w.id = workspace);
	if wanted > was then
		removed := sahut_etl.fold_agents(workspace, was, wanted - 1);
		update sahut_etl.workspace w set agents_from = wanted where w.id = workspace;
	end if;
	return removed;
end $$;
comment on function sahut_etl.keep_agents_from is
	'Keeps daily figures of single agents from a day on only; how many rows were removed.';

create function sahut_etl.refresh_stock(workspace integer, wanted date) returns void
	language sql
	set search_path = pg_catalog, pg_temp
as $$
	delete from sahut_etl.day_backlog v where v.workspace_id = workspace and v.day = wanted;
	insert into sahut_etl.day_backlog (workspace_id, day, measured_at, status, channel_id, assignee_id, team_id,
		conversation_count, age_seconds_sum, age_under_1d_count, age_1d_to_3d_count, age_3d_to_7d_count,
		age_over_7d_count, oldest_created_at)
	select x.workspace_id, x.day, x.measured_at, x.status, x.channel_id, x.assignee_id, x.team_id,
		x.conversation_count, x.age_seconds_sum, x.age_under_1d_count, x.age_1d_to_3d_count, x.age_3d_to_7d_count,
		x.age_over_7d_count, x.oldest_created_at
	from sahut_etl.backlog_of(workspace, wanted, wanted) x;
	delete from sahut_etl.day_agent v where v.workspace_id = workspace and v.day = wanted;
	insert into sahut_etl.day_agent (workspace_id, day, agent_id, assigned_in_count, handed_off_count,
		resolved_count, resolved_conversation_count, reopened_count, handled_conversation_count, active_seconds,
		measured_seconds, peak_concurrent, end_of_day_open_count, end_of_day_pending_count,
		end_of_day_snoozed_count)
	select x.workspace_id, x.day, x.agent_id, x.assigned_in_count, x.handed_off_count, x.resolved_count,
		x.resolved_conversation_count, x.reopened_count, x.handled_conversation_count, x.active_seconds,
		x.measured_seconds, x.peak_concurrent, x.end_of_day_open_count, x.end_of_day_pending_count,
		x.end_of_day_snoozed_count
	from sahut_etl.workload_of(workspace, wanted, wanted) x;
	delete from sahut_etl.day_flow v where v.workspace_id = workspace and v.day = wanted;
	insert into sahut_etl.day_flow (workspace_id, day, channel_id, assignee_id, team_id, created_count,
		reopened_count, moved_in_count, resolved_count, moved_out_count, active_seconds)
	select x.workspace_id, x.day, x.channel_id, x.assignee_id, x.team_id, x.created_count, x.reopened_count,
		x.moved_in_count, x.resolved_count, x.moved_out_count, x.active_seconds
	from sahut_etl.flow_of(workspace, wanted, wanted) x;
	select sahut_etl.fold_agents(workspace, wanted, wanted)
	from sahut_etl.workspace w where w.id = workspace and wanted < w.agents_from;
$$;
comment on function sahut_etl.refresh_stock is 'Computes the backlog and the workload of a day and stores them.';

-- Both from one look at what was held on the day.
create function sahut_etl.refresh_extremes(workspace integer, wanted date) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	peaks   jsonb;
	oldest  jsonb;
begin
	with held as materialized (
		select h.* from sahut_etl.days_held(workspace, wanted, wanted) h where h.is_known or h.is_at_end
	)
	select
		(select jsonb_agg(p) from (
			select coalesce(h.assignee_id, '') as agent_id, sahut_etl.most_at_once(
				array_agg(greatest(h.valid_from, h.known_from)),
				array_agg(case when not h.is_at_end then h.valid_to end)) as peak
			from held h where h.is_active and h.is_known
			group by coalesce(h.assignee_id, '')) p),
		(select jsonb_agg(o) from (
			select h.status, h.channel_id, h.assignee_id, h.team_id, min(h.created_at) as created_at
			from held h where h.is_at_end
			group by h.status, h.channel_id, h.assignee_id, h.team_id) o)
	into peaks, oldest;

	update sahut_etl.day_agent a
	set peak_concurrent = x.peak
	from (
		select k.agent_id, coalesce(p.peak, 0) as peak
		from sahut_etl.day_agent k
		left join jsonb_to_recordset(peaks) p(agent_id text, peak integer) on p.agent_id = k.agent_id
		where k.workspace_id = workspace and k.day = wanted
	) x
	where a.workspace_id = workspace and a.day = wanted and a.agent_id = x.agent_id and a.peak_concurrent <> x.peak;

	update sahut_etl.day_backlog b
	set oldest_created_at = o.created_at
	from jsonb_to_recordset(oldest) o(status text, channel_id text, assignee_id text, team_id text,
		created_at timestamptz)
	where b.workspace_id = workspace and b.day = wanted and b.status = o.status
		and b.channel_id is not distinct from o.channel_id
		and b.assignee_id is not distinct from o.assignee_id
		and b.team_id is not distinct from o.team_id and b.oldest_created_at <> o.created_at;
end $$;
comment on function sahut_etl.refresh_extremes is
	'Finds the peaks and the oldest unresolved conversations of a stored day again.';

create function sahut_etl.day_digests(workspace integer, wanted date) returns table (relation text, digest text)
	language sql stable
	set search_path = pg_catalog, pg_temp
as $$
	select x.relation, md5(string_agg(x.stored, ' ' order by x.stored collate "C"))
	from (
		select 'day_volume' as relation, v::text as stored from sahut_etl.day_volume v
			where v.workspace_id = workspace and v.day = wanted
		union all select 'hour_volume', v::text from sahut_etl.hour_volume v
			where v.workspace_id = workspace and v.day = wanted
		union all select 'day_label', v::text from sahut_etl.day_label v
			where v.workspace_id = workspace and v.day = wanted
		union all select 'day_label_pair', v::text from sahut_etl.day_label_pair v
			where v.workspace_id = workspace and v.day = wanted
		union all select 'day_backlog', v::text from sahut_etl.day_backlog v
			where v.workspace_id = workspace and v.day = wanted
		union all select 'day_agent', v::text from sahut_etl.day_agent v
			where v.workspace_id = workspace and v.day = wanted
				and wanted >= (select w.history_day from sahut_etl.report_workspace w where w.id = workspace)
		union all select 'day_flow', v::text from sahut_etl.day_flow v
			where v.workspace_id = workspace and v.day = wanted
	) x
	group by x.relation
$$;
comment on function sahut_etl.day_digests is
	'The stored rows of a day: for each table that has any, their digest.';

create function sahut_etl.refresh_sample(workspace integer, wanted date) returns text[]
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	before  jsonb := (select jsonb_object_agg(d.relation, d.digest) from sahut_etl.day_digests(workspace, wanted) d);
	after   jsonb;
	wrong   text[];
begin
	perform sahut_etl.refresh_flows(workspace, wanted, wanted);
	perform sahut_etl.refresh_labels(workspace, wanted, wanted);
	perform sahut_etl.refresh_stock(workspace, wanted);
	after := (select jsonb_object_agg(d.relation, d.digest) from sahut_etl.day_digests(workspace, wanted) d);
	wrong := array(
		select k.relation
		from (select jsonb_object_keys(coalesce(before, '{}') || coalesce(after, '{}')) as relation) k
		where before -> k.relation is distinct from after -> k.relation
		order by 1);
	if wrong <> '{}' then
		insert into sahut_etl.report_difference (workspace_id, day, relations) values (workspace, wanted, wrong);
	end if;
	return wrong;
end $$;
comment on function sahut_etl.refresh_sample is
	'Computes a stored day anew and says in which tables it was not so; that is written down, too.';

-- By its index: of a table that was not analyzed all would be read, and sorted.
create function sahut_etl.day_before(workspace integer, last date, conversations integer) returns date
	language plpgsql stable
	set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
	return (select c.created_day from sahut.conversation c
		where c.workspace_id = workspace and c.created_day <= last
		order by c.created_day desc offset conversations limit 1);
end $$;
comment on function sahut_etl.day_before is
	'The day up to which one goes back from the end of a day to pass so many conversations; empty when there are fewer.';

-- The numbers of a day whose change is told.
create function sahut_etl.day_figures(workspace integer, first date, last date)
	returns table (day date, what text, name text, n bigint)
	language sql stable rows 1000
	set search_path = pg_catalog, pg_temp
as $$
	select v.day, x.what, coalesce(v.channel_id, ''), sum(x.n)
	from sahut_etl.day_volume v
	cross join lateral (values ('created', v.created_count), ('resolved', v.resolved_count),
		('reopened', v.reopened_count)) x(what, n)
	where v.workspace_id = workspace and v.day between first and last
	group by 1, 2, 3
	union all
	select b.day, 'unresolved', coalesce(b.channel_id, ''), sum(b.conversation_count)
	from sahut_etl.day_backlog b
	where b.workspace_id = workspace and b.day between first and last
	group by 1, 2, 3
	union all
	select l.day, x.what, l.label_name, sum(x.n)
	from sahut_etl.day_label l
	cross join lateral (values ('label', l.created_count), ('label resolved', l.resolved_count)) x(what, n)
	where l.workspace_id = workspace and l.day between first and last
	group by 1, 2, 3
$$;
comment on function sahut_etl.day_figures is 'The stored numbers of a span of days: by channel, and by label.';

-- A day without any numbers before was not stored yet, or nothing had happened on it: neither can be told apart. Nor a
-- day without a backlog, which is stored after the events of the day.
create function sahut_etl.note_moved(workspace integer, first date, last date, before jsonb) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
begin
	delete from sahut_etl.day_moved m
	where m.workspace_id = workspace and m.moved_at < clock_timestamp() - interval '90 days';
	insert into sahut_etl.day_moved (workspace_id, day, moved_at, created_change, resolved_change, reopened_change,
		unresolved_change, channel_count, label_count)
	select workspace, y.day, clock_timestamp(), coalesce(sum(y.n) filter (where y.what = 'created'), 0),
		coalesce(sum(y.n) filter (where y.what = 'resolved'), 0),
		coalesce(sum(y.n) filter (where y.what = 'reopened'), 0),
		coalesce(sum(y.n) filter (where y.what = 'unresolved'), 0),
		count(distinct y.name) filter (where y.what not like 'label%'),
		count(distinct y.name) filter (where y.what like 'label%')
	from (
		select x.day, x.what, x.name, sum(x.n) as n
		from (
			select f.day, f.what, f.name, f.n from sahut_etl.day_figures(workspace, first, last) f
			union all
			select b.day, b.what, b.name, -b.n
			from jsonb_to_recordset(before) b(day date, what text, name text, n bigint)
		) x
		where x.day in (select b.day from jsonb_to_recordset(before) b(day date, what text)
			where x.what <> 'unresolved' or b.what = 'unresolved')
		group by x.day, x.what, x.name
		having sum(x.n) <> 0
	) y
	group by y.day;
end $$;
comment on function sahut_etl.note_moved is
	'Notes of which days of a span the stored numbers are others than they were: BEFORE has the old ones.';

-- The newest queued day, and as many before it as a moment's work allows: of days on which little was created, many.
-- Days that are written with rows come first, for all days. A day that can still grow is not stored: it is queued when
-- it is over.
create function sahut_etl.refresh_next(workspace integer, out day date, out remaining bigint, out wrong text[])
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	little constant integer := 10000;
	w      sahut_etl.report_workspace;
	q      sahut_etl.report_queue;
	first  date;
	asked  record;
	s      record;
	d      date;
	before jsonb;
begin
	-- Before anything is read: a batch that changes stored days is waited for, and its days are seen.
	perform from sahut_etl.report_turn r where r.workspace_id = workspace for update;
	select * into w from sahut_etl.report_workspace x where x.id = workspace;
	delete from sahut_etl.report_queue r where r.workspace_id = workspace and not r.stamp
		and r.day >= coalesce(w.live_day, r.day);
	select * into q from sahut_etl.report_queue r
	where r.workspace_id = workspace
	order by r.stamp desc, r.day desc
	limit 1 for update skip locked;
	remaining := 0;
	if not found then
		return;
	end if;
	day := q.day;
	if not (q.stamp or q.flows or q.labels or q.stock or q.extremes) then
		wrong := nullif(sahut_etl.refresh_sample(workspace, q.day), '{}');
		delete from sahut_etl.report_queue r where r.workspace_id = workspace and r.day = q.day;
		remaining := (select count(*) from sahut_etl.report_queue r where r.workspace_id = refresh_next.workspace);
		return;
	end if;
	d := sahut_etl.day_before(workspace, q.day, little);
	select least(q.day, min(r.day)) into first from sahut_etl.report_queue r
	where r.workspace_id = workspace and r.stamp = q.stamp and r.day <= q.day and r.day > coalesce(d, '-infinity')
		and (r.stamp or r.flows or r.labels or r.stock or r.extremes);
	if q.stamp then
		perform sahut_etl.stamp_days(workspace, first, q.day);
		update sahut_etl.report_queue r set stamp = false
		where r.workspace_id = workspace and r.day between first and q.day;
	else
		-- Locked before anything is read: a transaction that touches one of these days from here on queues it
		-- again.
		select bool_or(x.flows) as flows, bool_or(x.labels) as labels into asked from (
			select r.flows, r.labels from sahut_etl.report_queue r
			where r.workspace_id = workspace and r.day between first and q.day
			for update) x;
		before := (select jsonb_agg(to_jsonb(f)) from sahut_etl.day_figures(workspace, first, q.day) f);
		if asked.flows then
			perform sahut_etl.refresh_flows(workspace, first, q.day);
		end if;
		if asked.labels then
			perform sahut_etl.refresh_labels(workspace, first, q.day);
		end if;
		delete from sahut_etl.day_backlog b where b.workspace_id = workspace and b.day between first and q.day
			and b.day < w.history_day;
		delete from sahut_etl.day_agent a where a.workspace_id = workspace and a.day between first and q.day
			and a.day < w.history_day;
		delete from sahut_etl.day_flow a where a.workspace_id = workspace and a.day between first and q.day
			and a.day < w.history_day;
		for s in
			select r.day, r.stock from sahut_etl.report_queue r
			where r.workspace_id = workspace and r.day between greatest(first, w.history_day) and q.day
				and (r.stock or r.extremes)
			order by r.day desc
			limit greatest(1, least(60, little / (select 1 + v.live_count / 20 from sahut_etl.workspace v
				where v.id = workspace)))
		loop
			if s.stock then
				perform sahut_etl.refresh_stock(workspace, s.day);
			else
				perform sahut_etl.refresh_extremes(workspace, s.day);
			end if;
			update sahut_etl.report_queue r set stock = false, extremes = false
			where r.workspace_id = workspace and r.day = s.day;
		end loop;
		if before is not null then
			perform sahut_etl.note_moved(workspace, first, q.day, before);
		end if;
		update sahut_etl.report_queue r set flows = false, labels = false
		where r.workspace_id = workspace and r.day between first and q.day;
		delete from sahut_etl.report_queue r
		where r.workspace_id = workspace and r.day between first and q.day and not r.flows and not r.labels
		and not ((r.stock or r.extremes) and r.day >= w.history_day);
	end if;
	remaining := (select count(*) from sahut_etl.report_queue r where r.workspace_id = refresh_next.workspace);
end $$;
comment on function sahut_etl.refresh_next is
	'Computes the newest queued days of a workspace and says how many remain; the day is empty when there was '
	'none. Of a sample that was wrong it names the tables.';

create function sahut_etl.take_settings(workspace integer, setting jsonb) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
begin
	delete from sahut_etl.holiday h where h.workspace_id = workspace;
	insert into sahut_etl.holiday (workspace_id, day)
	select distinct workspace, x::date from jsonb_array_elements_text(setting -> 'holidays') x;

	delete from sahut_etl.target t where t.workspace_id = workspace;
	insert into sahut_etl.target (workspace_id, place, metric, within_seconds, channel_type, label_name,
		pauses_pending, pauses_snoozed)
	select workspace, x.place, t.metric, greatest(1, t.within / 1000000), t.channel_type, t.label,
		coalesce(t.pauses_pending, false), coalesce(t.pauses_snoozed, false)
	from jsonb_array_elements(setting -> 'targets') with ordinality x(target, place)
	cross join lateral jsonb_to_record(x.target) t(metric text, within bigint, channel_type text, label text,
		pauses_pending boolean, pauses_snoozed boolean);

	perform sahut_etl.take_message_settings(workspace, setting -> 'messages');

	if (setting ->> 'codes_agents')::boolean then
		update sahut.agent a
		set name = sahut_etl.agent_code(a.id)
		where a.workspace_id = workspace and a.name is distinct from sahut_etl.agent_code(a.id);
	end if;

	-- Members that are not to be kept any more go. A contact's other members may be a name or a phone, too.
	if (setting ->> 'drops_names')::boolean or (setting ->> 'drops_phones')::boolean then
		update sahut_pii.contact p
		set name = case when not (setting ->> 'drops_names')::boolean then p.name end,
			phone = case when not (setting ->> 'drops_phones')::boolean then p.phone end, extra = null
		where p.workspace_id = workspace;
		delete from sahut_pii.contact p where p.workspace_id = workspace and p.name is null
			and p.phone is null and p.extra is null;
		-- A rejected item comes again without them.
		update sahut_etl.rejected_item r set item = 'null' where r.workspace_id = workspace;
	end if;
end $$;
comment on function sahut_etl.take_settings is
	'Writes a workspace''s holidays and targets into their tables, and forgets the members of contacts that are not to '
	'be kept.';

-- Makes a configured workspace known, and its settings current. Other hours, another past holiday or another time zone
-- make days untrue: they are queued. SETTING is the JSON that src/warehouse/workspace_settings.c writes; null leaves it
-- as it is.
create function sahut_etl.register(wanted text, zone text, url text, late bigint, setting jsonb) returns integer
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	w      sahut_etl.workspace;
	moves  boolean;
	works  boolean := false;
begin
	select * into w from sahut_etl.workspace x where x.name = wanted;
	setting := coalesce(setting, w.settings);
	if found and (w.timezone, w.base_url, w.settings) is not distinct from (zone, url, setting)
		and w.lookback_configured = late * interval '1 microsecond'
	then
		return w.id;
	end if;
	insert into sahut_etl.workspace (name, timezone, base_url, lookback, lookback_configured)
	values (wanted, zone, url, late * interval '1 microsecond', late * interval '1 microsecond')
	on conflict (name) do nothing;
	select * into w from sahut_etl.workspace x where x.name = wanted for update;
	insert into sahut_etl.report_turn (workspace_id) values (w.id) on conflict do nothing;
	moves := w.timezone <> zone;
	if setting is not null and w.settings is distinct from setting then
		perform sahut_etl.take_settings(w.id, setting);
	end if;
	update sahut_etl.workspace x
	set timezone = zone, base_url = url,
		settings = setting,
		lookback = case when x.lookback_configured = late * interval '1 microsecond' then x.lookback
			else late * interval '1 microsecond' end,
		lookback_configured = late * interval '1 microsecond'
	where x.id = w.id;
	if setting is not null and (moves or w.settings is distinct from setting) then
		works := sahut_etl.set_work(w.id, greatest(w.active_as_of, w.seen_at));
	end if;
	if moves or works then
		perform sahut_etl.queue_all(w.id, true);
	end if;
	return w.id;
end $$;
comment on function sahut_etl.register is
	'Makes a configured workspace known, and its settings current; gives its number.';
