-- How much does the team carry now? Open and pending.
select coalesce(sum(active_count), 0) as active
from sahut_report.agent_workload_now
where not is_unassigned
	[[and {{workspace}}]]
