-- How many resolutions did we make, those of reopened conversations included?
select coalesce(sum(resolved_count), 0) as resolved
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
