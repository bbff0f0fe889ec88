-- Is anything waiting for an owner? Open and pending.
select count(*) as unassigned
from sahut_report.conversations
where is_active and is_unassigned and status <> 'resolved'
	[[and {{workspace}}]]
