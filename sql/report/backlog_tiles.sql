select
	count(*) as unresolved_now, count(*) filter (where c.is_unassigned) as unassigned,
	count(*) filter (where c.age_hours >= 168) as over_7d, max(c.age_hours) as oldest_hours
from sahut_report.conversations c
where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved'
	and ($2::text[] is null or coalesce(c.channel_id, '') = any ($2::text[]))
	and ($3::text[] is null or coalesce(c.assignee_id, '') = any ($3::text[]))
	and ($4::text[] is null or coalesce(c.team_id, '') = any ($4::text[]))
