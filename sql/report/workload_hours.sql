-- Long: agent, hour of the day, conversations that the agent was given then; the sixty agents with most. An event whose
-- time may be off by more than half an hour has no hour: workload_agents says how many these are.
with given as materialized (
	select e.to_assignee_id as agent_id, e.to_assignee_name as agent_name, e.occurred_at
	from sahut_report.conversation_events e
	where e.workspace_name = $1 and e.occurred_day between $2::date and $3::date
	and e.occurred_day >= (select sahut_etl.told_from($1, '{}')) and not e.is_estimated
	and e.event_type in ('created', 'assigned', 'reassigned') and e.to_assignee_id is not null
	and ($4::text[] is null or coalesce(e.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or e.to_assignee_id = any ($5::text[]))
	and ($6::text[] is null or coalesce(e.to_team_id, '') = any ($6::text[]))
	and ($7::text[] is null or e.conversation_id in (
		select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
), hours as (
	select
		g.agent_id, max(g.agent_name) as agent_name,
		extract(hour from g.occurred_at at time zone w.timezone)::integer as hour, count(*) as n
	from given g
	join sahut_etl.workspace w on w.name = $1
	group by 1, 3
), agents as (
	select x.agent_id, coalesce(max(x.agent_name), x.agent_id) as agent, sum(x.n) as n from hours x group by 1
		order by 3 desc, 1 limit 60
)
select a.agent, h.hour, coalesce(x.n, 0) as n
from agents a
cross join generate_series(0, 23) h(hour)
left join hours x on x.agent_id = a.agent_id and x.hour = h.hour
order by a.n desc, a.agent_id, h.hour
