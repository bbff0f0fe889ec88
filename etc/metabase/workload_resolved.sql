-- What does each agent get done?
select day, coalesce(agent_name, agent_id) as agent_name, resolved_count
from sahut_report.daily_agent_workload
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{agent}}]]
order by day
