-- What each agent did in the period, the one who resolved most first. How many at a time is an average over all hours
-- of the period that are known, those included in which the agent held nothing.
select
	coalesce(max(v.agent_name), v.agent_id) as agent, sum(v.assigned_in_count) as given,
	coalesce(max(e.n), 0) as given_untimed, sum(v.handed_off_count) as handed_off,
	sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened,
	round(sum(v.active_hours) / nullif((select sum(c.measured_hours) from sahut_report.calendar c
		where c.workspace_name = $1 and c.day between $2::date and $3::date), 0), 1) as average,
	max(v.peak_concurrent) as peak
from sahut_report.daily_agent_workload v
left join (
	select x.to_assignee_id as agent_id, count(*) as n
	from sahut_report.conversation_events x
	where x.workspace_name = $1 and x.occurred_day between $2::date and $3::date and x.is_estimated
		and x.event_type in ('created', 'assigned', 'reassigned') and x.to_assignee_id is not null
	group by 1
) e on e.agent_id = v.agent_id
where v.workspace_name = $1 and v.day between $2::date and $3::date
group by v.agent_id
order by 5 desc, 2 desc, 1
