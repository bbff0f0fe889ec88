-- A row for every day of the period. The number resolved before history begins is not known.
select
	d.day::date as day, coalesce(sum(v.created_count), 0) as created,
	case when d.day::date >= w.history_day then coalesce(sum(v.resolved_count), 0) end as resolved,
	case when d.day::date >= w.history_day then coalesce(sum(v.reopened_count), 0) end as reopened
from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d(day)
join sahut_etl.report_workspace w on w.name = $1
left join sahut_report.daily_volume v on v.day = d.day::date and v.workspace_name = $1
group by d.day, w.history_day
order by 1
