-- The turns of customers that began in the period, in business hours; and who waits now.
select
	case when (select sahut_etl.told_from($1, $5::text[])) <= $3::date
		then count(*) filter (where r.is_asked) end as turns,
	case when (select sahut_etl.told_from($1, $5::text[])) <= $3::date
		then count(r.reply_at) filter (where r.is_asked) end as answered,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.is_asked and r.turn_no = 1))::numeric, 1) as first_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.is_asked and r.turn_no = 1))::numeric, 1) as first_reply_p90_seconds,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.is_asked and r.turn_no > 1))::numeric, 1) as next_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.is_asked and r.turn_no > 1))::numeric, 1) as next_reply_p90_seconds,
	count(*) filter (where r.is_waiting) as waiting_now
from (
	select x.turn_no, x.reply_at, x.reply_business_seconds, x.is_waiting,
		x.from_day between $2::date and $3::date and x.from_day >= (select sahut_etl.told_from($1, $5::text[])) as is_asked
	from sahut_report.replies x
	where x.workspace_name = $1 and (x.is_waiting or x.from_day between $2::date and $3::date)
		and ($4::text[] is null or coalesce(x.channel_id, '') = any ($4::text[]))
		and ($5::text[] is null
			or coalesce(case when x.reply_at is null then x.assignee_id else x.agent_id end, '') = any ($5::text[]))
		and ($6::text[] is null or coalesce(x.team_id, '') = any ($6::text[]))
		and ($7::text[] is null or x.conversation_id in (
			select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
) r
-- Where no messages are read nothing is known, and nothing is no zero.
having count(r.turn_no) > 0 or exists (
	select 1 from sahut_etl.message_state s join sahut_etl.workspace w on w.id = s.workspace_id
	where w.name = $1 and s.read <> 'off')
