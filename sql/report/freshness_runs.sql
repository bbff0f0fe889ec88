select
	to_char(r.began_at at time zone f.reporting_timezone, 'YYYY-MM-DD HH24:MI') as began_at, r.kind,
	r.status as state, r.verdict,
	r.duration_seconds as took_seconds, r.api_requests as requests, r.conversations_new as new,
		r.conversations_changed as changed
from sahut_report.sync_runs r
join sahut_report.data_freshness f on f.workspace_name = r.workspace_name
where r.workspace_name = $1
order by r.id desc
limit 20
