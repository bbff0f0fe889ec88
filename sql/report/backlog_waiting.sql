-- Open since longest.
select
	c.id as conversation, c.hours_in_status as waiting_hours, c.assignee_name as agent, c.channel_name as channel,
	c.age_hours,
	c.reopen_count as reopens, array_to_string(c.labels, ', ') as labels
from sahut_report.conversations c
where c.workspace_name = $1 and c.status = 'open'
order by c.hours_in_status desc nulls last, c.id
limit 25
