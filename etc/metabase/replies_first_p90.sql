-- Within how many minutes did nine of ten new customers have an answer? In business hours.
select
	round((percentile_cont(0.9) within group (order by reply_business_seconds)
		filter (where turn_no = 1))::numeric / 60, 1) as minutes
from sahut_report.replies
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]
