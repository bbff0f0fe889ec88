-- A run ends without a commit of its own. $1 run, $2 state, $3 kind of error, $4 text, $5 requests, $6 throttled, $7
-- retried.
with over as (
	delete from sahut_etl.request_lease where run_id = $1::bigint
)
update sahut_etl.run
set state = $2, ended_at = clock_timestamp(), error_kind = $3, error_text = $4, requests = requests + $5::integer,
	throttled = throttled + $6::integer, retried = retried + $7::integer
where id = $1::bigint
