-- Each resolution that was seen, with when the work on it began; and the reopening that ends it.
insert into sahut.resolution (
	conversation_id, version_no, workspace_id, cycle_no, created_at, from_at, resolved_at, resolved_day, assignee_id, team_id, channel_id,
	business_seconds, is_estimated)
select p.id, p.version_no, w.id, c.resolution_count, p.created_at, f.from_at, p.valid_from, (p.valid_from at time zone w.timezone)::date,
	p.assignee_id, p.team_id, p.channel_id, sahut_etl.business_seconds(w.id, f.from_at, p.valid_from), p.is_estimated
from pg_temp.pick p
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
join sahut.conversation c on c.id = p.id
cross join lateral (
	select least(p.valid_from, coalesce((
		select max(e.occurred_at) from sahut.conversation_event e where e.conversation_id = p.id and e.event_type = 'reopened'),
		p.created_at)) as from_at
) f
where p.status = 'resolved' and case when p.is_new then p.born_at is not null else p.was_status <> 'resolved' end;

update sahut.resolution r
set reopened_at = p.valid_from, reopened_version_no = p.version_no
from pg_temp.pick p
where p.was_status = 'resolved' and p.status <> 'resolved' and r.conversation_id = p.id and r.reopened_at is null;

update sahut.resolution r
set created_at = p.created_at, from_at = t.from_at, business_seconds = sahut_etl.business_seconds(r.workspace_id, t.from_at, r.resolved_at)
from pg_temp.pick p
join sahut.resolution o on o.conversation_id = p.id
cross join lateral (
	select case when o.from_at = least(o.resolved_at, p.was_created_at) then least(o.resolved_at, p.created_at) else o.from_at end as from_at
) t
where p.created_at <> p.was_created_at and r.conversation_id = o.conversation_id and r.version_no = o.version_no;

update sahut.resolution r
set is_deleted = false
from pg_temp.pick p
where p.is_revived and r.conversation_id = p.id and r.is_deleted;
