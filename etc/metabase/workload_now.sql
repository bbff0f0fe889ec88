-- Who carries how much right now?
select coalesce(agent_name, agent_id, '@(nobody)@') as agent, open_count, pending_count, snoozed_count
from sahut_report.agent_workload_now
where unresolved_count > 0
	[[and {{workspace}}]]
	[[and {{agent}}]]
order by active_count desc
limit 40
