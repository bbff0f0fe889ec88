-- Active conversations of agents and of nobody now, beside those at the end of the day before the period.
with unassigned as materialized (
	select count(*) as active, max(c.age_hours) as oldest
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_active and c.is_unassigned and c.status <> 'resolved'
), held as materialized (
	select coalesce(sum(n.active_count), 0) as active,
		(percentile_cont(0.5) within group (order by n.active_count) filter (where n.active_count > 0))::numeric
			as median
	from sahut_report.agent_workload_now n
	where n.workspace_name = $1 and not n.is_unassigned and ($4::text[] is null or n.agent_id = any ($4::text[]))
), before as materialized (
	select b.assignee_id, sum(b.conversation_count) as n, max(b.oldest_age_hours) as oldest
	from sahut_report.daily_backlog b
	where b.workspace_name = $1 and b.day = $2::date - 1 and $3::date is not null and b.is_active
	and ($4::text[] is null or coalesce(b.assignee_id, '') = any ($4::text[]))
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
	h.median as median_active, case when k.is_known then b.median end as median_active_before,
	case when k.has_nobody then u.active end as unassigned_active,
	case when k.is_known and k.has_nobody then b.unassigned end as unassigned_active_before,
	case when k.has_nobody then u.oldest end as oldest_unassigned_hours,
	case when k.is_known and k.has_nobody then b.oldest end as oldest_unassigned_hours_before
from unassigned u
cross join held h
cross join was b
cross join (select w.history_day < $2::date and $2::date <= w.last_day as is_known,
		$4::text[] is null or '' = any ($4::text[]) as has_nobody
	from sahut_etl.report_workspace w where w.name = $1) k
