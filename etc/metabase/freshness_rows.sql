-- How much is coming in? The last seven days, by the workspace's clock.
select
	date_trunc('hour', began_at at time zone reporting_timezone) as hour, sum(conversations_seen) as seen,
	sum(conversations_new) as new, sum(conversations_changed) as changed
from sahut_report.sync_runs
join sahut_report.data_freshness using (workspace_name)
where began_at > now() - interval '7 days'
	[[and {{workspace}}]]
group by 1
order by 1
