-- Are we hitting the API's limits? The last seven days.
select date_trunc('hour', began_at) as hour, sum(api_throttled) as throttled, sum(api_errors) as errors
from sahut_report.sync_runs
where began_at > now() - interval '7 days'
	[[and {{workspace}}]]
group by 1
order by 1
