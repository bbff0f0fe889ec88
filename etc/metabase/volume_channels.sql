-- Which channel drives the volume?
select day, channel_type, sum(created_count) as created
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by day, channel_type
order by day
