-- Active conversations of agents and of nobody now, beside those at the end of the day before the period.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
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
), stored as materialized (
	select b.channel_id, b.assignee_id, b.team_id, b.conversation_count, b.oldest_age_hours
	from sahut_report.daily_backlog b
	where b.workspace_name = $1 and b.day = $2::date - 1 and b.is_active and $7::text[] is null
), labelled as materialized (
	select b.channel_id, b.assignee_id, b.team_id, b.conversation_count,
		round(extract(epoch from b.measured_at - least(b.measured_at, b.oldest_created_at))::numeric / 3600, 2)
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.backlog_of(w.id, $2::date - 1, $2::date - 1, i.ids) b
	join sahut.status s on s.status = b.status and s.is_active
	where w.name = $1 and $7::text[] is not null
), stock as (
	select s.* from stored s
	union all
	select l.* from labelled l
), before as materialized (
	select b.assignee_id, sum(b.conversation_count) as n, max(b.oldest_age_hours) as oldest
	from stock b
	where $3::date is not null
	and ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
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
