-- The conversations that each agent holds now, nobody first; agents with nothing are left out, and of many those with
-- least.
(
	select null::text as agent, count(*) filter (where c.status = 'open') as open, count(*)
		filter (where c.status = 'pending') as pending,
		count(*) filter (where c.status = 'snoozed') as snoozed, max(c.age_hours)
			filter (where c.is_active) as oldest_hours
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved' and c.is_unassigned
		and ($2::text[] is null or '' = any ($2::text[]))
	having count(*) > 0
) union all (
	select coalesce(n.agent_name, n.agent_id), n.open_count, n.pending_count, n.snoozed_count,
		n.oldest_active_age_hours
	from sahut_report.agent_workload_now n
	where n.workspace_name = $1 and not n.is_unassigned and n.open_count + n.pending_count + n.snoozed_count > 0
		and ($2::text[] is null or n.agent_id = any ($2::text[]))
	order by n.active_count desc, n.agent_name, n.agent_id
	limit 60
)
