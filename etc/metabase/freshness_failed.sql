-- Is the sync healthy?
select coalesce(sum(failed_24h_count), 0) as failed
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]
