-- The period's sums beside those of the period of the same length before it, where that is known whole: creations go
-- back as far as the conversations do, changes to where history begins.
with sums as (
	select
		v.day >= $2::date as is_now,
		coalesce(sum(v.created_count), 0) as created, coalesce(sum(v.resolved_count), 0) as resolved,
		coalesce(sum(v.reopened_count), 0) as reopened,
		round(sum(v.first_resolution_seconds_sum) / nullif(sum(v.first_resolved_count), 0) / 3600.0, 2) as hours
	from sahut_report.daily_volume v
	where v.workspace_name = $1 and v.day between $2::date - ($3::date - $2::date + 1) and $3::date
	group by 1
)
select
	coalesce(n.created, 0) as created, b.created as created_before,
	coalesce(n.resolved, 0) as resolved, case when k.is_known then coalesce(b.resolved, 0) end as resolved_before,
	coalesce(n.reopened, 0) as reopened, case when k.is_known then coalesce(b.reopened, 0) end as reopened_before,
	n.hours as first_resolution_hours, case when k.is_known then b.hours end as first_resolution_hours_before,
	(select count(*) from sahut_report.conversations c where c.workspace_name = $1 and c.is_unresolved
		and c.status <> 'resolved') as unresolved_now
from (select w.history_day <= $2::date - ($3::date - $2::date + 1) as is_known from sahut_etl.report_workspace w
	where w.name = $1) k
left join sums n on n.is_now
left join sums b on not b.is_now
