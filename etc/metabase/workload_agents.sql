-- Who did what in the period? Resolutions count for whoever was assigned.
with days as (
	select workspace_name, day, measured_hours
	from sahut_report.calendar
	where is_begun and is_by_agent
		[[and {{workspace}}]]
		[[and {{day}}]]
), work as materialized (
	select *
	from sahut_report.daily_agent_workload
	where day between (select min(day) from days) and (select max(day) from days)
		[[and {{agent}}]]
), period as (
	select workspace_name, sum(measured_hours) as hours from days group by workspace_name
)
select
	coalesce(agent_name, agent_id) as agent_name, sum(assigned_in_count) as assigned_in,
	sum(handed_off_count) as handed_off,
	sum(resolved_count) as resolved,
	sum(reopened_count) as reopened,
	round(sum(reopened_count)::numeric / nullif(sum(resolved_count), 0), 3) as reopen_rate,
	round(sum(active_hours), 1) as conversation_hours,
	-- Over all hours of the period, those included in which the agent held nothing.
	round(sum(active_hours) / nullif(max(hours), 0), 2) as average_concurrent,
	max(peak_concurrent) as peak_concurrent
from work join days using (workspace_name, day) join period using (workspace_name)
group by workspace_name, agent_id, agent_name
order by resolved desc
