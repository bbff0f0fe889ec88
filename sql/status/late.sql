-- Workspaces whose days of reports are late. $1 name, or null: all.
select w.name, d.days, d.first_day, d.last_day,
	to_char(coalesce(d.failing_since, d.since) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
	d.error_kind, d.error_text
from sahut_etl.report_delay d
join sahut_etl.workspace w on w.id = d.workspace_id
where (d.is_late or d.failures > 0) and ($1::text is null or w.name = $1)
order by w.name
