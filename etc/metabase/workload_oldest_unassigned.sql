-- How long has the oldest waited?
select coalesce(max(age_hours), 0) as hours
from sahut_report.conversations
where is_active and is_unassigned and status <> 'resolved'
	[[and {{workspace}}]]
