-- When do customers write? 1 is Monday.
select day_of_week, hour_of_day, sum(created_count) as created
from sahut_report.hourly_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by 1, 2
order by 1, 2
