-- The work of the run so far. $1 run, $2 its counters, as JSON; only what this batch adds. A run that has failed while
-- this batch was on its way stays so.
with over as (
	delete from sahut_etl.request_lease q where q.run_id = $1::bigint and $2::jsonb ->> 'state' <> 'running'
)
update sahut_etl.run r
set state = case r.state when 'running' then m.state else r.state end,
	verdict = case when t.is_held_back and m.verdict in ('certified', 'complete', 'active') then 'rejected'
		else m.verdict end,
	ended_at = coalesce(r.ended_at, case when m.state <> 'running' then clock_timestamp() end),
	api_started_at = coalesce(r.api_started_at, sahut_etl.from_usec(m.api_started_at)),
	requests = r.requests + m.requests, pages = r.pages + m.pages, throttled = r.throttled + m.throttled,
	retried = r.retried + m.retried,
	rows_seen = r.rows_seen + t.rows_seen, rows_new = r.rows_new + t.rows_new,
	rows_changed = r.rows_changed + t.rows_changed,
	rows_unchanged = r.rows_unchanged + greatest(0, t.rows_seen - t.rows_new - t.rows_changed),
	rows_rejected = r.rows_rejected + t.rows_rejected, rows_deleted = r.rows_deleted + t.rows_deleted,
	rows_late = r.rows_late + t.rows_late, rows_silent = r.rows_silent + t.rows_silent,
	versions_written = r.versions_written + t.versions
from jsonb_to_record($2::jsonb) m(
	state text, verdict text, api_started_at bigint, requests integer, pages integer, throttled integer,
		retried integer)
cross join pg_temp.tally t
where r.id = $1::bigint
