-- The state of a command request, and whether a daemon has heard of it. $1 command request.
select e.run_id, e.state, e.verdict, e.error_kind, e.error_text, r.requests, r.rows_new, r.rows_changed,
	r.rows_deleted, r.rows_silent,
	coalesce(e.heard_at, e.taken_at) is not null as is_heard
from sahut_etl.command_request e
left join sahut_etl.run r on r.id = e.run_id
where e.id = $1::bigint
