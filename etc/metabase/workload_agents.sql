-- Who did what in the period? Resolutions count for whoever was assigned.
select
	agent_name, sum(assigned_in_count) as assigned_in, sum(handed_off_count) as handed_off,
	sum(resolved_count) as resolved,
	sum(reopened_count) as reopened,
	round(sum(reopened_count)::numeric / nullif(sum(resolved_count), 0), 3) as reopen_rate,
	round(sum(active_hours), 1) as conversation_hours, round(avg(average_concurrent), 2) as average_concurrent,
	max(peak_concurrent) as peak_concurrent
from sahut_report.daily_agent_workload
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{agent}}]]
group by workspace_name, agent_id, agent_name
order by resolved desc
