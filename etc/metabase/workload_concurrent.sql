-- How many at a time does each agent carry?
select day, agent_name, average_concurrent
from sahut_report.daily_agent_workload
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{agent}}]]
order by day
