-- A row for each agent who answered, the busiest first; bots together.
select
	case when r.replied_by = 'agent' then coalesce(max(r.agent_name), r.agent_id) else r.replied_by end as agent,
	count(*) as answered, count(*) filter (where r.turn_no = 1) as first_replies,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric, 1) as first_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric, 1) as first_reply_p90_seconds,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no > 1))::numeric, 1) as next_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.turn_no > 1))::numeric, 1) as next_reply_p90_seconds
from sahut_report.replies r
where r.workspace_name = $1 and r.from_day between $2::date and $3::date and r.reply_at is not null
group by r.replied_by, r.agent_id
order by 2 desc, 1
