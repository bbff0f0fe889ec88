-- How big is the backlog right now?
select count(*) as unresolved
from sahut_report.conversations
where is_unresolved and status <> 'resolved'
	[[and {{workspace}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
