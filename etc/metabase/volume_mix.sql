-- What share comes through each channel?
select channel_type, sum(created_count) as created
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel}}]]
group by channel_type
order by 2 desc
