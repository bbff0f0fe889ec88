-- Unresolved conversations now, beside those at the end of the day before the period, where that is known.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select b.channel_id, b.assignee_id, b.team_id, b.conversation_count, b.age_over_7d_count, b.oldest_age_hours
	from sahut_report.daily_backlog b
	where b.workspace_name = $1 and b.day = $2::date - 1 and $7::text[] is null
), labelled as materialized (
	select b.channel_id, b.assignee_id, b.team_id, b.conversation_count, b.age_over_7d_count,
		round(extract(epoch from b.measured_at - least(b.measured_at, b.oldest_created_at))::numeric / 3600, 2)
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.backlog_of(w.id, $2::date - 1, $2::date - 1, i.ids) b
	where w.name = $1 and $7::text[] is not null
), stock as (
	select s.* from stored s
	union all
	select l.* from labelled l
), now as materialized (
	select
		count(*) as unresolved, count(*) filter (where c.is_unassigned) as unassigned,
		count(*) filter (where c.age_hours >= 168) as over_7d, max(c.age_hours) as oldest_hours
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved'
	and ($4::text[] is null or coalesce(c.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(c.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(c.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or c.labels && $7::text[])
), was as materialized (
	select
		coalesce(sum(b.conversation_count), 0) as unresolved,
		coalesce(sum(b.conversation_count) filter (where b.assignee_id is null), 0) as unassigned,
		coalesce(sum(b.age_over_7d_count), 0) as over_7d, max(b.oldest_age_hours) as oldest_hours
	from stock b
	where $3::date is not null
	and ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
)
select
	n.unresolved as unresolved_now, case when k.is_known then b.unresolved end as unresolved_now_before,
	n.unassigned, case when k.is_known then b.unassigned end as unassigned_before,
	n.over_7d, case when k.is_known then b.over_7d end as over_7d_before,
	n.oldest_hours, case when k.is_known then b.oldest_hours end as oldest_hours_before
from now n
cross join was b
cross join (select greatest(w.history_day, sahut_etl.told_from($1, $5::text[])) < $2::date and $2::date <= w.last_day
		as is_known
	from sahut_etl.report_workspace w where w.name = $1) k
