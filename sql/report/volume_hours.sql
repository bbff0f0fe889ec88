-- Long: weekday, hour, created; every hour of the week.
select d.weekday, h.hour, coalesce(sum(v.created_count), 0) as created
from generate_series(1, 7) d(weekday)
cross join generate_series(0, 23) h(hour)
left join sahut_report.hourly_volume v
	on v.workspace_name = $1 and v.day between $2::date and $3::date and v.day_of_week = d.weekday
		and v.hour_of_day = h.hour
group by 1, 2
order by 1, 2
