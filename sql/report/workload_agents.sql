-- The work of each agent in the period, the agent with most resolutions first. How many at a time is an average over
-- all hours of the period that are known, those included in which the agent held nothing.
with untimed as materialized (
	select x.to_assignee_id as agent_id, count(*) as n
	from sahut_report.conversation_events x
	where x.workspace_name = $1 and x.occurred_day between $2::date and $3::date
	and x.occurred_day >= (select sahut_etl.told_from($1, '{}')) and x.is_estimated
		and x.event_type in ('created', 'assigned', 'reassigned') and x.to_assignee_id is not null
		and ($4::text[] is null or coalesce(x.channel_id, '') = any ($4::text[]))
		and ($6::text[] is null or coalesce(x.to_team_id, '') = any ($6::text[]))
		and ($7::text[] is null or x.conversation_id in (
			select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
	group by 1
), measured as materialized (
	select sum(c.measured_hours) as hours
	from sahut_report.calendar c
	where c.workspace_name = $1 and c.day between $2::date and $3::date and c.is_by_agent
), work as materialized (
	select g.agent_id, g.assigned_in_count, g.handed_off_count, g.resolved_count, g.reopened_count, g.active_hours,
		g.peak_concurrent
	from sahut_etl.agent_work_of($1, $2::date, $3::date, $4::text[], $6::text[], $7::text[]) g
), summed as materialized (
	select
		v.agent_id, sum(v.assigned_in_count) as given, sum(v.handed_off_count) as handed_off,
		sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened, sum(v.active_hours) as active_hours,
		max(v.peak_concurrent) as peak
	from work v
	group by v.agent_id
)
select
	coalesce(a.agent_name, s.agent_id) as agent, s.given, coalesce(u.n, 0) as given_untimed, s.handed_off, s.resolved,
	s.reopened, round(s.active_hours / nullif((select m.hours from measured m), 0), 1) as average, s.peak
from summed s
left join sahut_report.agents a on a.workspace_name = $1 and a.agent_id = s.agent_id
left join untimed u on u.agent_id = s.agent_id
where $5::text[] is null or s.agent_id = any ($5::text[])
order by 5 desc, 2 desc, 1
