-- Of a conversation older than the first load, nothing is known but that it was created, and when.
do $$ begin if exists (select from pg_temp.pick p where p.is_new) then
insert into sahut.conversation_event (
	conversation_id, workspace_id, version_no, event_type, occurred_at, occurred_day, not_before, observed_at,
	is_estimated, to_status,
	to_assignee_id, to_team_id, channel_id)
select p.id, w.id, 1, 'created', t.at, (t.at at time zone w.timezone)::date, t.at, p.observed_at, false,
	case when p.is_observed then coalesce(p.born_status, p.status) end,
	case when p.is_observed and p.born_at is null then p.assignee_id end,
	case when p.is_observed then p.team_id end,
	p.channel_id
from pg_temp.pick p
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
cross join lateral (select least(p.created_at, p.observed_at) as at) t
where p.is_new;
end if; end $$;

-- One that says it was created at another time: the event moves with it, and with the first version.
do $$ begin if exists (select from pg_temp.moved) then
update sahut.conversation_event e
set occurred_at = m.valid_from, occurred_day = m.valid_day, not_before = m.valid_from,
	observed_at = greatest(e.observed_at, m.valid_from)
from pg_temp.moved m
where e.conversation_id = m.id and e.event_type = 'created' and e.occurred_at <> m.valid_from
-- As with the versions: these are rare.
and e.conversation_id = any (array(select k.id from pg_temp.moved k));
end if; end $$;

do $$ begin if exists (select from pg_temp.pick p where not p.is_new or p.born_at is not null) then
insert into sahut.conversation_event (
	conversation_id, workspace_id, version_no, event_type, occurred_at, occurred_day, not_before, observed_at,
	is_estimated, from_status,
	to_status, from_assignee_id, to_assignee_id, from_team_id, to_team_id, channel_id, label_name)
select q.id, w.id, q.version_no, e.event_type, q.valid_from, (q.valid_from at time zone w.timezone)::date,
	q.not_before, q.observed_at,
	q.is_estimated,
	q.was_status, q.status, q.was_assignee, q.assignee_id, q.was_team, q.team_id, q.channel_id, e.label_name
from (
	select p.id, p.version_no, p.valid_from, p.not_before, p.observed_at, p.status, p.assignee_id, p.team_id,
		p.channel_id, p.labels,
		p.is_revived, p.is_estimated,
		case when p.is_new then p.born_status else p.was_status end as was_status,
		p.was_assignee,
		case when p.is_new then p.team_id else p.was_team end as was_team,
		case when p.is_new then p.labels else p.was_labels end as was_labels
	from pg_temp.pick p
	where not p.is_new or p.born_at is not null
) q
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
cross join lateral (
	select 1 as place, 'restored' as event_type, null as label_name where q.is_revived
	union all
	select 2, case when q.status = 'resolved' then 'resolved' when q.was_status = 'resolved' then 'reopened'
		else 'status_changed' end, null
	where q.status <> q.was_status
	union all
	select 3, case when q.was_assignee is null then 'assigned' when q.assignee_id is null then 'unassigned'
		else 'reassigned' end, null
	where q.assignee_id is distinct from q.was_assignee
	union all
	select 4, 'team_changed', null where q.team_id is distinct from q.was_team
	union all
	select 5, 'label_removed', l.name from unnest(q.was_labels) l(name) where q.labels <> q.was_labels
		and l.name <> all (q.labels)
	union all
	select 6, 'label_added', l.name from unnest(q.labels) l(name) where q.labels <> q.was_labels
		and l.name <> all (q.was_labels)
) e
order by q.id, e.place, e.label_name;
end if; end $$;
