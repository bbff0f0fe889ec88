-- A row for each agent: the conversations that the agent holds now, and the events in the period. How many at a time is
-- an average over all hours of the period that are known, those included in which the agent held nothing.
with period as (
	select
		v.agent_id, sum(v.assigned_in_count) as given, sum(v.handed_off_count) as handed_off,
		sum(v.resolved_count) as resolved,
		sum(v.reopened_count) as reopened, sum(v.active_hours) as active_hours,
		max(v.peak_concurrent) as peak
	from sahut_report.daily_agent_workload v
	where v.workspace_name = $1 and v.day between $2::date and $3::date
	group by v.agent_id
), measured as (
	select sum(c.measured_hours) as hours
	from sahut_report.calendar c
	where c.workspace_name = $1 and c.day between $2::date and $3::date
)
select
	n.workspace_name as workspace, n.agent_id, n.agent_name as agent, n.open_count as open,
	n.pending_count as pending,
	n.snoozed_count as snoozed, n.active_count as active, n.oldest_active_age_hours as oldest_hours,
	coalesce(p.given, 0) as given, coalesce(p.handed_off, 0) as handed_off, coalesce(p.resolved, 0) as resolved,
	coalesce(p.reopened, 0) as reopened, coalesce(p.active_hours, 0) as active_hours,
	coalesce(round(p.active_hours / nullif(m.hours, 0), 2), 0) as average,
	coalesce(p.peak, 0) as peak
from sahut_report.agent_workload_now n
cross join measured m
left join period p on p.agent_id = n.agent_id
where n.workspace_name = $1 and not n.is_unassigned
	and ($4::text[] is null or n.agent_id = any ($4::text[]))
order by n.active_count desc, n.agent_name, n.agent_id
