-- $1 workspace or null, $2 first day or null, $3 last day or null: a row for each workspace, with its period and how
-- complete it is. Times are the workspace's own. Data is called stale when it is an hour behind.
select
	w.name as workspace,
	coalesce($2::date, p.last_day - 30)::text as from_day,
	p.last_day::text as to_day,
	to_char(now() at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as made_at,
	w.timezone,
	to_char(w.complete_as_of at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as complete_at,
	to_char(w.active_as_of at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as active_at,
	to_char(w.history_started_at at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as history_at,
	case when now() - r.known_at > interval '1 hour'
	then extract(epoch from now() - r.known_at)::bigint end as stale_seconds,
	f.pending_days as stale_days, r.live_day::text as open_day,
	case when r.agents_from > coalesce($2::date, p.last_day - 30) then r.agents_from::text end as agents_from,
	case when k.state <> 'proven' then k.state end as proof,
	to_char(k.since at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as unproven_since,
	case when k.state not in ('unproven', 'demoted') then '' when k.beyond > 0 then 'deep'
		when k.reason in ('', 'short') and w.needs_full = 'demoted' then 'order' else coalesce(nullif(k.reason, ''),
		'short') end as unproven,
	k.accepted, k.unlisted, k.disputed, k.holding, k.beyond,
	case when d.is_late then
		to_char(coalesce(d.failing_since, d.since) at time zone w.timezone,
			'YYYY-MM-DD HH24:MI') end as late_since
from sahut_etl.workspace w
join sahut_etl.report_workspace r on r.id = w.id
join sahut_etl.proof k on k.workspace_id = w.id
left join sahut_report.data_freshness f on f.workspace_name = w.name and f.pending_day_count > 0
left join sahut_etl.report_delay d on d.workspace_id = w.id and d.days > 0
cross join lateral (select coalesce($3::date,
	r.last_day, (coalesce(r.known_at, now()) at time zone w.timezone)::date) as last_day) p
where $1::text is null or w.name = $1
order by w.name
