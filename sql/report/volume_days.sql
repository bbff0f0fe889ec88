-- A row for every day of the period.
select
	d.day::date as day,
	coalesce(sum(v.created_count), 0) as created, coalesce(sum(v.resolved_count), 0) as resolved,
	coalesce(sum(v.reopened_count), 0) as reopened
from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d(day)
left join sahut_report.daily_volume v on v.day = d.day::date and v.workspace_name = $1
group by 1
order by 1
