select
	b.day,
	coalesce(sum(b.conversation_count) filter (where b.status = 'open'), 0) as open,
	coalesce(sum(b.conversation_count) filter (where b.status = 'pending'), 0) as pending,
	coalesce(sum(b.conversation_count) filter (where b.status = 'snoozed'), 0) as snoozed,
	coalesce(sum(b.conversation_count) filter (where b.status not in ('open', 'pending', 'snoozed')), 0) as other,
	coalesce(sum(b.conversation_count) filter (where b.is_unassigned), 0) as unassigned,
	max(b.oldest_age_hours) as oldest_hours
from sahut_report.daily_backlog b
where b.workspace_name = $1 and b.day between $2::date and $3::date
group by 1
order by 1
