-- The work of each agent in the period, the agent with most resolutions first. How many at a time is an average over
-- all hours of the period that are known, those included in which the agent held nothing.
with untimed as materialized (
	select x.to_assignee_id as agent_id, count(*) as n
	from sahut_report.conversation_events x
	where x.workspace_name = $1 and x.occurred_day between $2::date and $3::date and x.is_estimated
		and x.event_type in ('created', 'assigned', 'reassigned') and x.to_assignee_id is not null
	group by 1
), measured as materialized (
	select sum(c.measured_hours) as hours
	from sahut_report.calendar c
	where c.workspace_name = $1 and c.day between $2::date and $3::date
), summed as materialized (
	select
		v.agent_id, max(v.agent_name) as agent_name, sum(v.assigned_in_count) as given,
		sum(v.handed_off_count) as handed_off, sum(v.resolved_count) as resolved,
		sum(v.reopened_count) as reopened, sum(v.active_hours) as active_hours,
		max(v.peak_concurrent) as peak
	from sahut_report.daily_agent_workload v
	where v.workspace_name = $1 and v.day between $2::date and $3::date
	group by v.agent_id
)
select
	coalesce(s.agent_name, s.agent_id) as agent, s.given, coalesce(u.n, 0) as given_untimed, s.handed_off, s.resolved,
	s.reopened, round(s.active_hours / nullif((select m.hours from measured m), 0), 1) as average, s.peak
from summed s
left join untimed u on u.agent_id = s.agent_id
where $4::text[] is null or s.agent_id = any ($4::text[])
order by 5 desc, 2 desc, 1
