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
	and (r.agent_id is null or r.from_day >= (select sahut_etl.told_from($1, '{}')))
	and ($4::text[] is null or coalesce(r.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null
		or coalesce(case when r.reply_at is null then r.assignee_id else r.agent_id end, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(r.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or r.conversation_id in (
		select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
group by r.replied_by, r.agent_id
order by 2 desc, 1
