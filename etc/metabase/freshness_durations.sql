-- Is the sync slowing down? The last seven days.
select began_at, kind, duration_seconds
from sahut_report.sync_runs
where began_at > now() - interval '7 days'
	[[and {{workspace}}]]
order by began_at
