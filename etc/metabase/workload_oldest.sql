-- What should be picked up first?
select
	id, channel_name, status, coalesce(assignee_name, assignee_id) as assignee_name, age_hours, hours_in_status,
	reopen_count, label_list
from sahut_report.conversations
where is_unresolved and status <> 'resolved'
	[[and {{workspace}}]]
	[[and {{agent}}]]
order by created_at
limit 50
