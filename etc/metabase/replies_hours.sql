-- At which hours do customers wait long? Minutes on the clock, nights included, by the hour of the question.
select
	from_hour as hour,
	round((percentile_cont(0.5) within group (order by reply_seconds))::numeric / 60, 1) as median_minutes
from sahut_report.replies
where reply_at is not null
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]
group by from_hour
order by from_hour
