-- A row for each agent: the conversations that the agent holds now, and the events in the period. How many at a time is
-- an average over all hours of the period that are known, those included in which the agent held nothing. Of a channel,
-- team or label: the agents who have or had something of it; days whose figures are not kept are not counted.
with work as materialized (
	select g.agent_id, g.assigned_in_count, g.handed_off_count, g.resolved_count, g.reopened_count, g.active_hours,
		g.peak_concurrent
	from sahut_etl.agent_work_of($1, $2::date, $3::date, $4::text[], $6::text[], $7::text[]) g
), now as materialized (
	select c.assignee_id as agent_id, max(c.assignee_name) as agent_name,
		count(*) filter (where c.status = 'open') as open,
		count(*) filter (where c.status = 'pending') as pending, count(*) filter (where c.status = 'snoozed') as snoozed,
		count(*) filter (where c.is_active) as active, max(c.age_hours) filter (where c.is_active) as oldest_hours
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved' and not c.is_unassigned
		and ($4::text[] is null or coalesce(c.channel_id, '') = any ($4::text[]))
		and ($6::text[] is null or coalesce(c.team_id, '') = any ($6::text[]))
		and ($7::text[] is null or c.labels && $7::text[])
	group by c.assignee_id
), period as (
	select
		v.agent_id, sum(v.assigned_in_count) as given, sum(v.handed_off_count) as handed_off,
		sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened, sum(v.active_hours) as active_hours,
		max(v.peak_concurrent) as peak
	from work v
	group by v.agent_id
), measured as (
	-- Of a period without a day whose figures are kept nothing is told, which is not zero.
	select sum(c.measured_hours) as hours, case when count(*) > 0 then 0 end as nothing
	from sahut_report.calendar c
	where c.workspace_name = $1 and c.day between $2::date and $3::date and c.is_by_agent
)
select
	a.workspace_name as workspace, a.agent_id, a.agent_name as agent, coalesce(n.open, 0) as open,
	coalesce(n.pending, 0) as pending, coalesce(n.snoozed, 0) as snoozed, coalesce(n.active, 0) as active,
	n.oldest_hours, coalesce(p.given, m.nothing) as given, coalesce(p.handed_off, m.nothing) as handed_off,
	coalesce(p.resolved, m.nothing) as resolved, coalesce(p.reopened, m.nothing) as reopened,
	coalesce(p.active_hours, m.nothing) as active_hours,
	coalesce(round(p.active_hours / nullif(m.hours, 0), 2), m.nothing) as average, coalesce(p.peak, m.nothing) as peak
from sahut_report.agents a
cross join measured m
left join now n on n.agent_id = a.agent_id
left join period p on p.agent_id = a.agent_id
where a.workspace_name = $1
	and (n.agent_id is not null or p.agent_id is not null
		or ($4::text[] is null and $6::text[] is null and $7::text[] is null))
	and ($5::text[] is null or a.agent_id = any ($5::text[]))
order by 7 desc, a.agent_name, a.agent_id
