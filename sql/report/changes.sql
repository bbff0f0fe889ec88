-- $1 workspace, $2 first day, $3 last day, $4 seconds ago: days that were over by then and whose numbers are others
-- since, the newest first.
select
	m.day, sum(m.created_change) as created, sum(m.resolved_change) as resolved, sum(m.reopened_change) as reopened,
	sum(m.unresolved_change) as unresolved, max(m.channel_count) as channels, max(m.label_count) as labels,
	to_char((now() - $4::bigint * interval '1 second') at time zone max(w.timezone), 'YYYY-MM-DD HH24:MI') as since_at
from sahut_report.day_changes m
join sahut_etl.workspace w on w.name = m.workspace_name
where m.workspace_name = $1 and m.day between $2::date and $3::date
	and m.changed_at > now() - $4::bigint * interval '1 second'
	and m.day < ((now() - $4::bigint * interval '1 second') at time zone w.timezone)::date
group by m.day
order by m.day desc
