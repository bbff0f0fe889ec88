-- Is the sync slowing down? The last seven days, by the workspace's clock.
select began_at at time zone reporting_timezone as began_at, kind, duration_seconds
from sahut_report.sync_runs
join sahut_report.data_freshness using (workspace_name)
where began_at > now() - interval '7 days'
	[[and {{workspace}}]]
order by began_at
