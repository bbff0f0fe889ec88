-- How long until somebody answers a customer who wrote before? In business hours.
select
	round((percentile_cont(0.5) within group (order by reply_business_seconds)
		filter (where turn_no > 1))::numeric / 60, 1) as minutes
from sahut_report.replies
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]
