-- Do we answer faster or slower? In business hours. A day that is not fully read, or not over, has a broken line.
with answers as (
	select workspace_name, from_day as day, turn_no, reply_business_seconds
	from sahut_report.replies
	where reply_at is not null
		[[and {{workspace}}]]
		[[and {{day}}]]
		[[and {{channel}}]]
		[[and {{team}}]]
		[[and {{agent}}]]
), days as (
	select workspace_name, day, is_fully_read
	from sahut_report.message_days
), total as (
	select
		a.day, coalesce(bool_and(d.is_fully_read), false) as is_whole,
		round((percentile_cont(0.5) within group (order by a.reply_business_seconds)
			filter (where a.turn_no = 1))::numeric / 60, 1) as first_reply,
		round((percentile_cont(0.9) within group (order by a.reply_business_seconds)
			filter (where a.turn_no = 1))::numeric / 60, 1) as first_reply_p90,
		round((percentile_cont(0.5) within group (order by a.reply_business_seconds)
			filter (where a.turn_no > 1))::numeric / 60, 1) as next_reply
	from answers a
	left join days d on d.workspace_name = a.workspace_name and d.day = a.day
	group by a.day
)
select
	day, case when is_whole then first_reply end as first_reply_minutes,
	case when is_whole then first_reply_p90 end as first_reply_p90_minutes,
	case when is_whole then next_reply end as next_reply_minutes,
	case when not is_whole then first_reply end as first_reply_partly,
	case when not is_whole then first_reply_p90 end as first_reply_p90_partly,
	case when not is_whole then next_reply end as next_reply_partly
from total
order by day
