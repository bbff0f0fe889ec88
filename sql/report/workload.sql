-- A row for each agent: the conversations that the agent holds now, and the events in the period. How many at a time is
-- an average over all hours of the period that are known, those included in which the agent held nothing. Of a channel,
-- team or label: the agents who have or had something of it; days whose figures are not kept are not counted.
with kept as materialized (
	select d.day, d.agent_id
	from sahut_report.daily_agent_workload d
	where d.workspace_name = $1 and d.day between $2::date and $3::date
		and ($4::text[] is not null or $6::text[] is not null or $7::text[] is not null)
), its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select d.agent_id, d.assigned_in_count, d.handed_off_count, d.resolved_count, d.reopened_count, d.active_hours,
		d.peak_concurrent
	from sahut_report.daily_agent_workload d
	where d.workspace_name = $1 and d.day between $2::date and $3::date
		and $4::text[] is null and $6::text[] is null and $7::text[] is null
), part as materialized (
	select g.agent_id collate "C", g.assigned_in_count, g.handed_off_count, g.resolved_count, g.reopened_count,
		round(g.active_seconds / 3600.0, 2), g.peak_concurrent
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.workload_of(w.id, $2::date, $3::date, i.ids, $4::text[], $6::text[]) g
	join kept k on k.day = g.day and k.agent_id = g.agent_id
	where w.name = $1 and ($4::text[] is not null or $6::text[] is not null or $7::text[] is not null)
), work as (
	select s.* from stored s
	union all
	select p.* from part p
), now as materialized (
	select n.agent_id, n.agent_name, n.open_count as open, n.pending_count as pending, n.snoozed_count as snoozed,
		n.active_count as active, n.oldest_active_age_hours as oldest_hours
	from sahut_report.agent_workload_now n
	where n.workspace_name = $1 and not n.is_unassigned
		and $4::text[] is null and $6::text[] is null and $7::text[] is null
	union all
	select c.assignee_id, max(c.assignee_name), count(*) filter (where c.status = 'open'),
		count(*) filter (where c.status = 'pending'), count(*) filter (where c.status = 'snoozed'),
		count(*) filter (where c.is_active), max(c.age_hours) filter (where c.is_active)
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved' and not c.is_unassigned
		and ($4::text[] is not null or $6::text[] is not null or $7::text[] is not null)
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
	select sum(c.measured_hours) as hours
	from sahut_report.calendar c
	where c.workspace_name = $1 and c.day between $2::date and $3::date
)
select
	a.workspace_name as workspace, a.agent_id, a.agent_name as agent, coalesce(n.open, 0) as open,
	coalesce(n.pending, 0) as pending, coalesce(n.snoozed, 0) as snoozed, coalesce(n.active, 0) as active,
	n.oldest_hours, coalesce(p.given, 0) as given, coalesce(p.handed_off, 0) as handed_off,
	coalesce(p.resolved, 0) as resolved, coalesce(p.reopened, 0) as reopened,
	coalesce(p.active_hours, 0) as active_hours,
	coalesce(round(p.active_hours / nullif(m.hours, 0), 2), 0) as average, coalesce(p.peak, 0) as peak
from sahut_report.agents a
cross join measured m
left join now n on n.agent_id = a.agent_id
left join period p on p.agent_id = a.agent_id
where a.workspace_name = $1 and (n.agent_id is not null or p.agent_id is not null)
	and ($5::text[] is null or a.agent_id = any ($5::text[]))
order by 7 desc, a.agent_name, a.agent_id
