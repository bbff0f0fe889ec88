-- The conversations that each agent holds now, nobody first; agents with nothing are left out, and of many those with
-- least.
with now as materialized (
	select c.assignee_id as agent_id, max(c.assignee_name) as agent_name,
		count(*) filter (where c.status = 'open') as open,
		count(*) filter (where c.status = 'pending') as pending, count(*) filter (where c.status = 'snoozed') as snoozed,
		count(*) filter (where c.is_active) as active, max(c.age_hours) filter (where c.is_active) as oldest_hours
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved' and not c.is_unassigned
		and ($2::text[] is null or coalesce(c.channel_id, '') = any ($2::text[]))
		and ($4::text[] is null or coalesce(c.team_id, '') = any ($4::text[]))
		and ($5::text[] is null or c.labels && $5::text[])
	group by c.assignee_id
), nobody as (
	select count(*) filter (where c.status = 'open') as open, count(*) filter (where c.status = 'pending') as pending,
		count(*) filter (where c.status = 'snoozed') as snoozed, max(c.age_hours) filter (where c.is_active) as oldest_hours
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved' and c.is_unassigned
		and ($2::text[] is null or coalesce(c.channel_id, '') = any ($2::text[]))
		and ($3::text[] is null or '' = any ($3::text[]))
		and ($4::text[] is null or coalesce(c.team_id, '') = any ($4::text[]))
		and ($5::text[] is null or c.labels && $5::text[])
	having count(*) > 0
), held as (
	select n.*, row_number() over (order by n.active desc, n.agent_name, n.agent_id) as place
	from now n
	where n.open + n.pending + n.snoozed > 0 and ($3::text[] is null or n.agent_id = any ($3::text[]))
)
select x.agent, x.open, x.pending, x.snoozed, x.oldest_hours
from (
	select null::text as agent, o.open, o.pending, o.snoozed, o.oldest_hours, 0 as place from nobody o
	union all
	select coalesce(h.agent_name, h.agent_id), h.open, h.pending, h.snoozed, h.oldest_hours, h.place from held h
) x
where x.place <= 60
order by x.place
