-- Did the API send a status that nobody knows?
select coalesce(max(unknown_status_count), 0) as statuses
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]
