select
	max(c.channel_name) as channel, max(c.channel_type) as channel_type, count(*) as unresolved,
	count(*) filter (where c.is_unassigned) as unassigned,
	count(*) filter (where c.age_hours < 24) as under_1d, count(*)
	filter (where c.age_hours >= 24 and c.age_hours < 72) as "1d_to_3d",
	count(*) filter (where c.age_hours >= 72 and c.age_hours < 168) as "3d_to_7d", count(*)
	filter (where c.age_hours >= 168) as over_7d,
	max(c.age_hours) as oldest_hours
from sahut_report.conversations c
where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved'
	and ($2::text[] is null or coalesce(c.channel_id, '') = any ($2::text[]))
	and ($3::text[] is null or coalesce(c.assignee_id, '') = any ($3::text[]))
	and ($4::text[] is null or coalesce(c.team_id, '') = any ($4::text[]))
	and ($5::text[] is null or c.labels && $5::text[])
group by c.channel_id
order by 3 desc, c.channel_id
