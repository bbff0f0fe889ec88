-- A row for each workspace: how far it is, and what it did last.
select
	w.name as workspace,
	w.list_order as "order",
	coalesce(r.strategy, '') as strategy,
	to_char(w.complete_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as complete_as_of,
	to_char(w.active_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as active_as_of,
	extract(epoch from now() - w.active_as_of)::bigint as lag_seconds,
	w.live_count as rows,
	coalesce(l.requests, 0) as requests_today,
	coalesce(r.kind, '') as last_kind,
	coalesce(r.state, '') as last_state,
	coalesce(r.verdict, '') as last_verdict,
	to_char(coalesce(r.ended_at, r.began_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_at,
	r.error_text as last_error,
	(select count(*) from sahut_etl.rejected_item i where i.workspace_id = w.id) as rejected,
	w.late_arrival_count as late_arrivals,
	w.silent_edit_count as silent_edits,
	w.needs_full,
	w.order_evidence::text as order_evidence,
	w.holder
from sahut_etl.workspace w
left join lateral (select * from sahut_etl.run x where x.workspace_id = w.id order by x.id desc limit 1) r on true
left join lateral (
	select sum(x.requests)::bigint as requests from sahut_etl.request_ledger x
	where x.workspace_id = w.id and x.day = (now() at time zone w.timezone)::date
) l on true
where $1::text is null or w.name = $1
order by w.name
