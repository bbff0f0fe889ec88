-- Can I trust "now"? Of several workspaces the one that is furthest behind.
select max(lag_minutes) as minutes
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]
