-- A row for every day of the period that has a backlog to be known, those included on which it was empty. Of an agent
-- nothing is told of days whose figures of single agents are not kept.
with stock as materialized (
	select p.day, p.status, p.assignee_id, p.conversation_count as n, p.oldest_age_hours
	from sahut_etl.backlog_part_of($1, $2::date, $3::date, $4::text[], $5::text[], $6::text[], $7::text[]) p
)
select
	d.day, case when d.is_told then coalesce(sum(b.n) filter (where b.status = 'open'), 0) end as open,
	case when d.is_told then coalesce(sum(b.n) filter (where b.status = 'pending'), 0) end as pending,
	case when d.is_told then coalesce(sum(b.n) filter (where b.status = 'snoozed'), 0) end as snoozed,
	case when d.is_told then coalesce(sum(b.n) filter (where b.status not in ('open', 'pending', 'snoozed')), 0) end
		as other,
	case when d.is_told then coalesce(sum(b.n) filter (where b.assignee_id is null), 0) end as unassigned,
	case when d.is_told then max(b.oldest_age_hours) end as oldest_hours
from sahut_etl.report_workspace w
cross join lateral (
	select x.day::date as day, x.day >= (select sahut_etl.told_from($1, $5::text[])) as is_told
	from generate_series(greatest($2::date, w.history_day)::timestamp, least($3::date, w.last_day)::timestamp,
		interval '1 day') x(day)
) d
left join stock b on b.day = d.day
where w.name = $1
group by d.day, d.is_told
order by 1
