with unassigned as materialized (
	select count(*) as active, max(c.age_hours) as oldest
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_active and c.is_unassigned and c.status <> 'resolved'
)
select
	(select coalesce(sum(n.active_count), 0) from sahut_report.agent_workload_now n
	where n.workspace_name = $1 and not n.is_unassigned
		and ($2::text[] is null or n.agent_id = any ($2::text[]))) as active,
	(select percentile_cont(0.5) within group (order by n.active_count) from sahut_report.agent_workload_now n
		where n.workspace_name = $1 and not n.is_unassigned and n.active_count > 0
			and ($2::text[] is null or n.agent_id = any ($2::text[])))::numeric as median_active,
	case when $2::text[] is null or '' = any ($2::text[]) then u.active end as unassigned_active,
	case when $2::text[] is null or '' = any ($2::text[]) then u.oldest end as oldest_unassigned_hours
from unassigned u
