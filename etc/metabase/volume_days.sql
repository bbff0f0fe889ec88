-- Do we keep up with what comes in?
select day, sum(created_count) as created, sum(resolved_count) as resolved, sum(reopened_count) as reopened
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by day
order by day
