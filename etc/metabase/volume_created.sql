-- How many conversations came in?
select coalesce(sum(created_count), 0) as created
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
