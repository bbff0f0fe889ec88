-- The period's sums beside those of the period of the same length before it, where that is known whole: creations go
-- back as far as the conversations do, changes to where history begins. Of the first resolutions the middle one; beside
-- it those that could not be timed, since their conversations are older than history.
with sums as (
	select
		v.day >= $2::date as is_now,
		coalesce(sum(v.created_count), 0) as created, coalesce(sum(v.resolved_count), 0) as resolved,
		coalesce(sum(v.reopened_count), 0) as reopened
	from sahut_report.daily_volume v
	where v.workspace_name = $1 and v.day between $2::date - ($3::date - $2::date + 1) and $3::date
	group by 1
), timed as (
	select
		r.resolved_day >= $2::date as is_now,
		round((percentile_cont(0.5) within group (order by r.cycle_duration_seconds)
			filter (where r.is_first_resolution) / 3600)::numeric, 2) as hours,
		count(*) filter (where not r.is_history_complete) as untimed
	from sahut_report.resolutions r
	where r.workspace_name = $1 and r.resolved_day between $2::date - ($3::date - $2::date + 1) and $3::date
	group by 1
)
select
	coalesce(n.created, 0) as created, b.created as created_before,
	coalesce(n.resolved, 0) as resolved, case when k.is_known then coalesce(b.resolved, 0) end as resolved_before,
	coalesce(n.reopened, 0) as reopened, case when k.is_known then coalesce(b.reopened, 0) end as reopened_before,
	t.hours as first_resolution_hours, case when k.is_known then u.hours end as first_resolution_hours_before,
	coalesce(t.untimed, 0) as resolved_untimed, case when k.is_known then coalesce(u.untimed, 0) end
		as resolved_untimed_before,
	(select count(*) from sahut_report.conversations c where c.workspace_name = $1 and c.is_unresolved
		and c.status <> 'resolved') as unresolved_now
from (select w.history_day <= $2::date - ($3::date - $2::date + 1) as is_known from sahut_etl.report_workspace w
	where w.name = $1) k
left join sums n on n.is_now
left join sums b on not b.is_now
left join timed t on t.is_now
left join timed u on not u.is_now
