-- A row for each day, channel, team and agent who answered; days that are not fully read say so. Times are in business
-- hours. Of days whose figures of single agents are not kept all agents are one.
with turn as (
	select x.*, case when x.from_day < (select sahut_etl.told_from($1, '{}')) and x.agent_id is not null then '*'
		else x.agent_id end as told_id
	from sahut_report.replies x
	where x.workspace_name = $1 and x.from_day between $2::date and $3::date
	and x.from_day >= (select sahut_etl.told_from($1, $5::text[]))
)
select
	r.workspace_name as workspace, r.from_day as day, r.channel_id, r.channel_type, max(r.channel_name) as channel,
	r.team_id, max(r.team_name) as team, r.told_id as agent_id,
	case r.told_id when '*' then '(agents)' else max(r.agent_name) end as agent,
	count(*) as turns, count(r.reply_at) as answered, count(*) filter (where r.replied_by = 'bot') as answered_by_bots,
	count(*) filter (where r.is_waiting) as waiting,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric, 1) as first_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric, 1) as first_reply_p90_seconds,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no > 1))::numeric, 1) as next_reply_seconds,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.turn_no > 1))::numeric, 1) as next_reply_p90_seconds,
	case when bool_and(d.is_fully_read) then 'yes' else 'no' end as fully_read
from turn r
left join sahut_report.message_days d on d.workspace_name = r.workspace_name and d.day = r.from_day
where ($4::text[] is null or coalesce(r.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null
		or coalesce(case when r.reply_at is null then r.assignee_id else r.agent_id end, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(r.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or r.conversation_id in (
		select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
group by r.workspace_name, r.from_day, r.channel_id, r.channel_type, r.team_id, r.told_id
order by r.from_day, max(r.channel_name), r.channel_id, r.team_id nulls first, r.told_id nulls first
