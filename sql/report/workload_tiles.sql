-- Active conversations of agents and of nobody now, beside those at the end of the day before the period.
with now as materialized (
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
), unassigned as materialized (
	select count(*) as active, max(c.age_hours) as oldest
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_active and c.is_unassigned and c.status <> 'resolved'
		and ($4::text[] is null or coalesce(c.channel_id, '') = any ($4::text[]))
		and ($6::text[] is null or coalesce(c.team_id, '') = any ($6::text[]))
		and ($7::text[] is null or c.labels && $7::text[])
), held as materialized (
	select coalesce(sum(n.active), 0) as active,
		(percentile_cont(0.5) within group (order by n.active) filter (where n.active > 0))::numeric as median
	from now n
	where $5::text[] is null or n.agent_id = any ($5::text[])
), before as materialized (
	select b.assignee_id, sum(b.conversation_count) as n, max(b.oldest_age_hours) as oldest
	from sahut_etl.backlog_part_of($1, $2::date - 1, $2::date - 1, $4::text[], $5::text[], $6::text[], $7::text[]) b
	where $3::date is not null and b.is_active
	group by 1
), was as (
	select coalesce(sum(p.n) filter (where p.assignee_id is not null), 0) as active,
		(percentile_cont(0.5) within group (order by p.n) filter (where p.assignee_id is not null))::numeric as median,
		coalesce(sum(p.n) filter (where p.assignee_id is null), 0) as unassigned,
		max(p.oldest) filter (where p.assignee_id is null) as oldest
	from before p
)
select
	h.active, case when k.is_known then b.active end as active_before,
	h.median as median_active, case when k.is_known and k.is_single then b.median end as median_active_before,
	case when k.has_nobody then u.active end as unassigned_active,
	case when k.is_known and k.has_nobody then b.unassigned end as unassigned_active_before,
	case when k.has_nobody then u.oldest end as oldest_unassigned_hours,
	case when k.is_known and k.has_nobody then b.oldest end as oldest_unassigned_hours_before
from unassigned u
cross join held h
cross join was b
cross join (select
		greatest(w.history_day, sahut_etl.told_from($1, $5::text[])) < $2::date and $2::date <= w.last_day as is_known,
		sahut_etl.told_from($1, '{}') < $2::date as is_single,
		$5::text[] is null or '' = any ($5::text[]) as has_nobody
	from sahut_etl.report_workspace w where w.name = $1) k
