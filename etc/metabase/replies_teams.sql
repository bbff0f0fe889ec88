-- Which team has too much? The team that has the conversation now.
select
	coalesce(max(team_name), team_id, '@(no team)@') as team, count(*) as turns, count(reply_at) as answered,
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
group by workspace_name, team_id
order by turns desc, team_id
