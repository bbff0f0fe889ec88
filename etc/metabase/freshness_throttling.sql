-- Are we hitting the API's limits? The last seven days, by the workspace's clock.
select
	date_trunc('hour', began_at at time zone reporting_timezone) as hour, sum(api_throttled) as throttled,
	sum(api_errors) as errors
from sahut_report.sync_runs
join sahut_report.data_freshness using (workspace_name)
where began_at > now() - interval '7 days'
	[[and {{workspace}}]]
group by 1
order by 1
