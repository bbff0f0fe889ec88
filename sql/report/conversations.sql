-- A row for each conversation that was created in the period, as it is now, the newest first. Times are the
-- workspace's. In the place of the mark come the configured fields, of which fields.sql tells.
select
	c.workspace_name as workspace, c.id as conversation, c.status, c.channel_id, c.channel_type,
	c.channel_name as channel, c.assignee_id as agent_id, c.assignee_name as agent, c.team_id, c.team_name as team,
	c.label_list as labels, c.contact_id, c.person_id,
	to_char(c.created_at at time zone w.timezone, 'YYYY-MM-DD HH24:MI:SS') as created_at,
	to_char(c.updated_at at time zone w.timezone, 'YYYY-MM-DD HH24:MI:SS') as updated_at,
	to_char(c.first_assigned_at at time zone w.timezone, 'YYYY-MM-DD HH24:MI:SS') as first_assigned_at,
	to_char(c.first_resolved_at at time zone w.timezone, 'YYYY-MM-DD HH24:MI:SS') as first_resolved_at,
	to_char(c.last_resolved_at at time zone w.timezone, 'YYYY-MM-DD HH24:MI:SS') as last_resolved_at,
	to_char(c.status_since at time zone w.timezone, 'YYYY-MM-DD HH24:MI:SS') as status_since_at,
	c.age_hours, c.first_assignment_duration_seconds as first_assignment_seconds,
	c.first_assignment_business_seconds, c.first_resolution_duration_seconds as first_resolution_seconds,
	c.first_resolution_business_seconds, t.open_seconds, t.pending_seconds, t.snoozed_seconds,
	t.unassigned_seconds, t.first_agent_name as first_agent, t.last_agent_name as last_agent,
	t.first_team_name as first_team, t.handover_count as handovers, c.resolution_count as resolutions,
	c.reopen_count as reopens, c.touch_count as touches, c.merged_into, c.is_history_complete::integer as history_complete,
	w.timezone /* fields */
from sahut_etl.report_workspace w
join sahut_report.conversations c on c.workspace_name = w.name
join sahut_report.conversation_times t on t.id = c.id
where w.name = $1 and c.created_day between $2::date and $3::date
	and ($4::text[] is null or coalesce(c.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(c.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(c.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or c.labels && $7::text[])
order by c.created_at desc, c.id
