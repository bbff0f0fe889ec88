-- How much does one agent typically carry now?
select percentile_cont(0.5) within group (order by active_count) as median_active
from sahut_report.agent_workload_now
where active_count > 0 and not is_unassigned
	[[and {{workspace}}]]
