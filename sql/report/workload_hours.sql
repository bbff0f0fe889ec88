-- Long: agent, hour of the day, conversations the agent was given or resolved then; the sixty agents with most.
with done as (
	select
		e.to_assignee_id as agent_id, max(e.to_assignee_name) over (partition by e.to_assignee_id) as agent_name,
		extract(hour from e.occurred_at at time zone w.timezone)::integer as hour
	from sahut_report.conversation_events e
	join sahut_etl.workspace w on w.name = e.workspace_name
	where e.workspace_name = $1 and e.occurred_day between $2::date and $3::date
	and e.event_type in ('created', 'assigned', 'reassigned', 'resolved') and e.to_assignee_id is not null
), agents as (
	select d.agent_id, coalesce(max(d.agent_name), d.agent_id) as agent, count(*) as n from done d group by 1 order by 3 desc, 1 limit 60
), hours as (
	select d.agent_id, d.hour, count(*) as n from done d group by 1, 2
)
select a.agent, h.hour, coalesce(x.n, 0) as n
from agents a
cross join generate_series(0, 23) h(hour)
left join hours x on x.agent_id = a.agent_id and x.hour = h.hour
order by a.n desc, a.agent_id, h.hour
