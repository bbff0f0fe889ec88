-- How long until somebody answers a new customer? Half of them waited no longer. In business hours.
select
	round((percentile_cont(0.5) within group (order by reply_business_seconds)
		filter (where turn_no = 1))::numeric / 60, 1) as minutes
from sahut_report.replies
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]
