do $$ begin if exists (select from pg_temp.pick p where p.is_new) then
insert into sahut.conversation (
	id, workspace_id, status, channel_id, contact_id, assignee_id, team_id, labels, created_at, created_day,
	updated_at, extra,
	origin, history_known_from, version_no, status_since, assignee_since, first_assigned_at, first_resolved_at,
	last_resolved_at,
	first_assigned_estimated, first_resolved_estimated, first_assigned_business_seconds,
		first_resolved_business_seconds, first_assigned_to, first_assigned_team_id, first_resolved_by,
		first_resolved_team_id, counted_to, open_usec, pending_usec, snoozed_usec, unassigned_usec,
		open_work_usec, pending_work_usec, snoozed_work_usec, unassigned_work_usec,
		assigned_pending_work_usec, assigned_snoozed_work_usec, assignees, first_team_id, last_team_id,
		first_labels, resolved_labels, resolution_count, first_seen_at, first_run_id, first_page,
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
	p.valid_from,
	case when p.born_status = 'open' then nullif(p.stay_usec, 0) end,
	case when p.born_status = 'pending' then nullif(p.stay_usec, 0) end,
	case when p.born_status = 'snoozed' then nullif(p.stay_usec, 0) end,
	nullif(p.stay_usec, 0),
	case when p.born_status = 'open' then nullif(p.stay_work_usec, 0) end,
	case when p.born_status = 'pending' then nullif(p.stay_work_usec, 0) end,
	case when p.born_status = 'snoozed' then nullif(p.stay_work_usec, 0) end,
	nullif(p.stay_work_usec, 0),
	case when p.born_status = 'pending' and p.assignee_id is not null then nullif(p.stay_work_usec, 0) end,
	case when p.born_status = 'snoozed' and p.assignee_id is not null then nullif(p.stay_work_usec, 0) end,
	case when p.assignee_id is not null then array[p.assignee_id] end, p.team_id, p.team_id, p.labels,
	case when p.born_at is not null and p.status = 'resolved' then p.labels end,
	(p.born_at is not null and p.status = 'resolved')::integer,
	p.observed_at, b.run_id, p.page, p.observed_at, b.run_id, p.page
from pg_temp.pick p
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
where p.is_new;
end if; end $$;

do $$ begin if exists (select from pg_temp.pick p where not p.is_new) then
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
	counted_to = case when p.is_tracked then p.valid_from else c.counted_to end,
	open_usec = case when p.stay_usec is not null and c.status = 'open'
		then nullif(coalesce(c.open_usec, 0) + p.stay_usec, 0) else c.open_usec end,
	pending_usec = case when p.stay_usec is not null and c.status = 'pending'
		then nullif(coalesce(c.pending_usec, 0) + p.stay_usec, 0) else c.pending_usec end,
	snoozed_usec = case when p.stay_usec is not null and c.status = 'snoozed'
		then nullif(coalesce(c.snoozed_usec, 0) + p.stay_usec, 0) else c.snoozed_usec end,
	unassigned_usec = case when p.stay_usec is not null and c.assignee_id is null
		then nullif(coalesce(c.unassigned_usec, 0) + p.stay_usec, 0) else c.unassigned_usec end,
	open_work_usec = case when p.stay_usec is not null and c.status = 'open'
		then nullif(coalesce(c.open_work_usec, 0) + p.stay_work_usec, 0) else c.open_work_usec end,
	pending_work_usec = case when p.stay_usec is not null and c.status = 'pending'
		then nullif(coalesce(c.pending_work_usec, 0) + p.stay_work_usec, 0) else c.pending_work_usec end,
	snoozed_work_usec = case when p.stay_usec is not null and c.status = 'snoozed'
		then nullif(coalesce(c.snoozed_work_usec, 0) + p.stay_work_usec, 0) else c.snoozed_work_usec end,
	unassigned_work_usec = case when p.stay_usec is not null and c.assignee_id is null
		then nullif(coalesce(c.unassigned_work_usec, 0) + p.stay_work_usec, 0) else c.unassigned_work_usec end,
	assigned_pending_work_usec = case
		when c.first_assigned_at is null and p.assignee_id is not null
			and p.assignee_id is distinct from c.assignee_id
			then nullif(coalesce(c.pending_work_usec, 0)
				+ case when c.status = 'pending' then p.stay_work_usec else 0 end, 0)
		else c.assigned_pending_work_usec end,
	assigned_snoozed_work_usec = case
		when c.first_assigned_at is null and p.assignee_id is not null
			and p.assignee_id is distinct from c.assignee_id
			then nullif(coalesce(c.snoozed_work_usec, 0)
				+ case when c.status = 'snoozed' then p.stay_work_usec else 0 end, 0)
		else c.assigned_snoozed_work_usec end,
	resolved_pending_work_usec = case
		when c.first_resolved_at is null and p.status = 'resolved' and c.status <> 'resolved'
			then nullif(coalesce(c.pending_work_usec, 0)
				+ case when c.status = 'pending' then p.stay_work_usec else 0 end, 0)
		else c.resolved_pending_work_usec end,
	resolved_snoozed_work_usec = case
		when c.first_resolved_at is null and p.status = 'resolved' and c.status <> 'resolved'
			then nullif(coalesce(c.snoozed_work_usec, 0)
				+ case when c.status = 'snoozed' then p.stay_work_usec else 0 end, 0)
		else c.resolved_snoozed_work_usec end,
	assignees = case when p.assignee_id is not null and p.assignee_id is distinct from c.assignee_id
		then array_append(array_remove(c.assignees, p.assignee_id), p.assignee_id) else c.assignees end,
	first_team_id = coalesce(c.first_team_id, p.team_id),
	last_team_id = coalesce(p.team_id, c.last_team_id),
	resolved_labels = case when p.status = 'resolved' and c.status <> 'resolved' then p.labels
		else c.resolved_labels end,
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
end if; end $$;
