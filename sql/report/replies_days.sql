-- A row for every day of the period: what of it is drawn first, then how many turns, and whether all of it is known.
with asked as materialized (
	select r.from_day, count(*) as turns, count(r.reply_at) as answered,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric / 60, 1) as first_reply_minutes,
	round((percentile_cont(0.9) within group (order by r.reply_business_seconds)
		filter (where r.turn_no = 1))::numeric / 60, 1) as first_reply_p90_minutes,
	round((percentile_cont(0.5) within group (order by r.reply_business_seconds)
		filter (where r.turn_no > 1))::numeric / 60, 1) as next_reply_minutes
	from sahut_report.replies r
	where r.workspace_name = $1 and r.from_day between $2::date and $3::date
		and r.from_day >= (select sahut_etl.told_from($1, $5::text[]))
		and ($4::text[] is null or coalesce(r.channel_id, '') = any ($4::text[]))
		and ($5::text[] is null
			or coalesce(case when r.reply_at is null then r.assignee_id else r.agent_id end, '') = any ($5::text[]))
		and ($6::text[] is null or coalesce(r.team_id, '') = any ($6::text[]))
		and ($7::text[] is null or r.conversation_id in (
			select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
	group by r.from_day
), known as materialized (
	select k.day, k.is_fully_read, k.unread_count
	from sahut_report.message_days k
	where k.workspace_name = $1 and k.day between $2::date and $3::date
)
select
	d.day::date as day, a.first_reply_minutes, a.first_reply_p90_minutes, a.next_reply_minutes,
	case when d.day >= t.day then coalesce(a.turns, 0) end as turns,
	case when d.day >= t.day then coalesce(a.answered, 0) end as answered, k.unread_count as unread,
	case when k.is_fully_read then '✓' end as fully_read
from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d(day)
cross join (select sahut_etl.told_from($1, $5::text[])) t(day)
left join asked a on a.from_day = d.day::date
left join known k on k.day = d.day::date
order by 1
