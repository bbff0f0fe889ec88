-- What does each agent get done? The last day is not over.
select
	day, case when is_over then coalesce(agent_name, agent_id) else '@day is not over@' end as agent_name,
	sum(resolved_count) as resolved_count
from sahut_report.daily_agent_workload
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{agent}}]]
group by 1, 2
order by 1
