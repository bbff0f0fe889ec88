-- How many at a time does each agent carry?
with days as (
	select workspace_name, day
	from sahut_report.calendar
	where measured_hours > 0
		[[and {{workspace}}]]
		[[and {{day}}]]
), work as materialized (
	select workspace_name, day, agent_id, agent_name, average_concurrent
	from sahut_report.daily_agent_workload
	where day between (select min(day) from days) and (select max(day) from days)
		[[and {{agent}}]]
)
select day, coalesce(agent_name, agent_id) as agent_name, coalesce(average_concurrent, 0) as average_concurrent
from (select distinct workspace_name, agent_id, agent_name from work) agent
join days using (workspace_name)
left join work using (workspace_name, day, agent_id, agent_name)
order by day
