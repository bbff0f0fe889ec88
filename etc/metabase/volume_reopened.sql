-- How many came back?
select coalesce(sum(reopened_count), 0) as reopened
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
