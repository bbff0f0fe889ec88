-- A row for each day, status, channel, agent and team, as it stood at the end of the day.
select
	b.workspace_name as workspace, b.day, b.status, b.channel_id, b.channel_type, b.channel_name as channel,
	b.assignee_id,
	b.assignee_name as agent, b.team_name as team, b.conversation_count as conversations,
	b.age_under_1d_count as under_1d, b.age_1d_to_3d_count as "1d_to_3d", b.age_3d_to_7d_count as "3d_to_7d",
	b.age_over_7d_count as over_7d,
	b.oldest_age_hours as oldest_hours
from sahut_report.daily_backlog b
where b.workspace_name = $1 and b.day between $2::date and $3::date
	and ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
order by b.day, b.status, b.channel_id, b.assignee_id, b.team_id
