-- Where do customers wait? A turn is what a customer writes until somebody answers, an agent or a bot.
select
	max(channel_name) as channel, count(*) as turns, count(reply_at) as answered,
	round((percentile_cont(0.5) within group (order by reply_business_seconds)
		filter (where turn_no = 1))::numeric / 60, 1) as first_reply_minutes,
	round((percentile_cont(0.9) within group (order by reply_business_seconds)
		filter (where turn_no = 1))::numeric / 60, 1) as first_reply_p90_minutes,
	round((percentile_cont(0.5) within group (order by reply_business_seconds)
		filter (where turn_no > 1))::numeric / 60, 1) as next_reply_minutes,
	round((percentile_cont(0.9) within group (order by reply_business_seconds)
		filter (where turn_no > 1))::numeric / 60, 1) as next_reply_p90_minutes,
	count(*) filter (where is_waiting) as waiting
from sahut_report.replies
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]
group by workspace_name, channel_id
order by turns desc, channel_id
