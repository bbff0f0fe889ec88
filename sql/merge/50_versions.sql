update sahut.conversation_version v
set valid_to = p.valid_from
from pg_temp.pick p
where p.is_tracked and v.conversation_id = p.id and v.version_no = p.version_no - 1;

insert into sahut.conversation_version (
	conversation_id, version_no, workspace_id, status, assignee_id, team_id, channel_id, valid_from, valid_to, not_before, observed_at,
	source_updated_at, is_estimated, run_id)
select p.id, p.version_no, b.workspace_id, p.status, p.assignee_id, p.team_id, p.channel_id, p.valid_from, null, p.not_before, p.observed_at,
	p.updated_at, p.is_estimated, b.run_id
from pg_temp.pick p
cross join pg_temp.stage_batch b
where p.is_new or p.is_tracked;

-- The first state of a conversation that was not seen in it.
insert into sahut.conversation_version (
	conversation_id, version_no, workspace_id, status, assignee_id, team_id, channel_id, valid_from, valid_to, not_before, observed_at,
	source_updated_at, is_estimated, run_id)
select p.id, 1, b.workspace_id, p.born_status, null, p.team_id, p.channel_id, p.born_at, p.valid_from, p.born_at, p.observed_at,
	p.updated_at, true, b.run_id
from pg_temp.pick p
cross join pg_temp.stage_batch b
where p.born_at is not null;

-- When a conversation says that it was created at another time, its first version begins then, but no later than it ended;
-- and with it what was dated by it.
with moved as (
	update sahut.conversation_version v
	set valid_from = x.valid_from, not_before = least(v.not_before, x.valid_from)
	from (
		select p.id, o.valid_from as was_from, least(p.created_at, o.valid_to, o.observed_at) as valid_from, o.assignee_id
		from pg_temp.pick p
		join sahut.conversation_version o on o.conversation_id = p.id and o.version_no = 1
		where p.is_observed and p.created_at <> p.was_created_at
	) x
	where v.conversation_id = x.id and v.version_no = 1 and v.valid_from <> x.valid_from
	-- These are rare; the planner would take them for most, and begin with all versions.
	and v.conversation_id = any (array(select p.id from pg_temp.pick p where p.created_at <> p.was_created_at))
	returning x.id, x.was_from, x.valid_from, x.assignee_id
)
update sahut.conversation c
set history_known_from = m.valid_from,
	status_since = case when c.status_since = m.was_from then m.valid_from else c.status_since end,
	assignee_since = case when c.assignee_since = m.was_from then m.valid_from else c.assignee_since end,
	first_assigned_at = case when m.assignee_id is not null then m.valid_from else c.first_assigned_at end,
	first_assigned_business_seconds = case when m.assignee_id is not null then 0 else c.first_assigned_business_seconds end
from moved m
where c.id = m.id;
