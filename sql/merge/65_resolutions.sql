-- Each resolution that was seen, with when the work on it began; and the reopening that ends it. Of a conversation
-- that is older than the first load, nobody knows whether it was resolved before: only a reopening that was seen tells.
do $$ begin if exists (select from pg_temp.pick p
	where p.status = 'resolved' and (p.born_at is not null or p.was_status <> 'resolved')) then
with reopened as materialized (
	select e.conversation_id, max(e.occurred_at) as last_at
	from sahut.conversation_event e
	where e.event_type = 'reopened'
	and e.conversation_id = any (array(
		select p.id from pg_temp.pick p where not p.is_new and p.status = 'resolved'
			and p.was_status <> 'resolved'))
	group by e.conversation_id
)
insert into sahut.resolution (
	conversation_id, version_no, workspace_id, cycle_no, created_at, from_at, resolved_at, resolved_day,
	assignee_id, team_id, channel_id,
	business_seconds, is_estimated)
select p.id, p.version_no, w.id, p.was_resolutions + 1, p.created_at, f.from_at, p.valid_from,
	(p.valid_from at time zone w.timezone)::date,
	p.assignee_id, p.team_id, p.channel_id, sahut_etl.business_seconds(w.id, p.channel_id, f.from_at, p.valid_from),
		p.is_estimated
from pg_temp.pick p
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
left join reopened e on e.conversation_id = p.id
cross join lateral (
	select case when e.last_at is not null then least(p.valid_from, e.last_at)
		when p.is_observed then least(p.valid_from, p.created_at) end as from_at) f
where p.status = 'resolved' and case when p.is_new then p.born_at is not null else p.was_status <> 'resolved' end;
end if; end $$;

do $$ begin if exists (select from pg_temp.pick p where p.was_status = 'resolved' and p.status <> 'resolved') then
update sahut.resolution r
set reopened_at = p.valid_from, reopened_version_no = p.version_no
from pg_temp.pick p
where p.was_status = 'resolved' and p.status <> 'resolved' and r.conversation_id = p.id and r.reopened_at is null;
end if; end $$;

do $$ begin if exists (select from pg_temp.pick p where p.created_at <> p.was_created_at) then
with dated as materialized (
	select o.conversation_id, o.version_no, o.workspace_id, o.channel_id, o.from_at, o.resolved_at
	from sahut.resolution o
	where o.conversation_id = any (array(select p.id from pg_temp.pick p where p.created_at <> p.was_created_at))
)
update sahut.resolution r
set created_at = x.created_at, from_at = x.from_at, business_seconds = x.business_seconds
from (
	select o.conversation_id, o.version_no, p.created_at, t.from_at,
		sahut_etl.business_seconds(o.workspace_id, o.channel_id, t.from_at, o.resolved_at) as business_seconds
	from dated o
	join pg_temp.pick p on p.id = o.conversation_id
	cross join lateral (
		select case when o.from_at = least(o.resolved_at, p.was_created_at)
			then least(o.resolved_at, p.created_at) else o.from_at end as from_at
	) t
) x
where r.conversation_id = x.conversation_id and r.version_no = x.version_no
-- These are rare; the planner would take them for most, and begin with all resolutions.
and r.conversation_id = any (array(select p.id from pg_temp.pick p where p.created_at <> p.was_created_at));
end if; end $$;

do $$ begin if exists (select from pg_temp.pick p where p.is_revived) then
update sahut.resolution r
set is_deleted = false
from pg_temp.pick p
where p.is_revived and r.conversation_id = p.id and r.is_deleted;
end if; end $$;
