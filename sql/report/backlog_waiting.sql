-- Open since longest.
select
	c.id as conversation, c.hours_in_status as waiting_hours, c.assignee_name as agent, c.channel_name as channel,
	c.age_hours,
	c.reopen_count as reopens, array_to_string(c.labels, ', ') as labels
from sahut_report.conversations c
where c.workspace_name = $1 and c.status = 'open'
	and ($2::text[] is null or coalesce(c.channel_id, '') = any ($2::text[]))
	and ($3::text[] is null or coalesce(c.assignee_id, '') = any ($3::text[]))
	and ($4::text[] is null or coalesce(c.team_id, '') = any ($4::text[]))
	and ($5::text[] is null or c.labels && $5::text[])
order by c.hours_in_status desc nulls last, c.id
limit 25
