-- A row for each channel, the busiest first.
select
	max(r.channel_name) as channel, max(r.channel_type) as channel_type, count(*) as turns,
	count(r.reply_at) as answered,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric, 1) as first_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric, 1) as first_reply_p90_seconds,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no > 1))::numeric, 1) as next_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.turn_no > 1))::numeric, 1) as next_reply_p90_seconds,
	count(*) filter (where r.is_waiting) as waiting
from sahut_report.replies r
where r.workspace_name = $1 and r.from_day between $2::date and $3::date
	and r.from_day >= (select sahut_etl.told_from($1, $5::text[]))
	and ($4::text[] is null or coalesce(r.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null
		or coalesce(case when r.reply_at is null then r.assignee_id else r.agent_id end, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(r.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or r.conversation_id in (
		select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
group by r.channel_id
order by 3 desc, r.channel_id
