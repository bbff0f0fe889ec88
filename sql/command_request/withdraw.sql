-- The command that asked waits no longer. $1 command_request.
update sahut_etl.command_request
	set ended_at = clock_timestamp(), state = 'failed', error_kind = 'stopped', error_text = 'withdrawn'
where id = $1::bigint and ended_at is null
