-- A row for every day of the period that has a backlog to be known, those included on which it was empty.
select
	d.day,
	coalesce(sum(b.conversation_count) filter (where b.status = 'open'), 0) as open,
	coalesce(sum(b.conversation_count) filter (where b.status = 'pending'), 0) as pending,
	coalesce(sum(b.conversation_count) filter (where b.status = 'snoozed'), 0) as snoozed,
	coalesce(sum(b.conversation_count) filter (where b.status not in ('open', 'pending', 'snoozed')), 0) as other,
	coalesce(sum(b.conversation_count) filter (where b.is_unassigned), 0) as unassigned,
	max(b.oldest_age_hours) as oldest_hours
from sahut_etl.report_workspace w
cross join lateral (
	select x.day::date as day
	from generate_series(greatest($2::date, w.history_day)::timestamp, least($3::date, w.last_day)::timestamp,
		interval '1 day') x(day)
) d
left join sahut_report.daily_backlog b on b.workspace_name = $1 and b.day = d.day
	and b.day between $2::date and $3::date
	and ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
where w.name = $1
group by 1
order by 1
