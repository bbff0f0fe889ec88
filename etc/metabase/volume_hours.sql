-- When do customers write? 1 is Monday. A weekday that comes five times adds up five days.
with volume as (
	select day_of_week, hour_of_day, sum(created_count) as created_count
	from sahut_report.hourly_volume
	where true
		[[and {{workspace}}]]
		[[and {{day}}]]
		[[and {{channel_type}}]]
		[[and {{channel}}]]
	group by 1, 2
)
select day_of_week, hour_of_day, coalesce(created_count, 0) as created
from generate_series(1, 7) d(day_of_week)
cross join generate_series(0, 23) h(hour_of_day)
left join volume using (day_of_week, hour_of_day)
order by 1, 2
