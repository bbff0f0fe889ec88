-- Unresolved conversations now, beside those at the end of the day before the period, where that is known.
with now as materialized (
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
	from sahut_etl.backlog_part_of($1, $2::date - 1, $2::date - 1, $4::text[], $5::text[], $6::text[], $7::text[]) b
	where $3::date is not null
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
