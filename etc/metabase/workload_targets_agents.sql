-- Who meets the targets? Whoever had it when it was done; while it is not done, whoever has it now.
with result as (
	select
		workspace_name, metric, case when done_at is null then agent_id else done_by_agent_id end as agent_id,
		case when done_at is null then agent_name else done_by_agent_name end as agent, result
	from sahut_report.sla_results
	where true
		[[and {{workspace}}]]
		[[and {{day}}]]
)
select
	metric, coalesce(agent, agent_id, '@(nobody)@') as agent, count(*) filter (where result = 'met') as met,
	count(*) filter (where result = 'breached') as breached, count(*) filter (where result = 'running') as running,
	round(count(*) filter (where result = 'met')::numeric / nullif(count(*) filter (where result <> 'running'), 0),
		3) as met_rate
from result
group by workspace_name, metric, agent_id, 2
order by metric, breached desc, met desc
