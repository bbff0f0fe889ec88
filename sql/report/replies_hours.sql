-- Long: weekday, hour in which the customer wrote, minutes until the answer, the middle one; every hour of the week.
with asked as materialized (
	select extract(isodow from r.from_day)::integer as weekday, r.from_hour as hour,
		round((percentile_cont(0.5) within group (order by r.reply_seconds))::numeric / 60, 1) as minutes
	from sahut_report.replies r
	where r.workspace_name = $1 and r.from_day between $2::date and $3::date and r.reply_at is not null
		and r.from_day >= (select sahut_etl.told_from($1, $5::text[]))
		and ($4::text[] is null or coalesce(r.channel_id, '') = any ($4::text[]))
		and ($5::text[] is null
			or coalesce(case when r.reply_at is null then r.assignee_id else r.agent_id end, '') = any ($5::text[]))
		and ($6::text[] is null or coalesce(r.team_id, '') = any ($6::text[]))
		and ($7::text[] is null or r.conversation_id in (
			select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
	group by 1, 2
)
select d.weekday, h.hour, a.minutes as reply_minutes
from generate_series(1, 7) d(weekday)
cross join generate_series(0, 23) h(hour)
left join asked a on a.weekday = d.weekday and a.hour = h.hour
order by 1, 2
