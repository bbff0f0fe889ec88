-- Who meets the targets? Whoever had it when it was done; while it is not done, whoever has it now.
with result as (
	select workspace_name, metric, case when done_at is null then agent_id else done_by_agent_id end as agent_id, result
	from sahut_report.sla_results
	where true
		[[and {{workspace}}]]
		[[and {{day}}]]
), counted as (
	select
		workspace_name, metric, agent_id, count(*) filter (where result = 'met') as met,
		count(*) filter (where result = 'breached') as breached, count(*) filter (where result = 'running') as running
	from result
	group by workspace_name, metric, agent_id
)
select
	metric, coalesce(agent_name, agent_id, '@(nobody)@') as agent, met, breached, running,
	round(met::numeric / nullif(met + breached, 0), 3) as met_rate
from counted left join sahut_report.agents using (workspace_name, agent_id)
order by metric, breached desc, met desc
