do $$ begin if exists (select from pg_temp.pick p where p.is_tracked) then
update sahut.conversation_version v
set valid_to = p.valid_from
from pg_temp.pick p
where p.is_tracked and v.conversation_id = p.id and v.version_no = p.version_no - 1;
end if; end $$;

do $$ begin if exists (select from pg_temp.pick p where p.is_new or p.is_tracked) then
insert into sahut.conversation_version (
	conversation_id, version_no, workspace_id, status, assignee_id, team_id, channel_id, valid_from, valid_to,
	not_before, observed_at,
	source_updated_at, is_estimated, run_id)
select p.id, p.version_no, b.workspace_id, p.status, p.assignee_id, p.team_id, p.channel_id, p.valid_from, null,
	p.not_before, p.observed_at,
	p.updated_at, p.is_estimated, b.run_id
from pg_temp.pick p
cross join pg_temp.stage_batch b
where p.is_new or p.is_tracked;
end if; end $$;

-- The first state of a conversation that was not seen in it.
do $$ begin if exists (select from pg_temp.pick p where p.born_at is not null) then
insert into sahut.conversation_version (
	conversation_id, version_no, workspace_id, status, assignee_id, team_id, channel_id, valid_from, valid_to,
	not_before, observed_at,
	source_updated_at, is_estimated, run_id)
select p.id, 1, b.workspace_id, p.born_status, null, p.team_id, p.channel_id, p.born_at, p.valid_from, p.born_at,
	p.observed_at,
	p.updated_at, true, b.run_id
from pg_temp.pick p
cross join pg_temp.stage_batch b
where p.born_at is not null;
end if; end $$;

-- When a conversation says that it was created at another time, its first version begins then, but no later than it
-- ended; and with it the rows that were dated by it. Of one older than the first load only the event of its creation
-- moves.
do $$ begin if exists (select from pg_temp.pick p where p.created_at <> p.was_created_at) then
with earliest as materialized (
	select o.conversation_id, o.valid_from, o.valid_to, o.observed_at, o.assignee_id
	from sahut.conversation_version o
	where o.version_no = 1 and o.conversation_id = any (array(select p.id from pg_temp.pick p
		where p.created_at <> p.was_created_at))
)
insert into pg_temp.moved (id, is_moved, was_from, valid_from, valid_day, is_assigned)
select p.id, p.is_observed and o.valid_from <> x.valid_from, o.valid_from, x.valid_from,
	(x.valid_from at time zone w.timezone)::date,
	o.assignee_id is not null
from earliest o
join pg_temp.pick p on p.id = o.conversation_id
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
cross join lateral (
	select case when p.is_observed then least(p.created_at, o.valid_to, o.observed_at)
		else least(p.created_at, p.observed_at) end as valid_from
) x;

update sahut.conversation_version v
set valid_from = m.valid_from, not_before = least(v.not_before, m.valid_from)
from pg_temp.moved m
where m.is_moved and v.conversation_id = m.id and v.version_no = 1
-- These are rare; the planner would take them for most, and begin with all versions.
and v.conversation_id = any (array(select k.id from pg_temp.moved k where k.is_moved));

update sahut.conversation c
set history_known_from = m.valid_from,
	status_since = case when c.status_since = m.was_from then m.valid_from else c.status_since end,
	assignee_since = case when c.assignee_since = m.was_from then m.valid_from else c.assignee_since end,
	first_assigned_at = case when m.is_assigned then m.valid_from else c.first_assigned_at end,
	first_assigned_business_seconds = case when m.is_assigned then 0 else c.first_assigned_business_seconds end
from pg_temp.moved m
where m.is_moved and c.id = m.id
and c.id = any (array(select k.id from pg_temp.moved k where k.is_moved));

-- Such a first version lasted longer, or less long.
update sahut.conversation c
set counted_to = x.counted_to, open_usec = x.open_usec, pending_usec = x.pending_usec,
	snoozed_usec = x.snoozed_usec, unassigned_usec = x.unassigned_usec, open_work_usec = x.open_work_usec,
	pending_work_usec = x.pending_work_usec, snoozed_work_usec = x.snoozed_work_usec,
	unassigned_work_usec = x.unassigned_work_usec,
	assigned_pending_work_usec = x.assigned_pending_work_usec,
	assigned_snoozed_work_usec = x.assigned_snoozed_work_usec,
	resolved_pending_work_usec = x.resolved_pending_work_usec,
	resolved_snoozed_work_usec = x.resolved_snoozed_work_usec
from (select * from sahut_etl.stays_of(array(select m.id from pg_temp.moved m where m.is_moved))) x
where c.id = x.id and c.id = any (array(select k.id from pg_temp.moved k where k.is_moved));
end if; end $$;
