insert into sahut.conversation (
	id, workspace_id, status, channel_id, contact_id, assignee_id, team_id, labels, created_at, created_day,
	updated_at, extra,
	origin, history_known_from, version_no, status_since, assignee_since, first_assigned_at, first_resolved_at,
	last_resolved_at,
	first_assigned_estimated, first_resolved_estimated, first_assigned_business_seconds,
		first_resolved_business_seconds, first_assigned_to, first_assigned_team_id, first_resolved_by,
		first_resolved_team_id, resolution_count, first_seen_at, first_run_id, first_page,
		last_written_at, last_run_id, last_page)
select
	p.id, b.workspace_id, p.status, p.channel_id, p.contact_id, p.assignee_id, p.team_id, p.labels, p.created_at,
	(p.created_at at time zone w.timezone)::date, p.updated_at,
	p.extra,
	case when p.is_observed then 'observed' else 'backfill' end,
	coalesce(p.born_at, p.valid_from),
	p.version_no,
	case when p.status = p.born_status then coalesce(p.born_at, p.valid_from) else p.valid_from end,
	case when p.assignee_id is not null then p.valid_from end,
	case when p.is_observed and p.assignee_id is not null then p.valid_from end,
	case when p.is_observed and p.status = 'resolved' then p.valid_from end,
	case when p.is_observed and p.status = 'resolved' then p.valid_from end,
	case when p.is_observed and p.assignee_id is not null then p.is_estimated end,
	case when p.is_observed and p.status = 'resolved' then p.is_estimated end,
	p.assigned_business_seconds,
	p.resolved_business_seconds,
	case when p.is_observed then p.assignee_id end,
	case when p.is_observed and p.assignee_id is not null then p.team_id end,
	case when p.is_observed and p.status = 'resolved' then p.assignee_id end,
	case when p.is_observed and p.status = 'resolved' then p.team_id end,
	(p.born_at is not null and p.status = 'resolved')::integer,
	p.observed_at, b.run_id, p.page, p.observed_at, b.run_id, p.page
from pg_temp.pick p
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
where p.is_new;

update sahut.conversation c
set status = p.status, channel_id = p.channel_id, contact_id = p.contact_id, assignee_id = p.assignee_id,
team_id = p.team_id,
	labels = p.labels, created_at = p.created_at, created_day = p.new_day, updated_at = p.updated_at,
	extra = p.extra, deleted_at = null, merged_into = null,
	version_no = p.version_no,
	status_since = case when p.status <> c.status then p.valid_from else c.status_since end,
	assignee_since = case
		when p.assignee_id is not distinct from c.assignee_id then c.assignee_since
		when p.assignee_id is not null then p.valid_from end,
	first_assigned_at = case
		when p.assignee_id is distinct from c.assignee_id and p.assignee_id is not null
			then coalesce(c.first_assigned_at, p.valid_from)
		else c.first_assigned_at end,
	first_resolved_at = case
		when p.status = 'resolved' and c.status <> 'resolved' then coalesce(c.first_resolved_at, p.valid_from)
		else c.first_resolved_at end,
	first_assigned_estimated = case
		when c.first_assigned_at is null and p.assignee_id is distinct from c.assignee_id
			and p.assignee_id is not null then p.is_estimated
		else c.first_assigned_estimated end,
	first_resolved_estimated = case
		when c.first_resolved_at is null and p.status = 'resolved' and c.status <> 'resolved'
			then p.is_estimated
		else c.first_resolved_estimated end,
	first_assigned_business_seconds = p.assigned_business_seconds,
	first_resolved_business_seconds = p.resolved_business_seconds,
	first_assigned_to = case when c.first_assigned_at is null and p.assignee_id is distinct from c.assignee_id
		then p.assignee_id else c.first_assigned_to end,
	first_assigned_team_id = case
		when c.first_assigned_at is null and p.assignee_id is distinct from c.assignee_id
			and p.assignee_id is not null then p.team_id
		else c.first_assigned_team_id end,
	first_resolved_by = case when c.first_resolved_at is null and p.status = 'resolved' and c.status <> 'resolved'
		then p.assignee_id else c.first_resolved_by end,
	first_resolved_team_id = case
		when c.first_resolved_at is null and p.status = 'resolved' and c.status <> 'resolved' then p.team_id
		else c.first_resolved_team_id end,
	last_resolved_at = case when p.status = 'resolved' and c.status <> 'resolved' then p.valid_from
	else c.last_resolved_at end,
	resolution_count = c.resolution_count + (p.status = 'resolved' and c.status <> 'resolved')::integer,
	reopen_count = c.reopen_count + (p.status <> 'resolved' and c.status = 'resolved')::integer,
	reassignment_count = c.reassignment_count + coalesce(p.assignee_id <> c.assignee_id, false)::integer,
	unassignment_count = c.unassignment_count + (p.assignee_id is null and c.assignee_id is not null)::integer,
	touch_count = c.touch_count + p.is_touch::integer,
	last_written_at = p.observed_at, last_run_id = p.run_id, last_page = p.page
from (
	select p.*, b.run_id, (p.created_at at time zone w.timezone)::date as new_day
	from pg_temp.pick p
	cross join pg_temp.stage_batch b
	join sahut_etl.workspace w on w.id = b.workspace_id
	where not p.is_new
) p
where c.id = p.id;

