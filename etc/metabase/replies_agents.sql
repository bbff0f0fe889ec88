-- How fast does each agent answer? Whoever wrote the answer, not whoever was assigned; bots together.
select
	case when replied_by = 'agent' then coalesce(max(agent_name), agent_id) else replied_by end as agent,
	count(*) as answered,
	round((percentile_cont(0.5) within group (order by reply_business_seconds)
		filter (where turn_no = 1))::numeric / 60, 1) as first_reply_minutes,
	round((percentile_cont(0.9) within group (order by reply_business_seconds)
		filter (where turn_no = 1))::numeric / 60, 1) as first_reply_p90_minutes,
	round((percentile_cont(0.5) within group (order by reply_business_seconds)
		filter (where turn_no > 1))::numeric / 60, 1) as next_reply_minutes,
	round((percentile_cont(0.9) within group (order by reply_business_seconds)
		filter (where turn_no > 1))::numeric / 60, 1) as next_reply_p90_minutes
from sahut_report.replies
where reply_at is not null
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]
group by workspace_name, replied_by, agent_id
order by answered desc, agent
