-- How many at a time does each agent carry? The last day is not over.
with days as (
	select
		workspace_name, day, is_over,
		coalesce(not lead(is_over) over (partition by workspace_name order by day), false) as is_before_last
	from sahut_report.calendar
	where measured_hours > 0 and is_by_agent
		[[and {{workspace}}]]
		[[and {{day}}]]
), work as materialized (
	select workspace_name, day, agent_id, agent_name, average_concurrent
	from sahut_report.daily_agent_workload
	where day between (select min(day) from days) and (select max(day) from days)
		[[and {{agent}}]]
), line as (
	select
		day, is_over, is_before_last, coalesce(agent_name, agent_id) as agent,
		coalesce(average_concurrent, 0) as average_concurrent
	from (select distinct workspace_name, agent_id, agent_name from work) agent
	join days using (workspace_name)
	left join work using (workspace_name, day, agent_id, agent_name)
)
-- A line of its own leads to the day that is not over.
select day, agent as agent_name, average_concurrent from line where is_over
union all
select day, agent || ', ' || '@day is not over@', average_concurrent from line where not is_over or is_before_last
order by 1, 2
