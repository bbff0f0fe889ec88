-- Where the full sweep stands. $1 sweep, $2 run, $3 its position and totals, as JSON.
update sahut_etl.sweep s
set advanced_at = clock_timestamp(), run_id = $2::bigint, state = m.state, position = m.position,
	ended_at = case when m.state <> 'running' then clock_timestamp() end,
	api_started_at = sahut_etl.from_usec(m.api_started_at), first_total = m.first_total, last_total = m.last_total,
	passes = m.passes, pages = m.pages, rows_seen = m.rows_seen, repeats = m.repeats,
	distinct_count = m.distinct_count, suspects = m.suspects, batches = s.batches + 1
from jsonb_to_record($3::jsonb) m(
	state text, position jsonb, api_started_at bigint, first_total bigint, last_total bigint, passes integer,
	pages integer,
	rows_seen bigint, repeats bigint, distinct_count bigint, suspects bigint)
where s.id = $1::bigint
