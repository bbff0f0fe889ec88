-- a command request is done. $1 command_request, $2 run, $3 state, $4 verdict, $5 kind of error, $6 its text.
update sahut_etl.command_request
set ended_at = clock_timestamp(), run_id = nullif($2::bigint, 0), state = $3, verdict = $4, error_kind = $5,
	error_text = $6
where id = $1::bigint
